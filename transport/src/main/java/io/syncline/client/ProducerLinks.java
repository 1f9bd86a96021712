package io.syncline.client;

import io.syncline.protocol.Codes;
import io.syncline.protocol.client.InitProducerEncoder;
import io.syncline.protocol.client.MessageHeaderDecoder;
import io.syncline.protocol.client.MessageHeaderEncoder;
import io.syncline.protocol.client.ProduceAckDecoder;
import io.syncline.protocol.client.ProduceEncoder;
import io.syncline.stream.FrameHandler;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayDeque;
import java.util.List;

/** Between a producer's partitions and the links: Produce frames out, ProduceAck frames in, news of leaders to the partitions. */
final class ProducerLinks implements ProducerPartition.Output, ClientSession.Listener
{
    private static final int ACK_LIMIT = 64;
    private static final int HEAD_LENGTH = MessageHeaderEncoder.ENCODED_LENGTH + ProduceEncoder.BLOCK_LENGTH;
    private static final int ACK_LENGTH = MessageHeaderDecoder.ENCODED_LENGTH + ProduceAckDecoder.BLOCK_LENGTH;

    private final Producer producer;
    private final ProducerContext<?> ctx;
    private final ProducerStages stages;
    private final UnsafeBuffer head = new UnsafeBuffer(new byte[HEAD_LENGTH]);
    private final MessageHeaderEncoder headerEncoder = new MessageHeaderEncoder();
    private final MessageHeaderDecoder headerDecoder = new MessageHeaderDecoder();
    private final ProduceEncoder produce = new ProduceEncoder();
    private final ProduceAckDecoder produceAck = new ProduceAckDecoder();
    private final InitProducerEncoder initProducer = new InitProducerEncoder();
    private final FrameHandler ackHandler = this::onProduceAck;
    private final ArrayDeque<ProducerBatch> free = new ArrayDeque<>();
    private ClientSession session;

    ProducerLinks(final Producer producer, final ProducerContext<?> ctx, final ProducerStages stages)
    {
        this.stages = stages;
        this.producer = producer;
        this.ctx = ctx;
    }

    void session(final ClientSession session)
    {
        this.session = session;
    }

    int pollAcks(final long nowNs)
    {
        int workCount = 0;
        final List<BrokerLink> links = session.links();
        for (int i = 0; i < links.size(); i++)
        {
            final BrokerLink link = links.get(i);
            final int taken = link.pollProduceAcks(ackHandler, ACK_LIMIT);
            if (taken > 0)
            {
                link.onHeard(nowNs);
                workCount += taken;
            }
        }
        return workCount;
    }

    @Override
    public long send(final ProducerPartition partition, final ProducerBatch batch)
    {
        final BrokerLink link = session.connectedLink(partition.leader());
        if (link == null)
        {
            return Codes.NOT_CONNECTED;
        }
        if (HEAD_LENGTH + batch.length > link.maxProduceLength())
        {
            return Codes.RECORD_TOO_LARGE;
        }
        produce.wrapAndApplyHeader(head, 0, headerEncoder)
            .clientId(session.clientId())
            .topicId(partition.topicId)
            .fromSequence(batch.fromSequence)
            .partition(partition.partition)
            .leaderEpoch(partition.leaderEpoch())
            .acks(ctx.acks().level())
            .padding((short)0)
            .padding2(0)
            .reserved(0);
        return link.offerProduce(head, HEAD_LENGTH, batch.buffer, batch.length);
    }

    @Override
    public void onOutcome(final ProducerPartition partition, final ProducerBatch batch)
    {
        if (batch.isSampled)
        {
            stages.onOutcome(partition, batch);
        }
        try
        {
            if (batch.outcome == ProducerBatch.Outcome.ACKED)
            {
                ctx.ackListener().onAck(
                    partition.handle, batch.fromSequence, batch.toSequence(), batch.upToOffset, batch.leaderEpoch);
            }
            else
            {
                ctx.ackListener().onFailed(partition.handle, batch.fromSequence, batch.toSequence(), batch.lastCode);
            }
        }
        catch (final RuntimeException ex)
        {
            ctx.errorHandler().onError(ex);
        }
        producer.futures().onOutcome(partition, batch);
    }

    @Override
    public ProducerBatch takeBatch()
    {
        final ProducerBatch batch = free.pollLast();
        return batch == null ? new ProducerBatch(ctx.maxBatchBytes()) : batch;
    }

    @Override
    public void releaseBatch(final ProducerBatch batch)
    {
        free.addLast(batch);
    }

    @Override
    public void wantMetadata()
    {
        session.wantMetadata();
    }

    @Override
    public void wantProducerEpoch()
    {
        producer.wantProducerEpoch();
    }

    @Override
    public void onFatal(final int code)
    {
        producer.onFatal(code);
    }

    @Override
    public void onConnected(final BrokerLink link)
    {
        for (final ProducerPartition partition : producer.partitions())
        {
            if (partition.leader() == link.brokerId())
            {
                partition.onPathLost(session.nowNs());
            }
        }
    }

    @Override
    public void onLost(final BrokerLink link)
    {
        session.wantMetadata();
    }

    @Override
    public void onMetadata(final ClusterView view)
    {
        for (final ProducerPartition partition : producer.partitions())
        {
            final PartitionInfo info = view.partition(partition.topicId, partition.partition);
            if (info == null)
            {
                partition.onGone();
            }
            else
            {
                partition.onLeader(info.leader(), info.leaderEpoch(), session.nowNs());
            }
        }
    }

    int encodeInitProducer(final MutableDirectBuffer buffer, final long clientId, final long correlationId)
    {
        initProducer.wrapAndApplyHeader(buffer, 0, headerEncoder)
            .clientId(clientId)
            .correlationId(correlationId)
            .name(ctx.producerName());
        return MessageHeaderEncoder.ENCODED_LENGTH + initProducer.encodedLength();
    }

    private boolean onProduceAck(final DirectBuffer buffer, final int offset, final int length)
    {
        headerDecoder.wrap(buffer, offset);
        if (length < ACK_LENGTH || headerDecoder.schemaId() != ProduceAckDecoder.SCHEMA_ID ||
            headerDecoder.templateId() != ProduceAckDecoder.TEMPLATE_ID)
        {
            return true;
        }
        produceAck.wrapAndApplyHeader(buffer, offset, headerDecoder);
        final ProducerPartition partition = produceAck.clientId() != session.clientId() ? null :
            producer.partition(produceAck.topicId(), produceAck.partition());
        if (partition != null)
        {
            final long fromSequence = produceAck.fromSequence();
            final long toSequence = produceAck.toSequence();
            final int behindBlock = length - MessageHeaderDecoder.ENCODED_LENGTH - headerDecoder.blockLength();
            if (behindBlock >= ProduceAckDecoder.StagesDecoder.sbeHeaderSize())
            {
                onStages(partition, fromSequence, toSequence, behindBlock);
            }
            partition.onProduceAck(
                fromSequence,
                toSequence,
                produceAck.baseOffset(),
                produceAck.leaderEpoch(),
                produceAck.code(),
                produceAck.leader(),
                session.nowNs());
        }
        return true;
    }

    private void onStages(
        final ProducerPartition partition, final long fromSequence, final long toSequence, final int length)
    {
        final ProduceAckDecoder.StagesDecoder answer = produceAck.stages();
        final int needed = ProduceAckDecoder.StagesDecoder.sbeHeaderSize() + answer.count() * answer.actingBlockLength();
        while (needed <= length && answer.hasNext())
        {
            partition.onStages(fromSequence, toSequence, answer.next());
        }
    }
}
