package io.syncline.record;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import static io.syncline.record.BatchDescriptor.*;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

/**
 * Reads the header of a batch in place. Belongs to one thread; the memory is the caller's and must stay as it is while
 * this is wrapped around it.
 */
public final class BatchFlyweight
{
    private final UnsafeBuffer header = new UnsafeBuffer(0, 0);

    /**
     * @param buffer holds a batch, valid or not, of at least {@link BatchDescriptor#HEADER_LENGTH} bytes
     * @param offset of the batch
     * @return this
     */
    public BatchFlyweight wrap(final DirectBuffer buffer, final int offset)
    {
        header.wrap(buffer, offset, HEADER_LENGTH);
        return this;
    }

    /** @return offset of the first record; -1 before the leader's stamp */
    public long baseOffset()
    {
        return header.getLong(BASE_OFFSET_OFFSET, LITTLE_ENDIAN);
    }

    /** @return offset of the last record; only meaningful behind the leader's stamp */
    public long lastOffset()
    {
        return baseOffset() + lastOffsetDelta();
    }

    /** @return offset behind the last record; only meaningful behind the leader's stamp */
    public long endOffset()
    {
        return lastOffset() + 1;
    }

    /** @return leader epoch the batch was first appended in; -1 before the leader's stamp */
    public int leaderEpoch()
    {
        return header.getInt(LEADER_EPOCH_OFFSET, LITTLE_ENDIAN);
    }

    /** @return as written by the leader */
    public int leaderCrc()
    {
        return header.getInt(LEADER_CRC_OFFSET, LITTLE_ENDIAN);
    }

    /** @return as written by the producer */
    public int producerCrc()
    {
        return header.getInt(PRODUCER_CRC_OFFSET, LITTLE_ENDIAN);
    }

    /** @return bytes of the batch, header and padding included */
    public int length()
    {
        return header.getInt(LENGTH_OFFSET, LITTLE_ENDIAN);
    }

    /** @return version of the layout */
    public byte version()
    {
        return header.getByte(VERSION_OFFSET);
    }

    /** @return attribute bits */
    public byte attributes()
    {
        return header.getByte(ATTRIBUTES_OFFSET);
    }

    /** @return true when every stop shall time this batch */
    public boolean isSampled()
    {
        return (attributes() & ATTRIBUTE_SAMPLED) != 0;
    }

    /** @return number of records */
    public int count()
    {
        return header.getInt(COUNT_OFFSET, LITTLE_ENDIAN);
    }

    /** @return producer id, {@link BatchDescriptor#NULL_PRODUCER_ID} for a plain producer */
    public long producerId()
    {
        return header.getLong(PRODUCER_ID_OFFSET, LITTLE_ENDIAN);
    }

    /** @return epoch of the producer id, -1 for a plain producer */
    public int producerEpoch()
    {
        return header.getInt(PRODUCER_EPOCH_OFFSET, LITTLE_ENDIAN);
    }

    /** @return sequence of the first record, -1 for a plain producer */
    public int baseSequence()
    {
        return header.getInt(BASE_SEQUENCE_OFFSET, LITTLE_ENDIAN);
    }

    /** @return sequence of the last record, -1 for a plain producer */
    public int lastSequence()
    {
        final int baseSequence = baseSequence();
        return baseSequence < 0 ? -1 : sequenceAfter(baseSequence, lastOffsetDelta());
    }

    /** @return time of the first record, nanoseconds since 1970 */
    public long baseTimestampNs()
    {
        return header.getLong(BASE_TIMESTAMP_OFFSET, LITTLE_ENDIAN);
    }

    /** @return count - 1 */
    public int lastOffsetDelta()
    {
        return header.getInt(LAST_OFFSET_DELTA_OFFSET, LITTLE_ENDIAN);
    }

    /**
     * Writes the leader's fields into the leader's own copy of a batch: base offset, leader epoch and the CRC over
     * them.
     *
     * @param buffer       holds the copy, the producer CRC already in place
     * @param offset       of the copy
     * @param partitionKey see {@link io.syncline.protocol.PartitionKey}
     * @param baseOffset   the first record's place in the log
     * @param leaderEpoch  of the leader
     */
    public static void stampLeader(
        final MutableDirectBuffer buffer,
        final int offset,
        final long partitionKey,
        final long baseOffset,
        final int leaderEpoch)
    {
        final int producerCrc = buffer.getInt(offset + PRODUCER_CRC_OFFSET, LITTLE_ENDIAN);
        buffer.putLong(offset + BASE_OFFSET_OFFSET, baseOffset, LITTLE_ENDIAN);
        buffer.putInt(offset + LEADER_EPOCH_OFFSET, leaderEpoch, LITTLE_ENDIAN);
        buffer.putInt(
            offset + LEADER_CRC_OFFSET,
            BatchCrc.leaderCrc(partitionKey, baseOffset, leaderEpoch, producerCrc),
            LITTLE_ENDIAN);
    }
}
