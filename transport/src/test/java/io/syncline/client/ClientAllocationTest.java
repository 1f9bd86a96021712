package io.syncline.client;

import com.sun.management.ThreadMXBean;
import io.syncline.protocol.PartitionKey;
import io.syncline.protocol.client.*;
import io.syncline.record.BatchFlyweight;
import io.syncline.stream.Endpoint;
import io.syncline.stream.FrameHandler;
import io.syncline.stream.Inbound;
import io.syncline.stream.Outbound;
import io.syncline.stream.StreamIds;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/** Offers, polls and acknowledgements, and records handed out, allocate nothing once warm. */
@Timeout(60)
class ClientAllocationTest
{
    private static final int WARM_UP = 50_000;
    private static final int MEASURED = 50_000;

    private final SlotStreams streams = new SlotStreams();
    private final EchoBroker broker = new EchoBroker();
    private long acked;
    private long read;
    private long nowNs = TimeUnit.SECONDS.toNanos(1);

    @Test
    void shouldAllocateNothingPerRecord()
    {
        final ThreadMXBean threads = (ThreadMXBean)ManagementFactory.getThreadMXBean();
        try (Producer producer = Producer.connect(configure(new Producer.Context())
            .maxBatchBytes(32 * 1024)
            .ackListener((handle, from, upTo, upToOffset, epoch) -> acked += upTo - from + 1)))
        {
            final int handle = producer.handle("t", 0);
            try (Consumer consumer = Consumer.connect(configure(new Consumer.Context())))
            {
                consumer.assign("t", 0);
                final RecordHandler handler =
                    (h, offset, epoch, timestampNs, buffer, ko, kl, valueOffset, vl) -> read++;
                final UnsafeBuffer value = new UnsafeBuffer(new byte[64]);
                run(producer, consumer, handler, handle, value, WARM_UP);
                final long before = threads.getCurrentThreadAllocatedBytes();
                run(producer, consumer, handler, handle, value, MEASURED);
                final long allocated = threads.getCurrentThreadAllocatedBytes() - before;
                assertThat(acked).isEqualTo(WARM_UP + MEASURED);
                assertThat(read).isEqualTo(WARM_UP + MEASURED);
                assertThat(allocated).as("bytes for " + MEASURED + " records").isLessThan(MEASURED / 10);
            }
        }
    }

    private void run(final Producer producer, final Consumer consumer, final RecordHandler handler, final int handle,
        final UnsafeBuffer value, final int count)
    {
        final long target = acked + count;
        int offered = 0;
        while (acked < target || read < target)
        {
            if (offered < count && producer.offer(handle, value, 0, 64) >= 0)
            {
                offered++;
            }
            if (offered % 7 == 0 || offered == count)
            {
                turn();
                producer.poll();
                consumer.poll(handler, 1000);
            }
        }
    }

    private <T extends ClientContext<T>> T configure(final T context)
    {
        return context.bootstrap("localhost:9000").streams(streams)
            .nanoClock(() -> nowNs)
            .epochClock(() -> nowNs)
            .keepAliveIntervalNs(TimeUnit.HOURS.toNanos(1))
            .linkTimeoutNs(TimeUnit.HOURS.toNanos(2))
            .idleStrategy(new ScriptedCluster.TurningIdleStrategy(this::turn));
    }

    private void turn()
    {
        nowNs += 1000;
        broker.doWork();
    }

    /** One broker, one partition: acknowledges each batch and delivers it at once. */
    private final class EchoBroker
    {
        private final Endpoint endpoint = new Endpoint("localhost", 9000);
        private final Inbound requests = streams.listen(endpoint, StreamIds.REQUEST);
        private final Inbound produces = streams.listen(endpoint, StreamIds.PRODUCE);
        private final Inbound fetches = streams.listen(endpoint, StreamIds.FETCH);
        private final FrameHandler onRequest = this::onRequest;
        private final FrameHandler onProduce = this::onProduce;
        private final FrameHandler onFetch = this::onFetch;
        private final UnsafeBuffer frame = new UnsafeBuffer(new byte[64 * 1024]);
        private final UnsafeBuffer batchCopy = new UnsafeBuffer(new byte[64 * 1024]);
        private final MessageHeaderDecoder header = new MessageHeaderDecoder();
        private final MessageHeaderEncoder headerEncoder = new MessageHeaderEncoder();
        private final ProduceDecoder produce = new ProduceDecoder();
        private final ProduceAckEncoder produceAck = new ProduceAckEncoder();
        private final FetchDecoder fetch = new FetchDecoder();
        private final FetchedEncoder fetched = new FetchedEncoder();
        private final DeliverEncoder deliver = new DeliverEncoder();
        private final BatchFlyweight batch = new BatchFlyweight();
        private Endpoint client;
        private Outbound acks;
        private Outbound deliveries;
        private long consumerId;
        private long fetchId = -1;
        private long end;

        void doWork()
        {
            requests.poll(onRequest, 10);
            fetches.poll(onFetch, 10);
            produces.poll(onProduce, 10);
        }

        private boolean onRequest(final DirectBuffer buffer, final int offset, final int length)
        {
            header.wrap(buffer, offset);
            if (header.templateId() == ConnectClientDecoder.TEMPLATE_ID)
            {
                final ConnectClientDecoder connect = new ConnectClientDecoder().wrapAndApplyHeader(buffer, offset, header);
                client = Endpoint.parse(connect.responseEndpoint());
                acks = acks == null ? streams.connect(client, StreamIds.PRODUCE_ACK) : acks;
                deliveries = streams.connect(client, StreamIds.DELIVER);
                consumerId = connect.clientId();
                final ClientConnectedEncoder answer = new ClientConnectedEncoder()
                    .wrapAndApplyHeader(frame, 0, headerEncoder)
                    .clientId(connect.clientId()).correlationId(connect.correlationId())
                    .brokerId(1).incarnation(1).code(0);
                send(8 + answer.encodedLength());
            }
            else if (header.templateId() == MetadataRequestDecoder.TEMPLATE_ID)
            {
                final MetadataRequestDecoder request =
                    new MetadataRequestDecoder().wrapAndApplyHeader(buffer, offset, header);
                final MetadataEncoder metadata = new MetadataEncoder().wrapAndApplyHeader(frame, 0, headerEncoder)
                    .clientId(request.clientId()).correlationId(request.correlationId()).version(1);
                metadata.brokersCount(1).next().brokerId(1).incarnation(1).fenced(BooleanType.F)
                    .endpoint(endpoint.toString()).rack("");
                final MetadataEncoder.TopicsEncoder topic = metadata.topicsCount(1).next().topicId(1);
                topic.partitionsCount(1).next().partition(0).leader(1).leaderEpoch(1).partitionEpoch(1)
                    .replicasCount(1).next().brokerId(1).membership((byte)2);
                topic.configsCount(0);
                topic.name("t");
                send(8 + metadata.encodedLength());
            }
            else if (header.templateId() == InitProducerDecoder.TEMPLATE_ID)
            {
                final InitProducerDecoder request = new InitProducerDecoder().wrapAndApplyHeader(buffer, offset, header);
                final ProducerInitialisedEncoder answer = new ProducerInitialisedEncoder()
                    .wrapAndApplyHeader(frame, 0, headerEncoder)
                    .clientId(request.clientId()).correlationId(request.correlationId())
                    .code(0).producerId(1).producerEpoch(0);
                send(8 + answer.encodedLength());
            }
            return true;
        }

        private void send(final int length)
        {
            streams.connect(client, StreamIds.RESPONSE).offer(frame, 0, length);
        }

        private boolean onFetch(final DirectBuffer buffer, final int offset, final int length)
        {
            fetch.wrapAndApplyHeader(buffer, offset, header);
            if (fetch.fetchId() != fetchId)
            {
                fetchId = fetch.fetchId();
                fetched.wrapAndApplyHeader(frame, 0, headerEncoder)
                    .clientId(consumerId).topicId(1).fetchId(fetchId).startOffset(end).logStart(0).highWatermark(end)
                    .partition(0).leaderEpoch(1).code(0).leader(1);
                deliveries.offer(frame, 0, 8 + FetchedEncoder.BLOCK_LENGTH);
            }
            return true;
        }

        private boolean onProduce(final DirectBuffer buffer, final int offset, final int length)
        {
            if (fetchId < 0)
            {
                return false;
            }
            produce.wrapAndApplyHeader(buffer, offset, header);
            final int head = 8 + ProduceDecoder.BLOCK_LENGTH;
            batchCopy.putBytes(0, buffer, offset + head, length - head);
            BatchFlyweight.stampLeader(batchCopy, 0, PartitionKey.of(1, 0), end, 1);
            final int count = batch.wrap(batchCopy, 0).count();
            end += count;
            produceAck.wrapAndApplyHeader(frame, 0, headerEncoder)
                .clientId(produce.clientId()).topicId(1).fromSequence(produce.fromSequence())
                .toSequence(produce.fromSequence() + count - 1).baseOffset(end - count)
                .partition(0).leaderEpoch(1).code(0).leader(-1);
            acks.offer(frame, 0, 8 + ProduceAckEncoder.BLOCK_LENGTH);
            deliver.wrapAndApplyHeader(frame, 0, headerEncoder)
                .clientId(consumerId).topicId(1).fetchId(fetchId).highWatermark(end).partition(0).leaderEpoch(1);
            deliveries.offer(frame, 0, 8 + DeliverEncoder.BLOCK_LENGTH, batchCopy, 0, length - head);
            return true;
        }
    }
}
