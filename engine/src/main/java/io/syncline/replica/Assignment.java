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

    /**
     * @param brokerId to look for
     * @return true where it is one of {@link #isr()}
     */
    boolean isMember(final int brokerId)
    {
        for (final int member : isr)
        {
            if (member == brokerId)
            {
                return true;
            }
        }
        return false;
    }

    /**
     * A replica may be taken out and put back within one leader epoch, and what it held in between is deleted. Its
     * leader must not take the log that it knew for the one that is there now. A leader that is shown both changes
     * forgets the replica at the first. One that is shown the last of several knows by the partition epoch that it was
     * not shown all, and by the ISR whom that may concern: only the leader puts a replica there, by what it knows of it.
     *
     * @param knownPartitionEpoch of the assignment of the same leader epoch that was known before
     * @param brokerId            a replica in both
     * @return true where it may have been none of the replicas in between
     */
    boolean mayHaveBeenOut(final int knownPartitionEpoch, final int brokerId)
    {
        return partitionEpoch > knownPartitionEpoch + 1 && !isMember(brokerId);
    }

    /**
     * @param brokerId a replica that is new here, or may have been out
     * @return partition epoch below which nothing that its broker says is of the replica that is there now
     */
    int replicaSince(final int brokerId)
    {
        return isMember(brokerId) ? 0 : partitionEpoch;
    }
}
