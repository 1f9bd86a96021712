package io.syncline.stream;

/**
 * Which conversation uses which Aeron stream. Over UDP the endpoint tells brokers apart; over IPC every endpoint has a
 * range of its own, see {@link Endpoint#streamId(int)}.
 */
public final class StreamIds
{
    /** Client to a broker's conductor. */
    public static final int REQUEST = 10;
    /** Client to a broker's leader agent. */
    public static final int PRODUCE = 11;
    /** Client to a broker's delivery agent. */
    public static final int FETCH = 12;
    /** Broker's conductor to a client. */
    public static final int RESPONSE = 20;
    /** Broker's acks agent to a client. */
    public static final int PRODUCE_ACK = 21;
    /** Broker's delivery agent to a client. */
    public static final int DELIVER = 22;
    /** Leader agent to the follower agent of a peer. */
    public static final int LIVE = 30;
    /** Delivery agent to the follower agent of a peer that is far behind. */
    public static final int BULK = 31;
    /** Follower agent to the acks agent of a peer. */
    public static final int CONTROL = 32;
    /** Leader agent to the follower agent of a peer that hears nothing else from it. */
    public static final int HEARTBEAT = 33;

    private StreamIds()
    {
    }
}
