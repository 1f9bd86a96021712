package io.syncline.broker;

import io.syncline.protocol.PartitionKey;
import io.syncline.protocol.client.ClientConnectedDecoder;
import io.syncline.protocol.client.ConnectClientEncoder;
import io.syncline.protocol.client.MessageHeaderDecoder;
import io.syncline.protocol.client.MessageHeaderEncoder;
import io.syncline.protocol.client.ProduceAckDecoder;
import io.syncline.protocol.client.ProduceEncoder;
import io.syncline.record.BatchBuilder;
import io.syncline.stream.Endpoint;
import io.syncline.stream.Inbound;
import io.syncline.stream.Outbound;
import io.syncline.stream.StreamIds;
import io.syncline.stream.Streams;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A client that speaks the wire protocol and nothing more: connects to brokers and produces batches of one record. */
final class TestClient
{
    static final long CLIENT_ID = 4711;

    /** One ProduceAck frame. */
    record Ack(long key, long fromSequence, long toSequence, long baseOffset, int leaderEpoch, int code, int leader)
    {
    }

    final List<Ack> acks = new ArrayList<>();
    final List<Integer> connected = new ArrayList<>();
    private final Streams streams;
    private final Endpoint self;
    private final Inbound responses;
    private final Inbound produceAcks;
    private final Map<String, Outbound> requests = new HashMap<>();
    private final Map<String, Outbound> produces = new HashMap<>();
    private final UnsafeBuffer head = new UnsafeBuffer(new byte[512]);
    private final UnsafeBuffer batch = new UnsafeBuffer(new byte[64 * 1024]);
    private final BatchBuilder builder = new BatchBuilder();
    private final MessageHeaderEncoder headerEncoder = new MessageHeaderEncoder();
    private final MessageHeaderDecoder headerDecoder = new MessageHeaderDecoder();
    private final ProduceAckDecoder ackDecoder = new ProduceAckDecoder();
    private final ClientConnectedDecoder connectedDecoder = new ClientConnectedDecoder();

    TestClient(final Streams streams, final Endpoint self)
    {
        this.streams = streams;
        this.self = self;
        this.responses = streams.listen(self, StreamIds.RESPONSE);
        this.produceAcks = streams.listen(self, StreamIds.PRODUCE_ACK);
        streams.listen(self, StreamIds.DELIVER);
    }

    void connect(final Broker broker)
    {
        final Outbound request = requests.computeIfAbsent(
            broker.clientEndpoint().toString(), (name) -> streams.connect(broker.clientEndpoint(), StreamIds.REQUEST));
        final ConnectClientEncoder connect = new ConnectClientEncoder();
        connect.wrapAndApplyHeader(head, 0, headerEncoder)
            .clientId(CLIENT_ID)
            .correlationId(1)
            .protocolVersion(0);
        connect.conversations().clear().produce(true).fetch(true);
        connect
            .responseEndpoint(self.toString())
            .name("test");
        request.offer(head, 0, MessageHeaderEncoder.ENCODED_LENGTH + connect.encodedLength());
    }

    long produce(final Broker broker, final long key, final int acksLevel, final long sequence, final String value)
    {
        return produce(broker, key, acksLevel, sequence, value, -1);
    }

    long produce(
        final Broker broker, final long key, final int acksLevel, final long sequence, final String value,
        final long producerId)
    {
        final Outbound produce = produces.computeIfAbsent(
            broker.clientEndpoint().toString(), (name) -> streams.connect(broker.clientEndpoint(), StreamIds.PRODUCE));
        final byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        builder.wrap(batch, 0, batch.capacity());
        if (producerId >= 0)
        {
            builder.producer(producerId, 0, (int)sequence);
        }
        builder.append(new UnsafeBuffer(bytes), 0, bytes.length, 1);
        final int length = builder.finish();
        final ProduceEncoder encoder = new ProduceEncoder();
        encoder.wrapAndApplyHeader(head, 0, headerEncoder)
            .clientId(CLIENT_ID)
            .topicId(PartitionKey.topicId(key))
            .fromSequence(sequence)
            .partition(PartitionKey.partition(key))
            .leaderEpoch(-1)
            .acks((byte)acksLevel);
        return produce.offer(
            head, 0, MessageHeaderEncoder.ENCODED_LENGTH + ProduceEncoder.BLOCK_LENGTH, batch, 0, length);
    }

    void poll()
    {
        responses.poll(this::onResponse, 100);
        produceAcks.poll(this::onProduceAck, 100);
    }

    private boolean onResponse(final DirectBuffer buffer, final int offset, final int length)
    {
        headerDecoder.wrap(buffer, offset);
        if (headerDecoder.templateId() == ClientConnectedDecoder.TEMPLATE_ID)
        {
            connectedDecoder.wrapAndApplyHeader(buffer, offset, headerDecoder);
            connected.add(connectedDecoder.brokerId());
        }
        return true;
    }

    private boolean onProduceAck(final DirectBuffer buffer, final int offset, final int length)
    {
        ackDecoder.wrapAndApplyHeader(buffer, offset, headerDecoder);
        acks.add(new Ack(
            PartitionKey.of(ackDecoder.topicId(), ackDecoder.partition()),
            ackDecoder.fromSequence(), ackDecoder.toSequence(), ackDecoder.baseOffset(),
            ackDecoder.leaderEpoch(), ackDecoder.code(), ackDecoder.leader()));
        return true;
    }
}
