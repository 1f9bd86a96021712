package io.syncline.broker;

import io.syncline.protocol.Codes;
import io.syncline.record.BatchFlyweight;
import io.syncline.replica.Assignment;
import io.syncline.replica.EpochHistory;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One replica as the delivery agent sees it: who may read it, up to where, and the reader itself. Belongs to the
 * delivery agent.
 */
final class ReadPartition
{
    private static final long NULL_OFFSET = -1;

    private final long key;
    private final int brokerId;
    private final PartitionReader reader;
    private final PartitionCounters counters;
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final BatchFlyweight batch = new BatchFlyweight();
    private Assignment assignment;
    private long leso = NULL_OFFSET;
    private int sharedEpoch;
    private long sharedEnd;

    ReadPartition(
        final long key, final int brokerId, final PartitionReader reader, final PartitionCounters counters)
    {
        this.key = key;
        this.brokerId = brokerId;
        this.reader = reader;
        this.counters = counters;
    }

    long key()
    {
        return key;
    }

    /** Newest metadata, and the LESO when this broker leads. */
    void assign(final Assignment assignment, final long leso)
    {
        this.assignment = assignment;
        this.leso = leso;
    }

    /** @param count consumers that read here */
    void readers(final int count)
    {
        counters.readers().setRelease(count);
    }

    void close()
    {
        reader.close();
    }

    /** @return epoch of the leader as far as this broker knows, -1 before the first assignment */
    int leaderEpoch()
    {
        return assignment == null ? EpochHistory.NULL_EPOCH : assignment.leaderEpoch();
    }

    /** @return broker id of the leader, -1 for none */
    int leader()
    {
        return assignment == null ? -1 : assignment.leader();
    }

    boolean isLeader()
    {
        return assignment != null && assignment.leader() == brokerId;
    }

    /**
     * R7.2: whether this replica serves a reader.
     *
     * @param fromFollower true when any member of the ISR will do
     * @return 0, or the code that says why not
     */
    int admission(final boolean fromFollower)
    {
        if (isLeader())
        {
            return Codes.OK;
        }
        if (!fromFollower)
        {
            return leader() < 0 ? Codes.LEADER_NOT_AVAILABLE : Codes.NOT_LEADER;
        }
        if (assignment != null)
        {
            for (final int member : assignment.isr())
            {
                if (member == brokerId)
                {
                    return Codes.OK;
                }
            }
        }
        return Codes.NOT_REPLICA;
    }

    /** @return R7.1: end of what may be read here, exclusive */
    long highWatermark()
    {
        return counters.highWatermark().get();
    }

    /** @return R3.5: false at a new leader until its high watermark has reached the start of its epoch */
    boolean isHighWatermarkKnown()
    {
        return leso == NULL_OFFSET || highWatermark() >= leso;
    }

    /** @return offset of the first record kept */
    long logStart()
    {
        return reader.logStart();
    }

    /** @return what {@link #read} wrapped last */
    UnsafeBuffer view()
    {
        return view;
    }

    /** @return header of what {@link #read} wrapped last */
    BatchFlyweight batch()
    {
        return batch;
    }

    /**
     * Wraps the batch that holds an offset.
     *
     * @param offset wanted
     * @param limit  the batch must end at or below this
     * @return its length, 0 when there is none below the limit yet, or a code
     */
    int read(final long offset, final long limit)
    {
        if (offset >= limit)
        {
            return 0;
        }
        final int length = reader.read(offset, view);
        if (length <= 0)
        {
            return length;
        }
        batch.wrap(view, 0);
        return batch.endOffset() <= limit ? length : 0;
    }

    /**
     * R7.1: whether a reader that has read up to an offset, the last record in a given epoch, has read a prefix of this
     * log. The log itself is asked, not a copy of its epoch history: a follower's history grows with every batch.
     *
     * @param offset    next one wanted
     * @param lastEpoch of the record before it
     * @param limit     high watermark: nothing at or above it is looked at
     * @return 0; DIVERGED, see {@link #sharedEpoch()} and {@link #sharedEnd()}; or a code of the reader
     */
    int checkHistory(final long offset, final int lastEpoch, final long limit)
    {
        final long start = logStart();
        long low = start;
        long high = Math.max(start, limit);
        sharedEpoch = EpochHistory.NULL_EPOCH;
        while (low < high)
        {
            final long middle = low + (high - low >>> 1);
            final int length = read(middle, limit);
            if (length < 0)
            {
                return length;
            }
            if (length == 0)
            {
                high = middle;
            }
            else if (batch.leaderEpoch() <= lastEpoch)
            {
                sharedEpoch = batch.leaderEpoch();
                low = batch.endOffset();
            }
            else
            {
                high = batch.baseOffset();
            }
        }
        sharedEnd = low;
        final boolean isSameEpoch = sharedEpoch == lastEpoch;
        final boolean isWithin = offset <= sharedEnd;
        final boolean isOlderThanLog = offset <= start;
        return isOlderThanLog || (isSameEpoch && isWithin) ? Codes.OK : Codes.DIVERGED;
    }

    /** @return after DIVERGED: largest epoch of this log that is not above the reader's */
    int sharedEpoch()
    {
        return sharedEpoch;
    }

    /** @return after DIVERGED: where that epoch ends here */
    long sharedEnd()
    {
        return sharedEnd;
    }
}
