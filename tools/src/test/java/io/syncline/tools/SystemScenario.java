package io.syncline.tools;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

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
    },

    /** SIGSTOP of the partition's leader and the controllers' leader together, SIGCONT later. */
    BOTH_LEADERS_PAUSE
    {
        @Override
        List<Integer> victims(final SystemCluster cluster, final String topic, final int round)
        {
            return BOTH_LEADERS_KILL.victims(cluster, topic, round);
        }

        @Override
        boolean isPause()
        {
            return true;
        }
    },

    /** The leader stands still for 200 ms and goes on for 200 ms, for as long as a pause (C3). */
    LEADER_STUTTER
    {
        @Override
        List<Integer> victims(final SystemCluster cluster, final String topic, final int round)
        {
            return List.of(cluster.leader(topic));
        }

        @Override
        void hurt(final SystemCluster cluster, final List<Integer> victims, final Duration pause)
        {
            final long deadlineNs = System.nanoTime() + pause.toNanos();
            while (System.nanoTime() - deadlineNs < 0)
            {
                cluster.act("pause", victims);
                sleepUntil(System.nanoTime() + STUTTER.toNanos());
                cluster.act("resume", victims);
                sleepUntil(System.nanoTime() + STUTTER.toNanos());
            }
        }

        @Override
        int maxMoves()
        {
            return 2;
        }
    },

    /** SIGKILL of the leader, and of the same broker as soon as it is ready again, and again: a crash loop (C1). */
    LEADER_CRASH_LOOP
    {
        @Override
        List<Integer> victims(final SystemCluster cluster, final String topic, final int round)
        {
            return List.of(cluster.leader(topic));
        }

        @Override
        void hurt(final SystemCluster cluster, final List<Integer> victims, final Duration pause)
        {
            for (int i = 0; i < CRASHES; i++)
            {
                super.hurt(cluster, victims, pause);
            }
        }
    };

    /** RELIABILITY.md: from heal to everything writable. */
    private static final Duration WRITABLE_BOUND = Duration.ofSeconds(10);
    /** Time left to the clients in good health before the next fault, or the end. */
    private static final Duration WRITTEN_TO = Duration.ofSeconds(1);

    private static final Duration STUTTER = Duration.ofMillis(200);
    private static final int CRASHES = 4;

    abstract List<Integer> victims(SystemCluster cluster, String topic, int round);

    boolean isPause()
    {
        return false;
    }

    /** @return moves of the leadership in one round, at most */
    int maxMoves()
    {
        return Integer.MAX_VALUE;
    }

    /** What was stopped goes on after the pause, what was killed is started again at once. */
    void hurt(final SystemCluster cluster, final List<Integer> victims, final Duration pause)
    {
        final long startNs = System.nanoTime();
        cluster.act(isPause() ? "pause" : "kill", victims);
        if (isPause())
        {
            sleepUntil(startNs + pause.toNanos());
        }
        cluster.act(isPause() ? "resume" : "start", victims);
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
        final int epoch = new SystemTopic(cluster.bootstrap(), topic).leaderEpoch();
        final long startNs = System.nanoTime();
        history.fault(this + " of " + victims);
        hurt(cluster, victims, pause);
        cluster.awaitInSync(topic);
        history.healthy(WRITABLE_BOUND);
        // Where the healing took all of the interval, H9 must still see somebody write.
        sleepUntil(Math.max(startNs + interval.toNanos(), System.nanoTime() + WRITTEN_TO.toNanos()));
        history.checkClients();
        assertThat(new SystemTopic(cluster.bootstrap(), topic).leaderEpoch() - epoch)
            .as("moves of the leadership in round " + round).isLessThanOrEqualTo(maxMoves());
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
