package io.syncline.journal;

import io.syncline.replica.EpochHistory;

/**
 * What a log consists of now. Changed by the log's owner: a data thread that appends, or the log keeper while nobody
 * appends; and at its beginning, by {@link #onTrimmed}, by the log keeper beside the owner, so that retention takes no
 * log from anybody. The two meet where a segment begins, under the monitor that is met there anyway. Everybody else
 * reads what is published, and may rely on this order:
 * <ul>
 * <li>An append publishes what is written to and how far, then the segment, then the end: who has read the end finds
 * every segment below it, and who has read a segment finds a position in that segment or in a later one.</li>
 * <li>Retention publishes the log start, then the segments, and deletes files after that: who does not find a file looks
 * again.</li>
 * <li>A cut publishes the end first: who has read the segments that are left never sees the end that is gone.</li>
 * </ul>
 */
final class LogState
{
    private final EpochHistory epochs = new EpochHistory();
    private volatile Segments segments = new Segments(new int[0], new long[0]);
    private volatile long logEnd;
    /** Cycle and position in one word, which change together: {@link #written()}. */
    private volatile long written = written(-1, 0);
    private volatile long suspectOffset = -1;
    private volatile long writtenFrom = Long.MAX_VALUE;
    private volatile long logStart;
    private volatile long releasedTo;
    private volatile Successor successor;
    // The owner's own.
    private int lastEpoch = EpochHistory.NULL_EPOCH;
    private int lastExcerpt = SegmentFile.END;

    /** What the segments will be after a roll, and what they are as long as that holds. */
    private record Successor(Segments of, Segments next)
    {
    }

    /** @return which segments there are; the last is the one written to. Any thread */
    Segments segments()
    {
        return segments;
    }

    /** @return LEO. Any thread */
    long logEnd()
    {
        return logEnd;
    }

    /** @return offset from which on this process has written the log itself, without a break. Any thread */
    long writtenFrom()
    {
        return writtenFrom;
    }

    /** The log was opened, or cut. */
    void writtenFrom(final long offset)
    {
        writtenFrom = offset;
    }

    /** Somebody could not read what lies at an offset: the log keeper will look itself. Any thread */
    void suspect(final long offset)
    {
        suspectOffset = offset;
    }

    /** @return offset that somebody could not read, -1 for none. Any thread */
    long suspectOffset()
    {
        return suspectOffset;
    }

    /** @return position in the last segment behind its last batch, 0 while it is empty. Any thread */
    long position()
    {
        return position(written);
    }

    /**
     * Any thread. Who has read the end finds here what lies behind the batches below it, in the same segment or in a
     * later one.
     *
     * @return which cycle is written to and how far, for {@link #cycle(long)} and {@link #position(long)}
     */
    long written()
    {
        return written;
    }

    static int cycle(final long written)
    {
        return (int)(written >> Integer.SIZE);
    }

    static long position(final long written)
    {
        return written & 0xFFFF_FFFFL;
    }

    private static long written(final int cycle, final long position)
    {
        return (long)cycle << Integer.SIZE | position;
    }

    /** @return the history, to be read by the owner, and by others under its monitor */
    EpochHistory epochs()
    {
        return epochs;
    }

    /** @return offset of the first record kept. Any thread */
    long logStart()
    {
        return logStart;
    }

    /** What lies below an offset may go. One thread at a time: the leader's log keeper, or who follows (R8.4). */
    void release(final long offset)
    {
        if (offset > releasedTo)
        {
            releasedTo = offset;
        }
    }

    /** @return where the log may begin. Any thread */
    long releasedTo()
    {
        return releasedTo;
    }

    /** @return epoch of the last record, or -1; the owner's */
    int lastEpoch()
    {
        return lastEpoch;
    }

    /** @return position of the last excerpt in the last segment, or {@link SegmentFile#END}; the owner's */
    int lastExcerpt()
    {
        return lastExcerpt;
    }

    /**
     * A batch was written.
     *
     * @param cycle    it was written to
     * @param excerpt  its position
     * @param behind   position behind it
     * @param epoch    it carries
     * @param newEnd   offset behind its last record
     */
    void onAppended(final int cycle, final long excerpt, final long behind, final int epoch, final long newEnd)
    {
        final long left = written;
        lastExcerpt = (int)excerpt;
        written = written(cycle, behind);
        if (cycle(left) != cycle)
        {
            synchronized (epochs)
            {
                segments = rolled(cycle, position(left));
            }
        }
        if (epoch != lastEpoch)
        {
            addEpoch(epoch, logEnd);
            lastEpoch = epoch;
        }
        logEnd = newEnd;
    }

    /**
     * Makes ahead what a roll publishes: the log keeper's, beside the owner, when the next segment is prepared.
     *
     * @param cycle of it
     */
    void prepareRoll(final int cycle)
    {
        final Segments current = segments;
        final Successor ready = successor;
        if (current.lastCycle() != cycle && (ready == null || ready.of != current || ready.next.lastCycle() != cycle))
        {
            successor = new Successor(current, current.followedBy(cycle));
        }
    }

    /** The owner's, under the monitor: the oldest may go meanwhile. */
    private Segments rolled(final int cycle, final long lengthLeft)
    {
        final Segments current = segments;
        final Successor ready = successor;
        successor = null;
        final int size = current.size();
        if (ready != null && ready.of == current && ready.next.lastCycle() == cycle &&
            current.base(size - 1) < logEnd && (size > 1 ? current.base(1) : logEnd) > logStart)
        {
            return ready.next.begin(logEnd, lengthLeft);
        }
        return current.with(cycle, logEnd).withLengthLeft(lengthLeft).from(logStart);
    }

    /** An epoch begins. The lock is met when an epoch changes, never for a record. */
    void addEpoch(final int epoch, final long startOffset)
    {
        synchronized (epochs)
        {
            epochs.add(epoch, startOffset);
        }
    }

    /** What was found on disk; before anybody else sees the log. */
    void onLoaded(
        final Segments found, final EpochHistory history, final long newStart, final long newEnd)
    {
        for (int i = 0; i < history.size(); i++)
        {
            epochs.add(history.epoch(i), history.startOffset(i));
        }
        logStart = newStart;
        logEnd = newEnd;
        lastEpoch = epochs.epochAt(newEnd - 1);
        written = written(found.lastCycle(), 0);
        segments = found;
    }

    /** Where writing goes on, after a clean stop. */
    void onLastExcerpt(final int excerpt, final long behind)
    {
        lastExcerpt = excerpt;
        written = written(cycle(written), behind);
    }

    /** The tail is gone, or nothing is; writing goes on in a segment of its own. */
    void onCut(final Segments left, final long newEnd, final boolean withEpochs)
    {
        if (withEpochs)
        {
            synchronized (epochs)
            {
                epochs.truncateTo(newEnd);
            }
        }
        moveTo(left, newEnd);
    }

    /** Everything is gone. */
    void onRestarted(final Segments fresh, final long newStart)
    {
        synchronized (epochs)
        {
            epochs.clear();
        }
        releasedTo = 0;
        logStart = newStart;
        moveTo(fresh, newStart);
    }

    /**
     * The oldest records are gone. The log keeper's, beside the owner; the epochs stay as they are, for the owner reads
     * them without a lock, and one that is known for longer than its records does no harm.
     */
    void onTrimmed(final long newStart)
    {
        synchronized (epochs)
        {
            logStart = newStart;
            segments = segments.from(newStart);
        }
    }

    private void moveTo(final Segments left, final long newEnd)
    {
        lastExcerpt = SegmentFile.END;
        lastEpoch = epochs.epochAt(newEnd - 1);
        logEnd = newEnd;
        written = written(left.lastCycle(), 0);
        segments = left;
    }
}
