package io.syncline.embedded;

/** What carries the frames of an embedded cluster. */
public enum Transport
{
    /** Shared memory of the one media driver: the fastest, and the default. */
    IPC,
    /** UDP over the loopback interface, as between machines. */
    UDP
}
