package io.syncline.client;

import org.agrona.concurrent.EpochNanoClock;
import org.agrona.concurrent.SystemEpochNanoClock;

import java.util.concurrent.TimeUnit;

/**
 * Nanoseconds since 1970 for every record, without allocating: the JDK tells them finer than a millisecond through an
 * object only. Counts on from the monotonic clock, and looks at the wall clock now and then: where the two have come
 * apart by more than the wall clock's milliseconds explain, somebody has set it, and this follows. Belongs to one
 * thread.
 */
final class RecordClock implements EpochNanoClock
{
    private static final long CHECK_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long TOLERANCE_NS = TimeUnit.MILLISECONDS.toNanos(2);

    private long offsetNs = Long.MIN_VALUE;
    private long nextCheckNs;

    @Override
    public long nanoTime()
    {
        return at(System.nanoTime());
    }

    /**
     * @param nowNs of the monotonic clock that {@link System#nanoTime()} reads, just now: one reading serves both
     * @return what this clock shows then
     */
    long at(final long nowNs)
    {
        if (offsetNs == Long.MIN_VALUE)
        {
            offsetNs = SystemEpochNanoClock.INSTANCE.nanoTime() - nowNs;
            nextCheckNs = nowNs + CHECK_INTERVAL_NS;
        }
        else if (nowNs - nextCheckNs >= 0)
        {
            nextCheckNs = nowNs + CHECK_INTERVAL_NS;
            offsetNs = follow(offsetNs, nowNs, TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()));
        }
        return nowNs + offsetNs;
    }

    /** @return the offset from the monotonic to the wall clock from now on */
    static long follow(final long offsetNs, final long nowNs, final long wallNs)
    {
        return Math.abs(wallNs - nowNs - offsetNs) > TOLERANCE_NS ? wallNs - nowNs : offsetNs;
    }
}
