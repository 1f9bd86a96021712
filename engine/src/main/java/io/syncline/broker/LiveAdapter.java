package io.syncline.broker;

import io.syncline.protocol.PartitionKey;
import io.syncline.protocol.replication.AppendDecoder;
import io.syncline.protocol.replication.DivergedDecoder;
import io.syncline.protocol.replication.FollowAcceptedDecoder;
import io.syncline.protocol.replication.FollowRefusedDecoder;
import io.syncline.protocol.replication.HeartbeatDecoder;
import io.syncline.protocol.replication.HighWatermarkDecoder;
import io.syncline.protocol.replication.MessageHeaderDecoder;
import io.syncline.protocol.replication.OutOfRangeDecoder;
import io.syncline.stream.FrameHandler;
import org.agrona.DirectBuffer;

/** Reads a live, a bulk or a heartbeat stream: what leaders tell their followers. Unknown frames are dropped. */
final class LiveAdapter implements FrameHandler
{
    /** Takes the leaders' frames. */
    interface Handler
    {
        /**
         * @param sentNs on the leader's clock, for a sampled batch; {@link AckStages#NULL_NS} for any other
         */
        void onAppend(
            long key, int leaderEpoch, long sessionId, long highWatermark, long logStart, long sentNs,
            DirectBuffer batch, int offset, int length);

        void onHighWatermark(long key, int leaderEpoch, long sessionId, long highWatermark, long logStart);

        void onFollowAccepted(long key, int leaderEpoch, long sessionId, long logEnd, long logStart);

        void onDiverged(long key, int leaderEpoch, long sessionId, int epoch, long endOffset);

        void onOutOfRange(long key, int leaderEpoch, long sessionId, long logStart);

        void onFollowRefused(long key, int leaderEpoch, long sessionId, int code);

        void onHeartbeat(int brokerId, long incarnation);
    }

    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final AppendDecoder append = new AppendDecoder();
    private final HighWatermarkDecoder highWatermark = new HighWatermarkDecoder();
    private final FollowAcceptedDecoder accepted = new FollowAcceptedDecoder();
    private final DivergedDecoder diverged = new DivergedDecoder();
    private final OutOfRangeDecoder outOfRange = new OutOfRangeDecoder();
    private final FollowRefusedDecoder refused = new FollowRefusedDecoder();
    private final HeartbeatDecoder heartbeat = new HeartbeatDecoder();
    private final Handler handler;

    LiveAdapter(final Handler handler)
    {
        this.handler = handler;
    }

    @Override
    public boolean onFrame(final DirectBuffer buffer, final int offset, final int length)
    {
        if (length < MessageHeaderDecoder.ENCODED_LENGTH)
        {
            return true;
        }
        header.wrap(buffer, offset);
        final int blockLength = header.blockLength();
        final int version = header.version();
        final int body = offset + MessageHeaderDecoder.ENCODED_LENGTH;
        final int bodyLength = length - MessageHeaderDecoder.ENCODED_LENGTH;
        if (header.schemaId() != AppendDecoder.SCHEMA_ID || bodyLength < blockLength)
        {
            return true;
        }
        switch (header.templateId())
        {
            case AppendDecoder.TEMPLATE_ID ->
            {
                append.wrap(buffer, body, blockLength, version);
                handler.onAppend(
                    PartitionKey.of(append.topicId(), append.partition()), append.leaderEpoch(), append.sessionId(),
                    append.highWatermark(), append.logStart(), append.sentNs(), buffer, body + blockLength, bodyLength - blockLength);
            }
            case HighWatermarkDecoder.TEMPLATE_ID ->
            {
                highWatermark.wrap(buffer, body, blockLength, version);
                handler.onHighWatermark(
                    PartitionKey.of(highWatermark.topicId(), highWatermark.partition()), highWatermark.leaderEpoch(),
                    highWatermark.sessionId(), highWatermark.highWatermark(), highWatermark.logStart());
            }
            case HeartbeatDecoder.TEMPLATE_ID ->
            {
                heartbeat.wrap(buffer, body, blockLength, version);
                handler.onHeartbeat(heartbeat.brokerId(), heartbeat.incarnation());
            }
            case FollowAcceptedDecoder.TEMPLATE_ID ->
            {
                accepted.wrap(buffer, body, blockLength, version);
                handler.onFollowAccepted(
                    PartitionKey.of(accepted.topicId(), accepted.partition()), accepted.leaderEpoch(),
                    accepted.sessionId(), accepted.logEnd(), accepted.logStart());
            }
            case DivergedDecoder.TEMPLATE_ID ->
            {
                diverged.wrap(buffer, body, blockLength, version);
                handler.onDiverged(
                    PartitionKey.of(diverged.topicId(), diverged.partition()), diverged.leaderEpoch(),
                    diverged.sessionId(), diverged.epoch(), diverged.endOffset());
            }
            case OutOfRangeDecoder.TEMPLATE_ID ->
            {
                outOfRange.wrap(buffer, body, blockLength, version);
                handler.onOutOfRange(
                    PartitionKey.of(outOfRange.topicId(), outOfRange.partition()), outOfRange.leaderEpoch(),
                    outOfRange.sessionId(), outOfRange.logStart());
            }
            case FollowRefusedDecoder.TEMPLATE_ID ->
            {
                refused.wrap(buffer, body, blockLength, version);
                handler.onFollowRefused(
                    PartitionKey.of(refused.topicId(), refused.partition()), refused.leaderEpoch(),
                    refused.sessionId(), refused.code());
            }
            default ->
            {
                // Another version's frame: nothing this replica could act on.
            }
        }
        return true;
    }
}
