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
 */
final class LogSyncer
{
    private static final long AWAIT_PAUSE_NS = TimeUnit.MICROSECONDS.toNanos(100);

    private final JournalContext context;
    private final LogFiles files;
    private final Manifest manifest;
    private final LogState state;
    private volatile long synced;
    private volatile boolean isForced;
    private volatile Throwable failure;
    // The conductor's.
    private boolean isForcing;
    private boolean isVoid;
    private Segments forcing;
    private long forcingTo;
    private Segments forced;
    private long lastSyncNs;
    private boolean isClockKnown;

    LogSyncer(final JournalContext context, final LogFiles files, final Manifest manifest, final LogState state)
    {
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
        begin();
        context.syncExecutor().execute(this::forcePages);
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
        begin();
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
        return nowNs - lastSyncNs >= context.syncIntervalNs() && state.logEnd() > synced;
    }

    private void begin()
    {
        // In this order: these segments hold everything below this end.
        forcingTo = state.logEnd();
        forcing = state.segments();
        failure = null;
        isForced = false;
        isVoid = false;
        isForcing = true;
    }

    /** The executor's. */
    private void forcePages()
    {
        try
        {
            for (int i = Math.max(0, forcing.indexOf(synced)); i < forcing.size(); i++)
            {
                files.force(forcing.cycle(i));
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
            claim(forcing, forcingTo);
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
        synced = newSynced;
    }
}
