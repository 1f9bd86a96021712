package io.syncline.client;

import java.util.List;

/**
 * The cluster as the newest metadata this client has seen shows it.
 *
 * @param version grows with every change at the controller
 * @param brokers by id
 * @param topics  by name
 */
public record ClusterDescription(long version, List<BrokerInfo> brokers, List<TopicInfo> topics)
{
}
