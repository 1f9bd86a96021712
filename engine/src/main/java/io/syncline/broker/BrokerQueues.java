package io.syncline.broker;

/**
 * Everything two agents of a broker share: one command queue from the conductor to each data agent, one way back, and
 * the rings between data agents.
 *
 * @param leader       conductor to Leader
 * @param follower     conductor to Follower
 * @param acks         conductor to Acks
 * @param delivery     conductor to Delivery
 * @param conductor    data agents to conductor
 * @param leaderToAcks Leader to Acks
 * @param acksToLeader Acks to Leader
 * @param feeds        Leader to Delivery
 */
record BrokerQueues(
    CommandQueue<LeaderAgent> leader,
    CommandQueue<FollowerAgent> follower,
    CommandQueue<AcksAgent> acks,
    CommandQueue<DeliveryCommands> delivery,
    ConductorProxy conductor,
    LeaderToAcksRing leaderToAcks,
    AcksToLeaderRing acksToLeader,
    FeedRing feeds)
{
    BrokerQueues()
    {
        this(
            new CommandQueue<>(), new CommandQueue<>(), new CommandQueue<>(), new CommandQueue<>(),
            new ConductorProxy(), new LeaderToAcksRing(), new AcksToLeaderRing(), new FeedRing());
    }

    /** Conductor's thread: Acks first, so that it knows every leadership before Leader acts on it. */
    int flush()
    {
        return acks.flush() + leader.flush() + follower.flush() + delivery.flush();
    }
}
