package io.syncline.journal;

import io.syncline.replica.EpochHistory;

import java.io.IOException;

/**
 * Makes what was appended durable every now and then, on the conductor's thread, beside the log's owner; and knows how far that
 * has come. Order matters: the segments' pages, then what they mean, then the claim that they are synced.
 */
final class LogSyncer
{
    private final JournalContext context;
    private final LogFiles files;
    private final Manifest manifest;
    private final LogState state;
    private volatile long synced;
    // The conductor's.
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

    /** @return true when there is something to force, and it is time */
    boolean isDue(final long nowNs)
    {
        if (!isClockKnown)
        {
            // Monotonic time has no zero to count from, and may be negative.
            isClockKnown = true;
            lastSyncNs = nowNs - context.syncIntervalNs();
        }
        return nowNs - lastSyncNs >= context.syncIntervalNs() && state.logEnd() > synced;
    }

    /** Forces what was appended, now. */
    void sync(final long nowNs) throws IOException
    {
        lastSyncNs = nowNs;
        sync();
    }

    /** Forces what was appended, now. */
    void sync() throws IOException
    {
        // In this order: these segments hold everything below this end.
        final long end = state.logEnd();
        final Segments current = state.segments();
        for (int i = Math.max(0, current.indexOf(synced)); i < current.size(); i++)
        {
            files.force(current.cycle(i));
        }
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

    /** The conductor's, as the owner: the log was found, or cut. */
    void onMoved(final long newSynced)
    {
        synced = newSynced;
    }
}
