package io.syncline.broker;

import io.syncline.protocol.PartitionKey;
import io.syncline.protocol.replication.AppendAckDecoder;
import io.syncline.protocol.replication.FollowDecoder;
import io.syncline.protocol.replication.MessageHeaderDecoder;
import io.syncline.stream.FrameHandler;
import org.agrona.DirectBuffer;

/** Reads the control stream: what followers tell the leader. Unknown frames are dropped. */
final class ControlAdapter implements FrameHandler
{
    /** Takes the followers' frames; false when one cannot be taken now: it comes again. */
    interface Handler
    {
        boolean onFollow(
            long key, int follower, int leaderEpoch, int partitionEpoch, long incarnation, long sessionId, long logEnd, int lastEpoch);

        /** @param samples sampled batches that the ack covers, borrowed */
        boolean onAppendAck(
            long key, int follower, int leaderEpoch, long incarnation, long sessionId, long logEnd, long synced,
            boolean isRead, AckSamples samples);
    }

    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final FollowDecoder follow = new FollowDecoder();
    private final AppendAckDecoder appendAck = new AppendAckDecoder();
    private final AckSamples samples = new AckSamples();
    private final Handler handler;

    ControlAdapter(final Handler handler)
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
        final int bodyOffset = offset + MessageHeaderDecoder.ENCODED_LENGTH;
        final int bodyLength = length - MessageHeaderDecoder.ENCODED_LENGTH;
        if (header.schemaId() != FollowDecoder.SCHEMA_ID || bodyLength < header.blockLength())
        {
            return true;
        }
        return switch (header.templateId())
        {
            case AppendAckDecoder.TEMPLATE_ID ->
            {
                appendAck.wrap(buffer, bodyOffset, header.blockLength(), header.version());
                samples.clear();
                if (bodyLength >= header.blockLength() + AppendAckDecoder.SamplesDecoder.sbeHeaderSize())
                {
                    readSamples(bodyLength - header.blockLength());
                }
                yield handler.onAppendAck(
                    PartitionKey.of(appendAck.topicId(), appendAck.partition()),
                    appendAck.brokerId(),
                    appendAck.leaderEpoch(),
                    appendAck.incarnation(),
                    appendAck.sessionId(),
                    appendAck.logEnd(),
                    appendAck.syncedEnd(),
                    appendAck.isRead() != 0,
                    samples);
            }
            case FollowDecoder.TEMPLATE_ID ->
            {
                follow.wrap(buffer, bodyOffset, header.blockLength(), header.version());
                yield handler.onFollow(
                    PartitionKey.of(follow.topicId(), follow.partition()),
                    follow.brokerId(),
                    follow.leaderEpoch(),
                    follow.partitionEpoch(),
                    follow.incarnation(),
                    follow.sessionId(),
                    follow.logEnd(),
                    follow.lastEpoch());
            }
            default -> true;
        };
    }

    /** None, where the frame ends before they do: an ack is one without them. */
    private void readSamples(final int length)
    {
        final AppendAckDecoder.SamplesDecoder group = appendAck.samples();
        final int needed = AppendAckDecoder.SamplesDecoder.sbeHeaderSize() + group.count() * group.actingBlockLength();
        while (needed <= length && group.hasNext())
        {
            group.next();
            samples.add(group.endOffset(), group.sentNs(), group.appendNs(), group.ackNs());
        }
    }
}
