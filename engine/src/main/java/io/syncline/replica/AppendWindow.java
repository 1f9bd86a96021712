package io.syncline.replica;

/**
 * Counts the produces of acks=all that the leader appended and the high watermark has not passed, so that the acks side
 * never runs out of places for them: a full window holds producers back instead. A ring of end offsets.
 */
final class AppendWindow
{
    private final long[] endOffsets;
    private final int mask;
    private long head;
    private long tail;

    /** @param capacity a power of two */
    AppendWindow(final int capacity)
    {
        endOffsets = new long[capacity];
        mask = capacity - 1;
    }

    boolean isFull()
    {
        return tail - head > mask;
    }

    void add(final long endOffset)
    {
        endOffsets[(int)tail++ & mask] = endOffset;
    }

    void onHighWatermark(final long highWatermark)
    {
        while (head != tail && endOffsets[(int)head & mask] <= highWatermark)
        {
            head++;
        }
    }

    void clear()
    {
        head = tail;
    }
}
