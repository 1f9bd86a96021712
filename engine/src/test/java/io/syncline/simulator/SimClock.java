package io.syncline.simulator;

import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.EpochNanoClock;
import org.agrona.concurrent.NanoClock;

import java.util.function.LongSupplier;

/** Virtual time, and clocks that show it as wrongly as clocks may (P6). */
final class SimClock
{
    /** Wall clock of the beginning. */
    static final long EPOCH_MS = 1_750_000_000_000L;

    private long nowNs;

    long nowNs()
    {
        return nowNs;
    }

    /** Time passes to then; it never goes back. */
    void advanceTo(final long atNs)
    {
        nowNs = Math.max(nowNs, atNs);
    }

    /**
     * @param baseNs     where it begins, anywhere
     * @param partsOf1e6 how much faster it runs, in millionths
     * @return a monotonic clock
     */
    NanoClock nanoClock(final long baseNs, final int partsOf1e6)
    {
        return () -> baseNs + nowNs + nowNs / 1_000_000 * partsOf1e6;
    }

    /** @return a wall clock that is wrong by so much, now by this and then by that */
    EpochClock epochClock(final LongSupplier offsetMs)
    {
        return () -> EPOCH_MS + offsetMs.getAsLong() + nowNs / 1_000_000;
    }

    /** @return a wall clock for records */
    EpochNanoClock epochNanoClock()
    {
        return () -> 1_750_000_000_000_000_000L + nowNs;
    }
}
