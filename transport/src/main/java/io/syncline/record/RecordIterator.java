package io.syncline.record;

import org.agrona.DirectBuffer;

import static io.syncline.record.BatchDescriptor.*;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

/**
 * Walks the records of one batch in place, without allocation. Belongs to one thread; the memory is the caller's.
 * <pre>
 *   iterator.wrap(buffer, offset);
 *   while (iterator.next())
 *   {
 *       ... iterator.offset(), iterator.buffer(), iterator.valueOffset(), iterator.valueLength() ...
 *   }
 * </pre>
 */
public final class RecordIterator
{
    private DirectBuffer buffer;
    private int nextOffset;
    private int index;
    private int count;
    private long baseOffset;
    private long baseTimestampNs;

    private int keyOffset;
    private int keyLength;
    private int valueOffset;
    private int valueLength;
    private long timestampNs;

    /**
     * @param buffer      holds a batch that {@link BatchValidator} accepted
     * @param batchOffset of the batch
     * @return this, before the first record
     */
    public RecordIterator wrap(final DirectBuffer buffer, final int batchOffset)
    {
        this.buffer = buffer;
        nextOffset = batchOffset + HEADER_LENGTH;
        index = -1;
        count = buffer.getInt(batchOffset + COUNT_OFFSET, LITTLE_ENDIAN);
        baseOffset = buffer.getLong(batchOffset + BASE_OFFSET_OFFSET, LITTLE_ENDIAN);
        baseTimestampNs = buffer.getLong(batchOffset + BASE_TIMESTAMP_OFFSET, LITTLE_ENDIAN);
        return this;
    }

    /**
     * Moves to the next record.
     *
     * @return false when there is none
     */
    public boolean next()
    {
        if (index + 1 >= count)
        {
            return false;
        }
        index++;
        final int recordOffset = nextOffset;
        valueLength = buffer.getInt(recordOffset + RECORD_VALUE_LENGTH_OFFSET, LITTLE_ENDIAN);
        keyLength = buffer.getInt(recordOffset + RECORD_KEY_LENGTH_OFFSET, LITTLE_ENDIAN);
        timestampNs = baseTimestampNs + buffer.getLong(recordOffset + RECORD_TIMESTAMP_DELTA_OFFSET, LITTLE_ENDIAN);
        keyOffset = recordOffset + RECORD_HEADER_LENGTH;
        valueOffset = keyOffset + Math.max(0, keyLength);
        nextOffset = recordOffset + recordLength(keyLength, valueLength);
        return true;
    }

    /** @return true while {@link #next()} finds another record */
    public boolean hasNext()
    {
        return index + 1 < count;
    }

    /** @return place of this record in its batch, from 0 */
    public int index()
    {
        return index;
    }

    /** @return offset of this record in its partition; only meaningful behind the leader's stamp */
    public long offset()
    {
        return baseOffset + index;
    }

    /** @return time of this record, nanoseconds since 1970 */
    public long timestampNs()
    {
        return timestampNs;
    }

    /** @return the buffer given to {@link #wrap}, in which the offsets below lie */
    public DirectBuffer buffer()
    {
        return buffer;
    }

    /** @return where the key starts */
    public int keyOffset()
    {
        return keyOffset;
    }

    /** @return bytes of the key, {@link BatchDescriptor#NULL_KEY_LENGTH} when there is none */
    public int keyLength()
    {
        return keyLength;
    }

    /** @return where the value starts */
    public int valueOffset()
    {
        return valueOffset;
    }

    /** @return bytes of the value */
    public int valueLength()
    {
        return valueLength;
    }
}
