package io.syncline.journal;

import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

/**
 * A segment as bytes: Chronicle's framing, read in place and never written. Excerpts lie one behind the other, each
 * under a word that holds its length and two flags; Chronicle's own (header, index pages) carry the meta flag and are
 * skipped.
 * <pre>
 *   0       4              8                                              multiple of 4
 *   +-------+--------------+----------------------------------------------+
 *   | word  | zero         | batch, a multiple of 8 long                  |
 *   +-------+--------------+----------------------------------------------+
 *   word: 31 not complete, 30 meta, 29..0 bytes that follow
 * </pre>
 * The four bytes before the batch keep every batch at a multiple of 8. Reading this way is a tenth of a tailer's price,
 * needs nothing of Chronicle's table or index to be sound, and goes on when the file is deleted. Belongs to one thread.
 */
final class SegmentFile implements AutoCloseable
{
    /** Bytes of an excerpt before its batch. */
    static final int PREFIX_LENGTH = Integer.BYTES;
    /** Bytes from an excerpt's position to its batch. */
    static final int BATCH_OFFSET = Integer.BYTES + PREFIX_LENGTH;
    /** Nothing was written here yet, or the segment was closed here. */
    static final int END = -1;
    /** Something was begun here and not finished. */
    static final int TORN = -2;

    static final int NOT_COMPLETE = 0x8000_0000;
    private static final int META = 0x4000_0000;
    private static final int LENGTH_MASK = 0x3FFF_FFFF;
    /** In the place of an excerpt: the log goes on in another segment. */
    static final int END_OF_SEGMENT = NOT_COMPLETE | META;

    private final int cycle;
    private final Path path;
    private final JournalDisk.Mapping mapping;
    private final UnsafeBuffer buffer;
    private final int capacity;
    private SparseIndex index;

    private SegmentFile(final int cycle, final Path path, final JournalDisk.Mapping mapping)
    {
        this.cycle = cycle;
        this.path = path;
        this.mapping = mapping;
        this.buffer = mapping.buffer();
        this.capacity = buffer.capacity();
    }

    /**
     * @param disk      it lies on
     * @param directory of the partition
     * @param cycle     of the segment
     * @return the mapped file, or null when there is none
     */
    static SegmentFile map(final JournalDisk disk, final Path directory, final int cycle) throws IOException
    {
        final Path path = find(disk, directory, cycle);
        if (path == null)
        {
            return null;
        }
        try
        {
            return new SegmentFile(cycle, path, disk.map(path));
        }
        catch (final NoSuchFileException ex)
        {
            // Deleted just now.
            return null;
        }
    }

    /**
     * @param disk      it lies on
     * @param directory of the partition
     * @param cycle     of the segment
     * @return its file under either name, or null
     */
    static Path find(final JournalDisk disk, final Path directory, final int cycle)
    {
        final String name = SegmentCycle.fileName(cycle);
        final Path live = directory.resolve(name + JournalLayout.SEGMENT_SUFFIX);
        if (disk.exists(live))
        {
            return live;
        }
        final Path retired = directory.resolve(name + JournalLayout.RETIRED_SUFFIX);
        return disk.exists(retired) ? retired : null;
    }

    int capacity()
    {
        return capacity;
    }

    int cycle()
    {
        return cycle;
    }

    Path path()
    {
        return path;
    }

    /** @return of its batches; empty at first, lives as long as this mapping */
    SparseIndex index()
    {
        if (index == null)
        {
            index = new SparseIndex(capacity);
        }
        return index;
    }

    /** @return all of the file; batches lie at multiples of 8 */
    UnsafeBuffer buffer()
    {
        return buffer;
    }

    /**
     * @param from an excerpt's position, or the one behind an excerpt, or 0
     * @return position of the first batch excerpt there or later; {@link #END} or {@link #TORN} when there is none
     */
    int seek(final int from)
    {
        int position = from;
        while (true)
        {
            if (position < 0 || position + Integer.BYTES > capacity)
            {
                return END;
            }
            final int word = buffer.getIntVolatile(position);
            if (word == 0 || word == END_OF_SEGMENT)
            {
                return END;
            }
            final int length = word & LENGTH_MASK;
            if ((word & NOT_COMPLETE) != 0 || length > capacity - position - Integer.BYTES)
            {
                return TORN;
            }
            if ((word & META) == 0)
            {
                return length > PREFIX_LENGTH ? position : TORN;
            }
            position = behind(position, length);
        }
    }

    /**
     * @param position returned by {@link #seek(int)}
     * @return where the next excerpt begins
     */
    int next(final int position)
    {
        return behind(position, buffer.getInt(position, LITTLE_ENDIAN) & LENGTH_MASK);
    }

    /**
     * @param position returned by {@link #seek(int)}
     * @return bytes of its batch, whatever they are
     */
    int batchLength(final int position)
    {
        return (buffer.getInt(position, LITTLE_ENDIAN) & LENGTH_MASK) - PREFIX_LENGTH;
    }

    @Override
    public void close()
    {
        mapping.close();
    }

    /**
     * @param position of an excerpt
     * @param length   bytes that follow its word
     * @return where the next excerpt begins
     */
    static int behind(final int position, final int length)
    {
        return position + Integer.BYTES + length + 3 & ~3;
    }

    /**
     * For who goes on writing to a segment.
     *
     * @param address  of the segment, mapped
     * @param from     where an excerpt may begin
     * @param capacity of the segment
     * @return where one does: behind what is Chronicle's own
     * @throws IllegalStateException where something lies behind that which is neither
     */
    static int behindMeta(final long address, final int from, final int capacity)
    {
        int position = from;
        while (position + Integer.BYTES <= capacity)
        {
            final int word = UnsafeApi.getIntVolatile(null, address + position);
            if (word == 0)
            {
                return position;
            }
            if ((word & ~LENGTH_MASK) != META)
            {
                throw new IllegalStateException(
                    "0x" + Integer.toHexString(word) + " at " + position + " of a segment that is to be written to there");
            }
            position = behind(position, word & LENGTH_MASK);
        }
        throw new IllegalStateException("no room behind " + from + " of a segment of " + capacity + " bytes");
    }
}
