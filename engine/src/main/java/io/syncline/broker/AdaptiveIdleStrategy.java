package io.syncline.broker;

import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.NanoClock;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/**
 * Awake while there is work and for a little while after it, asleep when there is none: yields for {@code awakeNs}
 * after the last work, so that records that come one every 100 us meet a running thread, then parks, longer each time,
 * up to {@code maxParkNs}. Counts in time rather than in rounds, because a round costs what the agents on the thread
 * cost.
 * <p>
 * A thread that has little to do does not wait for more of it awake: what comes less often than {@link #BUSY_TURNS}
 * times in {@link #WINDOW_NS}, as heartbeats do, is done and slept upon. The first turns of a burst put an end to that.
 * <p>
 * Where the kernel ends the sleep when a datagram comes, and cores are few, there is nothing to stay awake for.
 */
final class AdaptiveIdleStrategy implements IdleStrategy
{
    /** Awake after work, unless told otherwise. */
    static final long DEFAULT_AWAKE_NS = 250_000;
    /** Longest sleep, unless told otherwise. */
    static final long DEFAULT_MAX_PARK_NS = 1_000_000;
    /** Turns with work in a window that make the thread a busy one: several times what heartbeats come to. */
    static final int BUSY_TURNS = 16;
    /** Over which turns with work are counted. */
    static final long WINDOW_NS = 20_000_000;

    private static final long MIN_PARK_NS = 50_000;
    private static final int SPINS = 20;
    private static final long SHORT_SLEEP_NS = 1_000_000;
    private static final int SHORT_SLEEPS = 4;

    private final NanoClock clock;
    private final long awakeNs;
    private long maxParkNs;
    private LongConsumer sleep = LockSupport::parkNanos;
    private boolean isSleepingAtOnce;
    private long windowStartNs;
    private long idleSinceNs;
    private long parkNs;
    private int busyTurns;
    private int rounds;
    private int sleeps;
    private boolean isBusy;

    AdaptiveIdleStrategy(final NanoClock clock, final long awakeNs, final long maxParkNs)
    {
        this.clock = clock;
        this.awakeNs = awakeNs;
        this.maxParkNs = maxParkNs;
        windowStartNs = clock.nanoTime();
    }

    @Override
    public void idle(final int workCount)
    {
        if (workCount > 0)
        {
            busyTurns++;
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
        if (isSleepingAtOnce)
        {
            // After work more of it is likely, and a thread that is late for it is to be told from one that sleeps long.
            sleep.accept(sleeps < SHORT_SLEEPS ? SHORT_SLEEP_NS : maxParkNs);
            sleeps++;
            return;
        }
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
                count(nowNs);
            }
            if (isBusy && nowNs - idleSinceNs < awakeNs)
            {
                Thread.yield();
                return;
            }
            parkNs = MIN_PARK_NS;
        }
        sleep.accept(parkNs);
        parkNs = Math.min(isBusy ? parkNs * 2 : parkNs * 4, maxParkNs);
    }

    @Override
    public void reset()
    {
        rounds = 0;
        sleeps = 0;
        parkNs = 0;
    }

    @Override
    public String alias()
    {
        return "adaptive";
    }

    /**
     * For a thread whose sleep ends as soon as there is work: where cores are few it sleeps at once, because a thread
     * that stays awake keeps a core from those that would give it work.
     *
     * @param how            sleeps at most so many nanoseconds
     * @param isCoreToStayOn false to sleep at once
     * @return this
     */
    AdaptiveIdleStrategy sleep(final LongConsumer how, final boolean isCoreToStayOn)
    {
        sleep = how;
        isSleepingAtOnce = !isCoreToStayOn;
        return this;
    }

    /**
     * @param longestNs instead of the longest sleep that it was made with
     * @return this
     */
    AdaptiveIdleStrategy maxParkNs(final long longestNs)
    {
        maxParkNs = longestNs;
        return this;
    }

    /** @return true while it stays awake after work */
    boolean isBusy()
    {
        return isBusy;
    }

    private void count(final long nowNs)
    {
        if (busyTurns >= BUSY_TURNS)
        {
            isBusy = true;
        }
        if (nowNs - windowStartNs >= WINDOW_NS)
        {
            // A window that was slept through has as few turns as it has.
            isBusy = busyTurns >= BUSY_TURNS && nowNs - windowStartNs < 2 * WINDOW_NS;
            windowStartNs = nowNs;
            busyTurns = 0;
        }
    }
}
