package io.syncline.tools;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What is done to the network between three machines while clients produce and read. */
enum NetworkCut
{
    /** The leader's machine is cut off from all others, the clients included. */
    LEADER_ISOLATED
    {
        @Override
        void apply(final SystemNetwork network, final int leader, final int round, final Duration time) throws IOException
        {
            network.isolate(leader);
            sleep(time);
            network.join(leader);
        }
    },

    /** A follower's machine is cut off, in turns. */
    FOLLOWER_ISOLATED
    {
        @Override
        void apply(final SystemNetwork network, final int leader, final int round, final Duration time) throws IOException
        {
            final int follower = network.others(leader).get(round % 2);
            network.isolate(follower);
            sleep(time);
            network.join(follower);
        }
    },

    /** The leader and one follower do not reach each other; the other follower reaches both. */
    LINK_CUT
    {
        @Override
        void apply(final SystemNetwork network, final int leader, final int round, final Duration time) throws IOException
        {
            final int follower = network.others(leader).get(round % 2);
            network.cut(leader, follower);
            network.cut(follower, leader);
            sleep(time);
            network.mend(leader, follower);
            network.mend(follower, leader);
        }
    },

    /** The leader hears everybody, and what it sends to its peers is lost. */
    LEADER_MUTE
    {
        @Override
        void apply(final SystemNetwork network, final int leader, final int round, final Duration time) throws IOException
        {
            for (final int other : network.others(leader))
            {
                network.cut(leader, other);
            }
            sleep(time);
            for (final int other : network.others(leader))
            {
                network.mend(leader, other);
            }
        }
    },

    /** The leader's peers hear it, and what they send to it is lost. */
    LEADER_DEAF
    {
        @Override
        void apply(final SystemNetwork network, final int leader, final int round, final Duration time) throws IOException
        {
            for (final int other : network.others(leader))
            {
                network.cut(other, leader);
            }
            sleep(time);
            for (final int other : network.others(leader))
            {
                network.mend(other, leader);
            }
        }
    },

    /** The leader's plug is pulled for 300 ms and put back for 300 ms, again and again. */
    LEADER_FLAPPING
    {
        @Override
        void apply(final SystemNetwork network, final int leader, final int round, final Duration time) throws IOException
        {
            final long deadlineNs = System.nanoTime() + time.toNanos();
            while (System.nanoTime() - deadlineNs < 0)
            {
                network.isolate(leader);
                sleep(FLAP);
                network.join(leader);
                sleep(FLAP);
            }
        }
    };

    private static final Duration FLAP = Duration.ofMillis(300);
    /** RELIABILITY.md: from heal of any partition to everything writable. */
    private static final Duration WRITABLE_BOUND = Duration.ofSeconds(10);

    /** Cuts, waits, mends. */
    abstract void apply(SystemNetwork network, int leader, int round, Duration time) throws IOException;

    /** One cut; all replicas are in sync on return. */
    void round(
        final SystemNetwork network, final SystemHistory history, final SystemTopic topic, final int round, final Duration time)
        throws IOException
    {
        final int leader = topic.leader();
        history.fault(this + ", leader " + leader + " of " + List.copyOf(network.machines()));
        apply(network, leader, round, time);
        history.healthy(WRITABLE_BOUND);
        topic.awaitInSync();
        sleep(Duration.ofSeconds(1));
        history.checkClients();
    }

    @Override
    public String toString()
    {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static void sleep(final Duration time)
    {
        final long deadlineNs = System.nanoTime() + time.toNanos();
        long leftNs = time.toNanos();
        while (leftNs > 0)
        {
            LockSupport.parkNanos(Math.min(leftNs, TimeUnit.MILLISECONDS.toNanos(50)));
            leftNs = deadlineNs - System.nanoTime();
        }
    }
}
