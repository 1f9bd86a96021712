package io.syncline.history;

import org.agrona.collections.Long2LongHashMap;

/** How far one reader has read in each partition. */
final class ReaderHistory
{
    /** Stands for a partition of which nothing was read. */
    static final long NOTHING = -1;

    private final int reader;
    private final Long2LongHashMap firsts = new Long2LongHashMap(NOTHING);
    private final Long2LongHashMap nexts = new Long2LongHashMap(NOTHING);
    private boolean isComplete;

    ReaderHistory(final int reader)
    {
        this.reader = reader;
    }

    void complete(final boolean complete)
    {
        isComplete = complete;
    }

    void onRead(final long partition, final long offset)
    {
        final long first = firsts.get(partition);
        if (first == NOTHING || offset < first)
        {
            firsts.put(partition, offset);
        }
        if (offset >= nexts.get(partition))
        {
            nexts.put(partition, offset + 1);
        }
    }

    int reader()
    {
        return reader;
    }

    /** @return true when it has read all there is, after everything was made whole */
    boolean isComplete()
    {
        return isComplete;
    }

    boolean hasRead(final long partition)
    {
        return firsts.get(partition) != NOTHING;
    }

    /** Gaps in between are for H6 to find. */
    boolean hasRead(final long partition, final long offset)
    {
        return hasRead(partition) && offset >= firsts.get(partition) && offset < nexts.get(partition);
    }

    long first(final long partition)
    {
        return firsts.get(partition);
    }

    long next(final long partition)
    {
        return nexts.get(partition);
    }
}
