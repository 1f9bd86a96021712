package io.syncline.simulator;

import io.syncline.metadata.PartitionState;

/**
 * I5: a running leader of the newest epoch agrees with G up to the true HW; so does every running member of ISR and
 * ELR. What is on the disk of a member that is down is held to it as well.
 */
final class I5MembersHoldTheTruth extends SimInvariant
{
    private final SimNodes nodes;
    private final SimTruth truth;

    I5MembersHoldTheTruth(final SimNodes nodes, final SimTruth truth)
    {
        super("I5");
        this.nodes = nodes;
        this.truth = truth;
    }

    void onPartition(final PartitionState partition)
    {
        if (truth.end(partition.key()) > 0)
        {
            for (int i = 0; i < partition.isr().size(); i++)
            {
                member(partition, partition.isr().get(i));
            }
            for (int i = 0; i < partition.elr().size(); i++)
            {
                member(partition, partition.elr().get(i));
            }
        }
    }

    private void member(final PartitionState partition, final int member)
    {
        // What was lost and not yet told cannot be known to the controller (P2).
        if (nodes.isLossUntold(member))
        {
            return;
        }
        final SimLog log = nodes.log(member, partition.key());
        if (log == null ? nodes.isGone(member, partition.key()) : log.isDamaged)
        {
            return;
        }
        require(log != null, () -> "member " + member + " has no log: " + partition);
        final long end = truth.end(partition.key());
        require(log.logEnd() >= end, () -> "member of ISR or ELR without everything committed, true HW " + end + ": " + log +
            ", " + partition);
        final long parted = truth.firstDifference(log, end);
        require(parted < 0, () -> "member of ISR or ELR with other records than committed from offset " + parted + ", true HW " +
            end + ": " + log + ", " + partition);
        log.isLossy = log.isFailing();
    }

    /** A leader is about to say that everything below is committed. */
    void onCommit(final SimReplica leader, final long highWatermark)
    {
        final long parted = truth.firstDifference(leader.log, highWatermark);
        require(parted < 0, () -> leader + " announces a high watermark of " + highWatermark +
            " over other records than committed from offset " + parted + ": " + leader.log);
    }
}
