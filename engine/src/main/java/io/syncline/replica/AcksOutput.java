package io.syncline.replica;

/** Port out of {@link AcksReplica}. Never calls back in. */
public interface AcksOutput
{
    /** The high watermark moved (R3): to the leader side, the readers and the tools. */
    void highWatermark(long key, int leaderEpoch, long highWatermark);

    /**
     * Answers a produce.
     *
     * @param baseOffset offset of the first record, -1 with a code
     * @param code       0, or why not
     * @return false when the client's stream is full: asked again on a later duty cycle. True when sent, or when the
     * client is gone
     */
    boolean produceAck(
        long clientId, long key, int leaderEpoch, long fromSequence, long toSequence, long baseOffset, int code);

    /**
     * R4.3: asks the controller for another ISR. One at a time for each partition; answered through
     * {@link AcksReplica#onAlterIsrRefused} or by an assignment with a higher partition epoch.
     *
     * @param isr          the new ISR, borrowed
     * @param incarnations of the members, index by index, borrowed
     * @param size         members in use
     * @return false when it could not be handed on: asked again on a later tick
     */
    boolean alterIsr(long key, int leaderEpoch, int partitionEpoch, int[] isr, long[] incarnations, int size);

    /**
     * R5.7: tells the controller how a planned move stands. Said again while the leader epoch lasts.
     *
     * @param successor   broker id, -1 where there is none any more
     * @param incarnation of the successor
     * @param caughtUp    true: it holds everything this leader ever appended in its epoch. False: it did not get there
     *                    in time
     * @return false when it could not be handed on: said again on a later tick
     */
    boolean handOver(long key, int leaderEpoch, int successor, long incarnation, boolean caughtUp);

    /**
     * A follower's end became known or moved; only told for sessions that asked, see {@link AcksReplica#watch}.
     *
     * @param logEnd of the follower; -1 for an ack of a follower that has no session
     * @return false when the way to the leader side is full: told again later
     */
    boolean acked(long key, int leaderEpoch, int follower, long sessionId, long logEnd);

    /**
     * Consumers began to read from a follower, or none does any more (R3.4).
     *
     * @return false when the way to the leader side is full: told again at the follower's next ack
     */
    boolean followerRead(long key, int leaderEpoch, int follower, long sessionId, boolean isRead);
}
