package io.syncline.broker;

import org.agrona.collections.ArrayListUtil;

import java.util.ArrayList;
import java.util.concurrent.TimeUnit;

/**
 * The partitions of one data agent, and which of them have their turn: those that the agent heard something of and that
 * are not done with it, and every few milliseconds all, for what only time brings. A hundred idle partitions cost a
 * turn nothing. On the agent's thread alone.
 * <pre>
 *               heard of, or the round is due
 *      at rest ------------------------------&gt; active: turned in every duty cycle
 *         ^                                       |
 *         +------------- nothing left to do ------+
 * </pre>
 *
 * @param <P> a partition as the agent sees it
 */
final class PartitionTurns<P extends PartitionTurns.Turned>
{
    /** How late what only time brings may be: half of what a follower repeats its acks after, by default. */
    static final long ROUND_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(10);

    /** A partition that has turns. */
    abstract static class Turned
    {
        private boolean isActive;
    }

    private final ArrayList<P> all = new ArrayList<>();
    private final ArrayList<P> active = new ArrayList<>();
    private long nextRoundNs;

    /** @param nowNs monotonic time */
    PartitionTurns(final long nowNs)
    {
        nextRoundNs = nowNs;
    }

    /** @param partition that has its first turn in the next duty cycle */
    void add(final P partition)
    {
        all.add(partition);
        touch(partition);
    }

    /** @param partition that has no more turns */
    void remove(final P partition)
    {
        all.remove(partition);
        active.remove(partition);
    }

    /** @return every partition, at rest or not; to be read only */
    ArrayList<P> all()
    {
        return all;
    }

    /** @param partition that something was heard of */
    void touch(final P partition)
    {
        final Turned turned = partition;
        if (!turned.isActive)
        {
            turned.isActive = true;
            active.add(partition);
        }
    }

    /**
     * @param nowNs monotonic time
     * @return partitions that have their turn in this duty cycle
     */
    int begin(final long nowNs)
    {
        if (nowNs - nextRoundNs >= 0)
        {
            nextRoundNs = nowNs + ROUND_INTERVAL_NS;
            for (int i = 0, size = all.size(); i < size; i++)
            {
                touch(all.get(i));
            }
        }
        return active.size();
    }

    /**
     * @param index below what {@link #begin} returned
     * @return the partition
     */
    P get(final int index)
    {
        return active.get(index);
    }

    /**
     * Nothing is left to do there. Another active partition, the last one, takes its place: go through them from the
     * last to the first.
     *
     * @param index of the partition
     */
    void rest(final int index)
    {
        final Turned turned = active.get(index);
        turned.isActive = false;
        ArrayListUtil.fastUnorderedRemove(active, index);
    }
}
