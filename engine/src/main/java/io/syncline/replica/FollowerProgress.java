package io.syncline.replica;

/**
 * What the acks side of a leader knows of one follower in the current leader epoch.
 * <p>
 * Invariant: {@code synced <= logEnd}, both -1 until a session of this epoch has begun (R2.4), and neither goes down
 * within a session.
 */
final class FollowerProgress
{
    /** Not known; counts as below everything. */
    static final long UNKNOWN = -1;

    final int brokerId;
    private long incarnation = UNKNOWN;
    private long sessionId;
    private long logEnd = UNKNOWN;
    private long synced = UNKNOWN;
    private long heardNs;
    private int sincePartitionEpoch;
    private boolean isRefused;
    private boolean isRead;
    private long caughtUpNs;
    private long progressNs;
    private long markOffset = UNKNOWN;
    private long markNs;
    private long watchSessionId;
    private long watchOffset = UNKNOWN;

    /**
     * In a new epoch everything is unknown (R2.4), and the time to catch up begins.
     *
     * @param sincePartitionEpoch see {@link Assignment#replicaSince}
     */
    FollowerProgress(final int brokerId, final int sincePartitionEpoch, final long nowNs)
    {
        this.brokerId = brokerId;
        this.sincePartitionEpoch = sincePartitionEpoch;
        heardNs = nowNs;
        caughtUpNs = nowNs;
        progressNs = nowNs;
    }

    /**
     * @param known  what was known of followers
     * @param before metadata of the same leadership that was known before, null where it begins
     * @param a      newer metadata
     * @param nowNs  monotonic time
     * @return what is known of each of its replicas, index by index; nothing of those that restarted, are new or may
     * have been out in between
     */
    static FollowerProgress[] adopted(
        final FollowerProgress[] known, final Assignment before, final Assignment a, final long nowNs)
    {
        final FollowerProgress[] adopted = new FollowerProgress[a.replicas().length];
        for (int i = 0; i < adopted.length; i++)
        {
            for (final FollowerProgress progress : known)
            {
                adopted[i] = progress.brokerId == a.replicas()[i] ? progress : adopted[i];
            }
            if (adopted[i] == null)
            {
                adopted[i] = new FollowerProgress(a.replicas()[i], a.replicaSince(a.replicas()[i]), nowNs);
            }
            else if (adopted[i].incarnation < a.incarnations()[i])
            {
                adopted[i].forget();
            }
            if (before != null && a.mayHaveBeenOut(before.partitionEpoch(), a.replicas()[i]))
            {
                adopted[i].forget();
                adopted[i].sincePartitionEpoch = a.replicaSince(a.replicas()[i]);
            }
        }
        return adopted;
    }

    /** The follower's log is a prefix of the leader's up to an offset. */
    void onSessionStarted(
        final long newIncarnation, final long newSessionId, final long end, final long leaderEnd, final long nowNs)
    {
        incarnation = newIncarnation;
        sessionId = newSessionId;
        logEnd = end;
        synced = UNKNOWN;
        heardNs = nowNs;
        isRefused = false;
        isRead = false;
        progressNs = nowNs;
        markOffset = UNKNOWN;
        noteCaughtUp(leaderEnd, nowNs);
    }

    /** @return true when the ack belongs to the current session (R2.3); older ones change nothing */
    boolean onAppendAck(
        final long ackIncarnation, final long ackSessionId, final long end, final long syncedEnd, final long leaderEnd,
        final long nowNs)
    {
        if (logEnd == UNKNOWN || ackIncarnation != incarnation || ackSessionId != sessionId)
        {
            return false;
        }
        heardNs = nowNs;
        isRefused = false;
        if (end > logEnd)
        {
            logEnd = end;
            progressNs = nowNs;
        }
        synced = Math.max(synced, Math.min(syncedEnd, logEnd));
        noteCaughtUp(leaderEnd, nowNs);
        return true;
    }

    /** @return partition epoch of the leader side below which a session was begun with an earlier replica */
    int sincePartitionEpoch()
    {
        return sincePartitionEpoch;
    }

    /** @return false before the first session of this epoch, and after {@link #forget} */
    boolean hasSession()
    {
        return logEnd != UNKNOWN;
    }

    /** The leader's end is about to move from here: who had reached it was in sync until now (R4.1). */
    void beforeAppended(final long leaderEnd, final long nowNs)
    {
        if (logEnd >= leaderEnd)
        {
            caughtUpNs = nowNs;
            progressNs = nowNs;
        }
    }

    /** The incarnation that said all this is gone. */
    void forget()
    {
        logEnd = UNKNOWN;
        synced = UNKNOWN;
        watchOffset = UNKNOWN;
        markOffset = UNKNOWN;
    }

    /** R4.1: the leader itself did not run for so long, and what it did not look at it cannot blame. */
    void onStalled(final long stalledNs, final long nowNs)
    {
        heardNs = Math.min(nowNs, heardNs + stalledNs);
        caughtUpNs = Math.min(nowNs, caughtUpNs + stalledNs);
        progressNs = Math.min(nowNs, progressNs + stalledNs);
        markNs = Math.min(nowNs, markNs + stalledNs);
    }

    /** R4.1. */
    boolean isLagging(final long leaderEnd, final long lagTimeMaxNs, final long nowNs)
    {
        return (logEnd == UNKNOWN || logEnd < leaderEnd) && nowNs - caughtUpNs > lagTimeMaxNs;
    }

    /**
     * Its machine says that nobody listens there: what was heard last counts as three quarters of the silence older,
     * once for each silence. The rest is waited for, because a refusal may be older than what was heard since.
     */
    void onRefused(final long silenceTimeNs)
    {
        if (!isRefused)
        {
            isRefused = true;
            heardNs -= silenceTimeNs - ReplicaConfig.silenceOfRefusedNs(silenceTimeNs);
        }
    }

    /** R4.1: it repeats its acks many times in that time, and none of its session came. */
    boolean isSilent(final long silenceTimeNs, final long nowNs)
    {
        return nowNs - heardNs > silenceTimeNs;
    }

    /** R4.1: a commit waits for it, and nothing is heard of it. One that has not followed in this epoch yet is waited for. */
    boolean holdsBackInSilence(final long leaderEnd, final long silenceTimeNs, final long nowNs)
    {
        return logEnd != UNKNOWN && logEnd < leaderEnd && isSilent(silenceTimeNs, nowNs);
    }

    /** A session lives, there is something to send, and for so long nothing arrived. */
    boolean standsStill(final long leaderEnd, final long timeoutNs, final long nowNs)
    {
        return logEnd != UNKNOWN && logEnd < leaderEnd && nowNs - progressNs > timeoutNs;
    }

    void onToldStandingStill(final long nowNs)
    {
        progressNs = nowNs;
    }

    /** @return what the leader side was told of this session: consumers read from the follower */
    boolean isRead()
    {
        return isRead;
    }

    void read(final boolean nowRead)
    {
        isRead = nowRead;
    }

    void watch(final long wantedSessionId, final long offset)
    {
        watchSessionId = wantedSessionId;
        watchOffset = offset;
    }

    boolean isWatchReached()
    {
        return watchOffset != UNKNOWN && watchSessionId == sessionId && logEnd >= watchOffset;
    }

    void endWatch()
    {
        watchOffset = UNKNOWN;
    }

    long incarnation()
    {
        return incarnation;
    }

    long sessionId()
    {
        return sessionId;
    }

    long logEnd()
    {
        return logEnd;
    }

    long synced()
    {
        return synced;
    }

    /**
     * "Caught up" means having acknowledged the leader's end of some time, as of that time. Acks travel while the end
     * moves on, so the end is marked now and then, and an ack that reaches the mark proves the follower caught up as of
     * the mark.
     */
    private void noteCaughtUp(final long leaderEnd, final long nowNs)
    {
        if (logEnd >= leaderEnd)
        {
            caughtUpNs = nowNs;
            markOffset = UNKNOWN;
        }
        else if (markOffset == UNKNOWN || logEnd >= markOffset)
        {
            if (markOffset != UNKNOWN)
            {
                caughtUpNs = Math.max(caughtUpNs, markNs);
            }
            markOffset = leaderEnd;
            markNs = nowNs;
        }
    }
}
