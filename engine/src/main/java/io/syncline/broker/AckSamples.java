package io.syncline.broker;

/**
 * The sampled batches that one AppendAck is the first to cover: what the follower says of them, in the order of the
 * log. Belongs to one thread; a full one takes no more.
 */
final class AckSamples
{
    /** Sampled batches of one partition between two acks; further ones are not measured. */
    static final int CAPACITY = 8;

    private final long[] endOffsets = new long[CAPACITY];
    private final long[] sentNs = new long[CAPACITY];
    private final long[] appendNs = new long[CAPACITY];
    private final long[] ackNs = new long[CAPACITY];
    private int size;

    /** @return false when full */
    boolean add(final long endOffset, final long sent, final long append, final long ack)
    {
        if (size == CAPACITY)
        {
            return false;
        }
        endOffsets[size] = endOffset;
        sentNs[size] = sent;
        appendNs[size] = append;
        ackNs[size++] = ack;
        return true;
    }

    void clear()
    {
        size = 0;
    }

    int size()
    {
        return size;
    }

    /** @return index of the batch that ends there, -1 for none */
    int find(final long endOffset)
    {
        for (int i = 0; i < size; i++)
        {
            if (endOffsets[i] == endOffset)
            {
                return i;
            }
        }
        return -1;
    }

    long endOffset(final int index)
    {
        return endOffsets[index];
    }

    /** @return when the leader sent the batch, on the leader's clock */
    long sentNs(final int index)
    {
        return sentNs[index];
    }

    /** @return from the batch's arrival at the follower until it was appended */
    long appendNs(final int index)
    {
        return appendNs[index];
    }

    /** @return from then until the ack was sent */
    long ackNs(final int index)
    {
        return ackNs[index];
    }
}
