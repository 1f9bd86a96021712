package io.syncline.simulator;

import io.syncline.metadata.ClusterState;
import io.syncline.metadata.PartitionState;

import java.util.List;

/** I6: maximal ISR of a leader with |ISR| >= m contains the controller's ISR and ELR. */
final class I6MaximalIsrHoldsAll extends SimInvariant
{
    I6MaximalIsrHoldsAll()
    {
        super("I6");
    }

    void onReplica(final ClusterState state, final SimReplica replica)
    {
        final PartitionState partition = replica.partition;
        if (replica.leadsNewest() && partition.isr().size() >= state.minIsr(partition))
        {
            counted(replica, partition.isr());
            counted(replica, partition.elr());
        }
    }

    private void counted(final SimReplica leader, final List<Integer> members)
    {
        for (int i = 0; i < members.size(); i++)
        {
            final int member = members.get(i);
            require(leader.node.node.isInMaximalIsr(leader.key, member),
                () -> leader + " does not count member " + member + ": " + leader.partition);
        }
    }
}
