package io.syncline.broker;

import io.syncline.protocol.PartitionKey;
import io.syncline.protocol.replication.AppendAckEncoder;
import io.syncline.protocol.replication.AppendEncoder;
import io.syncline.protocol.replication.DivergedEncoder;
import io.syncline.protocol.replication.FollowAcceptedEncoder;
import io.syncline.protocol.replication.FollowEncoder;
import io.syncline.protocol.replication.FollowRefusedEncoder;
import io.syncline.protocol.replication.HeartbeatEncoder;
import io.syncline.protocol.replication.HighWatermarkEncoder;
import io.syncline.protocol.replication.MessageHeaderEncoder;
import io.syncline.protocol.replication.OutOfRangeEncoder;
import io.syncline.stream.Outbound;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Writes the replication conversation (replication-codecs.xml) to a peer's streams. Every method returns what the
 * stream returned: not negative, or a code, and nothing was sent. Belongs to one agent.
 */
final class ReplicationPublisher
{
    private static final int HEAD_LENGTH = 512;

    private final UnsafeBuffer head =
        new UnsafeBuffer(BufferUtil.allocateDirectAligned(HEAD_LENGTH, BitUtil.CACHE_LINE_LENGTH));
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final AppendEncoder append = new AppendEncoder();
    private final HighWatermarkEncoder highWatermark = new HighWatermarkEncoder();
    private final FollowAcceptedEncoder followAccepted = new FollowAcceptedEncoder();
    private final DivergedEncoder diverged = new DivergedEncoder();
    private final OutOfRangeEncoder outOfRange = new OutOfRangeEncoder();
    private final FollowRefusedEncoder followRefused = new FollowRefusedEncoder();
    private final HeartbeatEncoder heartbeat = new HeartbeatEncoder();
    private final FollowEncoder follow = new FollowEncoder();
    private final AppendAckEncoder appendAck = new AppendAckEncoder();

    /**
     * R2.1, on the live or the bulk stream: the fixed block from here, the batch from where it is stored.
     *
     * @param sentNs for a sampled batch that is sent as it is appended, {@link AckStages#NULL_NS} for any other
     */
    long append(
        final Outbound to, final long key, final int leaderEpoch, final long sessionId, final long leaderHighWatermark,
        final long logStart, final long sentNs, final DirectBuffer batch, final int offset, final int length)
    {
        append.wrapAndApplyHeader(head, 0, header)
            .topicId(PartitionKey.topicId(key))
            .sessionId(sessionId)
            .highWatermark(leaderHighWatermark)
            .logStart(logStart)
            .partition(PartitionKey.partition(key))
            .leaderEpoch(leaderEpoch)
            .sentNs(sentNs);
        return to.offer(
            head, 0, MessageHeaderEncoder.ENCODED_LENGTH + AppendEncoder.BLOCK_LENGTH, batch, offset, length);
    }

    /** R3.4, on the live stream. */
    long highWatermark(
        final Outbound to, final long key, final int leaderEpoch, final long sessionId, final long leaderHighWatermark,
        final long logStart)
    {
        highWatermark.wrapAndApplyHeader(head, 0, header)
            .topicId(PartitionKey.topicId(key))
            .sessionId(sessionId)
            .highWatermark(leaderHighWatermark)
            .logStart(logStart)
            .partition(PartitionKey.partition(key))
            .leaderEpoch(leaderEpoch);
        return offer(to, HighWatermarkEncoder.BLOCK_LENGTH);
    }

    /** R1.3, on the live stream. */
    long followAccepted(
        final Outbound to, final long key, final int leaderEpoch, final long sessionId, final long logEnd,
        final long logStart)
    {
        followAccepted.wrapAndApplyHeader(head, 0, header)
            .topicId(PartitionKey.topicId(key))
            .sessionId(sessionId)
            .logEnd(logEnd)
            .logStart(logStart)
            .partition(PartitionKey.partition(key))
            .leaderEpoch(leaderEpoch);
        return offer(to, FollowAcceptedEncoder.BLOCK_LENGTH);
    }

    /** R1.3, on the live stream. */
    long diverged(
        final Outbound to, final long key, final int leaderEpoch, final long sessionId, final int epoch,
        final long endOffset)
    {
        diverged.wrapAndApplyHeader(head, 0, header)
            .topicId(PartitionKey.topicId(key))
            .sessionId(sessionId)
            .endOffset(endOffset)
            .partition(PartitionKey.partition(key))
            .leaderEpoch(leaderEpoch)
            .epoch(epoch);
        return offer(to, DivergedEncoder.BLOCK_LENGTH);
    }

    /** R1.3, on the live stream. */
    long outOfRange(
        final Outbound to, final long key, final int leaderEpoch, final long sessionId, final long logStart)
    {
        outOfRange.wrapAndApplyHeader(head, 0, header)
            .topicId(PartitionKey.topicId(key))
            .sessionId(sessionId)
            .logStart(logStart)
            .partition(PartitionKey.partition(key))
            .leaderEpoch(leaderEpoch);
        return offer(to, OutOfRangeEncoder.BLOCK_LENGTH);
    }

    /** R1.2, on the live stream. */
    long followRefused(
        final Outbound to, final long key, final int leaderEpoch, final long sessionId, final int code)
    {
        followRefused.wrapAndApplyHeader(head, 0, header)
            .topicId(PartitionKey.topicId(key))
            .sessionId(sessionId)
            .partition(PartitionKey.partition(key))
            .leaderEpoch(leaderEpoch)
            .code(code);
        return offer(to, FollowRefusedEncoder.BLOCK_LENGTH);
    }

    /** R5.1, on the live stream. */
    long heartbeat(final Outbound to, final int brokerId, final long incarnation)
    {
        heartbeat.wrapAndApplyHeader(head, 0, header)
            .incarnation(incarnation)
            .brokerId(brokerId)
            .reserved(0);
        return offer(to, HeartbeatEncoder.BLOCK_LENGTH);
    }

    /** R1.1, on the control stream. */
    long follow(
        final Outbound to, final int brokerId, final long key, final int leaderEpoch, final int partitionEpoch,
        final long incarnation, final long sessionId, final long logEnd, final int lastEpoch)
    {
        follow.wrapAndApplyHeader(head, 0, header)
            .topicId(PartitionKey.topicId(key))
            .sessionId(sessionId)
            .incarnation(incarnation)
            .logEnd(logEnd)
            .partition(PartitionKey.partition(key))
            .leaderEpoch(leaderEpoch)
            .lastEpoch(lastEpoch)
            .brokerId(brokerId)
            .partitionEpoch(partitionEpoch)
            .reserved(0);
        return offer(to, FollowEncoder.BLOCK_LENGTH);
    }

    /**
     * R2.3, on the control stream.
     *
     * @param isRead  consumers read from this replica
     * @param samples sampled batches that it covers, null or empty for none
     */
    long appendAck(
        final Outbound to, final int brokerId, final long key, final int leaderEpoch, final long incarnation,
        final long sessionId, final long logEnd, final long synced, final boolean isRead, final AckSamples samples)
    {
        appendAck.wrapAndApplyHeader(head, 0, header)
            .topicId(PartitionKey.topicId(key))
            .sessionId(sessionId)
            .incarnation(incarnation)
            .logEnd(logEnd)
            .syncedEnd(synced)
            .partition(PartitionKey.partition(key))
            .leaderEpoch(leaderEpoch)
            .brokerId(brokerId)
            .isRead(isRead ? 1 : 0);
        if (samples != null && samples.size() > 0)
        {
            final AppendAckEncoder.SamplesEncoder group = appendAck.samplesCount(samples.size());
            for (int i = 0; i < samples.size(); i++)
            {
                group.next()
                    .endOffset(samples.endOffset(i))
                    .sentNs(samples.sentNs(i))
                    .appendNs(samples.appendNs(i))
                    .ackNs(samples.ackNs(i));
            }
        }
        return offer(to, appendAck.encodedLength());
    }

    private long offer(final Outbound to, final int blockLength)
    {
        return to.offer(head, 0, MessageHeaderEncoder.ENCODED_LENGTH + blockLength);
    }
}
