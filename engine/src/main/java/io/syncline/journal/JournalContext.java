package io.syncline.journal;

import org.agrona.ErrorHandler;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * Settings of a broker's journals. Filled by one thread; {@link #conclude()} once, then only read, by any.
 */
public final class JournalContext
{
    /** Default of {@link #segmentBytes()}. */
    public static final int SEGMENT_BYTES_DEFAULT = 64 * 1024 * 1024;
    /** Smallest segment. */
    public static final int SEGMENT_BYTES_MIN = 1024 * 1024;
    /** Largest segment: a segment is one mapping, and positions in it are ints. */
    public static final int SEGMENT_BYTES_MAX = 512 * 1024 * 1024;
    /** Default of {@link #maxBatchBytes()}. */
    public static final int MAX_BATCH_BYTES_DEFAULT = 256 * 1024;
    /** Default of {@link #syncIntervalNs()}. */
    public static final long SYNC_INTERVAL_DEFAULT_NS = TimeUnit.SECONDS.toNanos(1);

    private static final int COMPACT_AT_RECORDS_DEFAULT = 4096;

    private final AtomicBoolean isConcluded = new AtomicBoolean();
    private Path directory;
    private int segmentBytes = SEGMENT_BYTES_DEFAULT;
    private int maxBatchBytes = MAX_BATCH_BYTES_DEFAULT;
    private int segmentBytesMin = SEGMENT_BYTES_MIN;
    private boolean pretouch = true;
    private long syncIntervalNs = SYNC_INTERVAL_DEFAULT_NS;
    private long groupCommitNs;
    private Executor syncExecutor = Runnable::run;
    private Runnable wakeUp = () -> {};
    private ErrorHandler errorHandler;
    private CrashHook crashHook = CrashHook.NONE;
    private RollListener rollListener = RollListener.NONE;
    private JournalDisk disk = JournalDisk.FILES;
    private int compactAtRecords = COMPACT_AT_RECORDS_DEFAULT;
    private long freeBytesMin;
    private LongSupplier usableBytes;
    private FreeSpace freeSpace;

    /**
     * Checks what was set and fills what was not. Touches nothing on disk.
     *
     * @return this
     * @throws IllegalStateException when called twice, or without {@link #directory(Path)}
     * @throws IllegalArgumentException when two settings contradict each other
     */
    public JournalContext conclude()
    {
        if (!isConcluded.compareAndSet(false, true))
        {
            throw new IllegalStateException("a JournalContext can be concluded only once");
        }
        if (directory == null)
        {
            throw new IllegalStateException("log.dir is not set");
        }
        if (segmentBytes < segmentBytesMin || segmentBytes > SEGMENT_BYTES_MAX)
        {
            throw new IllegalArgumentException("log.segment.bytes is " + segmentBytes + ", must be from " +
                segmentBytesMin + " to " + SEGMENT_BYTES_MAX);
        }
        if (maxBatchBytes < 1024 || maxBatchBytes > segmentBytes / 4)
        {
            throw new IllegalArgumentException("max.batch.bytes is " + maxBatchBytes +
                ", must be from 1024 to a quarter of log.segment.bytes, " + segmentBytes / 4);
        }
        if (syncIntervalNs <= 0)
        {
            throw new IllegalArgumentException("the sync interval is " + syncIntervalNs + " ns, must be positive");
        }
        if (errorHandler == null)
        {
            errorHandler = Throwable::printStackTrace;
        }
        if (usableBytes == null)
        {
            usableBytes = directory.toFile()::getUsableSpace;
        }
        freeSpace = new FreeSpace(directory, freeBytesMin, usableBytes, errorHandler);
        return this;
    }

    /** @return a copy that is not concluded yet, for a topic with other settings */
    public JournalContext copy()
    {
        return new JournalContext()
            .directory(directory)
            .segmentBytes(segmentBytes)
            .maxBatchBytes(maxBatchBytes)
            .pretouch(pretouch)
            .syncIntervalNs(syncIntervalNs)
            .groupCommitNs(groupCommitNs)
            .syncExecutor(syncExecutor)
            .wakeUp(wakeUp)
            .errorHandler(errorHandler)
            .disk(disk)
            .crashHook(crashHook)
            .rollListener(rollListener)
            .freeBytesMin(freeBytesMin)
            .usableBytes(usableBytes)
            .compactAtRecords(compactAtRecords);
    }

    /**
     * @param directory the broker's {@code log.dir}
     * @return this
     */
    public JournalContext directory(final Path directory)
    {
        this.directory = directory;
        return this;
    }

    /** @return the broker's {@code log.dir} */
    public Path directory()
    {
        return directory;
    }

    /**
     * @param segmentBytes from which on a segment is full
     * @return this
     */
    public JournalContext segmentBytes(final int segmentBytes)
    {
        this.segmentBytes = segmentBytes;
        return this;
    }

    /** @return bytes from which on a segment is full */
    public int segmentBytes()
    {
        return segmentBytes;
    }

    /**
     * @param maxBatchBytes longest batch, header included
     * @return this
     */
    public JournalContext maxBatchBytes(final int maxBatchBytes)
    {
        this.maxBatchBytes = maxBatchBytes;
        return this;
    }

    /** @return longest batch, header included */
    public int maxBatchBytes()
    {
        return maxBatchBytes;
    }

    /**
     * @param pretouch true to touch pages ahead of the writer and to prepare the next segment early
     * @return this
     */
    public JournalContext pretouch(final boolean pretouch)
    {
        this.pretouch = pretouch;
        return this;
    }

    /** @return true to touch pages ahead of the writer and to prepare the next segment early */
    public boolean pretouch()
    {
        return pretouch;
    }

    /**
     * @param syncIntervalNs between two forces of a log that grows
     * @return this
     */
    public JournalContext syncIntervalNs(final long syncIntervalNs)
    {
        this.syncIntervalNs = syncIntervalNs;
        return this;
    }

    /** @return nanoseconds between two forces of a log that grows */
    public long syncIntervalNs()
    {
        return syncIntervalNs;
    }

    /**
     * @param groupCommitNs between the beginnings of two forces of a log at level fsynced that grows; 0, the default,
     *                      for as soon as the one before has ended
     * @return this
     */
    public JournalContext groupCommitNs(final long groupCommitNs)
    {
        this.groupCommitNs = groupCommitNs;
        return this;
    }

    /** @return nanoseconds between the beginnings of two forces of a log at level fsynced */
    public long groupCommitNs()
    {
        return groupCommitNs;
    }

    /**
     * @param wakeUp wakes the thread that looks after the logs, should it be asleep: there is something to force at
     *               level fsynced, or something was forced. Called by logs' owners and by the sync executor; must not
     *               block
     * @return this
     */
    public JournalContext wakeUp(final Runnable wakeUp)
    {
        this.wakeUp = wakeUp;
        return this;
    }

    /** @return wakes the thread that looks after the logs */
    public Runnable wakeUp()
    {
        return wakeUp;
    }

    /**
     * @param syncExecutor forces segments beside the thread that looks after the logs; must carry out what it takes,
     *                     and in the end soon: a log that is closed waits for it. By default that thread itself forces
     * @return this
     */
    public JournalContext syncExecutor(final Executor syncExecutor)
    {
        this.syncExecutor = syncExecutor;
        return this;
    }

    /** @return forces segments */
    public Executor syncExecutor()
    {
        return syncExecutor;
    }

    /**
     * @param freeBytesMin below which nothing is appended; 0, which is the default, to find out by failing
     * @return this
     */
    public JournalContext freeBytesMin(final long freeBytesMin)
    {
        this.freeBytesMin = freeBytesMin;
        return this;
    }

    /** For tests: what is free. */
    JournalContext usableBytes(final LongSupplier usableBytes)
    {
        this.usableBytes = usableBytes;
        return this;
    }

    /** @return whether there is room; null before {@link #conclude()} */
    public FreeSpace freeSpace()
    {
        return freeSpace;
    }

    /**
     * @param errorHandler for trouble that has no caller to tell
     * @return this
     */
    public JournalContext errorHandler(final ErrorHandler errorHandler)
    {
        this.errorHandler = errorHandler;
        return this;
    }

    /** @return for trouble that has no caller to tell */
    public ErrorHandler errorHandler()
    {
        return errorHandler;
    }

    /**
     * Deletes a partition's files; its log is closed. Blocks. What a crash leaves of them is no log any more: the
     * manifest goes first.
     *
     * @param key of the partition
     * @throws UncheckedIOException when something is left behind
     */
    public void deletePartition(final long key)
    {
        final Path partition = JournalLayout.partition(directory, key);
        try
        {
            disk.delete(partition.resolve(JournalLayout.MANIFEST));
            for (final String name : disk.names(partition))
            {
                disk.delete(partition.resolve(name));
            }
            disk.delete(partition);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot delete " + partition, ex);
        }
    }

    /**
     * Moves a partition's files aside: {@link Quarantine}. Its log is closed.
     *
     * @param key of the partition
     * @return where they lie now; null where there were none
     * @throws RuntimeException when that could not be done; the message says why
     */
    public Path quarantinePartition(final long key)
    {
        return new Quarantine(disk, directory).take(key);
    }

    /**
     * Whatever becomes of this process, the next one must not take this log for a good one.
     *
     * @param key    of the partition
     * @param reason what was found
     */
    public void markLost(final long key, final String reason)
    {
        final Path partition = JournalLayout.partition(directory, key);
        try (JournalDisk.Output output = disk.open(partition.resolve(JournalLayout.LOST), 0))
        {
            output.write(ByteBuffer.wrap(reason.getBytes(StandardCharsets.UTF_8)));
            output.force();
            disk.forceNames(partition);
        }
        catch (final IOException ex)
        {
            errorHandler.onError(new UncheckedIOException("cannot mark " + partition + " as lost: " + ex.getMessage(), ex));
        }
    }

    /**
     * @param key of a partition
     * @return why its log must not be opened; null where it may be
     * @throws UncheckedIOException when that cannot be read
     */
    public String lostMark(final long key)
    {
        final Path file = JournalLayout.partition(directory, key).resolve(JournalLayout.LOST);
        try
        {
            return disk.exists(file) ? new String(disk.read(file), StandardCharsets.UTF_8) : null;
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot read " + file + ": " + ex.getMessage(), ex);
        }
    }

    /**
     * @param key of a partition
     * @return true when there is a log, or the remains of one that still say what its segments mean
     */
    public boolean hasPartition(final long key)
    {
        return disk.exists(JournalLayout.partition(directory, key).resolve(JournalLayout.MANIFEST));
    }

    /**
     * @param disk the directory lies on
     * @return this
     */
    public JournalContext disk(final JournalDisk disk)
    {
        this.disk = disk;
        return this;
    }

    /** @return the disk the directory lies on */
    public JournalDisk disk()
    {
        return disk;
    }

    /** For tests: smaller segments than files are worth. */
    JournalContext segmentBytesMin(final int bytes)
    {
        this.segmentBytesMin = bytes;
        return this;
    }

    /** For tests: number of records from which on a manifest may be compacted. */
    JournalContext compactAtRecords(final int compactAtRecords)
    {
        this.compactAtRecords = compactAtRecords;
        return this;
    }

    int compactAtRecords()
    {
        return compactAtRecords;
    }

    /** @return hears of each log that goes on in its next segment */
    public RollListener rollListener()
    {
        return rollListener;
    }

    /**
     * @param listener hears of each log that goes on in its next segment
     * @return this
     */
    public JournalContext rollListener(final RollListener listener)
    {
        this.rollListener = listener;
        return this;
    }

    /** For tests: called between the steps of everything that must survive a crash at any step. */
    JournalContext crashHook(final CrashHook crashHook)
    {
        this.crashHook = crashHook;
        return this;
    }

    CrashHook crashHook()
    {
        return crashHook;
    }
}
