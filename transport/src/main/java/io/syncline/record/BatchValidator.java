package io.syncline.record;

import org.agrona.DirectBuffer;

import static io.syncline.protocol.Codes.*;
import static io.syncline.record.BatchDescriptor.*;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

/**
 * Decides whether bytes are a batch. Takes any bytes and any numbers, and always answers with a code: what arrives from
 * a network or a disk is not an exception.
 */
public final class BatchValidator
{
    private BatchValidator()
    {
    }

    /**
     * A batch as a producer sends it: all but the leader's fields.
     *
     * @param buffer         holds the bytes
     * @param offset         of the bytes
     * @param length         of the bytes: the batch must be exactly as long
     * @param maxBatchLength longest batch accepted
     * @return OK, RECORD_TOO_LARGE, INVALID_BATCH or CORRUPT_BATCH
     */
    public static int validateProducer(
        final DirectBuffer buffer, final int offset, final int length, final int maxBatchLength)
    {
        if (length > maxBatchLength)
        {
            return RECORD_TOO_LARGE;
        }
        return validateBatch(buffer, offset, length);
    }

    /**
     * A batch as a leader has stored it, in a journal or from a peer.
     *
     * @param buffer       holds the bytes
     * @param offset       of the bytes
     * @param length       of the bytes: the batch must be exactly as long
     * @param partitionKey of the partition it must belong to
     * @return OK, INVALID_BATCH or CORRUPT_BATCH
     */
    public static int validateStored(
        final DirectBuffer buffer, final int offset, final int length, final long partitionKey)
    {
        final int code = validateBatch(buffer, offset, length);
        if (code != OK)
        {
            return code;
        }
        final long baseOffset = buffer.getLong(offset + BASE_OFFSET_OFFSET, LITTLE_ENDIAN);
        final int leaderEpoch = buffer.getInt(offset + LEADER_EPOCH_OFFSET, LITTLE_ENDIAN);
        final int leaderCrc = buffer.getInt(offset + LEADER_CRC_OFFSET, LITTLE_ENDIAN);
        final int producerCrc = buffer.getInt(offset + PRODUCER_CRC_OFFSET, LITTLE_ENDIAN);
        if (leaderCrc != BatchCrc.leaderCrc(partitionKey, baseOffset, leaderEpoch, producerCrc))
        {
            return CORRUPT_BATCH;
        }
        // Both may be anything under a right CRC, when no leader ever stamped them.
        return baseOffset < 0 || leaderEpoch < 0 ? INVALID_BATCH : OK;
    }

    private static int validateBatch(final DirectBuffer buffer, final int offset, final int length)
    {
        if (offset < 0 || length < HEADER_LENGTH || length > buffer.capacity() - offset ||
            (length & (ALIGNMENT - 1)) != 0 || buffer.getInt(offset + LENGTH_OFFSET, LITTLE_ENDIAN) != length)
        {
            return INVALID_BATCH;
        }
        if (buffer.getInt(offset + PRODUCER_CRC_OFFSET, LITTLE_ENDIAN) != BatchCrc.producerCrc(buffer, offset, length))
        {
            return CORRUPT_BATCH;
        }
        final int count = buffer.getInt(offset + COUNT_OFFSET, LITTLE_ENDIAN);
        if (buffer.getByte(offset + VERSION_OFFSET) != VERSION ||
            buffer.getShort(offset + RESERVED_OFFSET, LITTLE_ENDIAN) != 0 ||
            buffer.getInt(offset + RESERVED2_OFFSET, LITTLE_ENDIAN) != 0 ||
            count <= 0 ||
            buffer.getInt(offset + LAST_OFFSET_DELTA_OFFSET, LITTLE_ENDIAN) != count - 1 ||
            !isProducerConsistent(buffer, offset))
        {
            return INVALID_BATCH;
        }
        return validateRecords(buffer, offset, length, count);
    }

    private static boolean isProducerConsistent(final DirectBuffer buffer, final int offset)
    {
        final long producerId = buffer.getLong(offset + PRODUCER_ID_OFFSET, LITTLE_ENDIAN);
        final int producerEpoch = buffer.getInt(offset + PRODUCER_EPOCH_OFFSET, LITTLE_ENDIAN);
        final int baseSequence = buffer.getInt(offset + BASE_SEQUENCE_OFFSET, LITTLE_ENDIAN);
        return producerId == NULL_PRODUCER_ID ?
            producerEpoch == -1 && baseSequence == -1 :
            producerId >= 0 && producerEpoch >= 0 && baseSequence >= 0;
    }

    private static int validateRecords(final DirectBuffer buffer, final int offset, final int length, final int count)
    {
        int remaining = length - HEADER_LENGTH;
        int recordOffset = offset + HEADER_LENGTH;
        for (int i = 0; i < count; i++)
        {
            if (remaining < RECORD_HEADER_LENGTH)
            {
                return INVALID_BATCH;
            }
            final int valueLength = buffer.getInt(recordOffset + RECORD_VALUE_LENGTH_OFFSET, LITTLE_ENDIAN);
            final int keyLength = buffer.getInt(recordOffset + RECORD_KEY_LENGTH_OFFSET, LITTLE_ENDIAN);
            if (valueLength < 0 || keyLength < NULL_KEY_LENGTH)
            {
                return INVALID_BATCH;
            }
            final long recordLength = BatchDescriptor.recordLength((long)keyLength, valueLength);
            if (recordLength > remaining)
            {
                return INVALID_BATCH;
            }
            remaining -= (int)recordLength;
            recordOffset += (int)recordLength;
        }
        return remaining == 0 ? OK : INVALID_BATCH;
    }
}
