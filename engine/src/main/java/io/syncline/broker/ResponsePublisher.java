package io.syncline.broker;

import io.syncline.metadata.ControllerRequest;
import io.syncline.protocol.PartitionKey;
import io.syncline.protocol.client.ChecksumEncoder;
import io.syncline.protocol.client.ClientConnectedEncoder;
import io.syncline.protocol.client.KeepAliveEncoder;
import io.syncline.protocol.client.MessageHeaderEncoder;
import io.syncline.protocol.client.PartitionDescribedEncoder;
import io.syncline.protocol.client.ProducerInitialisedEncoder;
import io.syncline.protocol.client.ReplyEncoder;
import org.agrona.ExpandableArrayBuffer;

/** Encodes the desk's answers to clients, all but Metadata. Belongs to the conductor. */
final class ResponsePublisher
{
    private static final int HEADER = MessageHeaderEncoder.ENCODED_LENGTH;

    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(1024);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final ClientConnectedEncoder connected = new ClientConnectedEncoder();
    private final KeepAliveEncoder keepAlive = new KeepAliveEncoder();
    private final ReplyEncoder reply = new ReplyEncoder();
    private final ProducerInitialisedEncoder producer = new ProducerInitialisedEncoder();
    private final PartitionDescribedEncoder described = new PartitionDescribedEncoder();
    private final ChecksumEncoder checksum = new ChecksumEncoder();

    void connected(
        final ClientSession session, final long correlationId, final int brokerId, final long incarnation, final int code)
    {
        connected.wrapAndApplyHeader(buffer, 0, header)
            .clientId(session.clientId())
            .correlationId(correlationId)
            .brokerId(brokerId)
            .incarnation(incarnation)
            .code(code);
        session.answer(buffer, HEADER + connected.encodedLength());
    }

    /** The client's sign of life comes back, so that it knows that this broker's conductor turns. */
    void keepAlive(final ClientSession session)
    {
        keepAlive.wrapAndApplyHeader(buffer, 0, header).clientId(session.clientId());
        session.push(buffer, HEADER + keepAlive.encodedLength());
    }

    void reply(
        final ClientSession session, final long correlationId, final int code, final long value, final String message)
    {
        reply.wrapAndApplyHeader(buffer, 0, header)
            .clientId(session.clientId())
            .correlationId(correlationId)
            .code(code)
            .value(value)
            .message(message);
        session.answer(buffer, HEADER + reply.encodedLength());
    }

    void producerInitialised(final ClientSession session, final long correlationId, final int code, final long value)
    {
        producer.wrapAndApplyHeader(buffer, 0, header)
            .clientId(session.clientId())
            .correlationId(correlationId)
            .code(code)
            .producerId(code == 0 ? ControllerRequest.InitProducer.producerId(value) : -1)
            .producerEpoch(code == 0 ? ControllerRequest.InitProducer.producerEpoch(value) : -1);
        session.answer(buffer, HEADER + producer.encodedLength());
    }

    void described(
        final ClientSession session,
        final long correlationId,
        final long key,
        final int code,
        final int leaderEpoch,
        final long logStart,
        final long highWatermark,
        final int[] brokers,
        final long[] incarnations,
        final long[] logEnds,
        final long[] syncedEnds)
    {
        final PartitionDescribedEncoder.ReplicaStatesEncoder states =
            described.wrapAndApplyHeader(buffer, 0, header)
                .clientId(session.clientId())
                .correlationId(correlationId)
                .topicId(PartitionKey.topicId(key))
                .partition(PartitionKey.partition(key))
                .code(code)
                .leaderEpoch(leaderEpoch)
                .logStart(logStart)
                .highWatermark(highWatermark)
                .replicaStatesCount(brokers.length);
        for (int i = 0; i < brokers.length; i++)
        {
            states.next()
                .brokerId(brokers[i])
                .incarnation(incarnations[i])
                .logEnd(logEnds[i])
                .syncedEnd(syncedEnds[i]);
        }
        session.answer(buffer, HEADER + described.encodedLength());
    }

    void checksum(final ClientSession session, final ChecksumJob job)
    {
        checksum.wrapAndApplyHeader(buffer, 0, header)
            .clientId(session.clientId())
            .correlationId(job.correlationId())
            .topicId(PartitionKey.topicId(job.key()))
            .partition(PartitionKey.partition(job.key()))
            .code(job.code())
            .fromOffset(job.fromOffset())
            .toOffset(job.endOffset())
            .checksum(job.checksum());
        session.answer(buffer, HEADER + checksum.encodedLength());
    }
}
