package io.syncline.simulator;

/** Random numbers that are the same on every machine and release (SplitMix64). */
final class SimRandom
{
    private long state;

    /**
     * @param seed   of the run
     * @param stream different for each user, so that one's draws do not move another's
     */
    SimRandom(final long seed, final long stream)
    {
        state = mix(seed + 0x9E3779B97F4A7C15L * (stream + 1));
    }

    long nextLong()
    {
        state += 0x9E3779B97F4A7C15L;
        return mix(state);
    }

    /** @return from 0 to bound, exclusive */
    int nextInt(final int bound)
    {
        return (int)((nextLong() >>> 33) % bound);
    }

    /** @return from 0 to bound, exclusive */
    long nextLong(final long bound)
    {
        return (nextLong() >>> 1) % bound;
    }

    /** @return from low to high, inclusive */
    long between(final long low, final long high)
    {
        return low + nextLong(high - low + 1);
    }

    /** @return true so many times in a million */
    boolean chance(final int perMillion)
    {
        return perMillion > 0 && nextInt(1_000_000) < perMillion;
    }

    boolean nextBoolean()
    {
        return nextLong() < 0;
    }

    static long mix(final long value)
    {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
