package io.syncline.record;

import org.agrona.DirectBuffer;

/**
 * Offsets and lengths of a batch and of a record in it; {@code package-info} draws both. Little endian throughout.
 */
public final class BatchDescriptor
{
    /** Offset of the first record in its partition; written by the leader. */
    public static final int BASE_OFFSET_OFFSET = 0;
    /** Leader epoch in which the batch was first appended; written by the leader. */
    public static final int LEADER_EPOCH_OFFSET = BASE_OFFSET_OFFSET + Long.BYTES;
    /** CRC32C over partition identity, base offset, leader epoch and producer CRC; written by the leader. */
    public static final int LEADER_CRC_OFFSET = LEADER_EPOCH_OFFSET + Integer.BYTES;
    /** CRC32C over [{@link #LENGTH_OFFSET}, length); written by the producer. */
    public static final int PRODUCER_CRC_OFFSET = LEADER_CRC_OFFSET + Integer.BYTES;
    /** Bytes of the batch, header and padding included; a multiple of {@link #ALIGNMENT}. */
    public static final int LENGTH_OFFSET = PRODUCER_CRC_OFFSET + Integer.BYTES;
    /** Version of the layout, one byte. */
    public static final int VERSION_OFFSET = LENGTH_OFFSET + Integer.BYTES;
    /** Attribute bits, one byte. */
    public static final int ATTRIBUTES_OFFSET = VERSION_OFFSET + Byte.BYTES;
    /** Two bytes that are zero. */
    public static final int RESERVED_OFFSET = ATTRIBUTES_OFFSET + Byte.BYTES;
    /** Number of records. */
    public static final int COUNT_OFFSET = RESERVED_OFFSET + Short.BYTES;
    /** Producer id, {@link #NULL_PRODUCER_ID} for a plain producer. */
    public static final int PRODUCER_ID_OFFSET = COUNT_OFFSET + Integer.BYTES;
    /** Epoch of the producer id, -1 for a plain producer. */
    public static final int PRODUCER_EPOCH_OFFSET = PRODUCER_ID_OFFSET + Long.BYTES;
    /** Sequence of the first record, from 0 and wrapping after {@link Integer#MAX_VALUE}; -1 for a plain producer. */
    public static final int BASE_SEQUENCE_OFFSET = PRODUCER_EPOCH_OFFSET + Integer.BYTES;
    /** Time of the first record, nanoseconds since 1970. */
    public static final int BASE_TIMESTAMP_OFFSET = BASE_SEQUENCE_OFFSET + Integer.BYTES;
    /** Offset of the last record relative to the first: count - 1. */
    public static final int LAST_OFFSET_DELTA_OFFSET = BASE_TIMESTAMP_OFFSET + Long.BYTES;
    /** Four bytes that are zero. */
    public static final int RESERVED2_OFFSET = LAST_OFFSET_DELTA_OFFSET + Integer.BYTES;
    /** Bytes before the first record. */
    public static final int HEADER_LENGTH = RESERVED2_OFFSET + Integer.BYTES;

    /** Bytes of the value. */
    public static final int RECORD_VALUE_LENGTH_OFFSET = 0;
    /** Bytes of the key, {@link #NULL_KEY_LENGTH} when the record has none. */
    public static final int RECORD_KEY_LENGTH_OFFSET = RECORD_VALUE_LENGTH_OFFSET + Integer.BYTES;
    /** Time of the record minus the batch's base timestamp, nanoseconds. */
    public static final int RECORD_TIMESTAMP_DELTA_OFFSET = RECORD_KEY_LENGTH_OFFSET + Integer.BYTES;
    /** Bytes of a record before its key. */
    public static final int RECORD_HEADER_LENGTH = RECORD_TIMESTAMP_DELTA_OFFSET + Long.BYTES;

    /** Every record, and so every batch, ends at a multiple of this. */
    public static final int ALIGNMENT = 8;
    /** The only version there is. */
    public static final byte VERSION = 1;
    /** Attribute bit: the producer asks every stop to time this batch. */
    public static final byte ATTRIBUTE_SAMPLED = 1;
    /** Key length of a record without a key. */
    public static final int NULL_KEY_LENGTH = -1;
    /** Producer id of a plain producer. */
    public static final long NULL_PRODUCER_ID = -1;

    private BatchDescriptor()
    {
    }

    /**
     * @param buffer holds at least the header of a batch, valid or not
     * @param offset of the batch
     * @return true when every stop shall time this batch
     */
    public static boolean isSampled(final DirectBuffer buffer, final int offset)
    {
        return (buffer.getByte(offset + ATTRIBUTES_OFFSET) & ATTRIBUTE_SAMPLED) != 0;
    }

    /**
     * @param keyLength   bytes of the key, {@link #NULL_KEY_LENGTH} for none
     * @param valueLength bytes of the value
     * @return bytes the record takes in a batch, padding included
     */
    public static int recordLength(final int keyLength, final int valueLength)
    {
        return (int)recordLength((long)keyLength, valueLength);
    }

    /** As {@link #recordLength(int, int)}, for lengths that nobody has checked: the sum of any two ints fits. */
    static long recordLength(final long keyLength, final long valueLength)
    {
        final long unaligned = RECORD_HEADER_LENGTH + Math.max(0, keyLength) + valueLength;
        return unaligned + ALIGNMENT - 1 & -ALIGNMENT;
    }

    /**
     * Sequences run from 0 to {@link Integer#MAX_VALUE} and start again at 0.
     *
     * @param sequence of a record
     * @param distance records further on, not negative
     * @return sequence of that record
     */
    public static int sequenceAfter(final int sequence, final int distance)
    {
        return sequence + distance & Integer.MAX_VALUE;
    }
}
