package io.syncline.simulator;

import io.syncline.metadata.PartitionState;

/**
 * R2.3, R2.4: what the leader of the newest epoch knows of a follower's LEO, the follower holds. Within an epoch a log
 * shrinks by a loss alone, which ends an incarnation; what was known in another epoch, session or incarnation counts
 * for nothing. The high watermark rests on this, but shows a breach only when all other members of the ISR are as far.
 */
final class R2LeaderKnowsItsFollowers extends SimInvariant
{
    private final SimNodes nodes;

    R2LeaderKnowsItsFollowers(final SimNodes nodes)
    {
        super("R2.4");
        this.nodes = nodes;
    }

    void onReplica(final SimNodes.SimNode leader, final PartitionState partition)
    {
        final long key = partition.key();
        if (partition.leader() != leader.id || leader.node.leadingEpoch(key) != partition.leaderEpoch() ||
            leader.node.knownPartitionEpoch(key) != partition.partitionEpoch())
        {
            return;
        }
        for (int i = 0; i < partition.replicas().size(); i++)
        {
            final SimNodes.SimNode follower = nodes.get(partition.replicas().get(i));
            if (follower != leader && follower.isUp() && follower.node.incarnation() >= 0)
            {
                final long known = leader.node.knownLogEnd(key, follower.id, follower.node.incarnation());
                final SimLog log = known > 0 ? nodes.log(follower.id, key) : null;
                require(known <= 0 || log != null && log.logEnd() >= known, () -> "leader " + leader.id +
                    " believes that broker " + follower.id + " has the log up to " + known + ": " + log + ", " + partition);
            }
        }
    }
}
