package io.syncline.journal;

import io.syncline.protocol.Codes;
import io.syncline.record.BatchValidator;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Who reads a log: its owner, which checks what it finds on the disk before it sends it to anybody, and readers for
 * other threads. The log keeper goes ahead of all of them.
 */
final class LogReads implements AutoCloseable
{
    private final JournalDisk disk;
    private final long key;
    private final Path directory;
    private final LogState state;
    private final LogHealth health;
    private final SegmentReader owners;
    private final CopyOnWriteArrayList<SegmentReader> readers = new CopyOnWriteArrayList<>();

    LogReads(
        final JournalDisk disk, final long key, final Path directory, final LogState state, final LogHealth health)
    {
        this.disk = disk;
        this.key = key;
        this.directory = directory;
        this.state = state;
        this.health = health;
        owners = new SegmentReader(disk, directory);
        readers.add(owners);
    }

    /** @return for another thread, closed by its user */
    LogReader newReader()
    {
        return new LogReader(disk, key, directory, state, readers);
    }

    /** The owner's; see {@link io.syncline.replica.ReplicaLog#read}. */
    int read(final long offset, final UnsafeBuffer view)
    {
        if (health.isFailed())
        {
            return Codes.STORAGE_ERROR;
        }
        final long end = state.logEnd();
        if (offset < state.logStart() || offset > end)
        {
            return Codes.OFFSET_OUT_OF_RANGE;
        }
        try
        {
            final int length = owners.read(state.segments(), offset, end, view);
            // What this process wrote is in memory; what it found may have rotted since.
            if (length == Codes.CORRUPT_BATCH || length > 0 && offset < state.writtenFrom() &&
                BatchValidator.validateStored(view, 0, length, key) != Codes.OK)
            {
                if (offset < state.logStart())
                {
                    return Codes.OFFSET_OUT_OF_RANGE;
                }
                health.damaged(offset, state.logStart(), state.logEnd());
                return Codes.CORRUPT_BATCH;
            }
            return length;
        }
        catch (final IOException | InternalError ex)
        {
            // The keeper says first that a segment is gone, and deletes it then.
            return offset < state.logStart() ? Codes.OFFSET_OUT_OF_RANGE : health.fail(ex);
        }
    }

    /**
     * The log keeper's turn: the next segment, for those who read at the end of the one written to.
     *
     * @param written cycle that is written to
     * @param next    cycle that follows, prepared
     * @return work count
     * @throws IOException when it cannot be mapped
     */
    int prepare(final int written, final int next) throws IOException
    {
        int workCount = 0;
        for (final SegmentReader each : readers)
        {
            workCount += each.prepare(written, next);
        }
        return workCount;
    }

    /** The owner's; the others are their users'. */
    @Override
    public void close()
    {
        owners.close();
    }
}
