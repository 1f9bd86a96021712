package io.syncline.journal;

import org.agrona.ErrorHandler;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The low-water mark of a device (RELIABILITY D2). While less than {@code log.free.bytes.min} is free under
 * {@code log.dir} no log there takes a batch or goes ahead of its writer: what is left is for manifests, snapshots and
 * the segments that are begun, and no store meets a device that is full. Nothing has failed, so nothing is repaired;
 * once there is room again, by retention or by a person's hand, logs go on where they are.
 * <p>
 * Looked at by the log keeper; everybody else reads a flag.
 */
public final class FreeSpace
{
    private static final long INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Path directory;
    private final long minBytes;
    private final LongSupplier usableBytes;
    private final ErrorHandler errorHandler;
    private volatile boolean isLow;
    private long nextLookNs;
    private boolean isClockKnown;

    FreeSpace(
        final Path directory, final long minBytes, final LongSupplier usableBytes, final ErrorHandler errorHandler)
    {
        this.directory = directory;
        this.minBytes = minBytes;
        this.usableBytes = usableBytes;
        this.errorHandler = errorHandler;
    }

    /** @return true while nothing is appended; any thread */
    boolean isLow()
    {
        return isLow;
    }

    /**
     * The log keeper's turn: one system call every now and then. Says once when appending stops, and once when it goes
     * on.
     *
     * @param nowNs monotonic time
     * @return work count
     */
    public int doWork(final long nowNs)
    {
        if (minBytes == 0 || isClockKnown && nowNs - nextLookNs < 0)
        {
            return 0;
        }
        isClockKnown = true;
        nextLookNs = nowNs + INTERVAL_NS;
        final long usable = usableBytes.getAsLong();
        final boolean isLowNow = usable < minBytes;
        if (isLowNow != isLow)
        {
            isLow = isLowNow;
            errorHandler.onError(new IllegalStateException("log.dir " + directory + " has " + usable + " bytes free, " +
                (isLowNow ? "below" : "not below") + " log.free.bytes.min=" + minBytes + ": " + (isLowNow ?
                "nothing is appended here until there is more; free some, or give topics a retention" :
                "appending goes on")));
            return 1;
        }
        return 0;
    }
}
