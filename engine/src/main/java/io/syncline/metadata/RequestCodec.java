package io.syncline.metadata;

import io.syncline.metadata.ControllerRequest.AlterIsr;
import io.syncline.metadata.ControllerRequest.CommitOffset;
import io.syncline.metadata.ControllerRequest.CommittedOffset;
import io.syncline.metadata.ControllerRequest.CreateTopic;
import io.syncline.metadata.ControllerRequest.DeleteTopic;
import io.syncline.metadata.ControllerRequest.ElectLeader;
import io.syncline.metadata.ControllerRequest.HandOver;
import io.syncline.metadata.ControllerRequest.InitProducer;
import io.syncline.metadata.ControllerRequest.LedPartition;
import io.syncline.metadata.ControllerRequest.Reassign;
import io.syncline.metadata.ControllerRequest.RegisterBroker;
import io.syncline.metadata.ControllerRequest.ReplicaLost;
import io.syncline.metadata.ControllerRequest.ReportSilence;
import io.syncline.metadata.ControllerRequest.ShutDownBroker;
import io.syncline.protocol.controller.AlterIsrDecoder;
import io.syncline.protocol.controller.AlterIsrEncoder;
import io.syncline.protocol.controller.BooleanType;
import io.syncline.protocol.controller.CommitOffsetDecoder;
import io.syncline.protocol.controller.CommitOffsetEncoder;
import io.syncline.protocol.controller.CommittedOffsetDecoder;
import io.syncline.protocol.controller.CommittedOffsetEncoder;
import io.syncline.protocol.controller.CreateTopicDecoder;
import io.syncline.protocol.controller.CreateTopicEncoder;
import io.syncline.protocol.controller.DeleteTopicDecoder;
import io.syncline.protocol.controller.DeleteTopicEncoder;
import io.syncline.protocol.controller.ElectLeaderDecoder;
import io.syncline.protocol.controller.ElectLeaderEncoder;
import io.syncline.protocol.controller.HandOverDecoder;
import io.syncline.protocol.controller.HandOverEncoder;
import io.syncline.protocol.controller.InitProducerDecoder;
import io.syncline.protocol.controller.InitProducerEncoder;
import io.syncline.protocol.controller.MessageHeaderDecoder;
import io.syncline.protocol.controller.MessageHeaderEncoder;
import io.syncline.protocol.controller.ReassignDecoder;
import io.syncline.protocol.controller.ReassignEncoder;
import io.syncline.protocol.controller.RegisterBrokerDecoder;
import io.syncline.protocol.controller.RegisterBrokerEncoder;
import io.syncline.protocol.controller.ReplicaLostDecoder;
import io.syncline.protocol.controller.ReplicaLostEncoder;
import io.syncline.protocol.controller.ReportSilenceDecoder;
import io.syncline.protocol.controller.ReportSilenceEncoder;
import io.syncline.protocol.controller.ShutDownBrokerDecoder;
import io.syncline.protocol.controller.ShutDownBrokerEncoder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Requests as SBE messages; the schema says which.
 */
final class RequestCodec
{
    private final MessageHeaderEncoder headerEncoder = new MessageHeaderEncoder();
    private final RegisterBrokerEncoder registerBrokerEncoder = new RegisterBrokerEncoder();
    private final RegisterBrokerDecoder registerBrokerDecoder = new RegisterBrokerDecoder();
    private final AlterIsrEncoder alterIsrEncoder = new AlterIsrEncoder();
    private final AlterIsrDecoder alterIsrDecoder = new AlterIsrDecoder();
    private final ReportSilenceEncoder reportSilenceEncoder = new ReportSilenceEncoder();
    private final ReportSilenceDecoder reportSilenceDecoder = new ReportSilenceDecoder();
    private final ShutDownBrokerEncoder shutDownBrokerEncoder = new ShutDownBrokerEncoder();
    private final ShutDownBrokerDecoder shutDownBrokerDecoder = new ShutDownBrokerDecoder();
    private final HandOverEncoder handOverEncoder = new HandOverEncoder();
    private final HandOverDecoder handOverDecoder = new HandOverDecoder();
    private final ReplicaLostEncoder replicaLostEncoder = new ReplicaLostEncoder();
    private final ReplicaLostDecoder replicaLostDecoder = new ReplicaLostDecoder();
    private final CreateTopicEncoder createTopicEncoder = new CreateTopicEncoder();
    private final CreateTopicDecoder createTopicDecoder = new CreateTopicDecoder();
    private final DeleteTopicEncoder deleteTopicEncoder = new DeleteTopicEncoder();
    private final DeleteTopicDecoder deleteTopicDecoder = new DeleteTopicDecoder();
    private final ElectLeaderEncoder electLeaderEncoder = new ElectLeaderEncoder();
    private final ElectLeaderDecoder electLeaderDecoder = new ElectLeaderDecoder();
    private final ReassignEncoder reassignEncoder = new ReassignEncoder();
    private final ReassignDecoder reassignDecoder = new ReassignDecoder();
    private final InitProducerEncoder initProducerEncoder = new InitProducerEncoder();
    private final InitProducerDecoder initProducerDecoder = new InitProducerDecoder();
    private final CommitOffsetEncoder commitOffsetEncoder = new CommitOffsetEncoder();
    private final CommitOffsetDecoder commitOffsetDecoder = new CommitOffsetDecoder();
    private final CommittedOffsetEncoder committedOffsetEncoder = new CommittedOffsetEncoder();
    private final CommittedOffsetDecoder committedOffsetDecoder = new CommittedOffsetDecoder();

    /**
     * @param request  to encode
     * @param buffer expandable, or large enough
     * @param offset where the message header goes
     * @return encoded bytes, header included
     */
    int encode(final ControllerRequest request, final MutableDirectBuffer buffer, final int offset)
    {
        return MessageHeaderEncoder.ENCODED_LENGTH + body(request, buffer, offset);
    }

    private int body(final ControllerRequest request, final MutableDirectBuffer buffer, final int offset)
    {
        if (request instanceof RegisterBroker registerBroker)
        {
            return encode(registerBroker, buffer, offset);
        }
        if (request instanceof AlterIsr alterIsr)
        {
            return encode(alterIsr, buffer, offset);
        }
        if (request instanceof ReportSilence reportSilence)
        {
            return encode(reportSilence, buffer, offset);
        }
        if (request instanceof ShutDownBroker shutDownBroker)
        {
            return encode(shutDownBroker, buffer, offset);
        }
        if (request instanceof HandOver handOver)
        {
            return encode(handOver, buffer, offset);
        }
        if (request instanceof ReplicaLost replicaLost)
        {
            return encode(replicaLost, buffer, offset);
        }
        if (request instanceof CreateTopic createTopic)
        {
            return encode(createTopic, buffer, offset);
        }
        if (request instanceof DeleteTopic deleteTopic)
        {
            return encode(deleteTopic, buffer, offset);
        }
        if (request instanceof ElectLeader electLeader)
        {
            return encode(electLeader, buffer, offset);
        }
        if (request instanceof Reassign reassign)
        {
            return encode(reassign, buffer, offset);
        }
        if (request instanceof InitProducer initProducer)
        {
            return encode(initProducer, buffer, offset);
        }
        if (request instanceof CommitOffset commitOffset)
        {
            return encode(commitOffset, buffer, offset);
        }
        if (request instanceof CommittedOffset committedOffset)
        {
            return encode(committedOffset, buffer, offset);
        }
        throw new IllegalArgumentException("no encoding for " + request);
    }

    /**
     * @param header wrapped at offset
     * @param buffer with the message
     * @param offset of its header
     * @return the decoded request, or null where the template is none of them; {@link #limit(int)} tells where it ends
     */
    ControllerRequest decode(final MessageHeaderDecoder header, final DirectBuffer buffer, final int offset)
    {
        return switch (header.templateId())
        {
            case RegisterBrokerDecoder.TEMPLATE_ID ->
            {
                registerBrokerDecoder.wrapAndApplyHeader(buffer, offset, header);
                yield decode(registerBrokerDecoder);
            }
            case AlterIsrDecoder.TEMPLATE_ID ->
            {
                alterIsrDecoder.wrapAndApplyHeader(buffer, offset, header);
                yield decode(alterIsrDecoder);
            }
            case ReportSilenceDecoder.TEMPLATE_ID ->
            {
                reportSilenceDecoder.wrapAndApplyHeader(buffer, offset, header);
                yield decode(reportSilenceDecoder);
            }
            case ShutDownBrokerDecoder.TEMPLATE_ID ->
            {
                shutDownBrokerDecoder.wrapAndApplyHeader(buffer, offset, header);
                yield decode(shutDownBrokerDecoder);
            }
            case HandOverDecoder.TEMPLATE_ID ->
            {
                handOverDecoder.wrapAndApplyHeader(buffer, offset, header);
                yield decode(handOverDecoder);
            }
            case ReplicaLostDecoder.TEMPLATE_ID ->
            {
                replicaLostDecoder.wrapAndApplyHeader(buffer, offset, header);
                yield decode(replicaLostDecoder);
            }
            case CreateTopicDecoder.TEMPLATE_ID ->
            {
                createTopicDecoder.wrapAndApplyHeader(buffer, offset, header);
                yield decode(createTopicDecoder);
            }
            case DeleteTopicDecoder.TEMPLATE_ID ->
            {
                deleteTopicDecoder.wrapAndApplyHeader(buffer, offset, header);
                yield decode(deleteTopicDecoder);
            }
            case ElectLeaderDecoder.TEMPLATE_ID ->
            {
                electLeaderDecoder.wrapAndApplyHeader(buffer, offset, header);
                yield decode(electLeaderDecoder);
            }
            case ReassignDecoder.TEMPLATE_ID ->
            {
                reassignDecoder.wrapAndApplyHeader(buffer, offset, header);
                yield decode(reassignDecoder);
            }
            case InitProducerDecoder.TEMPLATE_ID ->
            {
                initProducerDecoder.wrapAndApplyHeader(buffer, offset, header);
                yield decode(initProducerDecoder);
            }
            case CommitOffsetDecoder.TEMPLATE_ID ->
            {
                commitOffsetDecoder.wrapAndApplyHeader(buffer, offset, header);
                yield decode(commitOffsetDecoder);
            }
            case CommittedOffsetDecoder.TEMPLATE_ID ->
            {
                committedOffsetDecoder.wrapAndApplyHeader(buffer, offset, header);
                yield decode(committedOffsetDecoder);
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
            case RegisterBrokerDecoder.TEMPLATE_ID -> registerBrokerDecoder.limit();
            case AlterIsrDecoder.TEMPLATE_ID -> alterIsrDecoder.limit();
            case ReportSilenceDecoder.TEMPLATE_ID -> reportSilenceDecoder.limit();
            case ShutDownBrokerDecoder.TEMPLATE_ID -> shutDownBrokerDecoder.limit();
            case HandOverDecoder.TEMPLATE_ID -> handOverDecoder.limit();
            case ReplicaLostDecoder.TEMPLATE_ID -> replicaLostDecoder.limit();
            case CreateTopicDecoder.TEMPLATE_ID -> createTopicDecoder.limit();
            case DeleteTopicDecoder.TEMPLATE_ID -> deleteTopicDecoder.limit();
            case ElectLeaderDecoder.TEMPLATE_ID -> electLeaderDecoder.limit();
            case ReassignDecoder.TEMPLATE_ID -> reassignDecoder.limit();
            case InitProducerDecoder.TEMPLATE_ID -> initProducerDecoder.limit();
            case CommitOffsetDecoder.TEMPLATE_ID -> commitOffsetDecoder.limit();
            case CommittedOffsetDecoder.TEMPLATE_ID -> committedOffsetDecoder.limit();
            default -> throw new IllegalArgumentException("template " + templateId);
        };
    }

    private int encode(final RegisterBroker request, final MutableDirectBuffer buffer, final int offset)
    {
        final RegisterBrokerEncoder encoder = registerBrokerEncoder.wrapAndApplyHeader(buffer, offset, headerEncoder);
        encoder.incarnation(request.incarnation()).recordedIncarnation(request.recordedIncarnation());
        encoder.brokerId(request.brokerId());
        encoder.lossy(request.lossy() ? BooleanType.T : BooleanType.F);
        final RegisterBrokerEncoder.DefaultsEncoder defaults = encoder.defaultsCount(request.defaults().size());
        request.defaults().forEach((key, value) -> defaults.next().key(key).value(value));
        encoder.clusterId(request.clusterId());
        encoder.directoryId(request.directoryId());
        encoder.clientEndpoint(request.clientEndpoint());
        encoder.replicationEndpoint(request.replicationEndpoint());
        encoder.rack(request.rack());
        final ByteBuffer starts = ByteBuffer.allocate(Long.BYTES * request.starts().size()).order(ByteOrder.LITTLE_ENDIAN);
        request.starts().forEach(starts::putLong);
        encoder.putStarts(starts.array(), 0, starts.capacity());
        return encoder.encodedLength();
    }

    private int encode(final AlterIsr request, final MutableDirectBuffer buffer, final int offset)
    {
        final AlterIsrEncoder encoder = alterIsrEncoder.wrapAndApplyHeader(buffer, offset, headerEncoder);
        encoder.key(request.key());
        encoder.leaderEpoch(request.leaderEpoch());
        encoder.partitionEpoch(request.partitionEpoch());
        final AlterIsrEncoder.IsrEncoder isr = encoder.isrCount(request.isr().size());
        request.isr().forEach((each) -> isr.next().brokerId(each));
        final AlterIsrEncoder.IncarnationsEncoder incarnations = encoder.incarnationsCount(request.incarnations().size());
        request.incarnations().forEach((each) -> incarnations.next().incarnation(each));
        return encoder.encodedLength();
    }

    private int encode(final ReportSilence request, final MutableDirectBuffer buffer, final int offset)
    {
        final ReportSilenceEncoder encoder = reportSilenceEncoder.wrapAndApplyHeader(buffer, offset, headerEncoder);
        encoder.leader(request.leader());
        final ReportSilenceEncoder.PartitionsEncoder partitions = encoder.partitionsCount(request.partitions().size());
        request.partitions().forEach((led) -> partitions.next().key(led.key()).leaderEpoch(led.leaderEpoch()));
        return encoder.encodedLength();
    }

    private int encode(final ShutDownBroker request, final MutableDirectBuffer buffer, final int offset)
    {
        final ShutDownBrokerEncoder encoder = shutDownBrokerEncoder.wrapAndApplyHeader(buffer, offset, headerEncoder);
        encoder.brokerId(request.brokerId());
        return encoder.encodedLength();
    }

    private int encode(final HandOver request, final MutableDirectBuffer buffer, final int offset)
    {
        return handOverEncoder.wrapAndApplyHeader(buffer, offset, headerEncoder)
            .key(request.key())
            .incarnation(request.incarnation())
            .leaderEpoch(request.leaderEpoch())
            .successor(request.successor())
            .caughtUp(request.caughtUp() ? BooleanType.T : BooleanType.F)
            .encodedLength();
    }

    private int encode(final ReplicaLost request, final MutableDirectBuffer buffer, final int offset)
    {
        return replicaLostEncoder.wrapAndApplyHeader(buffer, offset, headerEncoder)
            .key(request.key())
            .incarnation(request.incarnation())
            .brokerId(request.brokerId())
            .leaderEpoch(request.leaderEpoch())
            .damaged(request.damaged() ? BooleanType.T : BooleanType.F)
            .encodedLength();
    }

    private int encode(final CreateTopic request, final MutableDirectBuffer buffer, final int offset)
    {
        final CreateTopicEncoder encoder = createTopicEncoder.wrapAndApplyHeader(buffer, offset, headerEncoder);
        encoder.partitions(request.partitions());
        encoder.replicationFactor(request.replicationFactor());
        final CreateTopicEncoder.ConfigsEncoder configs = encoder.configsCount(request.config().size());
        request.config().forEach((key, value) -> configs.next().key(key).value(value));
        encoder.name(request.name());
        return encoder.encodedLength();
    }

    private int encode(final DeleteTopic request, final MutableDirectBuffer buffer, final int offset)
    {
        final DeleteTopicEncoder encoder = deleteTopicEncoder.wrapAndApplyHeader(buffer, offset, headerEncoder);
        encoder.name(request.name());
        return encoder.encodedLength();
    }

    private int encode(final ElectLeader request, final MutableDirectBuffer buffer, final int offset)
    {
        final ElectLeaderEncoder encoder = electLeaderEncoder.wrapAndApplyHeader(buffer, offset, headerEncoder);
        encoder.partition(request.partition());
        encoder.to(request.to());
        encoder.unclean(request.unclean() ? BooleanType.T : BooleanType.F);
        encoder.topic(request.topic());
        return encoder.encodedLength();
    }

    private int encode(final Reassign request, final MutableDirectBuffer buffer, final int offset)
    {
        final ReassignEncoder encoder = reassignEncoder.wrapAndApplyHeader(buffer, offset, headerEncoder);
        encoder.partition(request.partition());
        final ReassignEncoder.ReplicasEncoder replicas = encoder.replicasCount(request.replicas().size());
        request.replicas().forEach((each) -> replicas.next().brokerId(each));
        encoder.topic(request.topic());
        return encoder.encodedLength();
    }

    private int encode(final InitProducer request, final MutableDirectBuffer buffer, final int offset)
    {
        final InitProducerEncoder encoder = initProducerEncoder.wrapAndApplyHeader(buffer, offset, headerEncoder);
        encoder.name(request.name());
        return encoder.encodedLength();
    }

    private int encode(final CommitOffset request, final MutableDirectBuffer buffer, final int offset)
    {
        final CommitOffsetEncoder encoder = commitOffsetEncoder.wrapAndApplyHeader(buffer, offset, headerEncoder);
        encoder.key(request.key());
        encoder.committedOffset(request.committedOffset());
        encoder.group(request.group());
        return encoder.encodedLength();
    }

    private int encode(final CommittedOffset request, final MutableDirectBuffer buffer, final int offset)
    {
        final CommittedOffsetEncoder encoder = committedOffsetEncoder.wrapAndApplyHeader(buffer, offset, headerEncoder);
        encoder.key(request.key());
        encoder.group(request.group());
        return encoder.encodedLength();
    }

    private static RegisterBroker decode(final RegisterBrokerDecoder decoder)
    {
        final long incarnation = decoder.incarnation();
        final long recordedIncarnation = decoder.recordedIncarnation();
        final int brokerId = decoder.brokerId();
        final boolean lossy = decoder.lossy() == BooleanType.T;
        final Map<String, String> defaults = new TreeMap<>();
        for (final RegisterBrokerDecoder.DefaultsDecoder entry : decoder.defaults())
        {
            final String key = entry.key();
            defaults.put(key, entry.value());
        }
        final String clusterId = decoder.clusterId();
        final String directoryId = decoder.directoryId();
        final String clientEndpoint = decoder.clientEndpoint();
        final String replicationEndpoint = decoder.replicationEndpoint();
        final String rack = decoder.rack();
        final DirectBuffer encodedStarts = new UnsafeBuffer(0, 0);
        decoder.wrapStarts(encodedStarts);
        final List<Long> starts = new ArrayList<>();
        for (int at = 0; at + Long.BYTES <= encodedStarts.capacity(); at += Long.BYTES)
        {
            starts.add(encodedStarts.getLong(at, ByteOrder.LITTLE_ENDIAN));
        }
        return new RegisterBroker(
            brokerId, clusterId, directoryId, lossy, clientEndpoint, replicationEndpoint, rack, defaults, incarnation,
            recordedIncarnation, starts);
    }

    private static AlterIsr decode(final AlterIsrDecoder decoder)
    {
        final long key = decoder.key();
        final int leaderEpoch = decoder.leaderEpoch();
        final int partitionEpoch = decoder.partitionEpoch();
        final List<Integer> isr = new ArrayList<>();
        for (final AlterIsrDecoder.IsrDecoder each : decoder.isr())
        {
            isr.add(each.brokerId());
        }
        final List<Long> incarnations = new ArrayList<>();
        for (final AlterIsrDecoder.IncarnationsDecoder each : decoder.incarnations())
        {
            incarnations.add(each.incarnation());
        }
        return new AlterIsr(key, leaderEpoch, partitionEpoch, isr, incarnations);
    }

    private static ReportSilence decode(final ReportSilenceDecoder decoder)
    {
        final int leader = decoder.leader();
        final List<LedPartition> partitions = new ArrayList<>();
        for (final ReportSilenceDecoder.PartitionsDecoder led : decoder.partitions())
        {
            partitions.add(new LedPartition(led.key(), led.leaderEpoch()));
        }
        return new ReportSilence(leader, partitions);
    }

    private static ShutDownBroker decode(final ShutDownBrokerDecoder decoder)
    {
        final int brokerId = decoder.brokerId();
        return new ShutDownBroker(brokerId);
    }

    private static HandOver decode(final HandOverDecoder decoder)
    {
        return new HandOver(
            decoder.key(), decoder.leaderEpoch(), decoder.successor(), decoder.incarnation(),
            decoder.caughtUp() == BooleanType.T);
    }

    private static ReplicaLost decode(final ReplicaLostDecoder decoder)
    {
        return new ReplicaLost(
            decoder.brokerId(), decoder.incarnation(), decoder.key(), decoder.leaderEpoch(),
            decoder.damaged() == BooleanType.T);
    }

    private static CreateTopic decode(final CreateTopicDecoder decoder)
    {
        final int partitions = decoder.partitions();
        final int replicationFactor = decoder.replicationFactor();
        final Map<String, String> configs = new TreeMap<>();
        for (final CreateTopicDecoder.ConfigsDecoder entry : decoder.configs())
        {
            final String key = entry.key();
            configs.put(key, entry.value());
        }
        final String name = decoder.name();
        return new CreateTopic(name, partitions, replicationFactor, configs);
    }

    private static DeleteTopic decode(final DeleteTopicDecoder decoder)
    {
        final String name = decoder.name();
        return new DeleteTopic(name);
    }

    private static ElectLeader decode(final ElectLeaderDecoder decoder)
    {
        final int partition = decoder.partition();
        final int to = decoder.to();
        final boolean unclean = decoder.unclean() == BooleanType.T;
        final String topic = decoder.topic();
        return new ElectLeader(topic, partition, to, unclean);
    }

    private static Reassign decode(final ReassignDecoder decoder)
    {
        final int partition = decoder.partition();
        final List<Integer> replicas = new ArrayList<>();
        for (final ReassignDecoder.ReplicasDecoder each : decoder.replicas())
        {
            replicas.add(each.brokerId());
        }
        final String topic = decoder.topic();
        return new Reassign(topic, partition, replicas);
    }

    private static InitProducer decode(final InitProducerDecoder decoder)
    {
        final String name = decoder.name();
        return new InitProducer(name);
    }

    private static CommitOffset decode(final CommitOffsetDecoder decoder)
    {
        final long key = decoder.key();
        final long committedOffset = decoder.committedOffset();
        final String group = decoder.group();
        return new CommitOffset(group, key, committedOffset);
    }

    private static CommittedOffset decode(final CommittedOffsetDecoder decoder)
    {
        final long key = decoder.key();
        final String group = decoder.group();
        return new CommittedOffset(group, key);
    }
}
