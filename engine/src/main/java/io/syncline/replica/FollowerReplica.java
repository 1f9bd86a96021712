package io.syncline.replica;

import io.syncline.protocol.Codes;
import io.syncline.record.BatchFlyweight;
import io.syncline.record.BatchValidator;
import org.agrona.DirectBuffer;

/**
 * One partition's follower: finds the common point with its leader (R1), appends what it is sent and acknowledges it
 * (R2), and knows the high watermark of its own readers (R3.5). One for each partition of a broker, kept for as long as
 * the broker holds the replica; it owns the log while it follows, except while the conductor truncates. Owned by the
 * follower agent.
 * <pre>
 *             follow               FollowAccepted
 *   STOPPED ----------> ASKING -------------------> STREAMING
 *      ^                 |  ^  <-------------------     |
 *      |                 |  |   gap, bad batch, stall   |
 *  stopFollowing         |  +-------- onTruncated ---+  |
 *  from any state        v  Diverged, OutOfRange     |  |
 *                     TRUNCATING --------------------+  |   OutOfRange
 *                        ^------------------------------+
 *                     FAULTED: the log failed, or R1.7; left by stopFollowing only
 * </pre>
 */
public final class FollowerReplica
{
    /** What the follower is doing. */
    enum State
    {
        /** It does not follow; the log may belong to another role. */
        STOPPED,
        /** It asks the leader where to go on, and appends nothing until it is told. */
        ASKING,
        /** The leader accepted: its log is a prefix of the leader's, and grows. */
        STREAMING,
        /** The conductor has the log, to truncate or restart it. */
        TRUNCATING,
        /** It touches nothing more. */
        FAULTED
    }

    private static final int MAX_BACKOFF_SHIFT = 3;

    private final long key;
    private final int brokerId;
    private final ReplicaConfig config;
    private final ReplicaLog log;
    private final ProducerSequences sequences;
    private final FollowerOutput out;
    private final BatchFlyweight header = new BatchFlyweight();

    private State state = State.STOPPED;
    private Assignment assignment;
    private int leaderEpoch = EpochHistory.NULL_EPOCH;
    private long incarnation;
    private long sessionId = Long.MIN_VALUE;
    private long highWatermark;
    private long leaderHighWatermark;
    private long askNs;
    private int asked;
    private boolean isAnswerAwaited;
    private long streamingNs;
    private boolean ackDue;
    private boolean isRead;
    private long ackedNs;
    private long ackedSynced;

    /**
     * @param key         partition
     * @param brokerId    of this broker
     * @param incarnation of this broker's registration
     * @param config      numbers
     * @param log         of the partition, shared with the other roles, one at a time
     * @param sequences   of the log
     * @param out         port; never calls back in
     */
    public FollowerReplica(
        final long key, final int brokerId, final long incarnation, final ReplicaConfig config, final ReplicaLog log,
        final ProducerSequences sequences, final FollowerOutput out)
    {
        this.key = key;
        this.brokerId = brokerId;
        this.incarnation = incarnation;
        this.config = config;
        this.log = log;
        this.sequences = sequences;
        this.out = out;
    }

    /**
     * A new leader epoch, with another leader or none (-1): the old session is over (R1.1). While the conductor
     * truncates, the new epoch waits for {@link #onTruncated}.
     *
     * @param a                  with a leader epoch above every earlier one; the same one again only after
     *                           {@link #stopFollowing}
     * @param knownHighWatermark what this replica knew in its last role, or found on its disk; never above its LEO
     * @param nowNs              monotonic time
     */
    public void follow(final Assignment a, final long knownHighWatermark, final long nowNs)
    {
        Invariant.check(a.leader() != brokerId, key, "does not follow itself", a.leader(), brokerId);
        Invariant.check(a.leaderEpoch() > leaderEpoch || a.leaderEpoch() == leaderEpoch && state == State.STOPPED, key,
            "leader epoch grows (I2)", a.leaderEpoch(), leaderEpoch);
        if (state == State.FAULTED)
        {
            return;
        }
        assignment = a;
        leaderEpoch = a.leaderEpoch();
        highWatermark = Math.max(highWatermark, knownHighWatermark);
        asked = 0;
        if (state != State.TRUNCATING)
        {
            beginEpoch(nowNs);
        }
    }

    /**
     * Newer metadata of the same leader epoch.
     *
     * @param a     the assignment
     * @param nowNs monotonic time
     */
    public void onAssignment(final Assignment a, final long nowNs)
    {
        if (assignment != null && a.leaderEpoch() == leaderEpoch && a.partitionEpoch() >= assignment.partitionEpoch())
        {
            assignment = a;
        }
    }

    /**
     * The broker registered again: what it said under the old incarnation no longer counts (KIP-903).
     *
     * @param newIncarnation above the old one
     * @param nowNs          monotonic time
     */
    public void onIncarnation(final long newIncarnation, final long nowNs)
    {
        incarnation = newIncarnation;
        askAgain(nowNs, 0);
    }

    /**
     * Consumers begin to read from this replica, or none does any more: the leader is told with the next ack, at once,
     * and pushes the high watermark accordingly (R3.4).
     *
     * @param nowRead true while there are any
     */
    public void read(final boolean nowRead)
    {
        if (nowRead != isRead)
        {
            isRead = nowRead;
            ackDue |= state == State.STREAMING;
        }
    }

    /**
     * The stream from the leader broke, and nobody knows what was on it.
     *
     * @param nowNs monotonic time
     */
    public void onStreamLost(final long nowNs)
    {
        askAgain(nowNs, 0);
    }

    /**
     * The leader found this log to be a prefix of its own (R1.3): appends may come.
     *
     * @param answerEpoch leader epoch
     * @param answerId    session the answer belongs to
     * @param logEnd      this follower's LEO, as the leader accepted it
     * @param logStart    the leader's log start
     * @param nowNs       monotonic time
     */
    public void onFollowAccepted(
        final int answerEpoch, final long answerId, final long logEnd, final long logStart, final long nowNs)
    {
        if (isAnswer(answerEpoch, answerId))
        {
            Invariant.check(logEnd == log.logEnd(), key, "accepted at its own end (R1.3)", logEnd, log.logEnd());
            state(State.STREAMING);
            asked = 0;
            leaderHighWatermark = 0;
            leaderLogStart(logStart);
            streamingNs = nowNs;
            ackDue = true;
        }
    }

    /**
     * The logs part at or before an offset (R1.4).
     *
     * @param answerEpoch leader epoch
     * @param answerId    session the answer belongs to
     * @param epoch       the leader's largest epoch not above the epoch of this log's last record, -1 for none
     * @param endOffset   where that epoch ends at the leader
     * @param nowNs       monotonic time
     */
    public void onDiverged(
        final int answerEpoch, final long answerId, final int epoch, final long endOffset, final long nowNs)
    {
        if (!isAnswer(answerEpoch, answerId))
        {
            return;
        }
        final long logEnd = log.logEnd();
        final long ownEnd = log.epochs().endOffset(epoch, logEnd);
        final long offset = Math.max(log.logStart(), Math.min(logEnd, Math.min(ownEnd, endOffset)));
        if (offset < highWatermark)
        {
            fault("leader " + assignment.leader() + " of epoch " + leaderEpoch + " parts from this log at epoch " + epoch +
                ", end offset " + endOffset + "; truncating to " + offset + " would remove committed records below " +
                highWatermark + " (R1.7)");
        }
        else if (offset >= logEnd)
        {
            // A leader that says so and gives nothing to cut does not make sense; ask again rather than believe it.
            askAgain(nowNs, config.followTimeoutNs());
        }
        else
        {
            truncate(offset);
        }
    }

    /**
     * The leader's log begins behind this one's end (R1.5).
     *
     * @param answerEpoch leader epoch
     * @param answerId    session the answer belongs to
     * @param logStart    the leader's log start
     * @param nowNs       monotonic time
     */
    public void onOutOfRange(final int answerEpoch, final long answerId, final long logStart, final long nowNs)
    {
        if (!isAnswer(answerEpoch, answerId) && !isCurrent(answerEpoch, answerId))
        {
            return;
        }
        if (logStart < highWatermark)
        {
            fault("leader " + assignment.leader() + " of epoch " + leaderEpoch + " asks to restart at " + logStart +
                ", which would remove committed records below " + highWatermark + " (R1.7)");
            return;
        }
        state(State.TRUNCATING);
        out.restart(key, leaderEpoch, logStart);
    }

    /**
     * The leader does not take followers of this epoch, or not this one (R1.2). Asked again later: metadata settles it.
     * A session that streams is refused where the leader has forgotten it, because in the meantime this broker was none
     * of the replicas: asked again at once.
     *
     * @param answerEpoch that the answering broker knows; says nothing about this follower's
     * @param answerId    session the answer belongs to
     * @param code        why
     * @param nowNs       monotonic time
     */
    public void onFollowRefused(final int answerEpoch, final long answerId, final int code, final long nowNs)
    {
        if (isAnswerAwaited && answerId == sessionId)
        {
            isAnswerAwaited = false;
            askNs = nowNs + config.followTimeoutNs() / 4;
        }
        else if (isCurrent(answerEpoch, answerId))
        {
            askAgain(nowNs, 0);
        }
    }

    /**
     * A batch from the leader (R2.1). One of another epoch or session is ignored; one of this session that does not fit
     * ends the session, and the follower follows again.
     *
     * @param appendEpoch     leader epoch of the session
     * @param appendSessionId session
     * @param leaderHw        the leader's high watermark
     * @param leaderLogStart  the leader's log start
     * @param batch           borrowed
     * @param offset          of the batch
     * @param length          of the batch
     * @param nowNs           monotonic time
     */
    public void onAppend(
        final int appendEpoch, final long appendSessionId, final long leaderHw, final long leaderLogStart,
        final DirectBuffer batch, final int offset, final int length, final long nowNs)
    {
        if (!isCurrent(appendEpoch, appendSessionId))
        {
            return;
        }
        if (BatchValidator.validateStored(batch, offset, length, key) != Codes.OK)
        {
            askAgain(nowNs, config.followTimeoutNs() / 4);
            return;
        }
        header.wrap(batch, offset);
        final int epoch = header.leaderEpoch();
        final int lastEpoch = log.lastEpoch();
        if (header.baseOffset() != log.logEnd() || epoch > leaderEpoch || epoch < lastEpoch)
        {
            askAgain(nowNs, 0);
            return;
        }
        final long newEnd = log.appendAsFollower(batch, offset, length);
        if (newEnd == Codes.NO_SPACE)
        {
            // A slow replica and not a damaged one (D2): it asks again until there is room.
            askAgain(nowNs, config.followTimeoutNs());
            return;
        }
        if (newEnd < 0)
        {
            fault("the log refused a batch at offset " + log.logEnd() + ": " + Codes.describe(newEnd));
            return;
        }
        sequences.onAppended(header);
        streamingNs = nowNs;
        ackDue = true;
        leaderHighWatermark(leaderHw);
        leaderLogStart(leaderLogStart);
    }

    /**
     * The leader's high watermark moved (R3.4).
     *
     * @param hwEpoch        leader epoch of the session
     * @param hwSessionId    session
     * @param leaderHw       the leader's high watermark
     * @param leaderLogStart the leader's log start
     * @param nowNs          monotonic time
     */
    public void onHighWatermark(
        final int hwEpoch, final long hwSessionId, final long leaderHw, final long leaderLogStart, final long nowNs)
    {
        if (isCurrent(hwEpoch, hwSessionId))
        {
            if (leaderHighWatermark <= log.logEnd())
            {
                // Until now it had everything it knew of; whoever sends what is missing has time from here on.
                streamingNs = nowNs;
            }
            leaderHighWatermark(leaderHw);
            leaderLogStart(leaderLogStart);
        }
    }

    /**
     * The conductor has truncated or restarted the log and rebuilt its sequences: the log is this follower's again.
     *
     * @param nowNs monotonic time
     */
    public void onTruncated(final long nowNs)
    {
        if (state == State.TRUNCATING)
        {
            Invariant.check(log.epochs().latestEpoch() == log.lastEpoch(), key, "epochs without records went with the truncation",
                log.epochs().latestEpoch(), log.lastEpoch());
            Invariant.check(log.logEnd() >= highWatermark, key, "nothing committed was removed (R1.7, I11)", log.logEnd(),
                highWatermark);
            beginEpoch(nowNs);
        }
    }

    /**
     * Asks, acknowledges, notices a stream that stands still.
     *
     * @param nowNs monotonic time
     * @return work done
     */
    public int doWork(final long nowNs)
    {
        return switch (state)
        {
            case ASKING -> ask(nowNs);
            case STREAMING -> acknowledge(nowNs);
            default -> 0;
        };
    }

    /**
     * @param nowNs monotonic time
     * @return true when {@link #doWork} has nothing to do before something is heard, or time brings it
     */
    public boolean isAtRest(final long nowNs)
    {
        return switch (state)
        {
            case ASKING -> nowNs - askNs < 0 || assignment.leader() < 0;
            case STREAMING -> !ackDue && !(assignment.fsynced() && ackedSynced < log.logEnd());
            default -> true;
        };
    }

    /**
     * Another role or the broker's end: the session is over.
     *
     * @return the log; still the conductor's when it was truncating
     */
    public ReplicaLog stopFollowing()
    {
        state(State.STOPPED);
        return log;
    }

    /** @return true between {@link #follow} and {@link #stopFollowing} */
    public boolean isFollowing()
    {
        return state != State.STOPPED;
    }

    /** @return of the last leader followed, -1 before the first */
    public int leaderEpoch()
    {
        return leaderEpoch;
    }

    /** @return broker followed, -1 for none */
    public int leader()
    {
        return state == State.STOPPED ? -1 : assignment.leader();
    }

    /** @return what readers of this replica may see (R3.5) */
    public long highWatermark()
    {
        return highWatermark;
    }

    /** @return partition */
    public long key()
    {
        return key;
    }

    long sessionId()
    {
        return sessionId;
    }

    State state()
    {
        return state;
    }

    private void beginEpoch(final long nowNs)
    {
        if (log.epochs().latestEpoch() > log.lastEpoch())
        {
            // A leadership of this broker's own that wrote nothing. The leader may have batches of earlier epochs from
            // here on.
            truncate(log.logEnd());
        }
        else
        {
            state(State.ASKING);
            askNs = nowNs;
        }
    }

    /** The one place where the state changes: what belongs to the old state's conversation ends with it. */
    private void state(final State newState)
    {
        state = newState;
        isAnswerAwaited = false;
        ackDue = false;
    }

    private void truncate(final long offset)
    {
        state(State.TRUNCATING);
        out.truncate(key, leaderEpoch, offset);
    }

    private void askAgain(final long nowNs, final long delayNs)
    {
        if (state == State.ASKING || state == State.STREAMING)
        {
            state(State.ASKING);
            askNs = nowNs + delayNs;
        }
    }

    private int ask(final long nowNs)
    {
        if (nowNs - askNs < 0 || assignment.leader() < 0)
        {
            return 0;
        }
        // Grows within an incarnation, across role changes as well: monotonic time does.
        final long nextSessionId = Math.max(sessionId + 1, nowNs);
        final long sent = out.follow(
            assignment.leader(), key, leaderEpoch, assignment.partitionEpoch(), incarnation, nextSessionId, log.logEnd(),
            log.lastEpoch());
        if (sent < 0)
        {
            return 0;
        }
        sessionId = nextSessionId;
        isAnswerAwaited = true;
        askNs = nowNs + (config.followTimeoutNs() << Math.min(asked, MAX_BACKOFF_SHIFT));
        asked++;
        return 1;
    }

    private int acknowledge(final long nowNs)
    {
        if (leaderHighWatermark > log.logEnd() && nowNs - streamingNs > config.stallTimeoutNs())
        {
            askAgain(nowNs, 0);
            return 1;
        }
        final boolean isSyncDue = assignment.fsynced() && log.synced() > ackedSynced;
        if (!ackDue && !isSyncDue && nowNs - ackedNs < config.ackIntervalNs())
        {
            return 0;
        }
        final long synced = log.synced();
        if (out.appendAck(
            assignment.leader(), key, leaderEpoch, incarnation, sessionId, log.logEnd(), synced, isRead) < 0)
        {
            return 0;
        }
        ackedSynced = synced;
        ackDue = false;
        ackedNs = nowNs;
        return 1;
    }

    /** R3.5: after appending, and never down. */
    private void leaderHighWatermark(final long leaderHw)
    {
        leaderHighWatermark = Math.max(leaderHighWatermark, leaderHw);
        final long known = Math.min(leaderHighWatermark, log.logEnd());
        if (known > highWatermark)
        {
            highWatermark = known;
            out.highWatermark(key, leaderEpoch, known);
        }
    }

    /** R8.4: with the leader's, and not above what this replica knows to be committed. */
    private void leaderLogStart(final long logStart)
    {
        if (logStart > log.logStart() && logStart <= highWatermark)
        {
            log.release(logStart);
        }
    }

    private boolean isAnswer(final int answerEpoch, final long answerId)
    {
        return isAnswerAwaited && answerEpoch == leaderEpoch && answerId == sessionId;
    }

    private boolean isCurrent(final int epoch, final long session)
    {
        return state == State.STREAMING && epoch == leaderEpoch && session == sessionId;
    }

    private void fault(final String reason)
    {
        state(State.FAULTED);
        out.fault(key, leaderEpoch, reason);
    }
}
