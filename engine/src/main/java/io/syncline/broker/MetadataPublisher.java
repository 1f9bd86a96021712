package io.syncline.broker;

import io.syncline.metadata.BrokerState;
import io.syncline.metadata.ClusterState;
import io.syncline.metadata.PartitionState;
import io.syncline.metadata.TopicState;
import io.syncline.protocol.PartitionKey;
import io.syncline.protocol.client.BooleanType;
import io.syncline.protocol.client.MessageHeaderEncoder;
import io.syncline.protocol.client.MetadataEncoder;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

import java.util.Collection;
import java.util.Map;

/**
 * Encodes the cluster's state as the Metadata message: once for each version, whoever is to get it. Belongs to the
 * conductor.
 */
final class MetadataPublisher
{
    private static final long NOTHING_ENCODED = Long.MIN_VALUE;
    private static final byte IN_ISR = 2;
    private static final byte IN_ELR = 1;
    private static final byte OUT_OF_SYNC = 0;

    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(4096);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final MetadataEncoder metadata = new MetadataEncoder();
    private long encodedVersion = NOTHING_ENCODED;
    private int length;

    /**
     * @param state         to be encoded
     * @param clientId      of the client
     * @param correlationId of its request; -1 when pushed
     * @return length of the frame in {@link #buffer()}
     */
    int encode(final ClusterState state, final long clientId, final long correlationId)
    {
        if (encodedVersion != state.version())
        {
            encode(state);
            encodedVersion = state.version();
        }
        metadata.wrap(buffer, MessageHeaderEncoder.ENCODED_LENGTH).clientId(clientId).correlationId(correlationId);
        return length;
    }

    /** The next state is another object, perhaps of the same version. */
    void forget()
    {
        encodedVersion = NOTHING_ENCODED;
    }

    DirectBuffer buffer()
    {
        return buffer;
    }

    private void encode(final ClusterState state)
    {
        metadata.wrapAndApplyHeader(buffer, 0, header).version(state.version());
        final Collection<BrokerState> brokers = state.brokers();
        final MetadataEncoder.BrokersEncoder brokersEncoder = metadata.brokersCount(brokers.size());
        for (final BrokerState broker : brokers)
        {
            brokersEncoder.next()
                .brokerId(broker.brokerId())
                .incarnation(broker.incarnation())
                .fenced(broker.fenced() ? BooleanType.T : BooleanType.F)
                .endpoint(broker.clientEndpoint())
                .rack(broker.rack());
        }
        final Collection<TopicState> topics = state.topics();
        final MetadataEncoder.TopicsEncoder topicsEncoder = metadata.topicsCount(topics.size());
        for (final TopicState topic : topics)
        {
            topicsEncoder.next().topicId(topic.topicId());
            partitions(state.partitions(topic.topicId()), topicsEncoder);
            final Map<String, String> configs = topic.config();
            final MetadataEncoder.TopicsEncoder.ConfigsEncoder configsEncoder =
                topicsEncoder.configsCount(configs.size());
            configs.forEach((key, value) -> configsEncoder.next().key(key).value(value));
            topicsEncoder.name(topic.name());
        }
        length = MessageHeaderEncoder.ENCODED_LENGTH + metadata.encodedLength();
    }

    private static void partitions(
        final Collection<PartitionState> partitions, final MetadataEncoder.TopicsEncoder topicsEncoder)
    {
        final MetadataEncoder.TopicsEncoder.PartitionsEncoder encoder =
            topicsEncoder.partitionsCount(partitions.size());
        for (final PartitionState partition : partitions)
        {
            encoder.next()
                .partition(PartitionKey.partition(partition.key()))
                .leader(partition.leader())
                .leaderEpoch(partition.leaderEpoch())
                .partitionEpoch(partition.partitionEpoch());
            final MetadataEncoder.TopicsEncoder.PartitionsEncoder.ReplicasEncoder replicas =
                encoder.replicasCount(partition.replicas().size());
            for (final int replica : partition.replicas())
            {
                replicas.next().brokerId(replica).membership(
                    partition.isr().contains(replica) ? IN_ISR :
                    partition.elr().contains(replica) ? IN_ELR : OUT_OF_SYNC);
            }
        }
    }
}
