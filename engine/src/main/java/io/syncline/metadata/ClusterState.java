package io.syncline.metadata;

import io.syncline.metadata.MetadataEvent.BrokerFenced;
import io.syncline.metadata.MetadataEvent.BrokerRegistered;
import io.syncline.metadata.MetadataEvent.BrokerShuttingDown;
import io.syncline.metadata.MetadataEvent.ClusterNamed;
import io.syncline.metadata.MetadataEvent.DefaultsChanged;
import io.syncline.metadata.MetadataEvent.IdsGiven;
import io.syncline.metadata.MetadataEvent.OffsetCommitted;
import io.syncline.metadata.MetadataEvent.PartitionChanged;
import io.syncline.metadata.MetadataEvent.ProducerInitialised;
import io.syncline.metadata.MetadataEvent.SilenceMoved;
import io.syncline.metadata.MetadataEvent.SilenceReported;
import io.syncline.metadata.MetadataEvent.TopicCreated;
import io.syncline.metadata.MetadataEvent.TopicDeleted;
import io.syncline.protocol.PartitionKey;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The cluster as a fold over {@link MetadataEvent}s: the controller's authority, and each broker's image of it.
 * <p>
 * Belongs to one thread. What it hands out is immutable, except the collections, which are live and read-only. All of
 * them iterate in the order of their keys, so that every member of a controller quorum decides alike.
 */
public final class ClusterState
{
    private final TreeMap<Integer, BrokerState> brokers = new TreeMap<>();
    private final TreeMap<Long, TopicState> topics = new TreeMap<>();
    private final Map<String, TopicState> topicsByName = new HashMap<>();
    private final TreeMap<Long, PartitionState> partitions = new TreeMap<>();
    private final TreeMap<Long, Silence> silences = new TreeMap<>();
    private final TreeMap<String, ProducerInitialised> producers = new TreeMap<>();
    private final TreeMap<String, TreeMap<Long, Long>> groups = new TreeMap<>();
    private Map<String, String> defaults = Map.of();
    private String clusterId = "";
    private long version;
    private long nextTopicId = 1;
    private long nextIncarnation = 1;
    private long nextProducerId = 1;

    /**
     * Makes the change. Events are applied exactly once and in order; {@link #version()} grows by one.
     *
     * @param event decided by the controller
     */
    public void apply(final MetadataEvent event)
    {
        version++;
        if (event instanceof PartitionChanged changed)
        {
            onPartitionChanged(changed.partition());
        }
        else if (event instanceof OffsetCommitted committed)
        {
            groups.computeIfAbsent(committed.group(), (group) -> new TreeMap<>())
                .put(committed.key(), committed.committedOffset());
        }
        else if (event instanceof BrokerRegistered registered)
        {
            onBrokerRegistered(registered);
        }
        else if (event instanceof BrokerFenced fenced)
        {
            brokers.computeIfPresent(fenced.brokerId(), (id, broker) -> broker.asFenced());
        }
        else if (event instanceof BrokerShuttingDown leaving)
        {
            brokers.computeIfPresent(leaving.brokerId(), (id, broker) -> broker.asShuttingDown());
        }
        else if (event instanceof TopicCreated created)
        {
            onTopicCreated(created);
        }
        else if (event instanceof TopicDeleted deleted)
        {
            onTopicDeleted(deleted.topicId());
        }
        else if (event instanceof SilenceReported reported)
        {
            silences.put(reported.key(), silence(reported.key())
                .withReport(reported.reporter(), reported.leaderEpoch(), reported.timeMs()));
        }
        else if (event instanceof SilenceMoved moved)
        {
            silences.put(moved.key(), silence(moved.key()).withMove(moved.incarnation(), moved.timeMs()));
        }
        else if (event instanceof ProducerInitialised initialised)
        {
            onProducerInitialised(initialised);
        }
        else if (event instanceof DefaultsChanged changed)
        {
            defaults = changed.defaults();
        }
        else if (event instanceof ClusterNamed named)
        {
            clusterId = named.clusterId();
        }
        else if (event instanceof IdsGiven given)
        {
            nextTopicId = Math.max(nextTopicId, given.nextTopicId());
            nextIncarnation = Math.max(nextIncarnation, given.nextIncarnation());
            nextProducerId = Math.max(nextProducerId, given.nextProducerId());
        }
    }

    /**
     * Hands out events that make up this state when applied to an empty one, in an order in which each can be applied.
     *
     * @param consumer of the events
     */
    public void forEachEvent(final Consumer<MetadataEvent> consumer)
    {
        if (!clusterId.isEmpty())
        {
            consumer.accept(new ClusterNamed(clusterId));
        }
        if (!defaults.isEmpty())
        {
            consumer.accept(new DefaultsChanged(defaults));
        }
        for (final BrokerState broker : brokers.values())
        {
            consumer.accept(new BrokerRegistered(
                broker.brokerId(),
                broker.incarnation(),
                broker.sessionId(),
                broker.directoryId(),
                broker.start(),
                broker.clientEndpoint(),
                broker.replicationEndpoint(),
                broker.rack()));
            if (broker.shuttingDown())
            {
                consumer.accept(new BrokerShuttingDown(broker.brokerId(), broker.incarnation()));
            }
            if (broker.fenced())
            {
                consumer.accept(new BrokerFenced(broker.brokerId(), broker.incarnation()));
            }
        }
        for (final TopicState topic : topics.values())
        {
            consumer.accept(new TopicCreated(topic.topicId(), topic.name(), topic.config(), topic.partitions()));
        }
        for (final PartitionState partition : partitions.values())
        {
            consumer.accept(new PartitionChanged(partition));
        }
        silences.forEach((key, silence) ->
        {
            silence.moves().forEach((move) -> consumer.accept(new SilenceMoved(key, move.incarnation(), move.timeMs())));
            silence.reports().forEach((report) -> consumer.accept(
                new SilenceReported(key, report.reporter(), silence.leaderEpoch(), report.timeMs())));
        });
        producers.values().forEach(consumer);
        groups.forEach((group, offsets) -> offsets.forEach(
            (key, offset) -> consumer.accept(new OffsetCommitted(group, key, offset))));
        consumer.accept(new IdsGiven(nextTopicId, nextIncarnation, nextProducerId));
    }

    /** @return number of events that made this state */
    public long version()
    {
        return version;
    }

    /**
     * Sets the version after the events of a snapshot have been applied.
     *
     * @param version the snapshot was taken at
     */
    public void version(final long version)
    {
        this.version = version;
    }

    /** @return {@code cluster.id}; empty before the first registration */
    public String clusterId()
    {
        return clusterId;
    }

    /** @return values for what a request leaves open */
    public Map<String, String> defaults()
    {
        return defaults;
    }

    /** @return every broker that ever registered */
    public Collection<BrokerState> brokers()
    {
        return Collections.unmodifiableCollection(brokers.values());
    }

    /**
     * @param brokerId {@code node.id}
     * @return the broker, or null if it never registered
     */
    public BrokerState broker(final int brokerId)
    {
        return brokers.get(brokerId);
    }

    /**
     * @param sessionId of the controller
     * @return the live broker that registered over it last, or null
     */
    public BrokerState brokerOfSession(final long sessionId)
    {
        for (final BrokerState broker : brokers.values())
        {
            if (broker.sessionId() == sessionId && !broker.fenced())
            {
                return broker;
            }
        }
        return null;
    }

    /**
     * @param brokerId {@code node.id}
     * @return true where the broker is neither fenced nor shutting down
     */
    public boolean isEligible(final int brokerId)
    {
        final BrokerState broker = brokers.get(brokerId);
        return broker != null && broker.isEligible();
    }

    /** @return every topic, by id */
    public Collection<TopicState> topics()
    {
        return Collections.unmodifiableCollection(topics.values());
    }

    /**
     * @param name of a topic
     * @return the topic, or null
     */
    public TopicState topic(final String name)
    {
        return topicsByName.get(name);
    }

    /**
     * @param topicId of a topic
     * @return the topic, or null
     */
    public TopicState topic(final long topicId)
    {
        return topics.get(topicId);
    }

    /** @return every partition, by key: topic by topic, in the order of their numbers */
    public Collection<PartitionState> partitions()
    {
        return Collections.unmodifiableCollection(partitions.values());
    }

    /**
     * @param topicId of a topic
     * @return its partitions in the order of their numbers
     */
    public Collection<PartitionState> partitions(final long topicId)
    {
        return Collections.unmodifiableCollection(rangeOf(topicId).values());
    }

    /**
     * @param key of a partition
     * @return its state, or null
     */
    public PartitionState partition(final long key)
    {
        return partitions.get(key);
    }

    /**
     * @param partition of this state
     * @return m, the effective min ISR
     */
    public int minIsr(final PartitionState partition)
    {
        final TopicState topic = topics.get(PartitionKey.topicId(partition.key()));
        final int configured = topic == null ? 1 : TopicConfig.minInsyncReplicas(topic.config());
        return Math.min(configured, partition.replicas().size());
    }

    /**
     * @param name of a producer
     * @return its id and epoch, or null
     */
    public ProducerInitialised producer(final String name)
    {
        return producers.get(name);
    }

    /**
     * @param group name of a consumer group
     * @param key   of a partition
     * @return its committed offset, -1 where there is none
     */
    public long committedOffset(final String group, final long key)
    {
        final Map<Long, Long> offsets = groups.get(group);
        return offsets == null ? -1 : offsets.getOrDefault(key, -1L);
    }

    Silence silence(final long key)
    {
        return silences.getOrDefault(key, Silence.NONE);
    }

    long nextTopicId()
    {
        return nextTopicId;
    }

    long nextIncarnation()
    {
        return nextIncarnation;
    }

    long nextProducerId()
    {
        return nextProducerId;
    }

    private void onBrokerRegistered(final BrokerRegistered event)
    {
        brokers.put(event.brokerId(), new BrokerState(
            event.brokerId(),
            event.incarnation(),
            event.sessionId(),
            event.directoryId(),
            event.start(),
            event.clientEndpoint(),
            event.replicationEndpoint(),
            event.rack(),
            false,
            false));
        nextIncarnation = Math.max(nextIncarnation, event.incarnation() + 1);
    }

    private void onTopicCreated(final TopicCreated event)
    {
        final TopicState topic = new TopicState(event.topicId(), event.name(), event.config(), event.partitions());
        topics.put(topic.topicId(), topic);
        topicsByName.put(topic.name(), topic);
        nextTopicId = Math.max(nextTopicId, topic.topicId() + 1);
    }

    private void onTopicDeleted(final long topicId)
    {
        final TopicState topic = topics.remove(topicId);
        if (topic != null)
        {
            topicsByName.remove(topic.name());
            for (final Long key : rangeOf(topicId).keySet())
            {
                silences.remove(key);
                groups.values().forEach((offsets) -> offsets.remove(key));
            }
            groups.values().removeIf(Map::isEmpty);
            rangeOf(topicId).clear();
        }
    }

    private void onPartitionChanged(final PartitionState partition)
    {
        final PartitionState before = partitions.put(partition.key(), partition);
        if (before != null && before.leaderEpoch() != partition.leaderEpoch())
        {
            silences.computeIfPresent(partition.key(), (key, silence) ->
                silence.moves().isEmpty() ? null : new Silence(-1, List.of(), silence.moves()));
        }
    }

    private void onProducerInitialised(final ProducerInitialised event)
    {
        if (!event.name().isEmpty())
        {
            producers.put(event.name(), event);
        }
        nextProducerId = Math.max(nextProducerId, event.producerId() + 1);
    }

    private SortedMap<Long, PartitionState> rangeOf(final long topicId)
    {
        return partitions.subMap(
            PartitionKey.of(topicId, 0), true, PartitionKey.of(topicId, PartitionKey.MAX_PARTITIONS - 1), true);
    }
}
