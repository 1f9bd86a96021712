package io.syncline.metadata;

import io.syncline.metadata.ControllerRequest.CreateTopic;
import io.syncline.metadata.ControllerRequest.DeleteTopic;
import io.syncline.metadata.MetadataEvent.TopicCreated;
import io.syncline.metadata.MetadataEvent.TopicDeleted;
import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Topics that come and go. A topic's settings are complete when it is created: a later change of the cluster's defaults
 * leaves it alone.
 */
final class TopicRegistry
{
    /** One request makes one decision, which every broker reads in one go. */
    static final int MAX_PARTITIONS = 10_000;

    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

    private TopicRegistry()
    {
    }

    static Decision create(final CreateTopic request, final ClusterState state, final long nowMs)
    {
        final List<BrokerState> candidates = state.brokers().stream().filter(BrokerState::isEligible).toList();
        final int replicationFactor =
            request.replicationFactor() == -1 ? defaultFactor(state, candidates.size()) : request.replicationFactor();
        final Map<String, String> config = new TreeMap<>(request.config());
        final Decision refusal = refusal(request, replicationFactor, candidates.size(), state);
        if (refusal != null)
        {
            return refusal;
        }
        state.defaults().forEach((key, value) ->
        {
            if (TopicConfig.KEYS.contains(key))
            {
                config.putIfAbsent(key, value);
            }
        });

        final Draft draft = new Draft(state, nowMs);
        final long topicId = state.nextTopicId();
        draft.add(new TopicCreated(topicId, request.name(), config, request.partitions()));
        final Placement placement = new Placement(candidates, state.partitions());
        for (int partition = 0; partition < request.partitions(); partition++)
        {
            final List<Integer> replicas = placement.place(replicationFactor);
            draft.put(new PartitionState(
                PartitionKey.of(topicId, partition), replicas, List.of(), replicas, List.of(), replicas.get(0), 0, 0));
        }
        return Decision.accepted(draft.events(), topicId);
    }

    static Decision delete(final DeleteTopic request, final ClusterState state)
    {
        final TopicState topic = state.topic(request.name());
        return topic == null ?
            Decision.refused(Codes.UNKNOWN_TOPIC, "there is no topic '" + request.name() + "': nothing was deleted") :
            Decision.accepted(List.of(new TopicDeleted(topic.topicId())), topic.topicId());
    }

    private static Decision refusal(
        final CreateTopic request, final int replicationFactor, final int alive, final ClusterState state)
    {
        final String name = request.name();
        if (!NAME.matcher(name).matches() || ".".equals(name) || "..".equals(name))
        {
            return Decision.refused(Codes.INVALID_REQUEST, "'" + name + "' is not a topic name: use 1 to 249 letters, digits, " +
                "dots, underscores and hyphens, and neither '.' nor '..'");
        }
        if (state.topic(name) != null)
        {
            return Decision.refused(Codes.TOPIC_EXISTS, "topic '" + name + "' exists already with id " +
                state.topic(name).topicId() + ": choose another name or delete it first");
        }
        if (request.partitions() < 1 || request.partitions() > MAX_PARTITIONS)
        {
            return Decision.refused(Codes.INVALID_REQUEST, "topic '" + name + "': " + request.partitions() +
                " partitions, must be 1 to " + MAX_PARTITIONS);
        }
        if (replicationFactor < 1)
        {
            return Decision.refused(Codes.INVALID_REQUEST, "topic '" + name + "': replication factor " + replicationFactor +
                " is below 1; give 1 or more, or -1 for " + TopicConfig.DEFAULT_REPLICATION_FACTOR);
        }
        for (final Map.Entry<String, String> setting : request.config().entrySet())
        {
            final String defect = TopicConfig.defect(setting.getKey(), setting.getValue());
            if (defect != null)
            {
                return Decision.refused(Codes.INVALID_REQUEST, "topic '" + name + "': " + defect);
            }
        }
        final String minIsr = request.config().get(TopicConfig.MIN_INSYNC_REPLICAS);
        if (minIsr != null && Integer.parseInt(minIsr) > replicationFactor)
        {
            return Decision.refused(Codes.INVALID_REQUEST, "topic '" + name + "': " + TopicConfig.MIN_INSYNC_REPLICAS + "=" +
                minIsr + " is above the replication factor " + replicationFactor +
                ", so that acks=all could never succeed: lower the one or raise the other");
        }
        if (replicationFactor > alive)
        {
            return Decision.refused(Codes.NOT_ENOUGH_BROKERS, "topic '" + name + "': replication factor " + replicationFactor +
                ", but " + alive + " of " + state.brokers().size() +
                " known brokers are alive: start more brokers or lower the replication factor");
        }
        return null;
    }

    private static int defaultFactor(final ClusterState state, final int alive)
    {
        final String configured = state.defaults().get(TopicConfig.DEFAULT_REPLICATION_FACTOR);
        return configured != null ?
            Integer.parseInt(configured) : Math.max(1, Math.min(TopicConfig.REPLICATION_FACTOR_DEFAULT, alive));
    }
}
