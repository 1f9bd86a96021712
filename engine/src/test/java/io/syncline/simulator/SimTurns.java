package io.syncline.simulator;

import java.util.Arrays;

/**
 * Whose turn it is next, and when. An actor has a turn when a frame for it is due, soon after a neighbour or it itself
 * did something, and otherwise when its idle time is up, which doubles up to a limit as production's does: time in
 * which nobody has anything to do costs next to nothing.
 */
final class SimTurns
{
    /** The controller's actor. */
    static final int CONTROLLER = 0;
    /** Agents of a broker, as {@link io.syncline.broker.SimulatedNode} numbers them. */
    static final int CONDUCTOR = 0;
    static final int LEADER = 1;
    static final int FOLLOWER = 2;
    static final int ACKS = 3;
    static final int DELIVERY = 4;
    static final int KEEPER = 6;
    private static final int AGENTS = 7;
    private static final long FIRST_IDLE_NS = 500_000;
    private static final int SLOWER = 4;
    private static final long NEVER_NS = Long.MAX_VALUE;

    private final SimClock clock;
    private final SimRandom random;
    private final long turnNs;
    private final long idleNs;
    private final int clientsFrom;
    private final long[] dueNs;
    private final int[] idleTurns;

    /**
     * @param brokers of the cluster
     * @param clients beside them
     */
    SimTurns(final SimConfig config, final SimClock clock, final SimRandom random, final int brokers, final int clients)
    {
        this.clock = clock;
        this.random = random;
        turnNs = config.turnUs() * 1000L;
        idleNs = config.idleUs() * 1000L;
        clientsFrom = 1 + brokers * AGENTS;
        dueNs = new long[clientsFrom + clients];
        idleTurns = new int[dueNs.length];
        Arrays.fill(dueNs, NEVER_NS);
        dueNs[CONTROLLER] = 0;
    }

    /** @return actor of an agent */
    static int agent(final int brokerId, final int agent)
    {
        return 1 + (brokerId - 1) * AGENTS + agent;
    }

    /** @return actor of a client */
    int client(final int index)
    {
        return clientsFrom + index;
    }

    /** @return number of the client, -1 where the actor is none */
    int clientOf(final int actor)
    {
        return actor - clientsFrom;
    }

    /** @return broker of an agent */
    static int brokerOf(final int actor)
    {
        return 1 + (actor - 1) / AGENTS;
    }

    /** @return which of its broker's agents */
    static int agentOf(final int actor)
    {
        return (actor - 1) % AGENTS;
    }

    /** @return the actor that is due first */
    int first()
    {
        int first = 0;
        long firstNs = dueNs[0];
        for (int i = 1; i < dueNs.length; i++)
        {
            if (dueNs[i] < firstNs)
            {
                first = i;
                firstNs = dueNs[i];
            }
        }
        return first;
    }

    long dueNs(final int actor)
    {
        return dueNs[actor];
    }

    /** Has a turn then, or earlier. */
    void wake(final int actor, final long atNs)
    {
        if (atNs < dueNs[actor])
        {
            dueNs[actor] = atNs;
        }
    }

    /** Has a turn soon: something that concerns it was done. */
    void wakeSoon(final int actor)
    {
        wake(actor, clock.nowNs() + soonNs());
    }

    /** Its turn is now; from here on it is due when it is woken. */
    void begin(final int actor)
    {
        dueNs[actor] = NEVER_NS;
    }

    /**
     * After a turn.
     *
     * @param work done in it
     */
    void end(final int actor, final int work, final long nextFrameNs)
    {
        if (work > 0)
        {
            idleTurns[actor] = 0;
            wakeSoon(actor);
        }
        else
        {
            final long nowNs = clock.nowNs();
            final long limitNs = Math.min(isPulse(actor) ? idleNs : SLOWER * idleNs, FIRST_IDLE_NS << Math.min(8, 2 * idleTurns[actor]++));
            wake(actor, nowNs + random.between(limitNs * 3 / 4, limitNs));
            if (nextFrameNs > nowNs)
            {
                // What is due by now was not wanted in this turn, and is not waited for.
                wake(actor, nextFrameNs);
            }
        }
    }

    /** Gets no turns until it is woken. */
    void rest(final int actor)
    {
        dueNs[actor] = NEVER_NS;
    }

    /** Has its next turn then, not before. */
    void notBefore(final int actor, final long atNs)
    {
        dueNs[actor] = atNs;
    }

    /** All agents of a broker that has just started have a turn soon. */
    void started(final int brokerId)
    {
        for (int agent = CONDUCTOR; agent <= KEEPER; agent++)
        {
            if (agent != DELIVERY + 1)
            {
                wakeSoon(agent(brokerId, agent));
            }
        }
    }

    /**
     * An agent did something: those that may have been told of it have a turn soon.
     *
     * @param isMoved an end or a high watermark moved
     * @param isTold  the conductor has something to hear
     */
    void neighbours(final int brokerId, final int agent, final boolean isMoved, final boolean isTold)
    {
        if (agent == CONDUCTOR)
        {
            started(brokerId);
            return;
        }
        if (isTold || agent == KEEPER)
        {
            wakeSoon(agent(brokerId, CONDUCTOR));
        }
        if (agent == LEADER || agent == KEEPER)
        {
            wakeSoon(agent(brokerId, ACKS));
        }
        if (agent == ACKS)
        {
            wakeSoon(agent(brokerId, LEADER));
        }
        if (isMoved || agent == LEADER)
        {
            wakeSoon(agent(brokerId, DELIVERY));
        }
    }

    /** A data agent that has no turn for 20 ms counts as one that stood still. */
    private boolean isPulse(final int actor)
    {
        return actor != CONTROLLER && actor < clientsFrom && agentOf(actor) != CONDUCTOR && agentOf(actor) != KEEPER;
    }

    private long soonNs()
    {
        return 1000 + random.nextLong(turnNs);
    }
}
