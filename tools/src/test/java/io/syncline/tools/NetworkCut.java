package io.syncline.tools;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is done to the network between machines while clients produce and read. The leader is the partition's; the
 * controllers' leader is on another machine unless the name says both: a cut that hits both also takes as long as the
 * controllers take to elect.
 */
enum NetworkCut
{
    /** The leader's machine is cut off from all others, the clients included. */
    LEADER_ISOLATED
    {
        @Override
        void cut(final SystemNetwork network, final Leaders leaders, final int round) throws IOException
        {
            network.isolate(leaders.partition());
        }
    },

    /** The same with the controllers' leader on that machine. */
    BOTH_LEADERS_ISOLATED
    {
        @Override
        void cut(final SystemNetwork network, final Leaders leaders, final int round) throws IOException
        {
            network.isolate(leaders.partition());
        }

        @Override
        boolean isBothLeaders()
        {
            return true;
        }
    },

    /** The leader's machine is cut off with a producer on it, who is answered nothing there (P5). */
    LEADER_AND_CLIENT_ISOLATED
    {
        @Override
        void cut(final SystemNetwork network, final Leaders leaders, final int round) throws IOException
        {
            network.isolate(leaders.partition());
        }

        @Override
        boolean hasClient()
        {
            return true;
        }
    },

    /** A follower's machine is cut off, another one's than the controllers' leader's. */
    FOLLOWER_ISOLATED
    {
        @Override
        void cut(final SystemNetwork network, final Leaders leaders, final int round) throws IOException
        {
            network.isolate(leaders.neither(network).get(0));
        }
    },

    /** A follower's machine is cut off, and the controllers' leader is on it: to leave the ISR takes a new one. */
    CONTROLLER_LEADER_ISOLATED
    {
        @Override
        void cut(final SystemNetwork network, final Leaders leaders, final int round) throws IOException
        {
            network.isolate(leaders.controllers());
        }
    },

    /** The controllers' leader and the other controllers do not hear each other; brokers and clients hear everybody. */
    CONTROLLERS_CUT
    {
        @Override
        void cut(final SystemNetwork network, final Leaders leaders, final int round) throws IOException
        {
            network.cutController(leaders.controllers());
        }

        @Override
        boolean isFiltered()
        {
            return true;
        }
    },

    /** The leader and one follower, in turns, do not reach each other; the other follower reaches both. */
    LINK_CUT
    {
        @Override
        void cut(final SystemNetwork network, final Leaders leaders, final int round) throws IOException
        {
            network.cutBothWays(leaders.partition(), network.others(leaders.partition()).get(round % 2));
        }
    },

    /** The leader hears everybody, and what it sends to its peers is lost. */
    LEADER_MUTE
    {
        @Override
        void cut(final SystemNetwork network, final Leaders leaders, final int round) throws IOException
        {
            for (final int other : network.others(leaders.partition()))
            {
                network.cut(leaders.partition(), other);
            }
        }
    },

    /** The leader's peers hear it, and what they send to it is lost. */
    LEADER_DEAF
    {
        @Override
        void cut(final SystemNetwork network, final Leaders leaders, final int round) throws IOException
        {
            for (final int other : network.others(leaders.partition()))
            {
                network.cut(other, leaders.partition());
            }
        }
    },

    /** The leader's plug is pulled for 300 ms and put back for 300 ms, again and again. */
    LEADER_FLAPPING
    {
        @Override
        void last(final SystemNetwork network, final Leaders leaders, final int round, final Duration time)
            throws IOException
        {
            final long deadlineNs = System.nanoTime() + time.toNanos();
            while (System.nanoTime() - deadlineNs < 0)
            {
                cut(network, leaders, round);
                sleep(FLAP);
                network.heal();
                sleep(FLAP);
            }
        }

        @Override
        void cut(final SystemNetwork network, final Leaders leaders, final int round) throws IOException
        {
            network.isolate(leaders.partition());
        }

        @Override
        int maxMoves()
        {
            return 2;
        }
    },

    /** No client and the leader reach each other; everybody else does, and so nobody takes the leadership from it. */
    CLIENTS_CUT
    {
        @Override
        void cut(final SystemNetwork network, final Leaders leaders, final int round) throws IOException
        {
            network.cutBothWays(SystemNetwork.TESTER, leaders.partition());
        }
    },

    /** Two halves that do not see each other, and a machine that sees both: the leader is in a half or between them. */
    BRIDGE
    {
        @Override
        int machines()
        {
            return 5;
        }

        @Override
        void cut(final SystemNetwork network, final Leaders leaders, final int round) throws IOException
        {
            final List<Integer> rest = leaders.neither(network);
            final boolean isLeaderBetween = round % 2 == 1;
            final List<Integer> one = List.of(isLeaderBetween ? rest.get(2) : leaders.partition(), rest.get(0));
            for (final int left : one)
            {
                network.cutBothWays(left, leaders.controllers());
                network.cutBothWays(left, rest.get(1));
            }
        }
    },

    /** In a ring of five each machine sees its two neighbours: everybody a majority, and no two the same. */
    MAJORITY_RING
    {
        @Override
        int machines()
        {
            return 5;
        }

        @Override
        void cut(final SystemNetwork network, final Leaders leaders, final int round) throws IOException
        {
            for (final int machine : network.machines())
            {
                // Not the next one, but the one behind it; to the other side it is cut from there.
                network.cutBothWays(machine, (machine + 1) % machines() + 1);
            }
        }
    },

    /** Three of ten packets are lost, between everybody. */
    LOSS
    {
        @Override
        void cut(final SystemNetwork network, final Leaders leaders, final int round) throws IOException
        {
            network.lose(30);
        }

        @Override
        boolean isFiltered()
        {
            return true;
        }
    };

    private static final Duration FLAP = Duration.ofMillis(300);
    /** RELIABILITY.md: from heal of any partition to everything writable. */
    private static final Duration WRITABLE_BOUND = Duration.ofSeconds(10);
    /** What was appended everywhere before the cut may be answered a little behind it. */
    private static final Duration UNDER_WAY = Duration.ofMillis(500);
    /**
     * Machines.
     *
     * @param partition   of the partition's leader
     * @param controllers of the controllers' leader
     */
    record Leaders(int partition, int controllers)
    {
        List<Integer> neither(final SystemNetwork network)
        {
            return network.machines().stream().filter((id) -> id != partition && id != controllers).toList();
        }
    }

    /** Cuts, for as long as {@link SystemNetwork#heal()} is not called. */
    abstract void cut(SystemNetwork network, Leaders leaders, int round) throws IOException;

    /** Cuts for that long, or longer: the end of it heals. */
    void last(final SystemNetwork network, final Leaders leaders, final int round, final Duration time)
        throws IOException
    {
        cut(network, leaders, round);
        sleep(time);
    }

    /** @return machines, all of which hold the topic */
    int machines()
    {
        return 3;
    }

    boolean isBothLeaders()
    {
        return false;
    }

    /** @return it needs the packet filter */
    boolean isFiltered()
    {
        return false;
    }

    /** @return moves of the leadership in one round, at most: what comes and goes must not take it along (C3) */
    int maxMoves()
    {
        return Integer.MAX_VALUE;
    }

    /** @return a producer runs on the leader's machine */
    boolean hasClient()
    {
        return false;
    }

    /**
     * One cut; all replicas are in sync on return.
     *
     * @return moves of the leadership meanwhile
     */
    int round(final SystemNetwork network, final SystemHistory history, final SystemTopic topic, final int round,
        final Duration time) throws IOException
    {
        final Leaders leaders = place(network, topic);
        final int epoch = topic.leaderEpoch();
        final SystemHistory.Beside beside =
            hasClient() ? history.startBeside(network.on(leaders.partition()), 100) : null;
        final long cutNs = System.nanoTime();
        history.fault(this + ", leader " + leaders.partition() + ", controllers' leader " + leaders.controllers() +
            " of " + network.machines());
        last(network, leaders, round, time);
        final long healNs = System.nanoTime();
        network.heal();
        history.healthy(WRITABLE_BOUND);
        topic.awaitInSync();
        sleep(Duration.ofSeconds(1));
        history.checkClients();
        final int moves = topic.leaderEpoch() - epoch;
        assertThat(moves).as("moves of the leadership in round " + round).isLessThanOrEqualTo(maxMoves());
        if (beside != null)
        {
            final long[] acksNs = beside.end();
            assertThat(Arrays.stream(acksNs)
                .filter((ackNs) -> ackNs - cutNs > UNDER_WAY.toNanos() && ackNs - healNs < 0))
                .as("acks of a leader that is alone (P5)").isEmpty();
            assertThat(Arrays.stream(acksNs).filter((ackNs) -> ackNs - healNs >= 0))
                .as("acks behind the healing").isNotEmpty();
        }
        return moves;
    }

    @Override
    public String toString()
    {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Moves the leadership to where this cut wants it. */
    private Leaders place(final SystemNetwork network, final SystemTopic topic)
    {
        final int controllers = network.controllerLeader();
        final int leader = topic.leader();
        if (isBothLeaders() == (leader == controllers))
        {
            return new Leaders(leader, controllers);
        }
        final int wanted = isBothLeaders() ? controllers : network.others(controllers).get(0);
        topic.moveTo(wanted);
        topic.awaitInSync();
        return new Leaders(wanted, controllers);
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
