package io.syncline.journal;

import io.syncline.protocol.Codes;
import io.syncline.record.BatchDescriptor;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

/**
 * Finds batches by offset and wraps them in place. Readers that go forward cost a few nanoseconds a batch: each of a
 * handful of cursors remembers where its next batch lies. Anything else goes by segment, then by a sparse index of the
 * segment that fills as it is read, then by walking at most {@link SparseIndex#SPACING_BYTES}.
 * <p>
 * Belongs to one thread, beside which the log keeper {@link #prepare}s the next segment for who reads at the end of the
 * log, and unmaps what was left. Without it, and elsewhere, a segment that is met for the first time is opened, mapped
 * and allocated for on the reader's thread. What is known of a segment goes with its mapping: one of
 * {@link #MAPPED_SEGMENTS}.
 */
final class SegmentReader implements AutoCloseable
{
    private static final int CURSORS = 8;
    private static final int MAPPED_SEGMENTS = 4;

    private final JournalDisk disk;
    private final Path directory;
    private final SegmentFile[] files = new SegmentFile[MAPPED_SEGMENTS];
    /** From the log keeper: the segment that follows, nobody's before. */
    private final AtomicReference<SegmentFile> ahead = new AtomicReference<>();
    /** To the log keeper: a segment to be unmapped. */
    private final AtomicReference<SegmentFile> left = new AtomicReference<>();
    private volatile int newestCycle = -1;
    private volatile boolean isClosed;
    private final int[] cursorCycles = new int[CURSORS];
    private final long[] cursorEnds = new long[CURSORS];
    private final long[] cursorBases = new long[CURSORS];
    private final long[] cursorOffsets = new long[CURSORS];
    private final int[] cursorPositions = new int[CURSORS];
    private final int[] cursorNextPositions = new int[CURSORS];
    private Segments segments;
    private int nextCursor;
    private int nextFile;

    SegmentReader(final JournalDisk disk, final Path directory)
    {
        this.disk = disk;
        this.directory = directory;
        Arrays.fill(cursorCycles, -1);
    }

    /**
     * @param current what the log consists of now
     * @param offset  wanted, at or above the first segment's base
     * @param logEnd  end of what may be looked at
     * @param view    wrapped around the batch
     * @return length of the batch; 0 at or above logEnd; OFFSET_OUT_OF_RANGE; CORRUPT_BATCH
     */
    int read(final Segments current, final long offset, final long logEnd, final UnsafeBuffer view) throws IOException
    {
        if (current != segments)
        {
            onSegmentsChanged(current);
        }
        if (offset >= logEnd)
        {
            return 0;
        }
        for (int i = 0; i < CURSORS; i++)
        {
            if (cursorCycles[i] >= 0 && offset >= cursorBases[i] && offset <= cursorOffsets[i] && offset < cursorEnds[i])
            {
                return readAtCursor(i, offset, view);
            }
        }
        return readCold(offset, view);
    }

    /**
     * The log keeper's turn, beside the reader: maps the segment that follows the one written to, where this reads that
     * one.
     *
     * @param written cycle that is written to
     * @param next    cycle that follows, prepared
     * @return work count
     * @throws IOException when it cannot be mapped
     */
    int prepare(final int written, final int next) throws IOException
    {
        int workCount = 0;
        if (left.get() != null)
        {
            Durable.closeQuietly(left.getAndSet(null));
            workCount = 1;
        }
        if (written == next || newestCycle != written || isClosed || isAhead(next))
        {
            return workCount;
        }
        final SegmentFile file = SegmentFile.map(disk, directory, next);
        if (file != null)
        {
            file.index();
            Durable.closeQuietly(ahead.getAndSet(file));
        }
        if (isClosed)
        {
            Durable.closeQuietly(ahead.getAndSet(null));
        }
        return 1;
    }

    @Override
    public void close()
    {
        isClosed = true;
        Durable.closeQuietly(ahead.getAndSet(null));
        Durable.closeQuietly(left.getAndSet(null));
        for (int i = 0; i < MAPPED_SEGMENTS; i++)
        {
            Durable.closeQuietly(files[i]);
            files[i] = null;
        }
        Arrays.fill(cursorCycles, -1);
        segments = null;
    }

    private boolean isAhead(final int cycle)
    {
        final SegmentFile file = ahead.get();
        return file != null && file.cycle() == cycle;
    }

    private int readAtCursor(final int cursor, final long offset, final UnsafeBuffer view) throws IOException
    {
        final SegmentFile file = file(cursorCycles[cursor]);
        if (file == null)
        {
            return Codes.CORRUPT_BATCH;
        }
        if (offset < cursorOffsets[cursor])
        {
            return wrap(file, cursorPositions[cursor], view);
        }
        final int position = file.seek(cursorNextPositions[cursor]);
        final long next = batchEnd(file, position, offset);
        if (next < 0)
        {
            return (int)next;
        }
        file.index().onBatch(offset, position);
        cursorBases[cursor] = offset;
        cursorOffsets[cursor] = next;
        cursorPositions[cursor] = position;
        cursorNextPositions[cursor] = file.next(position);
        return wrap(file, position, view);
    }

    private int readCold(final long offset, final UnsafeBuffer view) throws IOException
    {
        final int segment = segments.indexOf(offset);
        if (segment < 0)
        {
            return Codes.OFFSET_OUT_OF_RANGE;
        }
        final SegmentFile file = file(segments.cycle(segment));
        if (file == null)
        {
            return Codes.CORRUPT_BATCH;
        }
        final SparseIndex index = file.index();
        final int entry = index.floor(offset);
        int position = file.seek(entry < 0 ? 0 : index.position(entry));
        long base = entry < 0 ? segments.base(segment) : index.offset(entry);
        while (true)
        {
            final long end = batchEnd(file, position, base);
            if (end < 0)
            {
                return (int)end;
            }
            index.onBatch(base, position);
            if (offset < end)
            {
                cursorCycles[nextCursor] = file.cycle();
                cursorEnds[nextCursor] = segments.end(segment);
                cursorBases[nextCursor] = base;
                cursorOffsets[nextCursor] = end;
                cursorPositions[nextCursor] = position;
                cursorNextPositions[nextCursor] = file.next(position);
                nextCursor = nextCursor + 1 & CURSORS - 1;
                return wrap(file, position, view);
            }
            base = end;
            position = file.seek(file.next(position));
        }
    }

    /** @return offset behind the batch, or CORRUPT_BATCH when no such batch lies there */
    private static long batchEnd(final SegmentFile file, final int position, final long expectedBase)
    {
        if (position < 0)
        {
            return Codes.CORRUPT_BATCH;
        }
        final int length = file.batchLength(position);
        final UnsafeBuffer buffer = file.buffer();
        final int batch = position + SegmentFile.BATCH_OFFSET;
        if (length < BatchDescriptor.HEADER_LENGTH || buffer.getLong(batch, LITTLE_ENDIAN) != expectedBase)
        {
            return Codes.CORRUPT_BATCH;
        }
        final int delta = buffer.getInt(batch + BatchDescriptor.LAST_OFFSET_DELTA_OFFSET, LITTLE_ENDIAN);
        return delta < 0 ? Codes.CORRUPT_BATCH : expectedBase + delta + 1;
    }

    private static int wrap(final SegmentFile file, final int position, final UnsafeBuffer view)
    {
        final int length = file.batchLength(position);
        view.wrap(file.buffer(), position + SegmentFile.BATCH_OFFSET, length);
        return length;
    }

    private SegmentFile file(final int cycle) throws IOException
    {
        for (int i = 0; i < MAPPED_SEGMENTS; i++)
        {
            if (files[i] != null && files[i].cycle() == cycle)
            {
                return files[i];
            }
        }
        final SegmentFile file = take(cycle);
        final SegmentFile old = files[nextFile];
        if (old != null && !left.compareAndSet(null, old))
        {
            // No keeper has come by since the last one.
            old.close();
        }
        files[nextFile] = file;
        nextFile = nextFile + 1 & MAPPED_SEGMENTS - 1;
        newestCycle = Math.max(newestCycle, cycle);
        return file;
    }

    private SegmentFile take(final int cycle) throws IOException
    {
        final SegmentFile prepared = ahead.get() == null ? null : ahead.getAndSet(null);
        if (prepared != null && prepared.cycle() == cycle)
        {
            return prepared;
        }
        Durable.closeQuietly(prepared);
        return SegmentFile.map(disk, directory, cycle);
    }

    /** Cursors may stand behind a new end; files that are gone give their space back once they are unmapped. */
    private void onSegmentsChanged(final Segments current)
    {
        segments = current;
        for (int i = 0; i < CURSORS; i++)
        {
            if (cursorCycles[i] >= 0)
            {
                final int segment = current.indexOf(cursorBases[i]);
                if (segment < 0 || current.cycle(segment) != cursorCycles[i])
                {
                    cursorCycles[i] = -1;
                }
                else
                {
                    cursorEnds[i] = current.end(segment);
                }
            }
        }
        for (int i = 0; i < MAPPED_SEGMENTS; i++)
        {
            if (files[i] != null && !current.containsCycle(files[i].cycle()))
            {
                files[i].close();
                files[i] = null;
            }
        }
    }
}
