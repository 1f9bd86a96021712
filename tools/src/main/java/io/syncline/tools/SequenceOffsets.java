package io.syncline.tools;

import org.agrona.collections.LongArrayList;

/**
 * Which offset each sequence of one producer has in one partition, as runs in which both grow by one: a few numbers
 * however many records there are. Added in ascending order of sequences; belongs to one thread at a time.
 */
final class SequenceOffsets
{
    /** Offset of a sequence that was not added. */
    static final long NULL_OFFSET = -1;

    private static final int FIRST = 0;
    private static final int LAST = 1;
    private static final int OFFSET = 2;
    private static final int RUN_LENGTH = 3;

    private final LongArrayList runs = new LongArrayList();

    /**
     * @param fromSequence above every sequence added before
     * @param toSequence   last one, inclusive
     * @param firstOffset  offset of the first
     */
    void add(final long fromSequence, final long toSequence, final long firstOffset)
    {
        final int last = runs.size() - RUN_LENGTH;
        if (last >= 0 && runs.getLong(last + LAST) == fromSequence - 1 &&
            runs.getLong(last + OFFSET) + fromSequence - runs.getLong(last + FIRST) == firstOffset)
        {
            runs.setLong(last + LAST, toSequence);
            return;
        }
        runs.addLong(fromSequence);
        runs.addLong(toSequence);
        runs.addLong(firstOffset);
    }

    /**
     * @param sequence of a record
     * @return its offset, or {@link #NULL_OFFSET}
     */
    long offsetOf(final long sequence)
    {
        int low = 0;
        int high = runs.size() / RUN_LENGTH - 1;
        while (low <= high)
        {
            final int middle = (low + high) >>> 1;
            final int run = middle * RUN_LENGTH;
            if (sequence < runs.getLong(run + FIRST))
            {
                high = middle - 1;
            }
            else if (sequence > runs.getLong(run + LAST))
            {
                low = middle + 1;
            }
            else
            {
                return runs.getLong(run + OFFSET) + sequence - runs.getLong(run + FIRST);
            }
        }
        return NULL_OFFSET;
    }
}
