package io.syncline.client;

import java.util.List;
import java.util.Map;

/**
 * A topic with what the leaders know of its replicas.
 *
 * @param topic      name
 * @param topicId    given by the controller, never used twice
 * @param configs    the settings that differ from the cluster's
 * @param partitions by number
 */
public record TopicDescription(
    String topic, long topicId, Map<String, String> configs, List<PartitionDescription> partitions)
{
}
