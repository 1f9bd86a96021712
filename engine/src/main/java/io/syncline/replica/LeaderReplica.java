package io.syncline.replica;

import io.syncline.protocol.Codes;
import io.syncline.record.BatchDescriptor;
import io.syncline.record.BatchFlyweight;
import io.syncline.record.BatchValidator;
import org.agrona.DirectBuffer;

/**
 * The leader's half that writes: checks and appends what producers send (R6), takes Follow (R1), and turns what sends
 * to the followers, {@link SendCursors}. One for each partition of a broker, kept for as long as the broker holds the
 * replica; it owns the log while it leads and touches it at no other time. Owned by the leader agent.
 * <p>
 * Every answer to a client goes through the acks side, so that the answers of one client leave in their order.
 */
public final class LeaderReplica
{
    private final long key;
    private final int brokerId;
    private final ReplicaConfig config;
    private final ReplicaLog log;
    private final ProducerSequences sequences;
    private final LeaderOutput out;
    private final BatchFlyweight header = new BatchFlyweight();
    private final SendCursors cursors;
    private final AppendWindow window;

    private boolean leading;
    private boolean isFrozen;
    private int leaderEpoch = EpochHistory.NULL_EPOCH;

    /**
     * @param key       partition
     * @param brokerId  of this broker
     * @param config    numbers
     * @param log       of the partition, shared with the other roles, one at a time
     * @param sequences of the log
     * @param out       port; never calls back in
     */
    public LeaderReplica(
        final long key, final int brokerId, final ReplicaConfig config, final ReplicaLog log,
        final ProducerSequences sequences, final LeaderOutput out)
    {
        this.key = key;
        this.brokerId = brokerId;
        this.config = config;
        this.log = log;
        this.sequences = sequences;
        this.out = out;
        window = new AppendWindow(config.pendingProduces());
        cursors = new SendCursors(key, config, log, out);
    }

    /**
     * A leadership begins, perhaps of the broker that led before: all sessions are over (R2.4).
     *
     * @param a                  with a leader epoch above every earlier one, durable in the log's epoch history with
     *                           LESO (R1.6)
     * @param knownHighWatermark what this replica knew as a follower
     * @param nowNs              monotonic time
     */
    public void lead(final Assignment a, final long knownHighWatermark, final long nowNs)
    {
        Invariant.check(a.leader() == brokerId, key, "leads what it is assigned to lead", a.leader(), brokerId);
        Invariant.check(a.leaderEpoch() > leaderEpoch, key, "leader epoch grows (I2)", a.leaderEpoch(), leaderEpoch);
        Invariant.check(log.epochs().latestEpoch() == a.leaderEpoch(), key, "the epoch is durable before it serves (R1.6)",
            log.epochs().latestEpoch(), a.leaderEpoch());
        leaderEpoch = a.leaderEpoch();
        window.clear();
        isFrozen = false;
        cursors.lead(a, knownHighWatermark);
        leading = true;
    }

    /**
     * Newer metadata of the same leadership. Older or repeated metadata changes nothing.
     *
     * @param a     the assignment
     * @param nowNs monotonic time
     */
    public void onAssignment(final Assignment a, final long nowNs)
    {
        if (leading && a.leaderEpoch() == leaderEpoch && a.partitionEpoch() >= cursors.assignment().partitionEpoch())
        {
            cursors.onAssignment(a);
        }
    }

    /**
     * A client's batch (R6). A refusal is passed to the acks side, which tells the client, except at acks=none.
     *
     * @param clientId          who asks
     * @param acks              -1 all, 1 leader, 0 none
     * @param clientLeaderEpoch of the leader the client believes in, -1 when it does not say. A batch sent to an
     *                          earlier leadership is refused: an earlier one of the same client may have failed with
     *                          that leadership, and must not be overtaken (R6.5)
     * @param fromSequence      the client's count, first record
     * @param batch             borrowed
     * @param offset            of the batch
     * @param length            of the batch
     * @param nowNs             monotonic time
     * @return the new LEO; BACK_PRESSURED when the caller must deliver it again, nothing happened; another code when it
     * was refused. A duplicate counts as appended
     */
    public long onProduce(
        final long clientId, final int acks, final int clientLeaderEpoch, final long fromSequence,
        final DirectBuffer batch, final int offset, final int length, final long nowNs)
    {
        if (!out.hasRoom())
        {
            return Codes.BACK_PRESSURED;
        }
        // Frozen is for the rest of the epoch: of a producer that was put off, no later batch may be taken before it
        // (R6.5).
        int code = !leading ? Codes.NOT_LEADER : isFrozen ? Codes.LEADER_NOT_AVAILABLE : checkEpoch(clientLeaderEpoch);
        if (code == Codes.OK)
        {
            code = BatchValidator.validateProducer(batch, offset, length, config.maxBatchBytes());
        }
        if (code != Codes.OK)
        {
            final int count = length < BatchDescriptor.HEADER_LENGTH ? 1 : Math.max(1, header.wrap(batch, offset).count());
            return refuse(clientId, acks, fromSequence, fromSequence + count - 1, code);
        }
        header.wrap(batch, offset);
        return append(clientId, acks, fromSequence, batch, offset, length);
    }

    /**
     * A follower wants to follow (R1.1 to R1.3). The answer leaves now or on a later duty cycle.
     *
     * @param follower          broker id
     * @param followLeaderEpoch it follows
     * @param partitionEpoch    of the newest metadata it knows; one from before it was taken out and put back speaks of
     *                          a log that is no more
     * @param incarnation       of the follower
     * @param sessionId         it drew
     * @param followerEnd       its LEO
     * @param lastEpoch         epoch of its last record, -1 when its log is empty
     * @param nowNs             monotonic time
     */
    public void onFollow(
        final int follower, final int followLeaderEpoch, final int partitionEpoch, final long incarnation,
        final long sessionId, final long followerEnd, final int lastEpoch, final long nowNs)
    {
        if (!leading)
        {
            // Sent at most once: the follower repeats the question, and no cursor outlives the leadership.
            out.followRefused(follower, key, leaderEpoch, sessionId,
                followLeaderEpoch > leaderEpoch ? Codes.UNKNOWN_LEADER_EPOCH : Codes.FENCED_LEADER_EPOCH);
            return;
        }
        final int index = cursors.assignment().indexOf(follower);
        if (index < 0 || follower == brokerId)
        {
            out.followRefused(follower, key, leaderEpoch, sessionId, Codes.NOT_REPLICA);
            return;
        }
        final SendCursor cursor = cursors.get(index);
        if (!cursor.isNewer(incarnation, sessionId))
        {
            return;
        }
        if (incarnation < cursors.assignment().incarnations()[index])
        {
            out.followRefused(follower, key, leaderEpoch, sessionId, Codes.FENCED);
            return;
        }
        if (followLeaderEpoch == leaderEpoch && partitionEpoch < cursor.sincePartitionEpoch)
        {
            out.followRefused(follower, key, leaderEpoch, sessionId, Codes.NOT_REPLICA);
            return;
        }
        cursor.onFollow(incarnation, sessionId);
        cursors.answer(cursor, followLeaderEpoch, followerEnd, lastEpoch);
    }

    /**
     * From the acks side (R3.4).
     *
     * @param hwLeaderEpoch    in which it moved
     * @param newHighWatermark where to
     */
    public void onHighWatermark(final int hwLeaderEpoch, final long newHighWatermark)
    {
        if (leading && hwLeaderEpoch == leaderEpoch && newHighWatermark > cursors.highWatermark())
        {
            Invariant.check(newHighWatermark <= log.logEnd(), key, "HW <= LEO (I9)", newHighWatermark, log.logEnd());
            cursors.highWatermark(newHighWatermark);
            window.onHighWatermark(newHighWatermark);
        }
    }

    /**
     * From the acks side: a follower that is fed got there, or one stands still although there is something to send.
     * Either way its end is where sending goes on; should it be further by now, it finds an overlap and follows again.
     *
     * @param ackedLeaderEpoch of the session
     * @param follower         broker id
     * @param sessionId        of the conversation
     * @param followerEnd      the follower's LEO; -1 where the acks side knows of no session of its, which a follower
     *                         that has none here either is told: it follows again
     */
    public void onAcked(
        final int ackedLeaderEpoch, final int follower, final long sessionId, final long followerEnd)
    {
        final int index = leading && ackedLeaderEpoch == leaderEpoch ? cursors.assignment().indexOf(follower) : -1;
        if (index < 0)
        {
            return;
        }
        final SendCursor cursor = cursors.get(index);
        if (followerEnd < 0)
        {
            if (cursor.state == SendCursor.State.NONE)
            {
                // Sent at most once: the follower repeats its ack.
                out.followRefused(follower, key, leaderEpoch, sessionId, Codes.NOT_REPLICA);
            }
            return;
        }
        if (cursor.sessionId != sessionId)
        {
            return;
        }
        if (cursor.state == SendCursor.State.FEEDING ||
            cursor.state == SendCursor.State.STREAMING && followerEnd < cursor.next)
        {
            cursor.stream(followerEnd);
        }
    }

    /**
     * From the acks side: consumers began to read from a follower, or none does any more.
     *
     * @param readLeaderEpoch of the session
     * @param follower        broker id
     * @param sessionId       of the conversation
     * @param isRead          true: it gets each high watermark at once (R3.4)
     */
    public void onFollowerRead(
        final int readLeaderEpoch, final int follower, final long sessionId, final boolean isRead)
    {
        final int index = leading && readLeaderEpoch == leaderEpoch ? cursors.assignment().indexOf(follower) : -1;
        if (index >= 0 && cursors.get(index).sessionId == sessionId)
        {
            cursors.get(index).isRead = isRead;
        }
    }

    /**
     * Sends what can be sent, follower by follower, starting with another one each time.
     *
     * @param nowNs       monotonic time
     * @param budgetBytes to be sent to each follower at most, rounded up to a batch
     * @return work done
     */
    public int doWork(final long nowNs, final int budgetBytes)
    {
        if (!leading || cursors.assignment().replicas().length == 1)
        {
            return 0;
        }
        final int work = cursors.send(nowNs, budgetBytes);
        if (cursors.fault() != null)
        {
            fault(cursors.fault());
        }
        return work + (leading && isFreezeDue() ? freeze() : 0);
    }

    /** @return true when {@link #doWork} has nothing to do before something is heard, or time brings it */
    public boolean isAtRest()
    {
        return !leading || !isFreezeDue() && cursors.areAtRest();
    }

    /**
     * The leadership is over: nothing is sent from here on (R2.2).
     *
     * @return the log
     */
    public ReplicaLog stopLeading()
    {
        leading = false;
        cursors.clear();
        window.clear();
        return log;
    }

    /** @return true between {@link #lead} and {@link #stopLeading}, unless the log failed in between */
    public boolean isLeading()
    {
        return leading;
    }

    /** @return of the last leadership, -1 before the first */
    public int leaderEpoch()
    {
        return leaderEpoch;
    }

    /** @return the high watermark as far as this side knows */
    public long highWatermark()
    {
        return cursors.highWatermark();
    }

    /** @return partition */
    public long key()
    {
        return key;
    }

    /** @return true while this follower is fed over the bulk stream */
    boolean isFeeding(final int follower)
    {
        final int index = leading ? cursors.assignment().indexOf(follower) : -1;
        return index >= 0 && cursors.get(index).state == SendCursor.State.FEEDING;
    }

    private int checkEpoch(final int clientLeaderEpoch)
    {
        if (clientLeaderEpoch == leaderEpoch || clientLeaderEpoch < 0)
        {
            return Codes.OK;
        }
        return clientLeaderEpoch < leaderEpoch ? Codes.FENCED_LEADER_EPOCH : Codes.UNKNOWN_LEADER_EPOCH;
    }

    private long append(
        final long clientId, final int acks, final long fromSequence,
        final DirectBuffer batch, final int offset, final int length)
    {
        final int count = header.count();
        final long toSequence = fromSequence + count - 1;
        if (acks < 0)
        {
            if (cursors.assignment().isr().length < cursors.assignment().minIsr())
            {
                return refuse(clientId, acks, fromSequence, toSequence, Codes.NOT_ENOUGH_REPLICAS);
            }
            if (window.isFull())
            {
                return Codes.BACK_PRESSURED;
            }
        }
        final long producerId = header.producerId();
        final int producerEpoch = header.producerEpoch();
        final int baseSequence = header.baseSequence();
        if (producerId >= 0)
        {
            final int code =
                sequences.check(producerId, producerEpoch, baseSequence, count);
            if (code == ProducerSequences.DUPLICATE)
            {
                return appended(clientId, acks, fromSequence, toSequence, sequences.duplicateBaseOffset(), count);
            }
            if (code != Codes.OK)
            {
                return refuse(clientId, acks, fromSequence, toSequence, code);
            }
        }
        final long baseOffset = log.logEnd();
        final long newEnd = log.appendAsLeader(batch, offset, length, leaderEpoch);
        if (newEnd < 0)
        {
            return onAppendFailed(clientId, acks, fromSequence, toSequence, (int)newEnd);
        }
        Invariant.check(newEnd == baseOffset + count, key, "offsets are dense (I4)", newEnd, baseOffset + count);
        sequences.onAppended(producerId, producerEpoch, baseSequence, count, baseOffset);
        cursors.onAppended(length, count);
        return appended(clientId, acks, fromSequence, toSequence, baseOffset, count);
    }

    private long appended(
        final long clientId, final int acks, final long fromSequence, final long toSequence, final long baseOffset,
        final int count)
    {
        final long endOffset = baseOffset + count;
        if (acks < 0 && endOffset > cursors.highWatermark())
        {
            window.add(endOffset);
        }
        out.appended(
            key, leaderEpoch, acks, clientId, fromSequence, toSequence, baseOffset, endOffset, log.logEnd());
        return log.logEnd();
    }

    private long onAppendFailed(
        final long clientId, final int acks, final long fromSequence, final long toSequence, final int code)
    {
        if (code == Codes.BACK_PRESSURED)
        {
            return code;
        }
        refuse(clientId, acks, fromSequence, toSequence, code);
        if (code == Codes.STORAGE_ERROR)
        {
            fault("the log refused a produce: " + Codes.describe(code));
        }
        return code;
    }

    private long refuse(
        final long clientId, final int acks, final long fromSequence, final long toSequence, final int code)
    {
        if (acks != 0)
        {
            out.refused(key, leaderEpoch, clientId, fromSequence, toSequence, code);
        }
        return code;
    }

    private boolean isFreezeDue()
    {
        return cursors.assignment().successor() >= 0 && !isFrozen;
    }

    /** R5.7: as soon as the successor reads from the live stream, and so is not further behind than that is long. */
    private int freeze()
    {
        final int index = cursors.assignment().indexOf(cursors.assignment().successor());
        if (index < 0 || cursors.get(index).state != SendCursor.State.STREAMING ||
            !out.frozen(key, leaderEpoch, log.logEnd()))
        {
            return 0;
        }
        isFrozen = true;
        return 1;
    }

    private void fault(final String reason)
    {
        leading = false;
        out.fault(key, leaderEpoch, reason);
    }
}
