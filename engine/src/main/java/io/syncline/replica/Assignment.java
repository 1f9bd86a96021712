package io.syncline.replica;

/**
 * What the controller wants of one partition, as its replicas see it. Immutable; the arrays are never written to.
 *
 * @param key            partition, see {@link io.syncline.protocol.PartitionKey}
 * @param leader         broker id, -1 for none
 * @param leaderEpoch    of this leadership
 * @param partitionEpoch version of this metadata; higher is newer
 * @param replicas       in assignment order
 * @param incarnations   registered incarnation of each replica's broker, index by index; -1 when it never registered
 * @param eligible       true where the replica's broker is neither fenced nor shutting down, index by index
 * @param isr            committed ISR
 * @param elr            eligible leader replicas
 * @param minIsr         m, the effective min ISR
 * @param fsynced        true at durability level {@code fsynced}
 * @param successor      broker id that the leader hands over to (R5.7), -1 for none
 */
public record Assignment(
    long key,
    int leader,
    int leaderEpoch,
    int partitionEpoch,
    int[] replicas,
    long[] incarnations,
    boolean[] eligible,
    int[] isr,
    int[] elr,
    int minIsr,
    boolean fsynced,
    int successor)
{
    /**
     * Of a partition that is not being handed over; parameters as above.
     *
     * @param key            as above
     * @param leader         as above
     * @param leaderEpoch    as above
     * @param partitionEpoch as above
     * @param replicas       as above
     * @param incarnations   as above
     * @param eligible       as above
     * @param isr            as above
     * @param elr            as above
     * @param minIsr         as above
     * @param fsynced        as above
     */
    public Assignment(
        final long key, final int leader, final int leaderEpoch, final int partitionEpoch, final int[] replicas,
        final long[] incarnations, final boolean[] eligible, final int[] isr, final int[] elr, final int minIsr,
        final boolean fsynced)
    {
        this(key, leader, leaderEpoch, partitionEpoch, replicas, incarnations, eligible, isr, elr, minIsr, fsynced, -1);
    }

    /**
     * @param brokerId to look for
     * @return its place in {@link #replicas()}, or -1
     */
    public int indexOf(final int brokerId)
    {
        for (int i = 0; i < replicas.length; i++)
        {
            if (replicas[i] == brokerId)
            {
                return i;
            }
        }
        return -1;
    }
}
