package io.syncline.metadata;

import java.util.List;
import java.util.Map;

/**
 * One change of the cluster's metadata: deciding returns events, applying them to a {@link ClusterState} changes it.
 * The same events, in the same order, make up the controller's state, its snapshots and every broker's image.
 */
public sealed interface MetadataEvent
{
    /**
     * The cluster got its name, with the first registration; it never changes afterwards.
     *
     * @param clusterId {@code cluster.id}
     */
    record ClusterNamed(String clusterId) implements MetadataEvent
    {
    }

    /**
     * Values for what a request leaves open.
     *
     * @param defaults {@code default.replication.factor} and topic settings, as text; replaces the earlier ones
     */
    record DefaultsChanged(Map<String, String> defaults) implements MetadataEvent
    {
        /** Keeps an ordered copy. */
        public DefaultsChanged
        {
            defaults = TopicState.orderedCopy(defaults);
        }
    }

    /**
     * Ids given so far, where no other event shows it (a deleted topic, an unnamed producer). Only in snapshots.
     *
     * @param nextTopicId     first topic id not given yet
     * @param nextIncarnation first incarnation not given yet
     * @param nextProducerId  first producer id not given yet
     */
    record IdsGiven(long nextTopicId, long nextIncarnation, long nextProducerId) implements MetadataEvent
    {
    }

    /**
     * A broker is alive, from now on, in this incarnation.
     *
     * @param brokerId            {@code node.id}
     * @param incarnation         unique in the cluster, higher than all before
     * @param sessionId           controller session that keeps it alive
     * @param directoryId         identity of its log directory
     * @param start               of the process on that directory, {@link BrokerState#NO_START} where it named none
     * @param clientEndpoint      where clients reach it
     * @param replicationEndpoint where its peers reach it
     * @param rack                {@code broker.rack}, empty for none
     */
    record BrokerRegistered(
        int brokerId,
        long incarnation,
        long sessionId,
        String directoryId,
        long start,
        String clientEndpoint,
        String replicationEndpoint,
        String rack) implements MetadataEvent
    {
    }

    /**
     * A broker's session ended (R5.1). The partitions it was in sync for change by events of their own, before this
     * one.
     *
     * @param brokerId    of the broker
     * @param incarnation that ended
     */
    record BrokerFenced(int brokerId, long incarnation) implements MetadataEvent
    {
    }

    /**
     * A broker asked to be relieved of its leaderships before it stops (R5.7).
     *
     * @param brokerId    of the broker
     * @param incarnation that is leaving
     */
    record BrokerShuttingDown(int brokerId, long incarnation) implements MetadataEvent
    {
    }

    /**
     * A topic exists; its partitions follow as {@link PartitionChanged}.
     *
     * @param topicId    never used before
     * @param name       unique among the topics that exist
     * @param config     every setting that was given, or filled in from the defaults, as text
     * @param partitions number of partitions
     */
    record TopicCreated(long topicId, String name, Map<String, String> config, int partitions) implements MetadataEvent
    {
        /** Keeps an ordered copy. */
        public TopicCreated
        {
            config = TopicState.orderedCopy(config);
        }
    }

    /**
     * A topic and its partitions are gone.
     *
     * @param topicId of the topic
     */
    record TopicDeleted(long topicId) implements MetadataEvent
    {
    }

    /**
     * A partition's new state, in full.
     *
     * @param partition replaces what was known of it
     */
    record PartitionChanged(PartitionState partition) implements MetadataEvent
    {
    }

    /**
     * A member of the ISR has heard nothing from a leader (R5.1).
     *
     * @param key         partition
     * @param reporter    broker id of the member
     * @param leaderEpoch of the silent leadership
     * @param timeMs      cluster time of the report
     */
    record SilenceReported(long key, int reporter, int leaderEpoch, long timeMs) implements MetadataEvent
    {
    }

    /**
     * A leadership was moved because of silence; kept so that a flapping link cannot move it more than a few times a
     * minute.
     *
     * @param key         partition
     * @param incarnation of the broker that was silent
     * @param timeMs      cluster time of the move
     */
    record SilenceMoved(long key, long incarnation, long timeMs) implements MetadataEvent
    {
    }

    /**
     * A producer got its id, or the next epoch of it.
     *
     * @param name          chosen by the producer; empty for one without a name, of which nothing is kept
     * @param producerId    unique
     * @param producerEpoch from 0, higher with each initialisation under the same name
     */
    record ProducerInitialised(String name, long producerId, int producerEpoch) implements MetadataEvent
    {
    }

    /**
     * A consumer group's position in a partition.
     *
     * @param group           name of the group
     * @param key             partition
     * @param committedOffset next offset the group wants
     */
    record OffsetCommitted(String group, long key, long committedOffset) implements MetadataEvent
    {
    }

    /** @return every kind of event, for tests and tables */
    static List<Class<?>> kinds()
    {
        return List.of(MetadataEvent.class.getPermittedSubclasses());
    }
}
