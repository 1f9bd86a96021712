package io.syncline.broker;

import io.syncline.protocol.PartitionKey;
import io.syncline.protocol.client.DeliverEncoder;
import io.syncline.protocol.client.FetchedEncoder;
import io.syncline.protocol.client.MessageHeaderEncoder;
import io.syncline.protocol.replication.AppendEncoder;
import io.syncline.stream.Outbound;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Encodes what the delivery agent says: Fetched and Deliver to clients, Append to followers that are far behind. A
 * batch goes straight from the journal's mapped memory into the stream.
 */
final class DeliverPublisher
{
    private static final int HEADER = MessageHeaderEncoder.ENCODED_LENGTH;
    private static final int DELIVER_LENGTH = HEADER + DeliverEncoder.BLOCK_LENGTH;
    private static final int FETCHED_LENGTH = HEADER + FetchedEncoder.BLOCK_LENGTH;
    private static final int APPEND_LENGTH =
        io.syncline.protocol.replication.MessageHeaderEncoder.ENCODED_LENGTH + AppendEncoder.BLOCK_LENGTH;

    private final UnsafeBuffer head = new UnsafeBuffer(
        new byte[Math.max(FETCHED_LENGTH, Math.max(DELIVER_LENGTH, APPEND_LENGTH))]);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final io.syncline.protocol.replication.MessageHeaderEncoder replicationHeader =
        new io.syncline.protocol.replication.MessageHeaderEncoder();
    private final FetchedEncoder fetched = new FetchedEncoder();
    private final DeliverEncoder deliver = new DeliverEncoder();
    private final AppendEncoder append = new AppendEncoder();

    /** @return not negative, or a code */
    long fetched(
        final Outbound to, final long clientId, final FetchSession session, final long logStart, final long highWatermark)
    {
        fetched.wrapAndApplyHeader(head, 0, header)
            .clientId(clientId)
            .topicId(PartitionKey.topicId(session.key()))
            .fetchId(session.fetchId())
            .startOffset(session.answerOffset())
            .logStart(logStart)
            .highWatermark(highWatermark)
            .partition(PartitionKey.partition(session.key()))
            .leaderEpoch(session.answerEpoch())
            .code(session.code())
            .leader(session.leader());
        return to.offer(head, 0, FETCHED_LENGTH);
    }

    /**
     * @param length of the batch; 0 when only the high watermark moved
     * @return not negative, or a code
     */
    long deliver(
        final Outbound to,
        final long clientId,
        final FetchSession session,
        final int leaderEpoch,
        final long highWatermark,
        final DirectBuffer batch,
        final int length)
    {
        deliver.wrapAndApplyHeader(head, 0, header)
            .clientId(clientId)
            .topicId(PartitionKey.topicId(session.key()))
            .fetchId(session.fetchId())
            .highWatermark(highWatermark)
            .partition(PartitionKey.partition(session.key()))
            .leaderEpoch(leaderEpoch);
        return length == 0 ?
            to.offer(head, 0, DELIVER_LENGTH) : to.offer(head, 0, DELIVER_LENGTH, batch, 0, length);
    }

    /** @return not negative, or a code */
    long append(
        final Outbound to,
        final BulkFeed feed,
        final long highWatermark,
        final long logStart,
        final DirectBuffer batch,
        final int length)
    {
        append.wrapAndApplyHeader(head, 0, replicationHeader)
            .topicId(PartitionKey.topicId(feed.key()))
            .sessionId(feed.sessionId())
            .highWatermark(highWatermark)
            .logStart(logStart)
            .partition(PartitionKey.partition(feed.key()))
            .leaderEpoch(feed.leaderEpoch())
            .sentNs(AppendEncoder.sentNsNullValue());
        return to.offer(head, 0, APPEND_LENGTH, batch, 0, length);
    }
}
