package io.syncline.journal;

import io.syncline.record.BatchFlyweight;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.function.IntUnaryOperator;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

/** Writes segments on a {@link SimDisk} in Chronicle's framing: a header of Chronicle's own, then excerpts. */
final class SimSegments implements SegmentStore
{
    private static final int HEADER_BYTES = 64;
    private static final int META = 0x4000_0000;
    private static final int LENGTH_MASK = 0x3FFF_FFFF;

    private record Ready(int cycle) implements Prepared
    {
        @Override
        public long reservedTo()
        {
            return Integer.MAX_VALUE;
        }
    }

    private final SimDisk disk;
    private final Path directory;
    private final int blockBytes;
    private final UnsafeBuffer excerpt = new UnsafeBuffer(0, 0);
    private int cycle;
    private int openCycle = -1;
    private SimFile file;
    private UnsafeBuffer map;
    private int position;

    SimSegments(final SimDisk disk, final Path directory, final int blockBytes, final int first) throws IOException
    {
        this.disk = disk;
        this.directory = directory;
        this.blockBytes = blockBytes;
        cycle = first;
        segment(first);
    }

    @Override
    public long capacity()
    {
        return blockBytes;
    }

    @Override
    public Prepared prepare(final int wanted, final long written) throws IOException
    {
        segment(wanted);
        return new Ready(wanted);
    }

    @Override
    public boolean reserve(final Prepared prepared, final long upTo)
    {
        return false;
    }

    @Override
    public void leave(final Prepared prepared, final long from, final long to)
    {
    }

    @Override
    public void release(final Prepared prepared)
    {
    }

    @Override
    public void refresh()
    {
    }

    @Override
    public void roll(final int next)
    {
        cycle = next;
    }

    @Override
    public long append(
        final DirectBuffer buffer, final int offset, final int length,
        final long key, final long baseOffset, final int leaderEpoch)
    {
        if (openCycle != cycle)
        {
            openCycle();
        }
        final int at = position;
        final int payload = SegmentFile.PREFIX_LENGTH + length;
        file.touch(at, Integer.BYTES + payload);
        excerpt.wrap(map, at + Integer.BYTES, payload);
        excerpt.putInt(0, 0, LITTLE_ENDIAN);
        excerpt.putBytes(SegmentFile.PREFIX_LENGTH, buffer, offset, length);
        if (baseOffset >= 0)
        {
            BatchFlyweight.stampLeader(excerpt, SegmentFile.PREFIX_LENGTH, key, baseOffset, leaderEpoch);
        }
        map.putInt(at, payload, LITTLE_ENDIAN);
        position = at + Integer.BYTES + payload;
        return at;
    }

    /** An append is left as it may be found when the process dies within it. */
    void tear(final IntUnaryOperator random)
    {
        if (openCycle == cycle && position + 256 < blockBytes)
        {
            file.touch(position, 256);
            map.putInt(position, SegmentFile.NOT_COMPLETE | (random.applyAsInt(2) == 0 ? 0 : 200), LITTLE_ENDIAN);
            map.setMemory(position + SegmentFile.BATCH_OFFSET, random.applyAsInt(200), (byte)random.applyAsInt(256));
        }
    }

    @Override
    public void close()
    {
        disk.closed(this);
        openCycle = -1;
        file = null;
        map = null;
    }

    private void openCycle()
    {
        try
        {
            file = segment(cycle);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
        openCycle = cycle;
        map = file.map();
        position = 0;
        int word = map.getInt(position, LITTLE_ENDIAN);
        while (word != 0)
        {
            position += Integer.BYTES + (word & LENGTH_MASK);
            word = map.getInt(position, LITTLE_ENDIAN);
        }
    }

    private SimFile segment(final int wanted) throws IOException
    {
        final SimFile segment = disk.segment(
            directory.resolve(SegmentCycle.fileName(wanted) + JournalLayout.SEGMENT_SUFFIX), blockBytes);
        if (segment.map().getInt(0, LITTLE_ENDIAN) == 0)
        {
            segment.touch(0, HEADER_BYTES);
            segment.map().putInt(0, META | HEADER_BYTES - Integer.BYTES, LITTLE_ENDIAN);
        }
        return segment;
    }
}
