package io.syncline.broker;

import io.syncline.protocol.PartitionKey;
import io.syncline.protocol.client.MessageHeaderDecoder;
import io.syncline.protocol.client.ProduceDecoder;
import io.syncline.record.BatchDescriptor;
import io.syncline.stream.FrameHandler;
import org.agrona.DirectBuffer;

import java.nio.ByteOrder;

/** Reads the Produce stream: one frame, one batch. What is not a Produce frame is dropped and counted. */
final class ProduceAdapter implements FrameHandler
{
    /** Takes a batch where it lies in the client's stream. */
    @FunctionalInterface
    interface Handler
    {
        /**
         * @param toSequence the client's count, last record, as far as the batch's header says
         * @return false when it cannot be taken now: it comes again
         */
        boolean onProduce(
            long key, long clientId, int acks, int clientLeaderEpoch, long fromSequence, long toSequence,
            DirectBuffer batch, int offset, int length);
    }

    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final ProduceDecoder produce = new ProduceDecoder();
    private final Handler handler;
    private long malformed;

    ProduceAdapter(final Handler handler)
    {
        this.handler = handler;
    }

    /** @return frames dropped so far */
    long malformed()
    {
        return malformed;
    }

    @Override
    public boolean onFrame(final DirectBuffer buffer, final int offset, final int length)
    {
        if (length < MessageHeaderDecoder.ENCODED_LENGTH + ProduceDecoder.BLOCK_LENGTH + BatchDescriptor.HEADER_LENGTH)
        {
            malformed++;
            return true;
        }
        header.wrap(buffer, offset);
        final int headLength = MessageHeaderDecoder.ENCODED_LENGTH + header.blockLength();
        if (header.schemaId() != ProduceDecoder.SCHEMA_ID || header.templateId() != ProduceDecoder.TEMPLATE_ID ||
            length < headLength + BatchDescriptor.HEADER_LENGTH)
        {
            malformed++;
            return true;
        }
        produce.wrap(
            buffer, offset + MessageHeaderDecoder.ENCODED_LENGTH, header.blockLength(), header.version());
        final int batchOffset = offset + headLength;
        final long fromSequence = produce.fromSequence();
        final int count = buffer.getInt(batchOffset + BatchDescriptor.COUNT_OFFSET, ByteOrder.LITTLE_ENDIAN);
        return handler.onProduce(
            PartitionKey.of(produce.topicId(), produce.partition()),
            produce.clientId(),
            produce.acks(),
            produce.leaderEpoch(),
            fromSequence,
            fromSequence + Math.max(1, count) - 1,
            buffer,
            batchOffset,
            length - headLength);
    }
}
