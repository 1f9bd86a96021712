package io.syncline.broker;

import io.syncline.replica.ReplicaConfig;
import org.agrona.collections.Int2IntHashMap;

/**
 * When each peer was last heard on its live or its heartbeat stream (R5.1). Time in which this broker's own agent did
 * not run does not count as silence. Belongs to the follower agent; allocates only when a peer is heard for the first
 * time.
 */
final class LeaderSilence
{
    private static final int MISSING = -1;

    private final long timeoutNs;
    private final Int2IntHashMap indexOf = new Int2IntHashMap(MISSING);
    private int[] peers = new int[8];
    private long[] deadlinesNs = new long[8];
    private boolean[] areRefused = new boolean[8];
    private int size;

    LeaderSilence(final long timeoutNs)
    {
        this.timeoutNs = timeoutNs;
    }

    /** A sign of life. */
    void onHeard(final int peerId, final long nowNs)
    {
        int index = indexOf.get(peerId);
        if (index == MISSING)
        {
            if (size == peers.length)
            {
                peers = java.util.Arrays.copyOf(peers, size * 2);
                deadlinesNs = java.util.Arrays.copyOf(deadlinesNs, size * 2);
                areRefused = java.util.Arrays.copyOf(areRefused, size * 2);
            }
            index = size++;
            indexOf.put(peerId, index);
            peers[index] = peerId;
        }
        deadlinesNs[index] = nowNs + timeoutNs;
        areRefused[index] = false;
    }

    /**
     * The peer's machine says that nobody listens there: three quarters of the time-out need not be waited for, once for
     * each silence. The rest is, for a refusal may be older than what was heard since.
     */
    void onRefused(final int peerId)
    {
        final int index = indexOf.get(peerId);
        if (index != MISSING && !areRefused[index])
        {
            areRefused[index] = true;
            deadlinesNs[index] -= timeoutNs - ReplicaConfig.silenceOfRefusedNs(timeoutNs);
        }
    }

    /** This broker's own agent stood still for that long: nobody could be heard. */
    void onStalled(final long stalledNs)
    {
        if (stalledNs > 0)
        {
            for (int i = 0; i < size; i++)
            {
                deadlinesNs[i] += stalledNs;
            }
        }
    }

    /**
     * @param nowNs monotonic time
     * @return a peer that was silent for the whole timeout, once for each further timeout of silence; -1 for none
     */
    int nextSilent(final long nowNs)
    {
        for (int i = 0; i < size; i++)
        {
            if (nowNs - deadlinesNs[i] >= 0)
            {
                deadlinesNs[i] = nowNs + timeoutNs;
                return peers[i];
            }
        }
        return MISSING;
    }
}
