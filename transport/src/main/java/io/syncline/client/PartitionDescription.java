package io.syncline.client;

import java.util.List;

/**
 * A partition with what its leader knows of its replicas.
 *
 * @param info          the metadata
 * @param logStart      first offset there is; -1 when no leader answered
 * @param highWatermark end of what can be read; -1 not known
 * @param replicaStates what the leader knows of each replica; empty when no leader answered
 */
public record PartitionDescription(PartitionInfo info, long logStart, long highWatermark, List<ReplicaState> replicaStates)
{
}
