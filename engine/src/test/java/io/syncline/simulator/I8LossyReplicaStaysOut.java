package io.syncline.simulator;

import io.syncline.metadata.ClusterState;
import io.syncline.metadata.ControllerRequest;
import io.syncline.metadata.PartitionState;
import org.agrona.collections.LongHashSet;

/**
 * I8: a lossy restart is in neither ISR nor ELR until it has caught up in the current epoch. It comes back through the
 * ISR alone, with everything that is committed and everything that its leader's epoch began with; I5 looks at what it
 * holds then. At level fsynced one that lost power alone, since the controller has known its directory, may stay in the
 * ELR, and lead at once: all that is committed is on its disk (P3).
 */
final class I8LossyReplicaStaysOut extends SimInvariant
{
    private final SimNodes nodes;
    private final SimTruth truth;
    private final LongHashSet lossy = new LongHashSet();

    I8LossyReplicaStaysOut(final SimNodes nodes, final SimTruth truth)
    {
        super("I8");
        this.nodes = nodes;
        this.truth = truth;
    }

    /** D3: an old copy of a directory lacks what was acknowledged since, and knows nothing of that. */
    void onRegistered(final ControllerRequest.RegisterBroker register)
    {
        require(!nodes.isOfOldCopy(register), () -> "an old copy of who broker " + register.brokerId() +
            " is was taken in: " + register);
    }

    /** The controller has accepted a broker that lost what it held. */
    void onLossyRestart(final ClusterState state, final ControllerRequest.RegisterBroker register)
    {
        final int brokerId = register.brokerId();
        for (final PartitionState partition : state.partitions())
        {
            if (partition.replicas().contains(brokerId))
            {
                final boolean mayLead = nodes.isToldLossHarmless(register) && nodes.isFsynced(partition.key());
                require(mayLead || !partition.isr().contains(brokerId) && !partition.elr().contains(brokerId),
                    () -> "lossy restart of broker " + brokerId + " is still in " + partition);
                if (!mayLead)
                {
                    lossy.add(partition.key() << 4 | brokerId);
                }
            }
        }
    }

    /** The controller has accepted that a replica is lost. */
    void onReplicaLost(final PartitionState partition, final int brokerId)
    {
        require(!partition.isr().contains(brokerId) && !partition.elr().contains(brokerId),
            () -> "lost replica of broker " + brokerId + " is still in " + partition);
        lossy.add(partition.key() << 4 | brokerId);
    }

    /** A broker that lost what was not synced is not registered before it has said so. */
    void onNode(final SimNodes.SimNode node)
    {
        require(!node.isLossUntold || node.node.incarnation() < 0, () -> "broker " + node.id +
            " lost what was not synced, and registered without a word of it");
    }

    void onPartition(final PartitionState now)
    {
        if (lossy.isEmpty())
        {
            return;
        }
        for (int i = 0; i < now.elr().size(); i++)
        {
            final int member = now.elr().get(i);
            require(!lossy.contains(now.key() << 4 | member), () -> "lossy restart of broker " + member + " came into the ELR: " + now);
        }
        for (int i = 0; i < now.isr().size(); i++)
        {
            final int member = now.isr().get(i);
            if (lossy.remove(now.key() << 4 | member))
            {
                final SimLog log = nodes.log(member, now.key());
                require(nodes.isLossUntold(member) || log != null && log.logEnd() >= truth.end(now.key()),
                    () -> "lossy restart of broker " + member + " came into the ISR and has not caught up: " + log + ", " + now);
            }
        }
    }
}
