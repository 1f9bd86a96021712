package io.syncline.stage;

/** Where the time of a produced record goes, in the order of its life; see the package. */
public enum Stage
{
    /** From the time the record was due until its batch was offered to the leader's stream and taken. */
    WAIT_PRODUCER("wait.producer"),
    /** On the way to the leader and back: what no node accounts for. */
    NET_PRODUCER("net.producer"),
    /** At the leader, from the frame's arrival until it is in the log. */
    LEADER_APPEND("leader.append"),
    /** At the leader, until it is sent to the follower whose ack completes the commit. */
    LEADER_SEND("leader.send"),
    /** On the way to that follower and back: what the follower does not account for. */
    NET_REPLICA("net.replica"),
    /** At that follower, from the frame's arrival until it is in the log. */
    FOLLOWER_APPEND("follower.append"),
    /** At that follower, until its ack is sent; the sync included where the topic is fsynced. */
    FOLLOWER_ACK("follower.ack"),
    /** At the leader, from that ack (without followers: from the append) until the high watermark has moved. */
    LEADER_COMMIT("leader.commit"),
    /** At the leader, until the producer's answer is sent. */
    LEADER_ACK("leader.ack");

    private static final Stage[] ALL = values();
    /** Number of stages. */
    public static final int COUNT = ALL.length;

    private final String label;

    Stage(final String label)
    {
        this.label = label;
    }

    /** @return name for people and for tags */
    public String label()
    {
        return label;
    }

    /**
     * @param index ordinal
     * @return the stage
     */
    public static Stage at(final int index)
    {
        return ALL[index];
    }
}
