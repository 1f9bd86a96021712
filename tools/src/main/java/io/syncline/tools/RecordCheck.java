package io.syncline.tools;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.BitSet;

/**
 * Compares what one reader finds in one partition with what was produced to it: line n of the input is the record with
 * key n (eight bytes, little endian) and sequence n / partitions in partition n % partitions. Counts, and remembers the
 * first defect in words; belongs to one thread.
 */
final class RecordCheck
{
    /** Bytes of a record's key. */
    static final int KEY_LENGTH = Long.BYTES;

    private final String reader;
    private final int partition;
    private final int partitions;
    private final LineFile lines;
    private final LineFile.Cursor cursor;
    private final UnsafeBuffer line = new UnsafeBuffer(0, 0);
    private final BitSet seen = new BitSet();
    private final SequenceOffsets found = new SequenceOffsets();
    private long nextOffset = -1;
    private long highestSequence = -1;
    private long records;
    private long lost;
    private long duplicated;
    private long reordered;
    private long foreign;
    private String firstDefect;

    /**
     * @param reader     who reads, for messages
     * @param partition  read
     * @param partitions of the topic
     * @param lines      of the input
     * @param cursor     on the same input, used by this check's thread only
     */
    RecordCheck(
        final String reader,
        final int partition,
        final int partitions,
        final LineFile lines,
        final LineFile.Cursor cursor)
    {
        this.reader = reader;
        this.partition = partition;
        this.partitions = partitions;
        this.lines = lines;
        this.cursor = cursor;
    }

    /**
     * The next record as the reader finds it.
     *
     * @param offset      of the record in its partition
     * @param buffer      holds key and value
     * @param keyOffset   of the key
     * @param keyLength   of the key
     * @param valueOffset of the value
     * @param valueLength of the value
     */
    void onRecord(
        final long offset,
        final DirectBuffer buffer,
        final int keyOffset,
        final int keyLength,
        final int valueOffset,
        final int valueLength) throws IOException
    {
        records++;
        if (nextOffset >= 0 && offset != nextOffset)
        {
            foreign++;
            defect("offset " + offset + " where " + nextOffset + " must come");
        }
        nextOffset = offset + 1;

        final long number = keyLength == KEY_LENGTH ? buffer.getLong(keyOffset, ByteOrder.LITTLE_ENDIAN) : -1;
        if (number < 0 || number >= lines.lines() || number % partitions != partition)
        {
            foreign++;
            defect("offset " + offset + " holds a record that was not produced to this partition (key " + number + ")");
            return;
        }
        cursor.read(number, line);
        if (line.capacity() != valueLength || !isSame(buffer, valueOffset, valueLength))
        {
            foreign++;
            defect("offset " + offset + " does not hold the bytes of line " + (number + 1));
            return;
        }
        final long sequence = number / partitions;
        if (seen.get((int)sequence))
        {
            duplicated++;
            defect("line " + (number + 1) + " once more at offset " + offset);
            return;
        }
        seen.set((int)sequence);
        if (sequence < highestSequence)
        {
            reordered++;
            defect("line " + (number + 1) + " at offset " + offset + " comes after line " +
                (highestSequence * partitions + partition + 1));
            return;
        }
        highestSequence = sequence;
        found.add(sequence, sequence, offset);
    }

    /**
     * The reader has read all there is.
     *
     * @param ledger what the producer was told of this partition
     */
    void onEnd(final AckLedger ledger)
    {
        for (long sequence = 0; sequence < ledger.offered(); sequence++)
        {
            final long offset = ledger.offsetOf(sequence);
            if (offset == SequenceOffsets.NULL_OFFSET)
            {
                continue;
            }
            final long foundOffset = found.offsetOf(sequence);
            if (!seen.get((int)sequence))
            {
                lost++;
                defect("line " + (sequence * partitions + partition + 1) + ", acknowledged at offset " + offset +
                    ", is missing");
            }
            else if (foundOffset != SequenceOffsets.NULL_OFFSET && foundOffset != offset)
            {
                foreign++;
                defect("line " + (sequence * partitions + partition + 1) + " was acknowledged at offset " + offset +
                    " but is found at " + foundOffset);
            }
        }
    }

    /** @return records read */
    long records()
    {
        return records;
    }

    /** @return acknowledged records that were not found with the right bytes */
    long lost()
    {
        return lost;
    }

    /** @return records found more than once */
    long duplicated()
    {
        return duplicated;
    }

    /** @return records found behind a later one */
    long reordered()
    {
        return reordered;
    }

    /** @return records nobody produced, with other bytes, or at another offset than they must have */
    long foreign()
    {
        return foreign;
    }

    /** @return true when nothing is wrong */
    boolean isClean()
    {
        return lost == 0 && duplicated == 0 && reordered == 0 && foreign == 0;
    }

    /** @return the first thing that is wrong, in words; null when nothing is */
    String firstDefect()
    {
        return firstDefect;
    }

    private boolean isSame(final DirectBuffer buffer, final int offset, final int length)
    {
        for (int i = 0; i < length; i++)
        {
            if (buffer.getByte(offset + i) != line.getByte(i))
            {
                return false;
            }
        }
        return true;
    }

    private void defect(final String text)
    {
        if (firstDefect == null)
        {
            firstDefect = reader + ", partition " + partition + ": " + text;
        }
    }
}
