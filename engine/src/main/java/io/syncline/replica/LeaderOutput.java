package io.syncline.replica;

import org.agrona.DirectBuffer;

/**
 * Port out of {@link LeaderReplica}: to followers, to the acks side, to the conductor. Never calls back in. What
 * returns a long may refuse with a code; the caller's state is then unchanged and it tries again on its next duty
 * cycle.
 */
public interface LeaderOutput
{
    /**
     * A batch for a follower, on the live stream.
     *
     * @return not negative, or a code
     */
    long append(
        int follower, long key, int leaderEpoch, long sessionId, long highWatermark, long logStart,
        DirectBuffer batch, int offset, int length);

    /**
     * The high watermark moved and there is nothing else to send.
     *
     * @return not negative, or a code
     */
    long highWatermark(int follower, long key, int leaderEpoch, long sessionId, long highWatermark, long logStart);

    /**
     * Answers to Follow, on the live stream.
     *
     * @return not negative, or a code
     */
    long followAccepted(int follower, long key, int leaderEpoch, long sessionId, long logEnd, long logStart);

    /** See {@link #followAccepted}. */
    long diverged(int follower, long key, int leaderEpoch, long sessionId, int epoch, long endOffset);

    /** See {@link #followAccepted}. */
    long outOfRange(int follower, long key, int leaderEpoch, long sessionId, long logStart);

    /** See {@link #followAccepted}. */
    long followRefused(int follower, long key, int leaderEpoch, long sessionId, int code);

    /**
     * To the acks side, in order: a follow session begins with the follower's log known to be a prefix up to logEnd.
     *
     * @param partitionEpoch of the assignment by which it was accepted
     * @return true when taken
     */
    boolean sessionStarted(
        long key, int leaderEpoch, int partitionEpoch, int follower, long incarnation, long sessionId, long logEnd);

    /**
     * To the acks side, in order: the log grew, and somebody may want to know when it commits. Room for it is made sure
     * of before the append with {@link #hasRoom()}.
     *
     * @param acks         -1 all, 1 leader, 0 none
     * @param baseOffset   of the batch; an old one for a duplicate
     * @param endOffset    behind the batch
     * @param fromSequence the client's count, first record
     * @param toSequence   the client's count, last record
     */
    void appended(
        long key, int leaderEpoch, int acks, long clientId, long fromSequence, long toSequence,
        long baseOffset, long endOffset, long logEnd);

    /** To the acks side, in order: a produce that was refused before the append. As {@link #appended} for room. */
    void refused(long key, int leaderEpoch, long clientId, long fromSequence, long toSequence, int code);

    /**
     * To the acks side, in order: nothing will be appended any more in this epoch (R5.7).
     *
     * @param logEnd where the log ends in this epoch
     * @return true when taken
     */
    boolean frozen(long key, int leaderEpoch, long logEnd);

    /** @return true while the way to the acks side takes one more {@link #appended} or {@link #refused} */
    boolean hasRoom();

    /**
     * A follower is too far behind for the live stream: feed it [from, to) over the bulk stream. Its later acks at or
     * above {@code to} come back through {@link LeaderReplica#onAcked}.
     *
     * @return true when taken
     */
    boolean feed(int follower, long key, int leaderEpoch, long sessionId, long from, long to);

    /** The log failed or an invariant broke: this partition must stop leading (DESIGN, Errors). */
    void fault(long key, int leaderEpoch, String reason);
}
