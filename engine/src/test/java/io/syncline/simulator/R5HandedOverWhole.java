package io.syncline.simulator;

import io.syncline.metadata.ControllerRequest;
import io.syncline.metadata.PartitionState;

/**
 * R5.7: a planned move hands over after the successor has caught up. When the controller carries it out, the successor
 * holds everything that the old leader has, which appends nothing more in its epoch. Not asked where the leader's
 * process has died meanwhile: that leadership did not end as planned.
 */
final class R5HandedOverWhole extends SimInvariant
{
    private final SimNodes nodes;

    R5HandedOverWhole(final SimNodes nodes)
    {
        super("R5.7");
        this.nodes = nodes;
    }

    /**
     * A leader's word was taken.
     *
     * @param before   the partition as it was
     * @param now      the partition as it is
     * @param handOver the leader's word
     */
    void onHandedOver(final PartitionState before, final PartitionState now, final ControllerRequest.HandOver handOver)
    {
        if (before == null || now.leader() == before.leader() || now.leader() != handOver.successor())
        {
            return;
        }
        final SimNodes.SimNode leader = nodes.get(before.leader());
        final SimLog old = nodes.log(before.leader(), now.key());
        final SimLog log = nodes.log(now.leader(), now.key());
        final SimNodes.SimNode successor = nodes.get(now.leader());
        if (nodes.isFsynced(now.key()) &&
            (!successor.isUp() || successor.node.incarnation() != handOver.incarnation()))
        {
            // The life that had caught up is over. At fsynced what it held and had not synced may have gone with the power.
            return;
        }
        if (leader.isUp() && leader.node.leadingEpoch(now.key()) == before.leaderEpoch() && old != null && !old.isLossy &&
            !nodes.isLossUntold(now.leader()) && (log == null || !log.isLossy))
        {
            require(log != null && log.logEnd() >= old.logEnd() && log.chainAt(old.logEnd()) == old.chainAt(old.logEnd()),
                () -> "handed over " + old + " to " + log + ": " + now);
        }
    }
}
