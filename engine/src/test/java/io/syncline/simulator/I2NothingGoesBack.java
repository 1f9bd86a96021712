package io.syncline.simulator;

import io.syncline.metadata.BrokerState;
import io.syncline.metadata.ClusterState;
import io.syncline.metadata.PartitionState;
import org.agrona.collections.Long2LongHashMap;

/** I2: leader epoch, partition epoch, incarnation never decrease at any node, across restarts. */
final class I2NothingGoesBack extends SimInvariant
{
    private static final long NONE = -1;

    private final Long2LongHashMap incarnations = new Long2LongHashMap(NONE);
    private final Long2LongHashMap incarnationsAtNodes = new Long2LongHashMap(NONE);

    I2NothingGoesBack()
    {
        super("I2");
    }

    void onState(final ClusterState state)
    {
        for (final BrokerState broker : state.brokers())
        {
            final long before = incarnations.put(broker.brokerId(), broker.incarnation());
            require(before <= broker.incarnation(), () -> "incarnation fell from " + before + ": " + broker);
        }
    }

    void onPartition(final PartitionState before, final PartitionState now)
    {
        if (before != null)
        {
            require(now.leaderEpoch() >= before.leaderEpoch() && now.partitionEpoch() > before.partitionEpoch(),
                () -> "epochs went from " + before + " to " + now);
            require(now.leader() == before.leader() || now.leaderEpoch() > before.leaderEpoch(),
                () -> "another leader without another epoch: " + before + ", " + now);
        }
    }

    void onReplica(final SimReplica replica)
    {
        // A node that lost its directory may be held to nothing; SimNodes empties this.
        final Integer before = replica.node.leaderEpochs.put(replica.key, replica.leaderEpoch);
        require(before == null || before <= replica.leaderEpoch, () -> "leader epoch fell from " + before + ": " + replica);
        final long incarnation = replica.node.node.incarnation();
        if (incarnation >= 0)
        {
            final long incarnationBefore = incarnationsAtNodes.put(replica.node.id, incarnation);
            require(incarnationBefore <= incarnation,
                () -> "incarnation fell from " + incarnationBefore + " to " + incarnation + ": " + replica);
        }
    }
}
