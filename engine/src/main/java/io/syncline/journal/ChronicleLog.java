package io.syncline.journal;

import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;
import io.syncline.record.BatchDescriptor;
import io.syncline.replica.EpochHistory;
import io.syncline.replica.ReplicaLog;
import io.syncline.replica.Retention;
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
 * {@code restartAt} and {@code close} to the log keeper while it is the owner; {@link LogHousekeeping}, {@code retain}
 * and {@code trimTo} are the keeper's too, and run beside the owner. {@link #synced()}, {@link #segmentStart} and
 * {@link #newReader()} are for any thread. The only lock an append can meet is taken when a batch begins a new epoch or
 * a segment.
 */
public final class ChronicleLog implements ReplicaLog, AutoCloseable
{
    private final JournalContext context;
    private final long key;
    private final Path directory;
    private final LogFiles files;
    private final Manifest manifest;
    private final LogState state = new LogState();
    private final SegmentWriter writer;
    private final LogSyncer syncer;
    private final Truncation truncation;
    private final LogReads reads;
    private final ProducerSnapshots producerSnapshots;
    private final LogRetention retention;
    private final UnsafeBuffer batchView = new UnsafeBuffer(0, 0);
    private final LogHealth health;
    private RecoveryReport recovery;
    private boolean isClosed;

    private ChronicleLog(final JournalContext context, final long key, final LogFiles files, final Manifest manifest)
    {
        this.context = context;
        this.key = key;
        this.files = files;
        this.manifest = manifest;
        directory = JournalLayout.partition(context.directory(), key);
        health = new LogHealth(key, directory, context.errorHandler());
        reads = new LogReads(context.disk(), key, directory, state, health);
        producerSnapshots = new ProducerSnapshots(context.disk(), directory);
        writer = new SegmentWriter(context, key, directory, manifest, state, this::goAhead);
        syncer = new LogSyncer(context, files, manifest, state, writer);
        truncation = new Truncation(context, files, manifest, state, producerSnapshots);
        retention = new LogRetention(context, directory, files, manifest, state, syncer, producerSnapshots);
    }

    /**
     * Opens a partition's log, or creates it. Blocks: scans what was not synced when its last owner did not close it
     * (R8.2). The caller holds the {@link DirectoryLock}.
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
        final Path directory = JournalLayout.partition(context.directory(), key);
        final LogFiles files = new LogFiles(context.disk(), directory);
        ChronicleLog log = null;
        try
        {
            files.createDirectory();
            log = new ChronicleLog(context, key, files, Manifest.open(context.disk(), directory, key));
            log.load(highWatermark);
            return log;
        }
        catch (final IOException ex)
        {
            killQuietly(log);
            throw new UncheckedIOException("cannot open " + directory + ": " + ex.getMessage(), ex);
        }
        catch (final RuntimeException ex)
        {
            killQuietly(log);
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
        return health.isFailed();
    }

    /** @return why {@link #isFailed()}, "" while it has not; any thread */
    public String failure()
    {
        return health.failure();
    }

    /** @return what is damaged of what was whole when this log was opened, "" while nothing is known to be; any thread */
    public String damage()
    {
        return health.damage();
    }

    /**
     * Looks itself at what another thread could not read: who reads beside a cut may have met what was about to go. The
     * log keeper's, which is who cuts. Blocks where there is something to look at.
     */
    public void checkSuspicion()
    {
        final long suspect = state.suspectOffset();
        if (suspect >= 0 && health.damage().isEmpty() && !health.isFailed() && !isClosed)
        {
            state.suspect(-1);
            try (LogReader look = newReader())
            {
                final int code = look.read(suspect, Long.MAX_VALUE, new UnsafeBuffer(0, 0));
                state.suspect(-1);
                if (code == Codes.CORRUPT_BATCH)
                {
                    health.damaged(suspect, state.logStart(), state.logEnd());
                }
                else if (code == Codes.STORAGE_ERROR)
                {
                    health.fail(new IOException("cannot read offset " + suspect));
                }
            }
        }
    }

    /** @return times the owner had to open the next segment's file itself: 0 while housekeeping keeps up; any thread */
    public long unpreparedRolls()
    {
        return writer.unpreparedRolls();
    }

    /** @return times the owner had to make room on the device itself: few while housekeeping keeps up; any thread */
    public long unreservedAppends()
    {
        return writer.unreservedAppends();
    }

    /**
     * Any thread.
     *
     * @param offset in the log
     * @return where the segment begins that holds it; the beginning of a batch
     */
    public long segmentStart(final long offset)
    {
        final Segments current = state.segments();
        return current.base(Math.max(0, current.indexOf(offset)));
    }

    /** @return the producer tables that were saved beside this log; the conductor's */
    public ProducerSnapshots producerSnapshots()
    {
        return producerSnapshots;
    }

    LogState state()
    {
        return state;
    }

    /** @return a reader for another thread; outlives segments, but must be closed by its user */
    public LogReader newReader()
    {
        return reads.newReader();
    }

    @Override
    public long logStart()
    {
        return state.logStart();
    }

    @Override
    public long logEnd()
    {
        return state.logEnd();
    }

    @Override
    public long synced()
    {
        return syncer.synced();
    }

    /**
     * Any thread.
     *
     * @param isFsynced true where acknowledgements wait for {@link #synced()}: the log is forced as soon as there is
     *                  something to force, for all that has come meanwhile; false where it is forced every now and then
     */
    public void fsynced(final boolean isFsynced)
    {
        syncer.fsynced(isFsynced);
    }

    @Override
    public int lastEpoch()
    {
        return state.lastEpoch();
    }

    @Override
    public EpochHistory epochs()
    {
        return state.epochs();
    }

    @Override
    public long appendAsLeader(
        final DirectBuffer buffer, final int offset, final int length, final int leaderEpoch)
    {
        return append(buffer, offset, length, leaderEpoch, state.logEnd());
    }

    @Override
    public long appendAsFollower(final DirectBuffer buffer, final int offset, final int length)
    {
        if (length < BatchDescriptor.HEADER_LENGTH)
        {
            return !isWritable() ? Codes.STORAGE_ERROR : Codes.INVALID_BATCH;
        }
        final int epoch = buffer.getInt(offset + BatchDescriptor.LEADER_EPOCH_OFFSET, LITTLE_ENDIAN);
        if (buffer.getLong(offset + BatchDescriptor.BASE_OFFSET_OFFSET, LITTLE_ENDIAN) != state.logEnd())
        {
            return !isWritable() ? Codes.STORAGE_ERROR : Codes.OFFSET_OUT_OF_RANGE;
        }
        return append(buffer, offset, length, epoch, -1);
    }

    @Override
    public int read(final long offset, final UnsafeBuffer view)
    {
        return reads.read(offset, view);
    }

    @Override
    public void startEpoch(final int leaderEpoch)
    {
        checkUsable();
        final EpochHistory epochs = state.epochs();
        if (leaderEpoch <= epochs.latestEpoch())
        {
            throw new IllegalStateException(
                "epoch " + leaderEpoch + " is not above the latest, " + epochs.latestEpoch() + " (R1.6)");
        }
        health.change(() ->
        {
            manifest.epochs(epochs).epoch(leaderEpoch, state.logEnd()).force();
            state.addEpoch(leaderEpoch, state.logEnd());
        });
        context.crashHook().afterStep("epoch recorded");
    }

    @Override
    public long truncateTo(final long offset)
    {
        checkNotFailed();
        final long logEnd = state.logEnd();
        if (offset < state.logStart() || offset > logEnd)
        {
            throw new IllegalArgumentException(
                "offset " + offset + " is not within " + state.logStart() + " to " + logEnd);
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
        else if (writer.isOpen() && !endsWithEmptyEpoch())
        {
            return logEnd;
        }
        final long end = newEnd;
        goOnElsewhere(() -> truncation.truncate(end));
        return end;
    }

    @Override
    public void restartAt(final long offset)
    {
        checkNotFailed();
        goOnElsewhere(() -> truncation.restart(offset));
    }

    @Override
    public void release(final long offset)
    {
        state.release(offset);
    }

    /** @return what lies below may go; any thread */
    public long releasedTo()
    {
        return state.releasedTo();
    }

    /**
     * R8.4: the log keeper's turn, every second or so, beside the owner. Drops the segments below what was released,
     * and where a retention is given releases what it has outlived; the log grows older by the way, see
     * {@link LogRetention}. Blocks where there is something to drop.
     *
     * @param rule          of the topic where this replica leads, {@link Retention#NONE} elsewhere
     * @param highWatermark of this replica
     * @param nowNs         monotonic time
     * @return work count
     */
    public int retain(final Retention rule, final long highWatermark, final long nowNs)
    {
        try
        {
            return isWritable() ? retention.doWork(rule, Math.min(highWatermark, state.logEnd()), nowNs) : 0;
        }
        catch (final IOException | RuntimeException | InternalError ex)
        {
            health.fail(ex);
            return 0;
        }
    }

    /**
     * Drops what lies below an offset, and the segments that nothing is left of. Durable on return. Blocks. The log
     * keeper's, beside the owner.
     *
     * @param offset the beginning of a batch; not above LEO, nor above the high watermark (R8.4)
     * @return the log start
     */
    public long trimTo(final long offset)
    {
        checkUsable();
        final long newStart = Math.min(offset, state.logEnd());
        if (newStart > state.logStart())
        {
            health.change(() -> retention.trimTo(newStart));
        }
        return state.logStart();
    }

    /** Forces everything and leaves a mark that no scan is needed next time. Blocks. */
    @Override
    public void close()
    {
        if (isClosed)
        {
            return;
        }
        final boolean leavesMark = isWritable();
        try
        {
            if (leavesMark)
            {
                syncer.sync();
            }
            writer.release();
            if (leavesMark && !health.isFailed())
            {
                retention.noteAge();
                manifest.segments(state.segments())
                    .epochs(state.epochs())
                    .closed(state.logEnd(), state.lastExcerpt())
                    .force();
            }
        }
        catch (final IOException ex)
        {
            health.fail(ex);
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
            syncer.awaitPages();
            writer.release();
            reads.close();
            Durable.closeQuietly(manifest);
        }
    }

    /**
     * Goes ahead of the owner: the conductor's, beside it.
     *
     * @return work count
     */
    int pretouch()
    {
        try
        {
            return isWritable() && !context.freeSpace().isLow() ?
                goAhead(state.segments().lastCycle(), writer.newestCycle()) + writer.pretouch() : 0;
        }
        catch (final IOException | RuntimeException | InternalError ex)
        {
            health.fail(ex);
            return 0;
        }
    }

    /** What a roll publishes, and the next segment for those who read at the end of this one. */
    private int goAhead(final int written, final int next) throws IOException
    {
        state.prepareRoll(next);
        return reads.prepare(written, next);
    }

    /**
     * Forces what was appended, when it is time: the conductor's, beside the owner.
     *
     * @param nowNs monotonic time
     * @return work count
     */
    int syncWhenDue(final long nowNs)
    {
        try
        {
            return isWritable() ? syncer.doWork(nowNs) : 0;
        }
        catch (final IOException | RuntimeException | InternalError ex)
        {
            health.fail(ex);
            return 0;
        }
    }

    private void load(final long highWatermark) throws IOException
    {
        recovery = new LogLoader(context.disk(), directory, key, files, manifest, state, truncation).load(highWatermark);
        syncer.onMoved(Math.min(manifest.synced(), state.logEnd()));
        state.writtenFrom(state.logEnd());
        if (!recovery.isDamaged())
        {
            manifest.opened().write();
            writer.open();
        }
    }

    /** The log's end moves, and writing goes on in a segment of its own. */
    private void goOnElsewhere(final LogHealth.Change change)
    {
        health.change(() ->
        {
            final Segments before = state.segments();
            change.make();
            final Segments after = state.segments();
            state.writtenFrom(Math.min(state.writtenFrom(), state.logEnd()));
            syncer.onMoved(Math.max(state.logStart(), Math.min(syncer.synced(), state.logEnd())));
            if (writer.isOpen())
            {
                writer.goOn(before);
                files.deleteSegments(before, after);
                files.deleteUnknown(after);
                writer.refresh();
            }
            else
            {
                truncation.retireOldFiles();
                writer.open();
            }
            context.crashHook().afterStep("segments deleted");
        });
    }

    private long append(
        final DirectBuffer buffer, final int offset, final int length, final int leaderEpoch, final long baseOffset)
    {
        final long end = state.logEnd();
        if (!isWritable())
        {
            return Codes.STORAGE_ERROR;
        }
        if (context.freeSpace().isLow())
        {
            return Codes.NO_SPACE;
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
        final int lastDelta = buffer.getInt(offset + BatchDescriptor.LAST_OFFSET_DELTA_OFFSET, LITTLE_ENDIAN);
        if (lastDelta < 0)
        {
            return Codes.INVALID_BATCH;
        }
        if (leaderEpoch < state.epochs().latestEpoch())
        {
            return Codes.FENCED_LEADER_EPOCH;
        }
        try
        {
            final long newEnd = end + lastDelta + 1;
            writer.append(buffer, offset, length, leaderEpoch, baseOffset, newEnd);
            syncer.onAppended();
            return newEnd;
        }
        catch (final IOException | RuntimeException | InternalError ex)
        {
            return health.fail(ex);
        }
    }

    private static void killQuietly(final ChronicleLog log)
    {
        if (log != null)
        {
            log.kill();
        }
    }

    private boolean endsWithEmptyEpoch()
    {
        final EpochHistory epochs = state.epochs();
        return epochs.size() > 0 && epochs.startOffset(epochs.size() - 1) >= state.logEnd();
    }

    private boolean isWritable()
    {
        return writer.isOpen() && !health.isFailed();
    }

    private void checkUsable()
    {
        checkNotFailed();
        if (!writer.isOpen())
        {
            throw new IllegalStateException("partition " + PartitionKey.toString(key) + " is " +
                (isClosed ? "closed" : "damaged: " + recovery.reason()));
        }
    }

    private void checkNotFailed()
    {
        if (health.isFailed() || isClosed)
        {
            throw new IllegalStateException(
                "partition " + PartitionKey.toString(key) + (isClosed ? " is closed" : " has failed before"));
        }
    }
}
