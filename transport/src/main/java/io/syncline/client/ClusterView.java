package io.syncline.client;

import io.syncline.protocol.client.BooleanType;
import io.syncline.protocol.client.MetadataDecoder;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.collections.Long2ObjectHashMap;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The cluster as the newest metadata shows it, whichever broker sent it: the highest version wins, anything else is
 * ignored. Only news allocates.
 */
final class ClusterView
{
    private static final byte IN_ISR = 2;
    private static final byte IN_ELR = 1;

    private final Int2ObjectHashMap<BrokerInfo> brokers = new Int2ObjectHashMap<>();
    private final Long2ObjectHashMap<TopicInfo> topicById = new Long2ObjectHashMap<>();
    private final Map<String, TopicInfo> topicByName = new TreeMap<>();
    private long version = -1;

    /**
     * @param metadata a message, wrapped, nothing of its groups read yet
     * @return true when it was newer than what was known
     * @throws IndexOutOfBoundsException where it ends before it should: then nothing of it was taken
     */
    boolean onMetadata(final MetadataDecoder metadata)
    {
        if (metadata.version() <= version)
        {
            return false;
        }
        final long newVersion = metadata.version();
        final List<BrokerInfo> newBrokers = new ArrayList<>();
        for (final MetadataDecoder.BrokersDecoder broker : metadata.brokers())
        {
            final int brokerId = broker.brokerId();
            final long incarnation = broker.incarnation();
            final boolean isFenced = broker.fenced() == BooleanType.T;
            newBrokers.add(new BrokerInfo(brokerId, incarnation, isFenced, broker.endpoint(), broker.rack()));
        }
        final List<TopicInfo> newTopics = new ArrayList<>();
        for (final MetadataDecoder.TopicsDecoder topic : metadata.topics())
        {
            newTopics.add(decodeTopic(topic));
        }
        version = newVersion;
        brokers.clear();
        newBrokers.forEach((broker) -> brokers.put(broker.brokerId(), broker));
        topicById.clear();
        newTopics.forEach((topic) -> topicById.put(topic.topicId(), topic));
        topicByName.clear();
        newTopics.forEach((topic) -> topicByName.put(topic.name(), topic));
        return true;
    }

    long version()
    {
        return version;
    }

    Iterable<BrokerInfo> brokers()
    {
        return brokers.values();
    }

    BrokerInfo broker(final int brokerId)
    {
        return brokers.get(brokerId);
    }

    TopicInfo topic(final String name)
    {
        return topicByName.get(name);
    }

    PartitionInfo partition(final long topicId, final int partition)
    {
        final TopicInfo topic = topicById.get(topicId);
        return topic == null || partition >= topic.partitions().size() ? null : topic.partitions().get(partition);
    }

    List<String> topicNames()
    {
        return List.copyOf(topicByName.keySet());
    }

    ClusterDescription describe()
    {
        final List<BrokerInfo> sorted = new ArrayList<>(brokers.values());
        sorted.sort(Comparator.comparingInt(BrokerInfo::brokerId));
        return new ClusterDescription(version, List.copyOf(sorted), List.copyOf(topicByName.values()));
    }

    private static TopicInfo decodeTopic(final MetadataDecoder.TopicsDecoder topic)
    {
        final long topicId = topic.topicId();
        final List<PartitionInfo> partitions = new ArrayList<>();
        for (final MetadataDecoder.TopicsDecoder.PartitionsDecoder partition : topic.partitions())
        {
            final int number = partition.partition();
            final int leader = partition.leader();
            final int leaderEpoch = partition.leaderEpoch();
            final int partitionEpoch = partition.partitionEpoch();
            final List<Integer> replicas = new ArrayList<>();
            final List<Integer> isr = new ArrayList<>();
            final List<Integer> elr = new ArrayList<>();
            for (final MetadataDecoder.TopicsDecoder.PartitionsDecoder.ReplicasDecoder replica : partition.replicas())
            {
                replicas.add(replica.brokerId());
                if (replica.membership() == IN_ISR)
                {
                    isr.add(replica.brokerId());
                }
                else if (replica.membership() == IN_ELR)
                {
                    elr.add(replica.brokerId());
                }
            }
            partitions.add(new PartitionInfo(number, leader, leaderEpoch, partitionEpoch,
                List.copyOf(replicas), List.copyOf(isr), List.copyOf(elr)));
        }
        partitions.sort(Comparator.comparingInt(PartitionInfo::partition));
        final Map<String, String> configs = new TreeMap<>();
        for (final MetadataDecoder.TopicsDecoder.ConfigsDecoder config : topic.configs())
        {
            configs.put(config.key(), config.value());
        }
        return new TopicInfo(topicId, topic.name(), Map.copyOf(configs), List.copyOf(partitions));
    }
}
