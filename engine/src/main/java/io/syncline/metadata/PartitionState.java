package io.syncline.metadata;

import java.util.List;

/**
 * What the controller holds of a partition. Immutable; every change has a higher partition epoch.
 *
 * @param key            see {@link io.syncline.protocol.PartitionKey}
 * @param replicas       broker ids in assignment order; during a reassignment the old ones and the new ones
 * @param target         replicas after the reassignment that is under way; empty when none is
 * @param isr            committed ISR, in assignment order; empty only where the partition is offline
 * @param elr            eligible leader replicas (R5.3), disjoint from the ISR
 * @param leader         broker id, a member of the ISR; {@link #NO_LEADER} where the partition is offline
 * @param leaderEpoch    grows with every new leader and every return to none (R5.2)
 * @param partitionEpoch grows with every change
 * @param successor      broker id the leadership is being handed over to (R5.7), {@link #NO_LEADER} for none. Set
 *                       within a leader epoch, and gone with it: once a leader was told of a successor, its epoch ends
 *                       one way or the other
 */
public record PartitionState(
    long key,
    List<Integer> replicas,
    List<Integer> target,
    List<Integer> isr,
    List<Integer> elr,
    int leader,
    int leaderEpoch,
    int partitionEpoch,
    int successor)
{
    /** Leader of a partition that is offline. */
    public static final int NO_LEADER = -1;

    /** Keeps copies. */
    public PartitionState
    {
        replicas = List.copyOf(replicas);
        target = List.copyOf(target);
        isr = List.copyOf(isr);
        elr = List.copyOf(elr);
    }

    /**
     * A partition that is not being handed over; parameters as above.
     *
     * @param key            as above
     * @param replicas       as above
     * @param target         as above
     * @param isr            as above
     * @param elr            as above
     * @param leader         as above
     * @param leaderEpoch    as above
     * @param partitionEpoch as above
     */
    public PartitionState(
        final long key, final List<Integer> replicas, final List<Integer> target, final List<Integer> isr,
        final List<Integer> elr, final int leader, final int leaderEpoch, final int partitionEpoch)
    {
        this(key, replicas, target, isr, elr, leader, leaderEpoch, partitionEpoch, NO_LEADER);
    }

    /** @return true while a reassignment is under way */
    public boolean isReassigning()
    {
        return !target.isEmpty();
    }

    PartitionState withReplicas(final List<Integer> newReplicas, final List<Integer> newTarget)
    {
        return new PartitionState(
            key, newReplicas, newTarget, isr, elr, leader, leaderEpoch, partitionEpoch, successor);
    }

    PartitionState withMembers(final List<Integer> newIsr, final List<Integer> newElr)
    {
        return new PartitionState(
            key, replicas, target, newIsr, newElr, leader, leaderEpoch, partitionEpoch, successor);
    }

    /** The next leader epoch, of whatever leader; a hand-over that was under way ends with the old one. */
    PartitionState ledBy(final int newLeader)
    {
        return new PartitionState(key, replicas, target, isr, elr, newLeader, leaderEpoch + 1, partitionEpoch, NO_LEADER);
    }

    PartitionState withSuccessor(final int newSuccessor)
    {
        return new PartitionState(
            key, replicas, target, isr, elr, leader, leaderEpoch, partitionEpoch, newSuccessor);
    }

    PartitionState raised()
    {
        return new PartitionState(
            key, replicas, target, isr, elr, leader, leaderEpoch, partitionEpoch + 1, successor);
    }
}
