package io.syncline.broker;

/** Numbers of the agents where a stage file says who was late; in {@code shared} they share the leader's turns. */
public final class StageAgents
{
    /** Leader agent, or the one data thread. */
    public static final int LEADER = 0;
    /** Follower agent. */
    public static final int FOLLOWER = 1;
    /** Acks agent. */
    public static final int ACKS = 2;

    private StageAgents()
    {
    }
}
