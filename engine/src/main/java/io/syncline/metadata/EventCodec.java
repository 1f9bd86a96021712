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
import io.syncline.protocol.controller.BrokerFencedDecoder;
import io.syncline.protocol.controller.BrokerFencedEncoder;
import io.syncline.protocol.controller.BrokerRegisteredDecoder;
import io.syncline.protocol.controller.BrokerRegisteredEncoder;
import io.syncline.protocol.controller.BrokerShuttingDownDecoder;
import io.syncline.protocol.controller.BrokerShuttingDownEncoder;
import io.syncline.protocol.controller.ClusterNamedDecoder;
import io.syncline.protocol.controller.ClusterNamedEncoder;
import io.syncline.protocol.controller.DefaultsChangedDecoder;
import io.syncline.protocol.controller.DefaultsChangedEncoder;
import io.syncline.protocol.controller.IdsGivenDecoder;
import io.syncline.protocol.controller.IdsGivenEncoder;
import io.syncline.protocol.controller.MessageHeaderDecoder;
import io.syncline.protocol.controller.MessageHeaderEncoder;
import io.syncline.protocol.controller.OffsetCommittedDecoder;
import io.syncline.protocol.controller.OffsetCommittedEncoder;
import io.syncline.protocol.controller.PartitionChangedDecoder;
import io.syncline.protocol.controller.PartitionChangedEncoder;
import io.syncline.protocol.controller.ProducerInitialisedDecoder;
import io.syncline.protocol.controller.ProducerInitialisedEncoder;
import io.syncline.protocol.controller.SilenceMovedDecoder;
import io.syncline.protocol.controller.SilenceMovedEncoder;
import io.syncline.protocol.controller.SilenceReportedDecoder;
import io.syncline.protocol.controller.SilenceReportedEncoder;
import io.syncline.protocol.controller.TopicCreatedDecoder;
import io.syncline.protocol.controller.TopicCreatedEncoder;
import io.syncline.protocol.controller.TopicDeletedDecoder;
import io.syncline.protocol.controller.TopicDeletedEncoder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Events as SBE messages; the schema says which.
 */
final class EventCodec
{
    private final MessageHeaderEncoder headerEncoder = new MessageHeaderEncoder();
    private final PartitionChangedEncoder partitionChangedEncoder = new PartitionChangedEncoder();
    private final PartitionChangedDecoder partitionChangedDecoder = new PartitionChangedDecoder();
    private final OffsetCommittedEncoder offsetCommittedEncoder = new OffsetCommittedEncoder();
    private final OffsetCommittedDecoder offsetCommittedDecoder = new OffsetCommittedDecoder();
    private final ClusterNamedEncoder clusterNamedEncoder = new ClusterNamedEncoder();
    private final ClusterNamedDecoder clusterNamedDecoder = new ClusterNamedDecoder();
    private final DefaultsChangedEncoder defaultsChangedEncoder = new DefaultsChangedEncoder();
    private final DefaultsChangedDecoder defaultsChangedDecoder = new DefaultsChangedDecoder();
    private final IdsGivenEncoder idsGivenEncoder = new IdsGivenEncoder();
    private final IdsGivenDecoder idsGivenDecoder = new IdsGivenDecoder();
    private final BrokerRegisteredEncoder brokerRegisteredEncoder = new BrokerRegisteredEncoder();
    private final BrokerRegisteredDecoder brokerRegisteredDecoder = new BrokerRegisteredDecoder();
    private final BrokerFencedEncoder brokerFencedEncoder = new BrokerFencedEncoder();
    private final BrokerFencedDecoder brokerFencedDecoder = new BrokerFencedDecoder();
    private final BrokerShuttingDownEncoder brokerShuttingDownEncoder = new BrokerShuttingDownEncoder();
    private final BrokerShuttingDownDecoder brokerShuttingDownDecoder = new BrokerShuttingDownDecoder();
    private final TopicCreatedEncoder topicCreatedEncoder = new TopicCreatedEncoder();
    private final TopicCreatedDecoder topicCreatedDecoder = new TopicCreatedDecoder();
    private final TopicDeletedEncoder topicDeletedEncoder = new TopicDeletedEncoder();
    private final TopicDeletedDecoder topicDeletedDecoder = new TopicDeletedDecoder();
    private final SilenceReportedEncoder silenceReportedEncoder = new SilenceReportedEncoder();
    private final SilenceReportedDecoder silenceReportedDecoder = new SilenceReportedDecoder();
    private final SilenceMovedEncoder silenceMovedEncoder = new SilenceMovedEncoder();
    private final SilenceMovedDecoder silenceMovedDecoder = new SilenceMovedDecoder();
    private final ProducerInitialisedEncoder producerInitialisedEncoder = new ProducerInitialisedEncoder();
    private final ProducerInitialisedDecoder producerInitialisedDecoder = new ProducerInitialisedDecoder();

    /**
     * @param event  to encode
     * @param buffer expandable, or large enough
     * @param offset where the message header goes
     * @return encoded bytes, header included
     */
    int encode(final MetadataEvent event, final MutableDirectBuffer buffer, final int offset)
    {
        return MessageHeaderEncoder.ENCODED_LENGTH + body(event, buffer, offset);
    }

    private int body(final MetadataEvent event, final MutableDirectBuffer buffer, final int offset)
    {
        if (event instanceof PartitionChanged partitionChanged)
        {
            return encode(partitionChanged, buffer, offset);
        }
        if (event instanceof OffsetCommitted offsetCommitted)
        {
            return encode(offsetCommitted, buffer, offset);
        }
        if (event instanceof ClusterNamed clusterNamed)
        {
            return encode(clusterNamed, buffer, offset);
        }
        if (event instanceof DefaultsChanged defaultsChanged)
        {
            return encode(defaultsChanged, buffer, offset);
        }
        if (event instanceof IdsGiven idsGiven)
        {
            return encode(idsGiven, buffer, offset);
        }
        if (event instanceof BrokerRegistered brokerRegistered)
        {
            return encode(brokerRegistered, buffer, offset);
        }
        if (event instanceof BrokerFenced brokerFenced)
        {
            return encode(brokerFenced, buffer, offset);
        }
        if (event instanceof BrokerShuttingDown brokerShuttingDown)
        {
            return encode(brokerShuttingDown, buffer, offset);
        }
        if (event instanceof TopicCreated topicCreated)
        {
            return encode(topicCreated, buffer, offset);
        }
        if (event instanceof TopicDeleted topicDeleted)
        {
            return encode(topicDeleted, buffer, offset);
        }
        if (event instanceof SilenceReported silenceReported)
        {
            return encode(silenceReported, buffer, offset);
        }
        if (event instanceof SilenceMoved silenceMoved)
        {
            return encode(silenceMoved, buffer, offset);
        }
        if (event instanceof ProducerInitialised producerInitialised)
        {
            return encode(producerInitialised, buffer, offset);
        }
        throw new IllegalArgumentException("no encoding for " + event);
    }

    /**
     * @param header wrapped at offset
     * @param buffer with the message
     * @param offset of its header
     * @return the decoded event, or null where the template is none of them; {@link #limit(int)} tells where it ends
     */
    MetadataEvent decode(final MessageHeaderDecoder header, final DirectBuffer buffer, final int offset)
    {
        return switch (header.templateId())
        {
            case PartitionChangedDecoder.TEMPLATE_ID ->
            {
                partitionChangedDecoder.wrapAndApplyHeader(buffer, offset, header);
                yield decode(partitionChangedDecoder);
            }
            case OffsetCommittedDecoder.TEMPLATE_ID ->
            {
                offsetCommittedDecoder.wrapAndApplyHeader(buffer, offset, header);
                yield decode(offsetCommittedDecoder);
            }
            case ClusterNamedDecoder.TEMPLATE_ID ->
            {
                clusterNamedDecoder.wrapAndApplyHeader(buffer, offset, header);
                yield decode(clusterNamedDecoder);
            }
            case DefaultsChangedDecoder.TEMPLATE_ID ->
            {
                defaultsChangedDecoder.wrapAndApplyHeader(buffer, offset, header);
                yield decode(defaultsChangedDecoder);
            }
            case IdsGivenDecoder.TEMPLATE_ID ->
            {
                idsGivenDecoder.wrapAndApplyHeader(buffer, offset, header);
                yield decode(idsGivenDecoder);
            }
            case BrokerRegisteredDecoder.TEMPLATE_ID ->
            {
                brokerRegisteredDecoder.wrapAndApplyHeader(buffer, offset, header);
                yield decode(brokerRegisteredDecoder);
            }
            case BrokerFencedDecoder.TEMPLATE_ID ->
            {
                brokerFencedDecoder.wrapAndApplyHeader(buffer, offset, header);
                yield decode(brokerFencedDecoder);
            }
            case BrokerShuttingDownDecoder.TEMPLATE_ID ->
            {
                brokerShuttingDownDecoder.wrapAndApplyHeader(buffer, offset, header);
                yield decode(brokerShuttingDownDecoder);
            }
            case TopicCreatedDecoder.TEMPLATE_ID ->
            {
                topicCreatedDecoder.wrapAndApplyHeader(buffer, offset, header);
                yield decode(topicCreatedDecoder);
            }
            case TopicDeletedDecoder.TEMPLATE_ID ->
            {
                topicDeletedDecoder.wrapAndApplyHeader(buffer, offset, header);
                yield decode(topicDeletedDecoder);
            }
            case SilenceReportedDecoder.TEMPLATE_ID ->
            {
                silenceReportedDecoder.wrapAndApplyHeader(buffer, offset, header);
                yield decode(silenceReportedDecoder);
            }
            case SilenceMovedDecoder.TEMPLATE_ID ->
            {
                silenceMovedDecoder.wrapAndApplyHeader(buffer, offset, header);
                yield decode(silenceMovedDecoder);
            }
            case ProducerInitialisedDecoder.TEMPLATE_ID ->
            {
                producerInitialisedDecoder.wrapAndApplyHeader(buffer, offset, header);
                yield decode(producerInitialisedDecoder);
            }
            default -> null;
        };
    }

    /**
     * @param templateId decoded last
     * @return offset behind that message
     */
    int limit(final int templateId)
    {
        return switch (templateId)
        {
            case PartitionChangedDecoder.TEMPLATE_ID -> partitionChangedDecoder.limit();
            case OffsetCommittedDecoder.TEMPLATE_ID -> offsetCommittedDecoder.limit();
            case ClusterNamedDecoder.TEMPLATE_ID -> clusterNamedDecoder.limit();
            case DefaultsChangedDecoder.TEMPLATE_ID -> defaultsChangedDecoder.limit();
            case IdsGivenDecoder.TEMPLATE_ID -> idsGivenDecoder.limit();
            case BrokerRegisteredDecoder.TEMPLATE_ID -> brokerRegisteredDecoder.limit();
            case BrokerFencedDecoder.TEMPLATE_ID -> brokerFencedDecoder.limit();
            case BrokerShuttingDownDecoder.TEMPLATE_ID -> brokerShuttingDownDecoder.limit();
            case TopicCreatedDecoder.TEMPLATE_ID -> topicCreatedDecoder.limit();
            case TopicDeletedDecoder.TEMPLATE_ID -> topicDeletedDecoder.limit();
            case SilenceReportedDecoder.TEMPLATE_ID -> silenceReportedDecoder.limit();
            case SilenceMovedDecoder.TEMPLATE_ID -> silenceMovedDecoder.limit();
            case ProducerInitialisedDecoder.TEMPLATE_ID -> producerInitialisedDecoder.limit();
            default -> throw new IllegalArgumentException("template " + templateId);
        };
    }

    private int encode(final OffsetCommitted event, final MutableDirectBuffer buffer, final int offset)
    {
        final OffsetCommittedEncoder encoder = offsetCommittedEncoder.wrapAndApplyHeader(buffer, offset, headerEncoder);
        encoder.key(event.key());
        encoder.committedOffset(event.committedOffset());
        encoder.group(event.group());
        return encoder.encodedLength();
    }

    private int encode(final ClusterNamed event, final MutableDirectBuffer buffer, final int offset)
    {
        final ClusterNamedEncoder encoder = clusterNamedEncoder.wrapAndApplyHeader(buffer, offset, headerEncoder);
        encoder.clusterId(event.clusterId());
        return encoder.encodedLength();
    }

    private int encode(final DefaultsChanged event, final MutableDirectBuffer buffer, final int offset)
    {
        final DefaultsChangedEncoder encoder = defaultsChangedEncoder.wrapAndApplyHeader(buffer, offset, headerEncoder);
        final DefaultsChangedEncoder.DefaultsEncoder defaults = encoder.defaultsCount(event.defaults().size());
        event.defaults().forEach((key, value) -> defaults.next().key(key).value(value));
        return encoder.encodedLength();
    }

    private int encode(final IdsGiven event, final MutableDirectBuffer buffer, final int offset)
    {
        final IdsGivenEncoder encoder = idsGivenEncoder.wrapAndApplyHeader(buffer, offset, headerEncoder);
        encoder.nextTopicId(event.nextTopicId());
        encoder.nextIncarnation(event.nextIncarnation());
        encoder.nextProducerId(event.nextProducerId());
        return encoder.encodedLength();
    }

    private int encode(final BrokerRegistered event, final MutableDirectBuffer buffer, final int offset)
    {
        final BrokerRegisteredEncoder encoder = brokerRegisteredEncoder.wrapAndApplyHeader(buffer, offset, headerEncoder);
        encoder.incarnation(event.incarnation());
        encoder.sessionId(event.sessionId());
        encoder.brokerId(event.brokerId());
        encoder.start(event.start());
        encoder.directoryId(event.directoryId());
        encoder.clientEndpoint(event.clientEndpoint());
        encoder.replicationEndpoint(event.replicationEndpoint());
        encoder.rack(event.rack());
        return encoder.encodedLength();
    }

    private int encode(final BrokerFenced event, final MutableDirectBuffer buffer, final int offset)
    {
        final BrokerFencedEncoder encoder = brokerFencedEncoder.wrapAndApplyHeader(buffer, offset, headerEncoder);
        encoder.incarnation(event.incarnation());
        encoder.brokerId(event.brokerId());
        return encoder.encodedLength();
    }

    private int encode(final BrokerShuttingDown event, final MutableDirectBuffer buffer, final int offset)
    {
        final BrokerShuttingDownEncoder encoder = brokerShuttingDownEncoder.wrapAndApplyHeader(buffer, offset, headerEncoder);
        encoder.incarnation(event.incarnation());
        encoder.brokerId(event.brokerId());
        return encoder.encodedLength();
    }

    private int encode(final TopicCreated event, final MutableDirectBuffer buffer, final int offset)
    {
        final TopicCreatedEncoder encoder = topicCreatedEncoder.wrapAndApplyHeader(buffer, offset, headerEncoder);
        encoder.topicId(event.topicId());
        encoder.partitions(event.partitions());
        final TopicCreatedEncoder.ConfigsEncoder configs = encoder.configsCount(event.config().size());
        event.config().forEach((key, value) -> configs.next().key(key).value(value));
        encoder.name(event.name());
        return encoder.encodedLength();
    }

    private int encode(final TopicDeleted event, final MutableDirectBuffer buffer, final int offset)
    {
        final TopicDeletedEncoder encoder = topicDeletedEncoder.wrapAndApplyHeader(buffer, offset, headerEncoder);
        encoder.topicId(event.topicId());
        return encoder.encodedLength();
    }

    private int encode(final SilenceReported event, final MutableDirectBuffer buffer, final int offset)
    {
        final SilenceReportedEncoder encoder = silenceReportedEncoder.wrapAndApplyHeader(buffer, offset, headerEncoder);
        encoder.key(event.key());
        encoder.time(event.timeMs());
        encoder.reporter(event.reporter());
        encoder.leaderEpoch(event.leaderEpoch());
        return encoder.encodedLength();
    }

    private int encode(final SilenceMoved event, final MutableDirectBuffer buffer, final int offset)
    {
        final SilenceMovedEncoder encoder = silenceMovedEncoder.wrapAndApplyHeader(buffer, offset, headerEncoder);
        encoder.key(event.key());
        encoder.incarnation(event.incarnation());
        encoder.time(event.timeMs());
        return encoder.encodedLength();
    }

    private int encode(final ProducerInitialised event, final MutableDirectBuffer buffer, final int offset)
    {
        final ProducerInitialisedEncoder encoder = producerInitialisedEncoder.wrapAndApplyHeader(buffer, offset, headerEncoder);
        encoder.producerId(event.producerId());
        encoder.producerEpoch(event.producerEpoch());
        encoder.name(event.name());
        return encoder.encodedLength();
    }

    private static OffsetCommitted decode(final OffsetCommittedDecoder decoder)
    {
        final long key = decoder.key();
        final long committedOffset = decoder.committedOffset();
        final String group = decoder.group();
        return new OffsetCommitted(group, key, committedOffset);
    }

    private static ClusterNamed decode(final ClusterNamedDecoder decoder)
    {
        final String clusterId = decoder.clusterId();
        return new ClusterNamed(clusterId);
    }

    private static DefaultsChanged decode(final DefaultsChangedDecoder decoder)
    {
        final Map<String, String> defaults = new TreeMap<>();
        for (final DefaultsChangedDecoder.DefaultsDecoder entry : decoder.defaults())
        {
            final String key = entry.key();
            defaults.put(key, entry.value());
        }
        return new DefaultsChanged(defaults);
    }

    private static IdsGiven decode(final IdsGivenDecoder decoder)
    {
        final long nextTopicId = decoder.nextTopicId();
        final long nextIncarnation = decoder.nextIncarnation();
        final long nextProducerId = decoder.nextProducerId();
        return new IdsGiven(nextTopicId, nextIncarnation, nextProducerId);
    }

    private static BrokerRegistered decode(final BrokerRegisteredDecoder decoder)
    {
        final long incarnation = decoder.incarnation();
        final long sessionId = decoder.sessionId();
        final int brokerId = decoder.brokerId();
        final long start = decoder.start();
        final String directoryId = decoder.directoryId();
        final String clientEndpoint = decoder.clientEndpoint();
        final String replicationEndpoint = decoder.replicationEndpoint();
        final String rack = decoder.rack();
        return new BrokerRegistered(
            brokerId, incarnation, sessionId, directoryId, start, clientEndpoint, replicationEndpoint, rack);
    }

    private static BrokerFenced decode(final BrokerFencedDecoder decoder)
    {
        final long incarnation = decoder.incarnation();
        final int brokerId = decoder.brokerId();
        return new BrokerFenced(brokerId, incarnation);
    }

    private static BrokerShuttingDown decode(final BrokerShuttingDownDecoder decoder)
    {
        final long incarnation = decoder.incarnation();
        final int brokerId = decoder.brokerId();
        return new BrokerShuttingDown(brokerId, incarnation);
    }

    private static TopicCreated decode(final TopicCreatedDecoder decoder)
    {
        final long topicId = decoder.topicId();
        final int partitions = decoder.partitions();
        final Map<String, String> configs = new TreeMap<>();
        for (final TopicCreatedDecoder.ConfigsDecoder entry : decoder.configs())
        {
            final String key = entry.key();
            configs.put(key, entry.value());
        }
        final String name = decoder.name();
        return new TopicCreated(topicId, name, configs, partitions);
    }

    private static TopicDeleted decode(final TopicDeletedDecoder decoder)
    {
        final long topicId = decoder.topicId();
        return new TopicDeleted(topicId);
    }

    private static SilenceReported decode(final SilenceReportedDecoder decoder)
    {
        final long key = decoder.key();
        final long time = decoder.time();
        final int reporter = decoder.reporter();
        final int leaderEpoch = decoder.leaderEpoch();
        return new SilenceReported(key, reporter, leaderEpoch, time);
    }

    private static SilenceMoved decode(final SilenceMovedDecoder decoder)
    {
        final long key = decoder.key();
        final long incarnation = decoder.incarnation();
        final long time = decoder.time();
        return new SilenceMoved(key, incarnation, time);
    }

    private static ProducerInitialised decode(final ProducerInitialisedDecoder decoder)
    {
        final long producerId = decoder.producerId();
        final int producerEpoch = decoder.producerEpoch();
        final String name = decoder.name();
        return new ProducerInitialised(name, producerId, producerEpoch);
    }

    private int encode(final PartitionChanged event, final MutableDirectBuffer buffer, final int offset)
    {
        final PartitionState partition = event.partition();
        final PartitionChangedEncoder encoder = partitionChangedEncoder.wrapAndApplyHeader(buffer, offset, headerEncoder)
            .key(partition.key())
            .leader(partition.leader())
            .leaderEpoch(partition.leaderEpoch())
            .partitionEpoch(partition.partitionEpoch())
            .successor(partition.successor());
        final PartitionChangedEncoder.ReplicasEncoder replicas = encoder.replicasCount(partition.replicas().size());
        partition.replicas().forEach((brokerId) -> replicas.next().brokerId(brokerId));
        final PartitionChangedEncoder.TargetEncoder target = encoder.targetCount(partition.target().size());
        partition.target().forEach((brokerId) -> target.next().brokerId(brokerId));
        final PartitionChangedEncoder.IsrEncoder isr = encoder.isrCount(partition.isr().size());
        partition.isr().forEach((brokerId) -> isr.next().brokerId(brokerId));
        final PartitionChangedEncoder.ElrEncoder elr = encoder.elrCount(partition.elr().size());
        partition.elr().forEach((brokerId) -> elr.next().brokerId(brokerId));
        return encoder.encodedLength();
    }

    private static PartitionChanged decode(final PartitionChangedDecoder decoder)
    {
        final List<Integer> replicas = new ArrayList<>();
        final List<Integer> target = new ArrayList<>();
        final List<Integer> isr = new ArrayList<>();
        final List<Integer> elr = new ArrayList<>();
        decoder.replicas().forEach((each) -> replicas.add(each.brokerId()));
        decoder.target().forEach((each) -> target.add(each.brokerId()));
        decoder.isr().forEach((each) -> isr.add(each.brokerId()));
        decoder.elr().forEach((each) -> elr.add(each.brokerId()));
        return new PartitionChanged(new PartitionState(
            decoder.key(),
            replicas,
            target,
            isr,
            elr,
            decoder.leader(),
            decoder.leaderEpoch(),
            decoder.partitionEpoch(),
            decoder.successor()));
    }
}
