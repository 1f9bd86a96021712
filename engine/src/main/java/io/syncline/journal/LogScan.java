package io.syncline.journal;

import io.syncline.protocol.Codes;
import io.syncline.record.BatchDescriptor;
import io.syncline.record.BatchValidator;
import io.syncline.replica.EpochHistory;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

/**
 * Walks a whole log on disk, batch by batch, and says what is wrong with it. Takes no lock and writes nothing: works on
 * a copy, on a stopped node's directory, and beside a running one, whose unfinished end it leaves alone.
 */
public final class LogScan
{
    /** Takes what is found, in order of offsets. */
    public interface Visitor
    {
        /**
         * A batch, good or bad.
         *
         * @param file     it lies in
         * @param position in the file
         * @param batch    wrapped around it; valid during the call
         * @param code     OK, INVALID_BATCH or CORRUPT_BATCH
         */
        void onBatch(Path file, long position, UnsafeBuffer batch, int code);

        /**
         * Something that must not be.
         *
         * @param file   where it was found
         * @param offset of the first record it concerns
         * @param what   is wrong, in words
         */
        void onDefect(Path file, long offset, String what);
    }

    /**
     * What there was.
     *
     * @param key           of the partition
     * @param logStart      offset of the first record
     * @param logEnd        offset behind the last batch
     * @param batches       in all
     * @param records       in all
     * @param defects       in all
     * @param closed        true when the last owner closed the log
     * @param synced        end of what the last owner had forced
     * @param epochs        of the manifest, oldest first, as "{epoch@start, ...}"
     * @param unfinishedEnd true when something unfinished lies behind the last batch: a process died, or runs
     */
    public record Result(
        long key,
        long logStart,
        long logEnd,
        long batches,
        long records,
        long defects,
        boolean closed,
        long synced,
        String epochs,
        boolean unfinishedEnd)
    {
    }

    private final Path directory;
    private final long key;
    private final Visitor visitor;
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private long logStart;
    private long expected;
    private long batches;
    private long records;
    private long defects;
    private int epoch = EpochHistory.NULL_EPOCH;
    private boolean unfinishedEnd;

    private LogScan(final Path directory, final Visitor visitor)
    {
        this.directory = directory;
        this.visitor = visitor;
        key = JournalLayout.keyOf(directory.toAbsolutePath().normalize());
    }

    /**
     * @param directory of a partition
     * @param visitor   takes what is found
     * @return the sum of it
     * @throws UncheckedIOException  when a file cannot be read, or there is no manifest
     * @throws IllegalStateException when the directory is not named after the partition it holds
     */
    public static Result scan(final Path directory, final Visitor visitor)
    {
        try
        {
            return new LogScan(directory, visitor).scan();
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot read " + directory + ": " + ex.getMessage(), ex);
        }
    }

    private Result scan() throws IOException
    {
        try (Manifest manifest = Manifest.read(JournalDisk.FILES, directory, key))
        {
            final Segments segments = manifest.segments();
            logStart = manifest.logStart();
            expected = segments.size() == 0 ? logStart : Math.min(logStart, segments.base(0));
            for (int i = 0; i < segments.size(); i++)
            {
                scanSegment(segments.cycle(i), segments.base(i), segments.end(i));
            }
            if (manifest.preparedCycle() >= 0)
            {
                scanSegment(manifest.preparedCycle(), expected, Long.MAX_VALUE);
            }
            if (manifest.closedAt() >= 0 && manifest.closedAt() != expected)
            {
                defect(directory, expected, "the log was closed at offset " + manifest.closedAt() +
                    " and ends at " + expected);
            }
            return new Result(
                key, manifest.logStart(), expected, batches, records, defects, manifest.closedAt() >= 0,
                manifest.synced(), manifest.epochs().toString(), unfinishedEnd);
        }
    }

    private void scanSegment(final int cycle, final long base, final long end) throws IOException
    {
        if (base != expected)
        {
            defect(directory, expected, "offsets from " + expected + " to " + base + " are missing");
            expected = base;
        }
        try (SegmentFile file = SegmentFile.map(JournalDisk.FILES, directory, cycle))
        {
            if (file == null)
            {
                if (end != Long.MAX_VALUE)
                {
                    defect(directory, expected, "segment " + SegmentCycle.fileName(cycle) + " is missing");
                    expected = end;
                }
                return;
            }
            int position = file.seek(0);
            while (position >= 0 && expected < end)
            {
                onBatch(file, position);
                position = file.seek(file.next(position));
            }
            unfinishedEnd = position == SegmentFile.TORN;
            if (end != Long.MAX_VALUE && expected < end)
            {
                defect(file.path(), expected, "segment ends at offset " + expected + ", expected to reach " + end);
                expected = end;
            }
        }
    }

    private void onBatch(final SegmentFile file, final int position)
    {
        final int length = file.batchLength(position);
        view.wrap(file.buffer(), position + SegmentFile.BATCH_OFFSET, length);
        final int code = BatchValidator.validateStored(view, 0, length, key);
        if (code == Codes.OK && endOf(view) <= logStart)
        {
            // Retention has passed it: it goes with the rest of its segment.
            expected = endOf(view);
            return;
        }
        batches++;
        visitor.onBatch(file.path(), position, view, code);
        if (code != Codes.OK)
        {
            defect(file.path(), expected, Codes.describe(code) + " at position " + position);
        }
        if (length < BatchDescriptor.HEADER_LENGTH)
        {
            return;
        }
        final long baseOffset = view.getLong(BatchDescriptor.BASE_OFFSET_OFFSET, LITTLE_ENDIAN);
        final int delta = view.getInt(BatchDescriptor.LAST_OFFSET_DELTA_OFFSET, LITTLE_ENDIAN);
        if (code == Codes.OK)
        {
            final int batchEpoch = view.getInt(BatchDescriptor.LEADER_EPOCH_OFFSET, LITTLE_ENDIAN);
            if (baseOffset != expected)
            {
                defect(file.path(), expected, "batch of base offset " + baseOffset + " where " + expected + " belongs");
            }
            if (batchEpoch < epoch)
            {
                defect(file.path(), baseOffset, "epoch " + batchEpoch + " behind epoch " + epoch);
            }
            epoch = Math.max(epoch, batchEpoch);
            records += delta + 1L;
            expected = baseOffset + delta + 1;
        }
        else if (baseOffset == expected && delta >= 0)
        {
            // Its place is as it should be, so the damage is within: go on behind it.
            expected += delta + 1L;
        }
    }

    private static long endOf(final UnsafeBuffer batch)
    {
        return batch.getLong(BatchDescriptor.BASE_OFFSET_OFFSET, LITTLE_ENDIAN) +
            batch.getInt(BatchDescriptor.LAST_OFFSET_DELTA_OFFSET, LITTLE_ENDIAN) + 1;
    }

    private void defect(final Path file, final long offset, final String what)
    {
        defects++;
        visitor.onDefect(file, offset, what);
    }
}
