package io.syncline.journal;

import io.syncline.protocol.Codes;
import io.syncline.record.BatchValidator;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;

/**
 * Reads a log from another thread than its owner's: catch-up of followers, consumers, tools. Goes on while the log
 * rolls, is truncated and loses old segments. Belongs to one thread; close it there. Every batch is checked against its
 * CRCs each time, so that rot on disk never reaches a client or a peer (R8.1).
 */
public final class LogReader implements AutoCloseable
{
    private final long key;
    private final LogState state;
    private final SegmentReader reader;
    private final Collection<SegmentReader> readers;
    private long synced;
    private boolean isTrusting;
    private boolean isClosed;

    /**
     * @param disk      it lies on
     * @param key       of the partition
     * @param directory of the partition
     * @param state     of the log
     * @param readers   that the log keeper goes ahead of; for any thread
     */
    LogReader(
        final JournalDisk disk, final long key, final Path directory, final LogState state,
        final Collection<SegmentReader> readers)
    {
        this.key = key;
        this.state = state;
        this.reader = new SegmentReader(disk, directory);
        this.readers = readers;
        readers.add(reader);
    }

    /**
     * Reads a log that no process has open, or a copy of one, up to its first bad batch. Takes no lock and writes
     * nothing.
     *
     * @param directory of the partition
     * @return the reader; {@link #logEnd()} is where it ends
     * @throws UncheckedIOException when a file cannot be read, or there is no manifest
     */
    public static LogReader offline(final Path directory)
    {
        return offline(JournalDisk.FILES, directory);
    }

    /**
     * As above.
     *
     * @param disk      it lies on
     * @param directory of the partition
     * @return the reader
     */
    public static LogReader offline(final JournalDisk disk, final Path directory)
    {
        final long key = JournalLayout.keyOf(directory.toAbsolutePath().normalize());
        try (Manifest manifest = Manifest.read(disk, directory, key))
        {
            final Recovery recovery = new Recovery(disk, directory, key, manifest).scan();
            final LogState state = new LogState();
            state.onLoaded(recovery.segments(), recovery.epochs(), manifest.logStart(), recovery.logEnd());
            final LogReader reader = new LogReader(disk, key, directory, state, new ArrayList<>(1));
            reader.synced = Math.min(manifest.synced(), recovery.logEnd());
            return reader;
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot read " + directory + ": " + ex.getMessage(), ex);
        }
    }

    /**
     * Wraps the stored batch that holds an offset, in place.
     *
     * @param offset wanted, anywhere in a batch
     * @param logEnd end of what may be read: a LEO or high watermark that came from the log's owner over a ring or
     *               counter; what was truncated since counts as gone
     * @param view   wrapped around the batch; valid until the next call on this reader
     * @return length of the batch; 0 at logEnd; OFFSET_OUT_OF_RANGE outside [log start, logEnd]; CORRUPT_BATCH;
     * STORAGE_ERROR; CLOSED
     */
    public int read(final long offset, final long logEnd, final UnsafeBuffer view)
    {
        if (isClosed)
        {
            return Codes.CLOSED;
        }
        while (true)
        {
            // In this order: a cut publishes its end before the segments that are left.
            final Segments current = state.segments();
            final int length = read(current, offset, Math.min(logEnd, state.logEnd()), view);
            if (length != Codes.CORRUPT_BATCH && length != Codes.STORAGE_ERROR || current == state.segments())
            {
                if (length == Codes.CORRUPT_BATCH || length == Codes.STORAGE_ERROR)
                {
                    state.suspect(offset);
                }
                return length;
            }
            // The log rolled, was cut or lost old segments meanwhile: look again.
        }
    }

    /**
     * As {@link #read}, but takes a batch that this process has written itself as it stands: for who reads beside the
     * owner, soon after it, and wants no more than the headers.
     *
     * @param offset wanted, anywhere in a batch
     * @param logEnd end of what may be read
     * @param view   wrapped around the batch; valid until the next call on this reader
     * @return as {@link #read}
     */
    public int readBesideOwner(final long offset, final long logEnd, final UnsafeBuffer view)
    {
        isTrusting = true;
        try
        {
            return read(offset, logEnd, view);
        }
        finally
        {
            isTrusting = false;
        }
    }

    private int read(final Segments current, final long offset, final long end, final UnsafeBuffer view)
    {
        if (offset > end || current.size() == 0 || offset < current.base(0) || offset < state.logStart())
        {
            return Codes.OFFSET_OUT_OF_RANGE;
        }
        try
        {
            final int length = reader.read(current, offset, end, view);
            final boolean isChecked = !isTrusting || offset < state.writtenFrom();
            return length > 0 && isChecked && BatchValidator.validateStored(view, 0, length, key) != Codes.OK ?
                Codes.CORRUPT_BATCH : length;
        }
        catch (final IOException | InternalError ex)
        {
            return Codes.STORAGE_ERROR;
        }
    }

    /** @return offset of the first record that can be read */
    public long logStart()
    {
        return state.logStart();
    }

    /** @return LEO of the log, as its owner last made it known: more than may be shown to a consumer */
    public long logEnd()
    {
        return state.logEnd();
    }

    /** @return end of what the last owner of a log that is read offline had made durable */
    public long synced()
    {
        return synced;
    }

    /** Gives maps and file handles back. */
    @Override
    public void close()
    {
        isClosed = true;
        readers.remove(reader);
        reader.close();
    }
}
