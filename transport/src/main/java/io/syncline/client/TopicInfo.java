package io.syncline.client;

import java.util.List;
import java.util.Map;

/**
 * A topic as the metadata shows it.
 *
 * @param topicId    given by the controller, never used twice
 * @param name       of the topic
 * @param configs    the settings that differ from the cluster's
 * @param partitions by number
 */
public record TopicInfo(long topicId, String name, Map<String, String> configs, List<PartitionInfo> partitions)
{
}
