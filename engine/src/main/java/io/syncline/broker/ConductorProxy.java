package io.syncline.broker;

import org.agrona.concurrent.ManyToOneConcurrentLinkedQueue;

import java.util.function.Consumer;

/**
 * What the data agents tell the conductor: cold events only, so an object each may be made. Any agent's thread puts in,
 * the conductor takes out. Never full: what an agent can have in it is bounded by its partitions.
 */
final class ConductorProxy
{
    private final ManyToOneConcurrentLinkedQueue<Consumer<PartitionRoles>> queue = new ManyToOneConcurrentLinkedQueue<>();

    /** The agent has stopped its role for the partition and no longer touches the log. */
    void logReturned(final long key)
    {
        queue.offer((roles) -> roles.onLogReturned(key));
    }

    /** R4.3; the arrays are the event's own. */
    void alterIsr(
        final long key, final int leaderEpoch, final int partitionEpoch, final int[] isr, final long[] incarnations)
    {
        queue.offer((roles) -> roles.reports().onAlterIsr(key, leaderEpoch, partitionEpoch, isr, incarnations));
    }

    /** R5.7. */
    void handOver(
        final long key, final int leaderEpoch, final int successor, final long incarnation, final boolean caughtUp)
    {
        queue.offer((roles) -> roles.reports().onHandOver(key, leaderEpoch, successor, incarnation, caughtUp));
    }

    /** R1.4; the follower does not touch the log until it is told that it is done. */
    void truncate(final long key, final int leaderEpoch, final long offset)
    {
        queue.offer((roles) -> roles.onTruncate(key, leaderEpoch, offset));
    }

    /** R1.5; as {@link #truncate}. */
    void restart(final long key, final int leaderEpoch, final long logStart)
    {
        queue.offer((roles) -> roles.onRestart(key, leaderEpoch, logStart));
    }

    /** DESIGN, Errors: the replica is in doubt about its log. */
    void fault(final long key, final int leaderEpoch, final boolean leading, final String reason)
    {
        queue.offer((roles) -> roles.onFault(key, leaderEpoch, leading, reason));
    }

    /** R5.1: nothing was heard from the leader of these partitions for too long; the arrays are the event's own. */
    void leaderSilent(final int leader, final long[] keys, final int[] leaderEpochs)
    {
        queue.offer((roles) -> roles.reports().onLeaderSilent(leader, keys, leaderEpochs));
    }

    /** Anything that an agent was asked for. */
    void answer(final Runnable answer)
    {
        queue.offer((roles) -> answer.run());
    }

    /** Anything that an agent needs and only the conductor may do. */
    void wish(final Runnable wish)
    {
        queue.offer((roles) -> wish.run());
    }

    /** @return true when nothing waits for the conductor; any thread */
    boolean isEmpty()
    {
        return queue.isEmpty();
    }

    /** @return events that wait; exact only while nobody is at work on it */
    int size()
    {
        return queue.size();
    }

    /**
     * Conductor's thread.
     *
     * @param roles takes the events
     * @return events taken
     */
    int drain(final PartitionRoles roles)
    {
        int work = 0;
        Consumer<PartitionRoles> event;
        while ((event = queue.poll()) != null)
        {
            event.accept(roles);
            work++;
        }
        return work;
    }
}
