package io.syncline.simulator;

import java.util.ArrayDeque;

/** One session of a stream: frames in the order in which they were written, each with the time at which it arrives. */
final class SimChannel
{
    /** On its way, or arrived and not taken. */
    static final class Frame
    {
        long dueNs;
        final byte[] bytes;

        Frame(final long dueNs, final byte[] bytes)
        {
            this.dueNs = dueNs;
            this.bytes = bytes;
        }
    }

    final int from;
    final SimOutbound writer;
    final ArrayDeque<Frame> frames = new ArrayDeque<>();
    long lastDueNs;
    /** Another session has taken its place. */
    boolean isOld;

    SimChannel(final int from, final SimOutbound writer)
    {
        this.from = from;
        this.writer = writer;
    }

    /** Written so that it is due then, or with what was written before it. */
    long add(final long dueNs, final byte[] bytes)
    {
        lastDueNs = Math.max(lastDueNs, dueNs);
        frames.add(new Frame(lastDueNs, bytes));
        return lastDueNs;
    }
}
