package io.syncline.replica;

/**
 * Where the leader is with sending to one follower: a cursor over the log, not a queue. On back-pressure it does not
 * move.
 * <pre>
 *              Follow                answer sent: accepted            too far behind
 *     NONE ------------> ANSWERING ------------------------> STREAMING --------------> FEEDING
 *      ^                  |  ^ ^                              |   ^                      |   |
 *      +------------------+  | +------------- Follow ---------+   +------- acked --------+   |
 *       answer sent: other   +------------------------------- Follow ------------------------+
 * </pre>
 * Invariant: a frame of a session leaves only in STREAMING or FEEDING, behind that session's FollowAccepted, and
 * {@code next} is the base offset of a batch or LEO.
 */
final class SendCursor
{
    /** What the leader does for the follower. */
    enum State
    {
        /** No session. */
        NONE,
        /** A Follow came and its answer has not left. */
        ANSWERING,
        /** Batches leave on the live stream as they are appended. */
        STREAMING,
        /** The bulk stream feeds the follower up to {@code target}; the live stream carries the high watermark only. */
        FEEDING
    }

    /** The answers to Follow. */
    enum Answer
    {
        /** The acks side must hear of the session before the follower does. */
        START_THEN_ACCEPT,
        /** Its log is a prefix of ours. */
        ACCEPT,
        /** R1.3. */
        DIVERGED,
        /** R1.3. */
        OUT_OF_RANGE,
        /** R1.2. */
        REFUSED
    }

    final int follower;
    State state = State.NONE;
    Answer answer;
    long incarnation = -1;
    long sessionId;
    long next;
    long target;
    long highWatermarkSent;
    long highWatermarkNs;
    boolean isRead;
    int sincePartitionEpoch;
    long logStartSent;
    int answerEpoch;
    long answerOffset;
    int answerCode;

    /** @param sincePartitionEpoch see {@link Assignment#replicaSince} */
    SendCursor(final int follower, final int sincePartitionEpoch)
    {
        this.follower = follower;
        this.sincePartitionEpoch = sincePartitionEpoch;
    }

    /** @return true when the conversation is newer than the one known: later incarnation, or later session of the same */
    boolean isNewer(final long otherIncarnation, final long otherSessionId)
    {
        return incarnation < 0 || otherIncarnation > incarnation ||
            otherIncarnation == incarnation && otherSessionId > sessionId;
    }

    /** R1.1: the follower has ended its old session. */
    void onFollow(final long newIncarnation, final long newSessionId)
    {
        incarnation = newIncarnation;
        sessionId = newSessionId;
        highWatermarkSent = -1;
        logStartSent = -1;
        isRead = false;
    }

    void answer(final Answer how, final int epoch, final long offset, final int code)
    {
        state = State.ANSWERING;
        answer = how;
        answerEpoch = epoch;
        answerOffset = offset;
        answerCode = code;
    }

    void stream(final long from)
    {
        next = from;
        state = State.STREAMING;
    }

    void feed(final long to)
    {
        target = to;
        state = State.FEEDING;
    }

    /** @return true while there is an answer or a batch that has not left */
    boolean isSending(final long logEnd)
    {
        return state == State.ANSWERING || state == State.STREAMING && next < logEnd;
    }

    void end()
    {
        state = State.NONE;
    }
}
