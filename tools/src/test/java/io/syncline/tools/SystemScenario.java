package io.syncline.tools;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** What is done to a cluster of processes, again and again, while clients produce and read. */
enum SystemScenario
{
    /** SIGKILL of the leader of the partition. */
    LEADER_KILL
    {
        @Override
        List<Integer> victims(final SystemCluster cluster, final String topic, final int round)
        {
            return List.of(cluster.leader(topic));
        }
    },

    /** SIGKILL of a follower, in turns. */
    FOLLOWER_KILL
    {
        @Override
        List<Integer> victims(final SystemCluster cluster, final String topic, final int round)
        {
            return List.of(follower(cluster, topic, round));
        }
    },

    /** SIGKILL of the controllers' leader. */
    CONTROLLER_LEADER_KILL
    {
        @Override
        List<Integer> victims(final SystemCluster cluster, final String topic, final int round)
        {
            return List.of(cluster.controllerLeader());
        }
    },

    /** SIGKILL of the partition's leader and the controllers' leader together. */
    BOTH_LEADERS_KILL
    {
        @Override
        List<Integer> victims(final SystemCluster cluster, final String topic, final int round)
        {
            return Stream.of(cluster.leader(topic), cluster.controllerLeader()).distinct().toList();
        }
    },

    /** SIGKILL of every process at once. */
    ALL_KILL
    {
        @Override
        List<Integer> victims(final SystemCluster cluster, final String topic, final int round)
        {
            return cluster.nodes();
        }
    },

    /** SIGSTOP of the leader of the partition, SIGCONT later. */
    LEADER_PAUSE
    {
        @Override
        List<Integer> victims(final SystemCluster cluster, final String topic, final int round)
        {
            return List.of(cluster.leader(topic));
        }

        @Override
        boolean isPause()
        {
            return true;
        }
    },

    /** SIGSTOP of a follower, in turns, SIGCONT later. */
    FOLLOWER_PAUSE
    {
        @Override
        List<Integer> victims(final SystemCluster cluster, final String topic, final int round)
        {
            return List.of(follower(cluster, topic, round));
        }

        @Override
        boolean isPause()
        {
            return true;
        }
    },

    /** SIGSTOP of the controllers' leader, SIGCONT later. */
    CONTROLLER_LEADER_PAUSE
    {
        @Override
        List<Integer> victims(final SystemCluster cluster, final String topic, final int round)
        {
            return List.of(cluster.controllerLeader());
        }

        @Override
        boolean isPause()
        {
            return true;
        }
    };

    /** RELIABILITY.md: from heal to everything writable. */
    private static final Duration WRITABLE_BOUND = Duration.ofSeconds(10);
    /** Time left to the clients in good health before the next fault, or the end. */
    private static final Duration WRITTEN_TO = Duration.ofSeconds(1);

    abstract List<Integer> victims(SystemCluster cluster, String topic, int round);

    boolean isPause()
    {
        return false;
    }

    /**
     * Breaks and heals once. What was killed is started again at once, what was stopped goes on after the pause; all
     * replicas are in sync on return, and at least the interval has passed since the fault.
     *
     * @param cluster  healthy
     * @param history  told of it
     * @param topic    of the clients
     * @param round    from 0
     * @param pause    of a SIGSTOP
     * @param interval from one fault to the next
     */
    void round(
        final SystemCluster cluster,
        final SystemHistory history,
        final String topic,
        final int round,
        final Duration pause,
        final Duration interval)
    {
        final List<Integer> victims = victims(cluster, topic, round);
        final long startNs = System.nanoTime();
        history.fault(this + " of " + victims);
        if (isPause())
        {
            cluster.act("pause", victims);
            sleepUntil(startNs + pause.toNanos());
            cluster.act("resume", victims);
        }
        else
        {
            cluster.act("kill", victims);
            cluster.act("start", victims);
        }
        cluster.awaitInSync(topic);
        history.healthy(WRITABLE_BOUND);
        // Where the healing took all of the interval, H9 must still see somebody write.
        sleepUntil(Math.max(startNs + interval.toNanos(), System.nanoTime() + WRITTEN_TO.toNanos()));
        history.checkClients();
    }

    @Override
    public String toString()
    {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    private static int follower(final SystemCluster cluster, final String topic, final int round)
    {
        final int leader = cluster.leader(topic);
        final List<Integer> followers = cluster.brokers().stream().filter((id) -> id != leader).toList();
        return followers.get(round % followers.size());
    }

    private static void sleepUntil(final long deadlineNs)
    {
        long leftNs = deadlineNs - System.nanoTime();
        while (leftNs > 0)
        {
            LockSupport.parkNanos(Math.min(leftNs, TimeUnit.MILLISECONDS.toNanos(50)));
            leftNs = deadlineNs - System.nanoTime();
        }
    }
}
