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
 */
public record PartitionState(
    long key,
    List<Integer> replicas,
    List<Integer> target,
    List<Integer> isr,
    List<Integer> elr,
    int leader,
    int leaderEpoch,
    int partitionEpoch)
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

    /** @return true while a reassignment is under way */
    public boolean isReassigning()
    {
        return !target.isEmpty();
    }
}
