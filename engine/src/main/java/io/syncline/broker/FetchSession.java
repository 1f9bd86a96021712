package io.syncline.broker;

import io.syncline.protocol.Codes;

/**
 * One consumer reading one partition (R7): where it is, how much it is ready to take, and what it still has to be told.
 * Belongs to the delivery agent, which sends; this decides.
 * <pre>
 *                 start decided                    role or partition lost, reader failed
 *   RESOLVING ------------------> STREAMING --------------------------------------------> ENDED
 *       |            refused, or undecided for too long                                     ^
 *       +-----------------------------------------------------------------------------------+
 * </pre>
 */
final class FetchSession
{
    /** States of a session. */
    enum State
    {
        /** Its start is not decided yet. */
        RESOLVING,
        /** Batches below the high watermark go out while there is credit. */
        STREAMING,
        /** Over; kept so that a late refill does not open it again. */
        ENDED
    }

    /** Start at the log start. */
    static final long FROM_LOG_START = -2;
    /** Start at the high watermark. */
    static final long FROM_HIGH_WATERMARK = -3;
    private static final long NULL_OFFSET = -1;

    private final long key;
    private final long fetchId;
    private final boolean fromFollower;
    private final int clientLeaderEpoch;
    private final int lastEpoch;
    private final long fetchOffset;
    private final long resolveDeadlineNs;
    private State state = State.RESOLVING;
    private long nextOffset = NULL_OFFSET;
    private long creditLimit;
    private long deliveredBytes;
    private boolean isAnswerDue;
    private int code;
    private long answerOffset = NULL_OFFSET;
    private int answerEpoch = -1;
    private int leader = -1;
    private long toldHighWatermark = NULL_OFFSET;
    private long quietSinceNs;

    FetchSession(
        final long key,
        final long fetchId,
        final long fetchOffset,
        final long creditLimit,
        final int clientLeaderEpoch,
        final int lastEpoch,
        final boolean fromFollower,
        final long resolveDeadlineNs)
    {
        this.key = key;
        this.fetchId = fetchId;
        this.fetchOffset = fetchOffset;
        this.creditLimit = creditLimit;
        this.clientLeaderEpoch = clientLeaderEpoch;
        this.lastEpoch = lastEpoch;
        this.fromFollower = fromFollower;
        this.resolveDeadlineNs = resolveDeadlineNs;
    }

    /**
     * Decides where the session starts, or why it does not; stays RESOLVING while that depends on a high watermark to
     * come.
     *
     * @param partition to read, null when this broker has no replica of it
     * @param nowNs     monotonic time
     */
    void resolve(final ReadPartition partition, final long nowNs)
    {
        if (partition == null)
        {
            end(fromFollower ? Codes.NOT_REPLICA : Codes.NOT_LEADER, null);
            return;
        }
        final int admission = partition.admission(fromFollower);
        if (admission != Codes.OK)
        {
            end(admission, partition);
        }
        else if (clientLeaderEpoch > partition.leaderEpoch())
        {
            undecided(Codes.UNKNOWN_LEADER_EPOCH, partition, nowNs);
        }
        else if (fetchOffset == FROM_LOG_START)
        {
            start(partition.logStart(), partition);
        }
        else if (!partition.isHighWatermarkKnown())
        {
            undecided(Codes.TIMED_OUT, partition, nowNs);
        }
        else if (fetchOffset == FROM_HIGH_WATERMARK)
        {
            start(partition.highWatermark(), partition);
        }
        else
        {
            resolveOffset(partition, nowNs);
        }
    }

    private void resolveOffset(final ReadPartition partition, final long nowNs)
    {
        final long highWatermark = partition.highWatermark();
        if (fetchOffset < partition.logStart())
        {
            end(Codes.OFFSET_OUT_OF_RANGE, partition);
            return;
        }
        if (fetchOffset > highWatermark && !partition.isLeader())
        {
            // A reader of the leader may be ahead of this follower: what it has read will get here.
            undecided(Codes.OFFSET_OUT_OF_RANGE, partition, nowNs);
            return;
        }
        final int result = lastEpoch < 0 ? Codes.OK : partition.checkHistory(fetchOffset, lastEpoch, highWatermark);
        if (result == Codes.DIVERGED)
        {
            end(Codes.DIVERGED, partition);
            answerOffset = partition.sharedEnd();
            answerEpoch = partition.sharedEpoch();
        }
        else if (result != Codes.OK)
        {
            end(result, partition);
        }
        else if (fetchOffset > highWatermark)
        {
            end(Codes.OFFSET_OUT_OF_RANGE, partition);
        }
        else
        {
            start(fetchOffset, partition);
        }
    }

    /** The partition's metadata changed: a session that is not served here any more ends and says where to go. */
    void onAssignment(final ReadPartition partition)
    {
        if (state == State.STREAMING)
        {
            final int admission = partition.admission(fromFollower);
            if (admission != Codes.OK)
            {
                end(admission, partition);
            }
        }
    }

    /**
     * Ends the session; the client is told with the next answer.
     *
     * @param reason    a code
     * @param partition null when it is not here any more
     */
    void end(final int reason, final ReadPartition partition)
    {
        if (state != State.ENDED)
        {
            code = reason;
            answerOffset = nextOffset;
            answerEpoch = partition == null ? -1 : partition.leaderEpoch();
            leader = partition == null ? -1 : partition.leader();
            isAnswerDue = true;
            state(State.ENDED);
        }
    }

    /** The client has left or moved: nothing more is sent. */
    void abandon()
    {
        isAnswerDue = false;
        state(State.ENDED);
    }

    /**
     * More credit, or the same again. A session that ended tells why once more: the client may have missed it.
     *
     * @param limit total bytes since the session began
     */
    void refill(final long limit)
    {
        creditLimit = Math.max(creditLimit, limit);
        if (state == State.ENDED && code != Codes.OK)
        {
            isAnswerDue = true;
        }
    }

    /** @return true while a batch of this length may go out */
    boolean hasCreditFor(final int length)
    {
        return deliveredBytes + length <= creditLimit;
    }

    /** @return true when the session waits for credit, not for the high watermark */
    boolean hasCredit()
    {
        return deliveredBytes < creditLimit;
    }

    /** A batch went out. */
    void onDelivered(final int length, final long endOffset, final long highWatermark, final long nowNs)
    {
        deliveredBytes += length;
        nextOffset = endOffset;
        onHighWatermarkTold(highWatermark, nowNs);
    }

    /** The client knows this high watermark. */
    void onHighWatermarkTold(final long highWatermark, final long nowNs)
    {
        toldHighWatermark = highWatermark;
        quietSinceNs = nowNs;
    }

    /** @return true when the high watermark moved a while ago and no batch took the news along */
    boolean isHighWatermarkDue(final long highWatermark, final long nowNs, final long quietNs)
    {
        return highWatermark > toldHighWatermark && nowNs - quietSinceNs >= quietNs;
    }

    /** The answer to the client went out. */
    void onAnswered()
    {
        isAnswerDue = false;
    }

    boolean isAnswerDue()
    {
        return isAnswerDue;
    }

    State state()
    {
        return state;
    }

    long key()
    {
        return key;
    }

    long fetchId()
    {
        return fetchId;
    }

    /** @return next offset to be delivered */
    long nextOffset()
    {
        return nextOffset;
    }

    int code()
    {
        return code;
    }

    /** @return start of the session; with DIVERGED where the histories part */
    long answerOffset()
    {
        return answerOffset;
    }

    /** @return current leader epoch; with DIVERGED the epoch that the histories share */
    int answerEpoch()
    {
        return answerEpoch;
    }

    int leader()
    {
        return leader;
    }

    private void start(final long offset, final ReadPartition partition)
    {
        nextOffset = offset;
        answerOffset = offset;
        answerEpoch = partition.leaderEpoch();
        leader = partition.leader();
        isAnswerDue = true;
        state(State.STREAMING);
    }

    private void undecided(final int codeInTheEnd, final ReadPartition partition, final long nowNs)
    {
        if (nowNs - resolveDeadlineNs >= 0)
        {
            end(codeInTheEnd, partition);
        }
    }

    private void state(final State newState)
    {
        state = newState;
    }
}
