package io.syncline.journal;

import io.syncline.replica.EpochHistory;
import org.agrona.LangUtil;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Makes what was appended durable every now and then, beside the log's owner, and knows how far that has come. Order
 * matters: the segments' pages, then what they mean, then the claim that they are synced. The conductor begins a force
 * and ends it; the pages are forced by the context's sync executor in between, because that takes as long as the device
 * likes, and the owner waits for the conductor to reserve room.
 * <pre>
 *          begin, when due              pages forced              end, on a later turn
 *   IDLE -------------------> FORCING --------------> FORCED --------------------------> IDLE
 * </pre>
 * What is forced is read-only until the next store to it, which faults, and waits for the file system where that
 * is busy with a force. So a force leaves alone what the owner goes on writing to: of the segment that is written to it
 * takes the whole chunks behind what was forced before, and claims the end that an earlier force has marked and that
 * lies below them by now. A chunk rather than a page: what was written at once the kernel may keep as one (a large
 * folio), and then makes all of it read-only.
 * <pre>
 *                 forced before       mark: an end, and where it lies    written
 *   |-----------------|-------------------|------------------------|-------|--- - -
 *                     |<- this force ----------------------------->|
 *                      claims the marked end, and marks the present one; last chunk: the owner's
 * </pre>
 * To the last byte goes a force of a log at level fsynced, where acknowledgements wait for it, of one that is quiet, of
 * one so slow that its mark stays in the last chunk for {@link #MARK_MAX_FORCES} forces, and of one that is closed.
 */
final class LogSyncer
{
    /** Forces in a row that may leave a mark unclaimed. */
    static final int MARK_MAX_FORCES = 5;

    private static final long AWAIT_PAUSE_NS = TimeUnit.MICROSECONDS.toNanos(100);
    private static final long NULL_OFFSET = -1;
    private static final int NO_CYCLE = -1;
    /** In the place of what was written: no segment is left in part. */
    private static final long EVERY_PAGE = -1;

    private final JournalContext context;
    private final LogFiles files;
    private final Manifest manifest;
    private final LogState state;
    private final SegmentWriter writer;
    private volatile long synced;
    private volatile boolean isForced;
    private volatile Throwable failure;
    private volatile boolean isFsynced;
    private volatile boolean isWanted;
    // The conductor's; the executor reads what is being forced.
    private boolean isForcing;
    private boolean isVoid;
    private Segments forcing;
    private long forcingTo;
    private long claim;
    private int partCycle = NO_CYCLE;
    private long partFrom;
    private long markEnd = NULL_OFFSET;
    private long markWritten;
    private int markForces;
    private Segments forced;
    private long lastSyncNs;
    private boolean isClockKnown;

    LogSyncer(
        final JournalContext context, final LogFiles files, final Manifest manifest, final LogState state,
        final SegmentWriter writer)
    {
        this.writer = writer;
        this.context = context;
        this.files = files;
        this.manifest = manifest;
        this.state = state;
    }

    /** @return the part known to be on stable storage, exclusive; any thread */
    long synced()
    {
        return synced;
    }

    /**
     * Any thread.
     *
     * @param isFsynced true where acknowledgements wait for what is forced: a force then follows upon the other while
     *                  anything is appended, each for all that came meanwhile (group commit)
     */
    void fsynced(final boolean isFsynced)
    {
        this.isFsynced = isFsynced;
    }

    /** The owner's, behind an append: at level fsynced the conductor is woken up, once for each force. */
    void onAppended()
    {
        if (isFsynced && !isWanted)
        {
            isWanted = true;
            context.wakeUp().run();
        }
    }

    /**
     * The conductor's turn: begins a force when it is time, ends one whose pages are on the device.
     *
     * @param nowNs monotonic time
     * @return work count
     * @throws IOException when the device refused: what was appended is not durable, now or ever
     */
    int doWork(final long nowNs) throws IOException
    {
        if (isForcing)
        {
            return isForced ? end() : 0;
        }
        if (!isDue(nowNs))
        {
            return 0;
        }
        lastSyncNs = nowNs;
        begin(isFsynced);
        context.syncExecutor().execute(this::forceForConductor);
        return isForced ? end() : 1;
    }

    /** Forces what was appended, now, on the calling thread: the conductor's, as the owner. */
    void sync() throws IOException
    {
        awaitPages();
        if (isForcing)
        {
            // A force that failed is not made good by another one: the pages may have been dropped.
            end();
        }
        begin(true);
        // What Chronicle wrote between the batches goes with them.
        forcingTo = EVERY_PAGE;
        forcePages();
        end();
    }

    private boolean isDue(final long nowNs)
    {
        if (!isClockKnown)
        {
            // Monotonic time has no zero to count from, and may be negative.
            isClockKnown = true;
            lastSyncNs = nowNs - context.syncIntervalNs();
        }
        final long intervalNs = isFsynced ? context.groupCommitNs() : context.syncIntervalNs();
        return nowNs - lastSyncNs >= intervalNs && state.logEnd() > synced;
    }

    private void begin(final boolean toTheLastByte)
    {
        isWanted = false;
        // In this order: what is written lies behind everything below this end, and these segments hold it.
        final long end = state.logEnd();
        final long written = state.written();
        forcing = state.segments();
        final boolean isMarkLeft = markEnd == end || markForces == MARK_MAX_FORCES;
        if (toTheLastByte || isMarkLeft)
        {
            forcingTo = written;
            claim = end;
            mark(NULL_OFFSET, 0);
        }
        else
        {
            forcingTo = written & -SegmentStore.CHUNK_BYTES;
            writer.leave(LogState.cycle(written), partStart(written), LogState.position(forcingTo));
            claim = markEnd != NULL_OFFSET && markWritten <= forcingTo ? markEnd : NULL_OFFSET;
            markForces++;
            if (claim == markEnd)
            {
                mark(end, written);
            }
        }
        failure = null;
        isForced = false;
        isVoid = false;
        isForcing = true;
    }

    private long partStart(final long written)
    {
        return LogState.cycle(written) == partCycle ? partFrom : 0;
    }

    private void mark(final long end, final long written)
    {
        markEnd = end;
        markWritten = written;
        markForces = 0;
    }

    /** The executor's: the conductor may be asleep. */
    private void forceForConductor()
    {
        forcePages();
        context.wakeUp().run();
    }

    /** The executor's, or the conductor's own. */
    private void forcePages()
    {
        try
        {
            final int cycle = LogState.cycle(forcingTo);
            for (int i = Math.max(0, forcing.indexOf(synced)); i < forcing.size(); i++)
            {
                if (forcing.cycle(i) == cycle)
                {
                    files.force(cycle, partStart(forcingTo), LogState.position(forcingTo));
                }
                else
                {
                    files.force(forcing.cycle(i));
                }
            }
        }
        catch (final IOException | RuntimeException | Error ex)
        {
            failure = ex;
        }
        finally
        {
            isForced = true;
        }
    }

    private int end() throws IOException
    {
        isForcing = false;
        if (failure != null)
        {
            LangUtil.rethrowUnchecked(failure);
        }
        if (!isVoid)
        {
            partCycle = LogState.cycle(forcingTo) == forcing.lastCycle() ? forcing.lastCycle() : NO_CYCLE;
            partFrom = LogState.position(forcingTo) & -SegmentStore.CHUNK_BYTES;
            if (claim > synced)
            {
                claim(forcing, claim);
            }
        }
        return 1;
    }

    private void claim(final Segments current, final long end) throws IOException
    {
        final EpochHistory epochs = state.epochs();
        synchronized (epochs)
        {
            // A batch that begins an epoch carries it, but only until the scan starts behind it.
            manifest.epochs(epochs, end);
        }
        if (current != forced)
        {
            manifest.segments(current).force();
            files.forceNames();
            forced = current;
        }
        manifest.synced(end).write();
        synced = end;
        manifest.compactAbove(context.compactAtRecords());
    }

    /** Waits for what the executor forces: it uses files that may be about to go. */
    void awaitPages()
    {
        boolean isInterrupted = false;
        while (isForcing && !isForced)
        {
            isInterrupted |= Thread.interrupted();
            LockSupport.parkNanos(AWAIT_PAUSE_NS);
        }
        if (isInterrupted)
        {
            Thread.currentThread().interrupt();
        }
    }

    /** The conductor's, as the owner: the log was found, or cut. */
    void onMoved(final long newSynced)
    {
        // What is being forced may be what was cut.
        isVoid = true;
        mark(NULL_OFFSET, 0);
        partCycle = NO_CYCLE;
        synced = newSynced;
    }
}
