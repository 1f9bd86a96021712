package io.syncline.replica;

/**
 * A ring of produces in the order of their arrival: those of acks=all that wait for the high watermark, or those whose
 * answer waits for a slow client. Fixed capacity, no allocation.
 */
final class PendingProduces
{
    private final int mask;
    private final long[] clientIds;
    private final long[] fromSequences;
    private final long[] toSequences;
    private final long[] baseOffsets;
    private final long[] endOffsets;
    private final int[] leaderEpochs;
    private final int[] codes;
    private long head;
    private long tail;

    /** @param capacity a power of two */
    PendingProduces(final int capacity)
    {
        mask = capacity - 1;
        clientIds = new long[capacity];
        fromSequences = new long[capacity];
        toSequences = new long[capacity];
        baseOffsets = new long[capacity];
        endOffsets = new long[capacity];
        leaderEpochs = new int[capacity];
        codes = new int[capacity];
    }

    boolean isEmpty()
    {
        return head == tail;
    }

    int size()
    {
        return (int)(tail - head);
    }

    boolean isFull()
    {
        return tail - head > mask;
    }

    /** @return false when full */
    boolean add(
        final long clientId, final int leaderEpoch, final long fromSequence, final long toSequence,
        final long baseOffset, final long endOffset, final int code)
    {
        if (isFull())
        {
            return false;
        }
        final int i = (int)tail & mask;
        clientIds[i] = clientId;
        leaderEpochs[i] = leaderEpoch;
        fromSequences[i] = fromSequence;
        toSequences[i] = toSequence;
        baseOffsets[i] = baseOffset;
        endOffsets[i] = endOffset;
        codes[i] = code;
        tail++;
        return true;
    }

    void removeFirst()
    {
        head++;
    }

    void clear()
    {
        head = tail;
    }

    long clientId(final int index)
    {
        return clientIds[(int)(head + index) & mask];
    }

    int leaderEpoch(final int index)
    {
        return leaderEpochs[(int)(head + index) & mask];
    }

    long fromSequence(final int index)
    {
        return fromSequences[(int)(head + index) & mask];
    }

    long toSequence(final int index)
    {
        return toSequences[(int)(head + index) & mask];
    }

    long baseOffset(final int index)
    {
        return baseOffsets[(int)(head + index) & mask];
    }

    long endOffset(final int index)
    {
        return endOffsets[(int)(head + index) & mask];
    }

    int code(final int index)
    {
        return codes[(int)(head + index) & mask];
    }

    /** Keeps an entry of a pass that leaves some out: moves it to a place at or before its own. */
    void move(final int fromIndex, final int toIndex)
    {
        if (fromIndex == toIndex)
        {
            return;
        }
        final int from = (int)(head + fromIndex) & mask;
        final int to = (int)(head + toIndex) & mask;
        clientIds[to] = clientIds[from];
        leaderEpochs[to] = leaderEpochs[from];
        fromSequences[to] = fromSequences[from];
        toSequences[to] = toSequences[from];
        baseOffsets[to] = baseOffsets[from];
        endOffsets[to] = endOffsets[from];
        codes[to] = codes[from];
    }

    /** Ends a pass: so many were kept. */
    void truncate(final int size)
    {
        tail = head + size;
    }
}
