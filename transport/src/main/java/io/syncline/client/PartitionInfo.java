package io.syncline.client;

import java.util.List;

/**
 * A partition as the metadata shows it.
 *
 * @param partition      from 0
 * @param leader         broker id, -1 while there is none
 * @param leaderEpoch    number of the leadership
 * @param partitionEpoch version of the partition's metadata
 * @param replicas       in assignment order
 * @param isr            in-sync replicas, in assignment order
 * @param elr            eligible leader replicas, in assignment order
 */
public record PartitionInfo(
    int partition,
    int leader,
    int leaderEpoch,
    int partitionEpoch,
    List<Integer> replicas,
    List<Integer> isr,
    List<Integer> elr)
{
    /** @return online while there is a leader, offline otherwise */
    public String state()
    {
        return leader < 0 ? "offline" : "online";
    }
}
