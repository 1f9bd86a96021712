package io.syncline.simulator;

import io.syncline.broker.SimulatedNode;
import io.syncline.metadata.PartitionState;
import io.syncline.protocol.PartitionKey;

/** One replica as it was seen last, so that the invariants look at what has changed and at nothing else. */
final class SimReplica
{
    final SimNodes.SimNode node;
    final long key;
    PartitionState partition;
    SimLog log;
    /** Its conductor says that it leads. */
    boolean isLeading;
    /** Of the role that its conductor gave it. */
    int leaderEpoch;
    /** What readers may see. */
    long readersHighWatermark;
    /** Of the leadership that its acks side knows, -1 for none. */
    int leadingEpoch;
    /** Of that leadership, -1 while it is not known. */
    long leaderHighWatermark;
    /** What it may acknowledge, which it may have learnt as a follower; -1 where nobody leads. */
    long acknowledgedTo;
    private long maximalIsr;
    private SimulatedNode process;

    SimReplica(final SimNodes.SimNode node, final long key)
    {
        this.node = node;
        this.key = key;
    }

    /** @return true when anything differs from what was seen before */
    boolean look(
        final PartitionState partitionNow, final SimLog logNow, final boolean isLeadingNow, final int leaderEpochNow,
        final long readersHighWatermarkNow)
    {
        final int leadingEpochNow = node.node.leadingEpoch(key);
        final long leaderHighWatermarkNow = leadingEpochNow < 0 ? -1 : node.node.leaderHighWatermark(key);
        final long acknowledgedToNow = leadingEpochNow < 0 ? -1 : node.node.acknowledgedTo(key);
        final long maximalIsrNow = leadingEpochNow < 0 ? 0 : node.node.maximalIsr(key);
        if (process == node.node && partition == partitionNow && log == logNow && isLeading == isLeadingNow &&
            leaderEpoch == leaderEpochNow && readersHighWatermark == readersHighWatermarkNow &&
            leadingEpoch == leadingEpochNow && leaderHighWatermark == leaderHighWatermarkNow && acknowledgedTo == acknowledgedToNow &&
            maximalIsr == maximalIsrNow)
        {
            return false;
        }
        process = node.node;
        partition = partitionNow;
        log = logNow;
        isLeading = isLeadingNow;
        leaderEpoch = leaderEpochNow;
        readersHighWatermark = readersHighWatermarkNow;
        leadingEpoch = leadingEpochNow;
        leaderHighWatermark = leaderHighWatermarkNow;
        acknowledgedTo = acknowledgedToNow;
        maximalIsr = maximalIsrNow;
        return true;
    }

    /** @return true when its acks side leads in the newest epoch there is */
    boolean leadsNewest()
    {
        return partition.leader() == node.id && leadingEpoch == partition.leaderEpoch();
    }

    @Override
    public String toString()
    {
        return "broker " + node.id + " of " + PartitionKey.toString(key) + " (epoch " + leaderEpoch + ", leading " + leadingEpoch +
            ", HW " + leaderHighWatermark + ", shown " + readersHighWatermark + ")";
    }
}
