package io.syncline.stream;

import java.util.concurrent.TimeUnit;

/**
 * How often to look where nothing comes that a record waits for. A thread that turns every microsecond looks once in
 * {@link #INTERVAL_NS}, one that sleeps between its turns in each of them: counted in turns, what is seldom for the one
 * would be late for the other. Belongs to one thread.
 */
public final class Glance
{
    /** As long as nobody notices. */
    public static final long INTERVAL_NS = TimeUnit.MICROSECONDS.toNanos(20);

    private long lastNs;

    /** @param nowNs time of this turn, in which the first look is due */
    public Glance(final long nowNs)
    {
        lastNs = nowNs - INTERVAL_NS;
    }

    /**
     * @param nowNs time of this turn
     * @return true when a look is due, which counts as taken
     */
    public boolean isDue(final long nowNs)
    {
        if (nowNs - lastNs < INTERVAL_NS)
        {
            return false;
        }
        lastNs = nowNs;
        return true;
    }
}
