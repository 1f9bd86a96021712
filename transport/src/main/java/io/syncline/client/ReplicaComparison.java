package io.syncline.client;

import java.util.List;

/**
 * Result of comparing the replicas of one partition.
 *
 * @param topic           name
 * @param partition       from 0
 * @param leader          the broker the others were compared with
 * @param fromOffset      first offset compared
 * @param toOffset        end of the comparison, exclusive: the leader's high watermark when it began
 * @param checksum        of the leader over that range
 * @param differences     one for each replica that differs; empty when all are identical
 */
public record ReplicaComparison(
    String topic,
    int partition,
    int leader,
    long fromOffset,
    long toOffset,
    long checksum,
    List<Difference> differences)
{
    /** @return true when every replica holds the same bytes over the whole range */
    public boolean identical()
    {
        return differences.isEmpty();
    }

    /**
     * A replica that differs from the leader.
     *
     * @param broker      broker id
     * @param firstOffset first offset whose batch differs or is missing; -1 when the replica did not answer
     * @param code        0, or why the replica could not be compared
     */
    public record Difference(int broker, long firstOffset, int code)
    {
    }
}
