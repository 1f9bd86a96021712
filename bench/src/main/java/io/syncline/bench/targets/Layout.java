package io.syncline.bench.targets;

/** How the parts of a system reach each other. */
public enum Layout
{
    /** One process, shared memory. */
    IPC,
    /** One process, sockets. */
    UDP,
    /** A process for each part, sockets. */
    PROCESSES
}
