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
    boolean fsynced)
{
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
