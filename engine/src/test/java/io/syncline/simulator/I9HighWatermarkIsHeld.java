package io.syncline.simulator;

import io.syncline.metadata.BrokerState;
import io.syncline.metadata.ClusterState;
import io.syncline.metadata.PartitionState;
import org.agrona.collections.Long2LongHashMap;

/**
 * I9: HW <= min LEO of the maximal ISR (synced LEO at {@code fsynced}); the true HW never decreases. Asked of each high
 * watermark that moves further than any did before, and of a new leader's, which may not be known before it is there.
 */
final class I9HighWatermarkIsHeld extends SimInvariant
{
    private final SimNodes nodes;
    private final SimTruth truth;
    /** Partition epoch at which a replica was added to a partition that was there before. */
    private final Long2LongHashMap sincePartitionEpoch = new Long2LongHashMap(-1);

    I9HighWatermarkIsHeld(final SimNodes nodes, final SimTruth truth)
    {
        super("I9");
        this.nodes = nodes;
        this.truth = truth;
    }

    void onPartition(final PartitionState before, final PartitionState now)
    {
        for (int i = 0; before != null && i < now.replicas().size(); i++)
        {
            final int replica = now.replicas().get(i);
            if (!before.replicas().contains(replica))
            {
                sincePartitionEpoch.put(now.key() << 4 | replica, now.partitionEpoch());
            }
        }
    }

    void onReplica(final SimReplica replica)
    {
        require(!replica.leadsNewest() || replica.leaderHighWatermark < 0 || replica.leaderHighWatermark >= truth.end(replica.key),
            () -> "the high watermark went back from " + truth.end(replica.key) + ": " + replica);
    }

    void onCommit(final ClusterState state, final SimReplica leader, final long highWatermark)
    {
        require(highWatermark <= leader.log.logEnd(), () -> "HW " + highWatermark + " above LEO of " + leader.log);
        final PartitionState partition = leader.partition;
        final long leso = leader.log.epochs().endOffset(leader.leadingEpoch - 1, leader.log.logEnd());
        require(highWatermark >= leso, () -> leader + " commits up to " + highWatermark + " in an epoch that begins at " + leso +
            " (R3.2): " + partition + " " + leader.log);
        for (int i = 0; i < partition.replicas().size(); i++)
        {
            final int replica = partition.replicas().get(i);
            final SimLog log = nodes.log(replica, partition.key());
            require(
                holds(leader.log, log, highWatermark) || !leader.node.node.isInMaximalIsr(leader.key, replica) ||
                nodes.isLossUntold(replica) || isOfALaterLife(state, leader, replica) ||
                isOfALaterReplica(leader, replica) || nodes.isGone(replica, partition.key()) || log != null && log.isLossy,
                () -> leader + " commits up to " + highWatermark + ", which member " + replica + " does not hold: " + log +
                ", " + partition);
        }
    }

    /**
     * What the member said, it said in a life that has ended, and held it then. It may have lost it since, and told the
     * controller; a leader that stood still meanwhile counts the old ack when it wakes, and has not heard of the loss.
     */
    private static boolean isOfALaterLife(final ClusterState state, final SimReplica leader, final int replica)
    {
        final BrokerState broker = state.broker(replica);
        return broker != null && broker.incarnation() > leader.node.node.heardIncarnation(leader.key, replica);
    }

    /**
     * The controller has taken it out, so that it gave its log up, and put it back, and the leader has heard of
     * neither. What it said of the former log was true, and what the leader waits for beside the ISR of the controller
     * is no part of a commit: who is in that, or in the ELR, holds it as ever. A leader that knows the replica that is
     * there now, by the partition epoch, must not go by what the former one said.
     */
    private boolean isOfALaterReplica(final SimReplica leader, final int replica)
    {
        final PartitionState partition = leader.partition;
        return !partition.isr().contains(replica) && !partition.elr().contains(replica) &&
            sincePartitionEpoch.get(leader.key << 4 | replica) > leader.node.node.knownPartitionEpoch(leader.key);
    }

    boolean holds(final SimLog leader, final SimLog other, final long highWatermark)
    {
        final long end = other == null ? -1 : nodes.isFsynced(leader.key) ? other.durable() : other.logEnd();
        return end >= highWatermark && other.chainAt(highWatermark) == leader.chainAt(highWatermark);
    }
}
