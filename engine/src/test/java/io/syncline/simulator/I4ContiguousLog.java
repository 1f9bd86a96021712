package io.syncline.simulator;

import io.syncline.record.BatchFlyweight;
import org.agrona.concurrent.UnsafeBuffer;

/** I4: within a log, offsets are contiguous and epochs do not decrease; the epoch history says the same as the batches. */
final class I4ContiguousLog extends SimInvariant
{
    private final BatchFlyweight header = new BatchFlyweight();
    private final UnsafeBuffer below = new UnsafeBuffer(0, 0);

    I4ContiguousLog()
    {
        super("I4");
    }

    /** A batch was appended where the log ended. */
    void onAppended(final SimLog log, final UnsafeBuffer batch, final long endBefore)
    {
        header.wrap(batch, 0);
        final long base = header.baseOffset();
        final long end = header.endOffset();
        final int epoch = header.leaderEpoch();
        require(base == endBefore && end == log.logEnd(),
            () -> "batch [" + base + ", " + end + ") appended where offset " + endBefore + " was due: " + log);
        require(log.epochs().epochAt(base) == epoch, () -> "batch of epoch " + epoch + " at offset " + base +
            ", which the epoch history gives to epoch " + log.epochs().epochAt(base) + ": " + log);
        final int epochBelow = endBefore > log.logStart() ? log.epochs().epochAt(endBefore - 1) : -1;
        require(epochBelow <= epoch, () -> "batch of epoch " + epoch + " at offset " + base + " follows one of epoch " + epochBelow +
            ": " + log);
    }

    /**
     * R1.6: who leads has recorded it, also while no record follows. Asked for as long as the log is the leader's: in
     * the next epoch the replica may follow, and cut off the epoch that was its own, before its acks side has had a turn
     * to hear that it is over. What that side may still commit then is I9's and I10's.
     */
    void onLeader(final SimReplica replica)
    {
        require(replica.leaderEpoch != replica.leadingEpoch || replica.log.epochs().latestEpoch() >= replica.leadingEpoch, () -> replica + " leads epoch " +
            replica.leadingEpoch + " and has not recorded it: " + replica.log);
    }

    /** Expensive. */
    void onLog(final SimLog log)
    {
        int epochBelow = -1;
        for (long offset = log.logStart(); offset < log.logEnd(); )
        {
            final long at = offset;
            require(log.read(offset, below) > 0, () -> "hole at offset " + at + ": " + log);
            header.wrap(below, 0);
            final int before = epochBelow;
            require(header.baseOffset() == at, () -> "offset " + header.baseOffset() + " at " + at + ": " + log);
            require(header.leaderEpoch() >= before && log.epochs().epochAt(at) == header.leaderEpoch(),
                () -> "epoch " + header.leaderEpoch() + " at offset " + at + " after epoch " + before + ": " + log);
            epochBelow = header.leaderEpoch();
            offset = header.endOffset();
        }
    }
}
