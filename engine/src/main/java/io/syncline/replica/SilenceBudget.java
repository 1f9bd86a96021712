package io.syncline.replica;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * How often followers may leave the ISR because of silence (R4.1): a link that comes and goes must not make the ISR
 * come and go with it. What is bounded is an incarnation: a process that died comes back as another one and starts
 * afresh. Outlives the leader epochs of a replica.
 */
final class SilenceBudget
{
    /** Evictions of one incarnation within {@link #WINDOW_NS}, at most. */
    static final int MAX_EVICTIONS = 2;
    /** See {@link #MAX_EVICTIONS}. */
    static final long WINDOW_NS = TimeUnit.SECONDS.toNanos(60);

    private int[] brokers = {};
    private long[] incarnations = {};
    private long[] evictedNs = {};

    boolean allows(final int broker, final long incarnation, final long nowNs)
    {
        int count = 0;
        for (int i = 0; i < brokers.length; i++)
        {
            count += brokers[i] == broker && incarnations[i] == incarnation && nowNs - evictedNs[i] <= WINDOW_NS ? 1 : 0;
        }
        return count < MAX_EVICTIONS;
    }

    /** Rare: a new entry takes the place of one that no longer counts, or makes room for itself. */
    void onEvicted(final int broker, final long incarnation, final long nowNs)
    {
        int index = 0;
        while (index < brokers.length && nowNs - evictedNs[index] <= WINDOW_NS &&
            (brokers[index] != broker || incarnations[index] == incarnation))
        {
            index++;
        }
        if (index == brokers.length)
        {
            brokers = Arrays.copyOf(brokers, index + 1);
            incarnations = Arrays.copyOf(incarnations, index + 1);
            evictedNs = Arrays.copyOf(evictedNs, index + 1);
        }
        brokers[index] = broker;
        incarnations[index] = incarnation;
        evictedNs[index] = nowNs;
    }
}
