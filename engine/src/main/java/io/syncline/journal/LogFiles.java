package io.syncline.journal;

import io.syncline.protocol.Codes;
import io.syncline.record.BatchDescriptor;
import io.syncline.record.BatchValidator;

import java.io.IOException;
import java.nio.file.Path;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

/** The files of one partition: forcing, deleting, renaming. The conductor's; every step can be done again. */
final class LogFiles
{
    private final JournalDisk disk;
    private final Path directory;

    LogFiles(final JournalDisk disk, final Path directory)
    {
        this.disk = disk;
        this.directory = directory;
    }

    void createDirectory() throws IOException
    {
        disk.createDirectory(directory);
    }

    /** Forces a segment's pages, whichever mapping wrote them. */
    void force(final int cycle) throws IOException
    {
        final Path file = SegmentFile.find(disk, directory, cycle);
        if (file != null)
        {
            disk.force(file);
        }
    }

    /** Forces a part of a segment's pages, whichever mapping wrote them. */
    void force(final int cycle, final long from, final long to) throws IOException
    {
        final Path file = SegmentFile.find(disk, directory, cycle);
        if (file != null)
        {
            disk.force(file, from, to);
        }
    }

    /** Makes it durable which files there are. */
    void forceNames() throws IOException
    {
        disk.forceNames(directory);
    }

    /** Deletes the segments that are in one list and not in the other. */
    void deleteSegments(final Segments before, final Segments after) throws IOException
    {
        for (int i = 0; i < before.size(); i++)
        {
            final int cycle = before.cycle(i);
            final Path file = after.containsCycle(cycle) ? null : SegmentFile.find(disk, directory, cycle);
            if (file != null)
            {
                disk.delete(file);
            }
        }
    }

    /** Deletes what no manifest mentions: what was begun and never finished, or cut off and not yet deleted. */
    void deleteUnknown(final Segments known) throws IOException
    {
        for (final String name : disk.names(directory))
        {
            final int dot = name.indexOf('.');
            final String suffix = dot < 0 ? "" : name.substring(dot);
            if (suffix.equals(JournalLayout.SEGMENT_SUFFIX) || suffix.equals(JournalLayout.RETIRED_SUFFIX))
            {
                final int cycle = SegmentCycle.cycleOf(name.substring(0, dot));
                if (cycle >= 0 && !known.containsCycle(cycle))
                {
                    disk.delete(directory.resolve(name));
                }
            }
            else if (name.endsWith(".discard") || name.endsWith(Durable.TEMPORARY_SUFFIX))
            {
                disk.delete(directory.resolve(name));
            }
        }
    }

    /** Renames the files from a segment on, so that Chronicle does not meet them again. */
    void retire(final Segments segments, final int from) throws IOException
    {
        for (int i = from; i < segments.size(); i++)
        {
            final String name = SegmentCycle.fileName(segments.cycle(i));
            final Path file = directory.resolve(name + JournalLayout.SEGMENT_SUFFIX);
            if (disk.exists(file))
            {
                disk.move(file, directory.resolve(name + JournalLayout.RETIRED_SUFFIX));
            }
        }
    }

    /** Chronicle's table holds locks and a directory listing, which a dead process may have left in any state. */
    void deleteTable() throws IOException
    {
        disk.delete(directory.resolve(JournalLayout.TABLE_FILE));
    }

    /** @return true when the last segment ends where and as its last owner said when it closed it */
    boolean endsAt(final long key, final Segments segments, final int lastExcerpt, final long logEnd)
        throws IOException
    {
        try (SegmentFile file = SegmentFile.map(disk, directory, segments.lastCycle()))
        {
            if (lastExcerpt < 0)
            {
                return segments.base(segments.size() - 1) == logEnd && (file == null || file.seek(0) == SegmentFile.END);
            }
            if (file == null || lastExcerpt >= file.buffer().capacity() || file.seek(lastExcerpt) != lastExcerpt)
            {
                return false;
            }
            final int batch = lastExcerpt + SegmentFile.BATCH_OFFSET;
            final int length = file.batchLength(lastExcerpt);
            return BatchValidator.validateStored(file.buffer(), batch, length, key) == Codes.OK &&
                file.buffer().getLong(batch, LITTLE_ENDIAN) +
                file.buffer().getInt(batch + BatchDescriptor.LAST_OFFSET_DELTA_OFFSET, LITTLE_ENDIAN) + 1 == logEnd &&
                file.seek(file.next(lastExcerpt)) == SegmentFile.END;
        }
    }

    /** @return position behind an excerpt, 0 when there is none */
    long positionBehind(final int cycle, final int lastExcerpt) throws IOException
    {
        if (lastExcerpt < 0)
        {
            return 0;
        }
        try (SegmentFile file = SegmentFile.map(disk, directory, cycle))
        {
            return file == null ? 0 : file.next(lastExcerpt);
        }
    }
}
