package io.syncline.metadata;

import java.util.List;
import java.util.function.IntPredicate;

/**
 * Who leads (R5.2): the current leader if it is still valid, else the first live member of the ISR in assignment order,
 * else of the ELR, else nobody. An unclean choice is a path of its own, taken only when asked for by name.
 */
final class LeaderElector
{
    private LeaderElector()
    {
    }

    /**
     * @param draft     says who is alive
     * @param partition with the ISR and ELR to choose from
     * @return the partition with its leader, whose epoch is higher if the leader is another one or gone; the same
     * partition epoch, for the caller to raise once
     */
    static PartitionState elect(final Draft draft, final PartitionState partition)
    {
        return elect(draft, partition, PartitionState.NO_LEADER);
    }

    /**
     * @param draft     says who is alive
     * @param partition with the ISR and ELR to choose from
     * @param avoided   broker id that must not lead now, -1 for none
     * @return as above
     */
    static PartitionState elect(final Draft draft, final PartitionState partition, final int avoided)
    {
        final int leader = partition.leader();
        if (leader != avoided && partition.isr().contains(leader) && draft.isAlive(leader))
        {
            // One that is shutting down, too: it hands over when its successor has caught up (R5.7).
            return HandOvers.checked(draft, partition);
        }
        final IntPredicate eligible = (id) -> id != avoided && draft.isEligible(id);
        final IntPredicate alive = (id) -> id != avoided && draft.isAlive(id);
        int elected = first(partition.replicas(), partition.isr(), eligible);
        elected = elected >= 0 ? elected : first(partition.replicas(), partition.isr(), alive);
        elected = elected >= 0 ? elected : first(partition.replicas(), partition.elr(), eligible);
        elected = elected >= 0 ? elected : first(partition.replicas(), partition.elr(), alive);
        return lead(draft, partition, elected);
    }

    /**
     * @param draft     decision under way
     * @param partition to lead
     * @param elected   broker id, alive; -1 for none. Outside ISR and ELR only where the election is unclean
     * @return the partition so led, without its old replicas where that ends a reassignment; the leader epoch grows
     * unless nothing changed
     */
    static PartitionState lead(final Draft draft, final PartitionState partition, final int elected)
    {
        if (elected == partition.leader())
        {
            return partition;
        }
        final PartitionState led = partition.ledBy(elected);
        if (elected < 0)
        {
            return led;
        }
        // From the ELR: it held every committed record and nothing has committed since, so it stands alone until others
        // catch up.
        final PartitionState members = partition.isr().contains(elected) ?
            led : InSyncReplicas.withIsr(led, List.of(elected), draft.state().minIsr(partition));
        // That may be all a reassignment waited for, and with its ISR full the leader will have no change to ask for.
        return Reassignment.completed(draft, members);
    }

    private static int first(final List<Integer> order, final List<Integer> members, final IntPredicate condition)
    {
        for (final int brokerId : order)
        {
            if (members.contains(brokerId) && condition.test(brokerId))
            {
                return brokerId;
            }
        }
        return PartitionState.NO_LEADER;
    }
}
