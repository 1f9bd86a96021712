package io.syncline.journal;

import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;
import io.syncline.record.BatchDescriptor;
import io.syncline.record.BatchValidator;
import io.syncline.replica.EpochHistory;
import io.syncline.replica.ReplicaLog;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

/**
 * The log port on Chronicle Queue: one queue for a partition, one cycle for a segment, one excerpt for a batch.
 * <p>
 * Threads: {@code append} and {@code read} belong to the log's owner; {@code startEpoch}, {@code truncateTo},
 * {@code restartAt}, {@code trimTo} and {@code close} to the conductor while it is the owner; {@link LogHousekeeping} is the
 * conductor's too, and runs beside the owner. {@link #synced()} and {@link #newReader()} are for any thread. The only lock an
 * append can meet is taken when a batch begins a new epoch or a segment.
 */
public final class ChronicleLog implements ReplicaLog, AutoCloseable
{
    private static final int PRETOUCH_MIN_BYTES = 64 * 1024;
    private static final int PRETOUCH_MAX_BYTES = 8 * 1024 * 1024;

    private final JournalContext context;
    private final long key;
    private final Path directory;
    private final LogFiles files;
    private final SegmentReader reader;
    private final ProducerSnapshots producerSnapshots;
    private final UnsafeBuffer batchView = new UnsafeBuffer(0, 0);
    private final EpochHistory epochs = new EpochHistory();
    private final Object segmentLock = new Object();
    private RecoveryReport recovery;
    private Manifest manifest;
    private SegmentQueue queue;
    private long logStart;
    private int lastEpoch = EpochHistory.NULL_EPOCH;
    private long checkedFrom;
    private int lastExcerpt = SegmentFile.END;

    // Written by the owner, read by the conductor and by readers.
    private volatile Segments segments;
    private volatile long logEnd;
    private volatile long position;
    private volatile boolean isFailed;
    // Written by the conductor, read by everybody.
    private volatile long synced;
    private volatile SegmentQueue.Prepared prepared;
    // The conductor's own, under segmentLock where the owner may have to help itself.
    private SegmentQueue.Prepared held;
    private Segments forcedSegments;
    private long pretouchBytes = PRETOUCH_MIN_BYTES;
    private long lastSyncNs;
    private boolean isClosed;

    private ChronicleLog(final JournalContext context, final long key)
    {
        this.context = context;
        this.key = key;
        directory = JournalLayout.partition(context.directory(), key);
        files = new LogFiles(directory);
        reader = new SegmentReader(directory);
        producerSnapshots = new ProducerSnapshots(directory);
    }

    /**
     * Opens a partition's log, or creates it. Blocks: scans what was not synced when its last owner did not close it (R8.2).
     * The caller holds the {@link DirectoryLock}.
     *
     * @param context       concluded
     * @param key           of the partition
     * @param highWatermark last known one, {@link StateFile#highWatermark(long)}; -1 for none
     * @return the log; see {@link #recovery()} before leading with it
     * @throws UncheckedIOException  when files cannot be read or written
     * @throws IllegalStateException when the directory holds another partition, or a damaged manifest
     */
    public static ChronicleLog open(final JournalContext context, final long key, final long highWatermark)
    {
        final ChronicleLog log = new ChronicleLog(context, key);
        try
        {
            log.open(highWatermark);
            return log;
        }
        catch (final IOException ex)
        {
            log.kill();
            throw new UncheckedIOException("cannot open " + log.directory + ": " + ex.getMessage(), ex);
        }
        catch (final RuntimeException ex)
        {
            log.kill();
            throw ex;
        }
    }

    /** @return what opening found */
    public RecoveryReport recovery()
    {
        return recovery;
    }

    /** @return key of the partition */
    public long key()
    {
        return key;
    }

    /** @return where the log lies */
    public Path directory()
    {
        return directory;
    }

    /** @return true once the device has failed: every append and read is refused with STORAGE_ERROR */
    public boolean isFailed()
    {
        return isFailed;
    }

    /** @return the producer tables that were saved beside this log; the conductor's */
    public ProducerSnapshots producerSnapshots()
    {
        return producerSnapshots;
    }

    /** @return a reader for another thread; outlives segments, but must be closed by its user */
    public LogReader newReader()
    {
        return new LogReader(key, directory, () -> segments, () -> logEnd);
    }

    @Override
    public long logStart()
    {
        return logStart;
    }

    @Override
    public long logEnd()
    {
        return logEnd;
    }

    @Override
    public long synced()
    {
        return synced;
    }

    @Override
    public int lastEpoch()
    {
        return lastEpoch;
    }

    @Override
    public EpochHistory epochs()
    {
        return epochs;
    }

    @Override
    public long appendAsLeader(
        final DirectBuffer buffer, final int offset, final int length, final int leaderEpoch)
    {
        return append(buffer, offset, length, leaderEpoch, logEnd);
    }

    @Override
    public long appendAsFollower(final DirectBuffer buffer, final int offset, final int length)
    {
        if (length < BatchDescriptor.HEADER_LENGTH)
        {
            return queue == null || isFailed ? Codes.STORAGE_ERROR : Codes.INVALID_BATCH;
        }
        final int epoch = buffer.getInt(offset + BatchDescriptor.LEADER_EPOCH_OFFSET, LITTLE_ENDIAN);
        if (buffer.getLong(offset + BatchDescriptor.BASE_OFFSET_OFFSET, LITTLE_ENDIAN) != logEnd)
        {
            return queue == null || isFailed ? Codes.STORAGE_ERROR : Codes.OFFSET_OUT_OF_RANGE;
        }
        return append(buffer, offset, length, epoch, -1);
    }

    @Override
    public int read(final long offset, final UnsafeBuffer view)
    {
        if (isFailed)
        {
            return Codes.STORAGE_ERROR;
        }
        final long end = logEnd;
        if (offset < logStart || offset > end)
        {
            return Codes.OFFSET_OUT_OF_RANGE;
        }
        try
        {
            final int length = reader.read(segments, offset, end, view);
            // What this process wrote is in memory; what it found may have rotted since.
            return length > 0 && offset < checkedFrom &&
                BatchValidator.validateStored(view, 0, length, key) != Codes.OK ? Codes.CORRUPT_BATCH : length;
        }
        catch (final IOException | InternalError ex)
        {
            return fail(ex);
        }
    }

    @Override
    public void startEpoch(final int leaderEpoch)
    {
        checkUsable();
        if (leaderEpoch <= epochs.latestEpoch())
        {
            throw new IllegalStateException(
                "epoch " + leaderEpoch + " is not above the latest, " + epochs.latestEpoch() + " (R1.6)");
        }
        changeDurably(() ->
        {
            manifest.epochs(epochs).epoch(leaderEpoch, logEnd).force();
            addEpoch(leaderEpoch, logEnd);
        });
        context.crashHook().afterStep("epoch recorded");
    }

    @Override
    public long truncateTo(final long offset)
    {
        checkNotFailed();
        if (offset < logStart || offset > logEnd)
        {
            throw new IllegalArgumentException("offset " + offset + " is not within " + logStart + " to " + logEnd);
        }
        long newEnd = offset;
        if (offset < logEnd)
        {
            final int length = read(offset, batchView);
            if (length <= 0)
            {
                throw new IllegalStateException("cannot read offset " + offset + " of partition " +
                    PartitionKey.toString(key) + " to truncate there: " + Codes.describe(length));
            }
            newEnd = batchView.getLong(BatchDescriptor.BASE_OFFSET_OFFSET, LITTLE_ENDIAN);
        }
        else if (queue != null && (epochs.size() == 0 || epochs.startOffset(epochs.size() - 1) < offset))
        {
            return logEnd;
        }
        cut(newEnd, Cut.TRUNCATE);
        return newEnd;
    }

    @Override
    public void restartAt(final long offset)
    {
        checkNotFailed();
        cut(offset, Cut.RESTART);
    }

    /**
     * Drops whole segments below an offset: retention. Durable on return. Blocks.
     *
     * @param offset not above LEO, nor above the high watermark (R8.4)
     * @return the new log start, at or below the offset
     */
    public long trimTo(final long offset)
    {
        checkUsable();
        final Segments before = segments;
        final Segments after = before.from(Math.min(offset, logEnd));
        final long newStart = Math.max(logStart, after.base(0));
        if (newStart > logStart)
        {
            changeDurably(() ->
            {
                announceSegments();
                manifest.epochs(epochs).logStart(newStart).force();
                context.crashHook().afterStep("log start recorded");
                logStart = newStart;
                segments = after;
                epochs.trimTo(newStart);
                lastEpoch = logEnd > newStart ? lastEpoch : EpochHistory.NULL_EPOCH;
                files.deleteSegments(before, after, -1);
                queue.refresh();
                context.crashHook().afterStep("segments deleted");
            });
        }
        return logStart;
    }

    /** Forces everything and leaves a mark that no scan is needed next time. Blocks. */
    @Override
    public void close()
    {
        if (isClosed)
        {
            return;
        }
        final boolean leavesMark = queue != null && !isFailed && manifest != null;
        try
        {
            if (leavesMark)
            {
                sync();
            }
            release();
            if (leavesMark && !isFailed)
            {
                announceSegments();
                manifest.epochs(epochs).closed(logEnd, lastExcerpt).force();
            }
        }
        catch (final IOException ex)
        {
            fail(ex);
        }
        finally
        {
            kill();
        }
    }

    /** Gives every map and handle back, and nothing else: on disk it looks as if the process had been killed. */
    public void kill()
    {
        if (!isClosed)
        {
            isClosed = true;
            release();
            reader.close();
            Durable.closeQuietly(manifest);
        }
    }

    /**
     * The conductor's share, in small portions. Beside the owner.
     *
     * @param nowNs monotonic time
     * @return work count
     */
    int doHousekeeping(final long nowNs)
    {
        if (queue == null || isFailed || isClosed)
        {
            return 0;
        }
        int workCount = 0;
        try
        {
            letOldSegmentGo();
            if (context.pretouch())
            {
                workCount += pretouch();
            }
            if (nowNs - lastSyncNs >= context.syncIntervalNs())
            {
                lastSyncNs = nowNs;
                workCount += logEnd > synced ? sync() : 0;
            }
        }
        catch (final IOException | RuntimeException | InternalError ex)
        {
            fail(ex);
        }
        return workCount;
    }

    /** Forces what was appended, now; the conductor's. */
    int sync() throws IOException
    {
        final long end = logEnd;
        final Segments current = segments;
        for (int i = Math.max(0, current.indexOf(synced)); i < current.size(); i++)
        {
            files.force(current.cycle(i));
        }
        synchronized (epochs)
        {
            for (int i = 0; i < epochs.size(); i++)
            {
                // A batch that begins an epoch carries it, but only until the scan starts behind it.
                if (epochs.startOffset(i) <= end && epochs.epoch(i) > manifest.epochs().latestEpoch())
                {
                    manifest.epoch(epochs.epoch(i), epochs.startOffset(i));
                }
            }
        }
        if (current != forcedSegments)
        {
            announceSegments(current);
            manifest.force();
            Durable.forceDirectory(directory);
            forcedSegments = current;
        }
        manifest.synced(end).write();
        synced = end;
        if (manifest.isWorthCompacting())
        {
            synchronized (segmentLock)
            {
                manifest = manifest.compact();
            }
        }
        return 1;
    }

    private void open(final long highWatermark) throws IOException
    {
        files.createDirectory();
        manifest = Manifest.open(directory, key);
        logStart = manifest.logStart();
        segments = manifest.segments();
        if (!manifest.found())
        {
            files.deleteUnknown(segments, -1);
            recovery = new RecoveryReport(RecoveryReport.Outcome.CREATED, 0, 0, highWatermark, 0, 0, "");
        }
        else if (manifest.closedAt() >= 0 && manifest.closedAt() >= highWatermark &&
            files.endsAt(key, segments, manifest.closedPosition(), manifest.closedAt()))
        {
            logEnd = manifest.closedAt();
            lastExcerpt = manifest.closedPosition();
            position = files.positionBehind(segments.lastCycle(), lastExcerpt);
            copyEpochs(manifest.epochs());
            files.deleteUnknown(segments, -1);
            recovery = new RecoveryReport(
                RecoveryReport.Outcome.CLEAN, logStart, logEnd, highWatermark, logEnd, 0, "");
        }
        else
        {
            recover(highWatermark);
        }
        lastEpoch = logEnd > logStart ? epochs.epochAt(logEnd - 1) : EpochHistory.NULL_EPOCH;
        synced = Math.min(manifest.synced(), logEnd);
        checkedFrom = logEnd;
        if (!recovery.isDamaged())
        {
            manifest.opened().write();
            openQueue(segments.lastCycle());
        }
    }

    private void recover(final long highWatermark) throws IOException
    {
        final Recovery scan = new Recovery(directory, key, manifest).scan();
        logEnd = scan.logEnd();
        copyEpochs(scan.epochs());
        if (logEnd < highWatermark)
        {
            segments = scan.segments();
            recovery = scan.report(RecoveryReport.Outcome.DAMAGED, highWatermark);
            return;
        }
        recovery = scan.report(RecoveryReport.Outcome.RECOVERED, highWatermark);
        segments = scan.segments();
        writeCut(logEnd, Cut.RECOVER);
        context.crashHook().afterStep("recovery recorded");
        retireOldFiles();
    }

    private void cut(final long newEnd, final Cut kind)
    {
        changeDurably(() ->
        {
            final Segments before = segments;
            writeCut(newEnd, kind);
            context.crashHook().afterStep("cut recorded");
            if (kind == Cut.RESTART)
            {
                logStart = newEnd;
                producerSnapshots.clear();
            }
            else
            {
                producerSnapshots.truncateTo(newEnd);
            }
            context.crashHook().afterStep("snapshots deleted");
            logEnd = newEnd;
            checkedFrom = Math.min(checkedFrom, newEnd);
            synced = kind == Cut.RESTART ? newEnd : Math.min(synced, newEnd);
            lastEpoch = newEnd > logStart ? epochs.epochAt(newEnd - 1) : EpochHistory.NULL_EPOCH;
            if (queue == null)
            {
                retireOldFiles();
                openQueue(segments.lastCycle());
            }
            else
            {
                synchronized (segmentLock)
                {
                    letOldSegmentGo();
                    dropPrepared();
                    prepared = queue.prepare(segments.lastCycle());
                }
                context.crashHook().afterStep("segment created");
                queue.roll(segments.lastCycle());
                files.deleteSegments(before, segments, -1);
                files.deleteUnknown(segments, -1);
                queue.refresh();
            }
            context.crashHook().afterStep("segments deleted");
        });
    }

    private enum Cut
    {
        /** Everything at or above the new end goes, and the epochs that start there. */
        TRUNCATE,
        /** Everything goes. */
        RESTART,
        /** Everything is kept, an epoch without records at the very end too; only the segment changes. */
        RECOVER
    }

    /** One force makes the cut and the segment to go on in durable; see {@link Manifest}. */
    private void writeCut(final long newEnd, final Cut kind) throws IOException
    {
        announceSegments();
        final int fresh = manifest.nextCycle();
        if (kind == Cut.RESTART)
        {
            epochs.clear();
            manifest.restarted(newEnd);
            segments = new Segments(new int[0], new long[0]);
        }
        else
        {
            manifest.truncated(newEnd);
            if (kind == Cut.TRUNCATE)
            {
                epochs.truncateTo(newEnd);
            }
            manifest.epochs(epochs);
            segments = segments.below(newEnd);
        }
        manifest.segment(fresh, newEnd).force();
        segments = segments.with(fresh, newEnd);
        position = 0;
        lastExcerpt = SegmentFile.END;
    }

    /** What an unknown end has written to is out of Chronicle's sight from now on, and so is its table. */
    private void retireOldFiles() throws IOException
    {
        files.retire(segments, Math.max(0, segments.indexOf(manifest.synced())));
        context.crashHook().afterStep("segments retired");
        files.deleteUnknown(segments, -1);
        files.deleteTable();
        context.crashHook().afterStep("unknown files deleted");
    }

    private void openQueue(final int cycle) throws IOException
    {
        final long blockBytes = 2L * context.segmentBytes();
        queue = new SegmentQueue(directory, blockBytes, cycle);
        held = queue.prepare(cycle);
        if (context.pretouch())
        {
            queue.touch(held, position + PRETOUCH_MIN_BYTES);
        }
    }

    private long append(
        final DirectBuffer buffer, final int offset, final int length, final int leaderEpoch, final long baseOffset)
    {
        final long end = logEnd;
        if (queue == null || isFailed)
        {
            return Codes.STORAGE_ERROR;
        }
        if (length > context.maxBatchBytes())
        {
            return Codes.RECORD_TOO_LARGE;
        }
        if (length < BatchDescriptor.HEADER_LENGTH || (length & BatchDescriptor.ALIGNMENT - 1) != 0 ||
            buffer.getInt(offset + BatchDescriptor.LENGTH_OFFSET, LITTLE_ENDIAN) != length)
        {
            return Codes.INVALID_BATCH;
        }
        final int delta = buffer.getInt(offset + BatchDescriptor.LAST_OFFSET_DELTA_OFFSET, LITTLE_ENDIAN);
        if (delta < 0)
        {
            return Codes.INVALID_BATCH;
        }
        final int latestEpoch = epochs.latestEpoch();
        if (leaderEpoch < latestEpoch)
        {
            return Codes.FENCED_LEADER_EPOCH;
        }
        try
        {
            final Segments rolled = position >= context.segmentBytes() ? roll(length, end) : null;
            final long excerpt = queue.append(buffer, offset, length, key, baseOffset, leaderEpoch);
            if (rolled != null)
            {
                segments = rolled;
            }
            lastExcerpt = (int)excerpt;
            position = excerpt + SegmentFile.BATCH_OFFSET + length;
        }
        catch (final IOException | RuntimeException | InternalError ex)
        {
            return fail(ex);
        }
        if (leaderEpoch != latestEpoch)
        {
            addEpoch(leaderEpoch, end);
        }
        lastEpoch = leaderEpoch;
        logEnd = end + delta + 1;
        return logEnd;
    }

    /**
     * A full segment is left as soon as the next one is ready; at the end of its mapping the owner makes the next one itself.
     *
     * @return the segments from the next append on, or null to stay
     */
    private Segments roll(final int length, final long end) throws IOException
    {
        final Segments current = segments;
        SegmentQueue.Prepared next = prepared;
        if (next == null || next.cycle() == current.lastCycle())
        {
            if (position + length + SegmentFile.BATCH_OFFSET <= queue.capacity())
            {
                return null;
            }
            next = prepareNext();
        }
        queue.roll(next.cycle());
        return current.with(next.cycle(), end);
    }

    private SegmentQueue.Prepared prepareNext() throws IOException
    {
        synchronized (segmentLock)
        {
            letOldSegmentGo();
            if (prepared == null)
            {
                // Only the newest segment may be one whose base must be found by looking.
                announceSegments();
                final int cycle = manifest.nextCycle();
                manifest.segment(cycle, Manifest.FOLLOWS).write();
                context.crashHook().afterStep("segment announced");
                prepared = queue.prepare(cycle);
                context.crashHook().afterStep("segment prepared");
            }
            return prepared;
        }
    }

    private void letOldSegmentGo()
    {
        final SegmentQueue.Prepared next = prepared;
        if (next != null && next.cycle() == segments.lastCycle() && position > 0)
        {
            synchronized (segmentLock)
            {
                if (prepared == next)
                {
                    queue.release(held);
                    held = next;
                    prepared = null;
                    pretouchBytes = PRETOUCH_MIN_BYTES;
                }
            }
        }
    }

    private void dropPrepared()
    {
        if (prepared != null)
        {
            queue.release(prepared);
            prepared = null;
        }
    }

    /** Keeps touched pages ahead of the writer: further ahead the faster it goes, and little for a log that stands still. */
    private int pretouch() throws IOException
    {
        final long at = position;
        int pages = 0;
        if (prepared == null && at > context.segmentBytes() / 2)
        {
            pages += queue.touch(prepareNext(), PRETOUCH_MIN_BYTES);
        }
        if (prepared == null || prepared.cycle() != segments.lastCycle())
        {
            if (held.touchedTo() - at < pretouchBytes / 2 && at > 0)
            {
                pages += queue.touch(held, at + pretouchBytes);
                pretouchBytes = Math.min(pretouchBytes * 2, PRETOUCH_MAX_BYTES);
            }
        }
        return pages > 0 ? 1 : 0;
    }

    private void addEpoch(final int epoch, final long startOffset)
    {
        synchronized (epochs)
        {
            epochs.add(epoch, startOffset);
        }
    }

    private void copyEpochs(final EpochHistory history)
    {
        epochs.clear();
        for (int i = 0; i < history.size(); i++)
        {
            epochs.add(history.epoch(i), history.startOffset(i));
        }
    }

    private void announceSegments()
    {
        announceSegments(segments);
    }

    private void announceSegments(final Segments current)
    {
        for (int i = 0; i < current.size(); i++)
        {
            if (!manifest.segments().containsCycle(current.cycle(i)))
            {
                manifest.segment(current.cycle(i), current.base(i));
            }
        }
    }

    private void release()
    {
        if (queue != null)
        {
            dropPrepared();
            if (held != null)
            {
                queue.release(held);
                held = null;
            }
            queue.close();
            queue = null;
        }
    }

    private void checkUsable()
    {
        checkNotFailed();
        if (queue == null)
        {
            throw new IllegalStateException("partition " + PartitionKey.toString(key) + " is " +
                (isClosed ? "closed" : "damaged: " + recovery.reason()));
        }
    }

    private void checkNotFailed()
    {
        if (isFailed || isClosed)
        {
            throw new IllegalStateException(
                "partition " + PartitionKey.toString(key) + (isClosed ? " is closed" : " has failed before"));
        }
    }

    private int fail(final Throwable cause)
    {
        if (!isFailed)
        {
            isFailed = true;
            context.errorHandler().onError(new IllegalStateException(
                "log of partition " + PartitionKey.toString(key) + " in " + directory + " failed", cause));
        }
        return Codes.STORAGE_ERROR;
    }

    private interface Change
    {
        void make() throws IOException;
    }

    private void changeDurably(final Change change)
    {
        try
        {
            change.make();
        }
        catch (final IOException ex)
        {
            fail(ex);
            throw new UncheckedIOException(
                "log of partition " + PartitionKey.toString(key) + " in " + directory + " failed", ex);
        }
    }
}
