package io.syncline.record;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import static io.syncline.record.BatchDescriptor.*;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

/**
 * The producer's side of a batch: records go straight to their place in memory that the caller owns. Belongs to one
 * thread.
 * <pre>
 *   builder.wrap(buffer, offset, capacity);
 *   while (builder.append(...)) ...            // false: full
 *   builder.producer(id, epoch, baseSequence); // for an idempotent producer, any time before finish
 *   final int length = builder.finish();       // header and CRC; now the batch can be sent
 * </pre>
 */
public final class BatchBuilder
{
    /** {@link #claim} found no room. */
    public static final int FULL = -1;

    private final UnsafeBuffer batch = new UnsafeBuffer(0, 0);
    private int bufferOffset;
    private int length;
    private int lengthBeforeClaim;
    private int count;
    private long baseTimestampNs;
    private long producerId;
    private int producerEpoch;
    private int baseSequence;
    private byte attributes;

    /**
     * Starts an empty batch of a plain producer.
     *
     * @param buffer   takes the batch; nothing else may write to that part until {@link #finish()} has returned
     * @param offset   of the batch
     * @param capacity bytes for the whole batch, at least {@link BatchDescriptor#HEADER_LENGTH}
     * @return this
     * @throws IllegalArgumentException when a header does not fit
     */
    public BatchBuilder wrap(final MutableDirectBuffer buffer, final int offset, final int capacity)
    {
        if (capacity < HEADER_LENGTH)
        {
            throw new IllegalArgumentException("capacity " + capacity + " is below the header's " + HEADER_LENGTH);
        }
        batch.wrap(buffer, offset, capacity);
        bufferOffset = offset;
        return reset();
    }

    /**
     * Starts an empty batch of a plain producer in the same place.
     *
     * @return this
     */
    public BatchBuilder reset()
    {
        length = HEADER_LENGTH;
        lengthBeforeClaim = HEADER_LENGTH;
        count = 0;
        baseTimestampNs = 0;
        attributes = 0;
        return producer(NULL_PRODUCER_ID, -1, -1);
    }

    /**
     * @param producerId    given by the controller
     * @param producerEpoch given by the controller
     * @param baseSequence  sequence of the first record
     * @return this
     */
    public BatchBuilder producer(final long producerId, final int producerEpoch, final int baseSequence)
    {
        this.producerId = producerId;
        this.producerEpoch = producerEpoch;
        this.baseSequence = baseSequence;
        return this;
    }

    /**
     * @param attributes bits, see {@link BatchDescriptor#ATTRIBUTE_SAMPLED}
     * @return this
     */
    public BatchBuilder attributes(final byte attributes)
    {
        this.attributes = attributes;
        return this;
    }

    /**
     * Adds a record without a key.
     *
     * @param value       holds the value
     * @param valueOffset of the value
     * @param valueLength of the value
     * @param timestampNs of the record, nanoseconds since 1970
     * @return false when the batch has no room for it; nothing changed then
     */
    public boolean append(
        final DirectBuffer value, final int valueOffset, final int valueLength, final long timestampNs)
    {
        return append(null, 0, NULL_KEY_LENGTH, value, valueOffset, valueLength, timestampNs);
    }

    /**
     * Adds a record.
     *
     * @param key         holds the key; not looked at when there is none
     * @param keyOffset   of the key
     * @param keyLength   of the key, {@link BatchDescriptor#NULL_KEY_LENGTH} for none
     * @param value       holds the value
     * @param valueOffset of the value
     * @param valueLength of the value
     * @param timestampNs of the record, nanoseconds since 1970
     * @return false when the batch has no room for it; nothing changed then
     */
    public boolean append(
        final DirectBuffer key,
        final int keyOffset,
        final int keyLength,
        final DirectBuffer value,
        final int valueOffset,
        final int valueLength,
        final long timestampNs)
    {
        final int recordOffset = claimRecord(keyLength, valueLength, timestampNs);
        if (recordOffset < 0)
        {
            return false;
        }
        int index = recordOffset + RECORD_HEADER_LENGTH;
        if (keyLength > 0)
        {
            batch.putBytes(index, key, keyOffset, keyLength);
            index += keyLength;
        }
        batch.putBytes(index, value, valueOffset, valueLength);
        return true;
    }

    /**
     * Adds a record whose key and value the caller writes itself, key first, value right behind it, before the next
     * call here.
     *
     * @param keyLength   of the key, {@link BatchDescriptor#NULL_KEY_LENGTH} for none
     * @param valueLength of the value
     * @param timestampNs of the record, nanoseconds since 1970
     * @return where the key starts (the value, when there is no key) in the buffer given to {@link #wrap}, or {@link
     * #FULL}
     */
    public int claim(final int keyLength, final int valueLength, final long timestampNs)
    {
        final int recordOffset = claimRecord(keyLength, valueLength, timestampNs);
        return recordOffset < 0 ? FULL : bufferOffset + recordOffset + RECORD_HEADER_LENGTH;
    }

    /** Takes back the record last added, once. */
    public void abort()
    {
        if (lengthBeforeClaim != length)
        {
            length = lengthBeforeClaim;
            count--;
        }
    }

    /**
     * @param keyLength   of a record, {@link BatchDescriptor#NULL_KEY_LENGTH} for none
     * @param valueLength of the record
     * @return true when the batch has room for it
     */
    public boolean hasRoom(final int keyLength, final int valueLength)
    {
        return recordLengthOf(keyLength, valueLength) <= batch.capacity() - length;
    }

    /**
     * @param keyLength   of a record, {@link BatchDescriptor#NULL_KEY_LENGTH} for none
     * @param valueLength of the record
     * @param limit       bytes that the batch shall not grow beyond
     * @return true when the batch has room for it, and stays within the limit
     */
    public boolean hasRoom(final int keyLength, final int valueLength, final int limit)
    {
        return recordLengthOf(keyLength, valueLength) <= Math.min(limit, batch.capacity()) - length;
    }

    /** @return records in the batch */
    public int count()
    {
        return count;
    }

    /** @return bytes of the batch so far, header included */
    public int length()
    {
        return length;
    }

    /** @return bytes the whole batch may take */
    public int capacity()
    {
        return batch.capacity();
    }

    /**
     * Writes the header and the producer CRC. The batch is complete, and must hold at least one record to be valid.
     *
     * @return its length
     */
    public int finish()
    {
        batch.putLong(BASE_OFFSET_OFFSET, -1L, LITTLE_ENDIAN);
        batch.putInt(LEADER_EPOCH_OFFSET, -1, LITTLE_ENDIAN);
        batch.putInt(LEADER_CRC_OFFSET, 0, LITTLE_ENDIAN);
        batch.putInt(LENGTH_OFFSET, length, LITTLE_ENDIAN);
        batch.putByte(VERSION_OFFSET, VERSION);
        batch.putByte(ATTRIBUTES_OFFSET, attributes);
        batch.putShort(RESERVED_OFFSET, (short)0, LITTLE_ENDIAN);
        batch.putInt(COUNT_OFFSET, count, LITTLE_ENDIAN);
        batch.putLong(PRODUCER_ID_OFFSET, producerId, LITTLE_ENDIAN);
        batch.putInt(PRODUCER_EPOCH_OFFSET, producerEpoch, LITTLE_ENDIAN);
        batch.putInt(BASE_SEQUENCE_OFFSET, baseSequence, LITTLE_ENDIAN);
        batch.putLong(BASE_TIMESTAMP_OFFSET, baseTimestampNs, LITTLE_ENDIAN);
        batch.putInt(LAST_OFFSET_DELTA_OFFSET, count - 1, LITTLE_ENDIAN);
        batch.putInt(RESERVED2_OFFSET, 0, LITTLE_ENDIAN);
        batch.putInt(PRODUCER_CRC_OFFSET, BatchCrc.producerCrc(batch, 0, length), LITTLE_ENDIAN);
        return length;
    }

    private int claimRecord(final int keyLength, final int valueLength, final long timestampNs)
    {
        final long recordLength = recordLengthOf(keyLength, valueLength);
        final int recordOffset = length;
        if (recordLength > batch.capacity() - recordOffset)
        {
            return FULL;
        }
        if (count == 0)
        {
            baseTimestampNs = timestampNs;
        }
        length = recordOffset + (int)recordLength;
        lengthBeforeClaim = recordOffset;
        count++;
        // The last word holds the padding, if any: zero it before the value is written over its part.
        batch.putLong(length - Long.BYTES, 0L);
        batch.putInt(recordOffset + RECORD_VALUE_LENGTH_OFFSET, valueLength, LITTLE_ENDIAN);
        batch.putInt(recordOffset + RECORD_KEY_LENGTH_OFFSET, keyLength, LITTLE_ENDIAN);
        batch.putLong(recordOffset + RECORD_TIMESTAMP_DELTA_OFFSET, timestampNs - baseTimestampNs, LITTLE_ENDIAN);
        return recordOffset;
    }

    private static long recordLengthOf(final int keyLength, final int valueLength)
    {
        if (keyLength < NULL_KEY_LENGTH || valueLength < 0)
        {
            throw new IllegalArgumentException("key length " + keyLength + ", value length " + valueLength);
        }
        return BatchDescriptor.recordLength((long)keyLength, valueLength);
    }
}
