package io.syncline.broker;

import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.NanoClock;

import java.util.concurrent.locks.LockSupport;

/**
 * Awake while there is work and for a little while after it, asleep when there is none: yields for {@code awakeNs} after the
 * last work, so that records that come one every 100 us meet a running thread, then parks, longer each time, up to
 * {@code maxParkNs}. Counts in time rather than in rounds, because a round costs what the agents on the thread cost.
 */
final class AdaptiveIdleStrategy implements IdleStrategy
{
    /** Awake after work, unless told otherwise. */
    static final long DEFAULT_AWAKE_NS = 250_000;
    /** Longest sleep, unless told otherwise. */
    static final long DEFAULT_MAX_PARK_NS = 1_000_000;

    private static final long MIN_PARK_NS = 50_000;
    private static final int SPINS = 20;

    private final NanoClock clock;
    private final long awakeNs;
    private final long maxParkNs;
    private long idleSinceNs;
    private long parkNs;
    private int rounds;

    AdaptiveIdleStrategy(final NanoClock clock, final long awakeNs, final long maxParkNs)
    {
        this.clock = clock;
        this.awakeNs = awakeNs;
        this.maxParkNs = maxParkNs;
    }

    @Override
    public void idle(final int workCount)
    {
        if (workCount > 0)
        {
            reset();
        }
        else
        {
            idle();
        }
    }

    @Override
    public void idle()
    {
        if (rounds < SPINS)
        {
            rounds++;
            Thread.onSpinWait();
            return;
        }
        if (parkNs == 0)
        {
            final long nowNs = clock.nanoTime();
            if (rounds == SPINS)
            {
                rounds++;
                idleSinceNs = nowNs;
            }
            if (nowNs - idleSinceNs < awakeNs)
            {
                Thread.yield();
                return;
            }
            parkNs = MIN_PARK_NS;
        }
        LockSupport.parkNanos(parkNs);
        parkNs = Math.min(parkNs * 2, maxParkNs);
    }

    @Override
    public void reset()
    {
        rounds = 0;
        parkNs = 0;
    }

    @Override
    public String alias()
    {
        return "adaptive";
    }
}
