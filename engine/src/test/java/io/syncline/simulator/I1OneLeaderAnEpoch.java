package io.syncline.simulator;

import io.syncline.metadata.PartitionState;
import org.agrona.collections.Long2LongHashMap;

/** I1: at most one broker acts as leader in a given leader epoch, and it is the one that the controller chose. */
final class I1OneLeaderAnEpoch extends SimInvariant
{
    private static final int NOBODY = Integer.MIN_VALUE;

    private final Long2LongHashMap chosen = new Long2LongHashMap(NOBODY);

    I1OneLeaderAnEpoch()
    {
        super("I1");
    }

    void onPartition(final PartitionState partition)
    {
        final long before = chosen.put(epochOf(partition.key(), partition.leaderEpoch()), partition.leader());
        require(before == NOBODY || before == partition.leader(),
            () -> "broker " + before + " was to lead this epoch, now another: " + partition);
    }

    void onReplica(final SimReplica replica)
    {
        if (replica.isLeading)
        {
            acts(replica, replica.leaderEpoch);
        }
        if (replica.leadingEpoch >= 0)
        {
            acts(replica, replica.leadingEpoch);
        }
    }

    private void acts(final SimReplica replica, final int epoch)
    {
        final long leader = chosen.get(epochOf(replica.key, epoch));
        require(leader == replica.node.id, () -> replica + " leads epoch " + epoch + ", for which the controller chose " +
            (leader == NOBODY ? "nobody" : "broker " + leader));
    }

    private static long epochOf(final long key, final int epoch)
    {
        return key << 20 | epoch;
    }
}
