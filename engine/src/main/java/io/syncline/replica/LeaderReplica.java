package io.syncline.replica;

import io.syncline.protocol.Codes;
import io.syncline.record.BatchDescriptor;
import io.syncline.record.BatchFlyweight;
import io.syncline.record.BatchValidator;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The leader's half that writes: checks and appends what producers send (R6), answers Follow (R1), pushes batches and
 * the high watermark to followers (R2, R3.4). One for each partition of a broker, kept for as long as the broker holds
 * the replica; it owns the log while it leads and touches it at no other time. Owned by the leader agent.
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
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final AppendWindow window;

    private Assignment assignment;
    private SendCursor[] cursors = {};
    private int firstCursor;
    private boolean leading;
    private boolean isFrozen;
    private int leaderEpoch = EpochHistory.NULL_EPOCH;
    private long highWatermark;
    private long nowNs;
    private long bytesPerRecord = 256;

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
        highWatermark = knownHighWatermark;
        cursors = new SendCursor[0];
        window.clear();
        isFrozen = false;
        adopt(a);
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
        if (leading && a.leaderEpoch() == leaderEpoch && a.partitionEpoch() >= assignment.partitionEpoch())
        {
            adopt(a);
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
        final int index = assignment.indexOf(follower);
        if (index < 0 || follower == brokerId)
        {
            out.followRefused(follower, key, leaderEpoch, sessionId, Codes.NOT_REPLICA);
            return;
        }
        final SendCursor cursor = cursors[index];
        if (!cursor.isNewer(incarnation, sessionId))
        {
            return;
        }
        if (incarnation < assignment.incarnations()[index])
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
        decideAnswer(cursor, followLeaderEpoch, followerEnd, lastEpoch);
        sendAnswer(cursor);
    }

    /**
     * From the acks side (R3.4).
     *
     * @param hwLeaderEpoch    in which it moved
     * @param newHighWatermark where to
     */
    public void onHighWatermark(final int hwLeaderEpoch, final long newHighWatermark)
    {
        if (leading && hwLeaderEpoch == leaderEpoch && newHighWatermark > highWatermark)
        {
            Invariant.check(newHighWatermark <= log.logEnd(), key, "HW <= LEO (I9)", newHighWatermark, log.logEnd());
            highWatermark = newHighWatermark;
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
        final int index = leading && ackedLeaderEpoch == leaderEpoch ? assignment.indexOf(follower) : -1;
        if (index < 0)
        {
            return;
        }
        final SendCursor cursor = cursors[index];
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
        final int index = leading && readLeaderEpoch == leaderEpoch ? assignment.indexOf(follower) : -1;
        if (index >= 0 && cursors[index].sessionId == sessionId)
        {
            cursors[index].isRead = isRead;
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
        int work = 0;
        this.nowNs = nowNs;
        if (leading && cursors.length > 1)
        {
            firstCursor = firstCursor + 1 < cursors.length ? firstCursor + 1 : 0;
            for (int i = 0, index = firstCursor; i < cursors.length && leading; i++)
            {
                work += send(cursors[index], budgetBytes);
                index = index + 1 < cursors.length ? index + 1 : 0;
            }
            work += leading && assignment.successor() >= 0 && !isFrozen ? freeze() : 0;
        }
        return work;
    }

    /** @return true when {@link #doWork} has nothing to do before something is heard, or time brings it */
    public boolean isAtRest()
    {
        if (leading && cursors.length > 1)
        {
            if (assignment.successor() >= 0 && !isFrozen)
            {
                return false;
            }
            final long logEnd = log.logEnd();
            for (final SendCursor cursor : cursors)
            {
                if (cursor.isSending(logEnd) || cursor.state != SendCursor.State.NONE && isHighWatermarkDue(cursor))
                {
                    return false;
                }
            }
        }
        return true;
    }

    /**
     * The leadership is over: nothing is sent from here on (R2.2).
     *
     * @return the log
     */
    public ReplicaLog stopLeading()
    {
        leading = false;
        cursors = new SendCursor[0];
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
        return highWatermark;
    }

    /** @return partition */
    public long key()
    {
        return key;
    }

    /** @return true while this follower is fed over the bulk stream */
    boolean isFeeding(final int follower)
    {
        final int index = leading ? assignment.indexOf(follower) : -1;
        return index >= 0 && cursors[index].state == SendCursor.State.FEEDING;
    }

    private void adopt(final Assignment a)
    {
        final SendCursor[] adopted = new SendCursor[a.replicas().length];
        final boolean isSameLeadership = assignment != null && assignment.leaderEpoch() == a.leaderEpoch();
        for (int i = 0; i < adopted.length; i++)
        {
            final int replica = a.replicas()[i];
            adopted[i] = cursorOf(replica, a);
            if (adopted[i].incarnation < a.incarnations()[i])
            {
                adopted[i].end();
            }
            if (isSameLeadership && a.mayHaveBeenOut(assignment.partitionEpoch(), replica))
            {
                adopted[i].end();
                adopted[i].sincePartitionEpoch = a.replicaSince(replica);
            }
        }
        assignment = a;
        cursors = adopted;
        firstCursor = 0;
    }

    private SendCursor cursorOf(final int follower, final Assignment a)
    {
        for (final SendCursor cursor : cursors)
        {
            if (cursor.follower == follower)
            {
                return cursor;
            }
        }
        return new SendCursor(follower, a.replicaSince(follower));
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
            if (assignment.isr().length < assignment.minIsr())
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
        bytesPerRecord = Math.max(1, (bytesPerRecord * 7 + length / count) >> 3);
        return appended(clientId, acks, fromSequence, toSequence, baseOffset, count);
    }

    private long appended(
        final long clientId, final int acks, final long fromSequence, final long toSequence, final long baseOffset,
        final int count)
    {
        final long endOffset = baseOffset + count;
        if (acks < 0 && endOffset > highWatermark)
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

    /** R5.7: as soon as the successor reads from the live stream, and so is not further behind than that is long. */
    private int freeze()
    {
        final int index = assignment.indexOf(assignment.successor());
        if (index < 0 || cursors[index].state != SendCursor.State.STREAMING || !out.frozen(key, leaderEpoch, log.logEnd()))
        {
            return 0;
        }
        isFrozen = true;
        return 1;
    }

    /** R1.2, R1.3. */
    private void decideAnswer(
        final SendCursor cursor, final int followLeaderEpoch, final long followerEnd, final int lastEpoch)
    {
        if (followLeaderEpoch != leaderEpoch)
        {
            cursor.answer(SendCursor.Answer.REFUSED, leaderEpoch, 0,
                followLeaderEpoch < leaderEpoch ? Codes.FENCED_LEADER_EPOCH : Codes.UNKNOWN_LEADER_EPOCH);
            return;
        }
        final long logEnd = log.logEnd();
        final long logStart = log.logStart();
        final boolean isEmpty = lastEpoch == EpochHistory.NULL_EPOCH;
        // One that ends where the log begins, in an epoch from before that: nobody here knows whose records it has.
        final boolean isOlderThanLog = !isEmpty && followerEnd == logStart && logStart > 0 &&
            log.epochs().floorEpoch(lastEpoch) == EpochHistory.NULL_EPOCH;
        if (followerEnd < logStart || isEmpty && followerEnd > logEnd || isOlderThanLog)
        {
            cursor.answer(SendCursor.Answer.OUT_OF_RANGE, leaderEpoch, logStart, Codes.OK);
            return;
        }
        final int epoch = log.epochs().floorEpoch(lastEpoch);
        final long endOffset = log.epochs().endOffset(lastEpoch, logEnd);
        if (!isEmpty && (epoch < lastEpoch || endOffset < followerEnd))
        {
            cursor.answer(SendCursor.Answer.DIVERGED, epoch, endOffset, Codes.OK);
            return;
        }
        cursor.answer(SendCursor.Answer.START_THEN_ACCEPT, leaderEpoch, followerEnd, Codes.OK);
    }

    private int sendAnswer(final SendCursor cursor)
    {
        final int follower = cursor.follower;
        final long session = cursor.sessionId;
        if (cursor.answer == SendCursor.Answer.START_THEN_ACCEPT)
        {
            if (!out.sessionStarted(
                key, leaderEpoch, assignment.partitionEpoch(), follower, cursor.incarnation, session, cursor.answerOffset))
            {
                return 0;
            }
            cursor.answer = SendCursor.Answer.ACCEPT;
        }
        final long sent = switch (cursor.answer)
        {
            case DIVERGED -> out.diverged(
                follower, key, leaderEpoch, session, cursor.answerEpoch, cursor.answerOffset);
            case OUT_OF_RANGE -> out.outOfRange(follower, key, leaderEpoch, session, cursor.answerOffset);
            case REFUSED -> out.followRefused(follower, key, leaderEpoch, session, cursor.answerCode);
            default -> out.followAccepted(
                follower, key, leaderEpoch, session, cursor.answerOffset, log.logStart());
        };
        if (sent < 0)
        {
            return 0;
        }
        if (cursor.answer == SendCursor.Answer.ACCEPT)
        {
            cursor.stream(cursor.answerOffset);
        }
        else
        {
            cursor.end();
        }
        return 1;
    }

    private int send(final SendCursor cursor, final int budgetBytes)
    {
        int work = 0;
        if (cursor.state == SendCursor.State.ANSWERING)
        {
            work += sendAnswer(cursor);
        }
        if (cursor.state == SendCursor.State.STREAMING)
        {
            work += stream(cursor, budgetBytes);
        }
        final long logStart = log.logStart();
        if ((isHighWatermarkDue(cursor) || cursor.logStartSent < logStart) &&
            (cursor.state == SendCursor.State.FEEDING ||
            cursor.state == SendCursor.State.STREAMING && cursor.next == log.logEnd()) &&
            out.highWatermark(
                cursor.follower, key, leaderEpoch, cursor.sessionId, highWatermark, logStart) >= 0)
        {
            cursor.highWatermarkSent = highWatermark;
            cursor.highWatermarkNs = nowNs;
            cursor.logStartSent = logStart;
            work++;
        }
        return work;
    }

    /**
     * R3.4: at once where consumers read from the follower. Elsewhere nobody waits for it, and it rides on the next
     * Append, or goes by itself where none has left for a while: under load that is a datagram less for each record and
     * follower.
     */
    private boolean isHighWatermarkDue(final SendCursor cursor)
    {
        return cursor.highWatermarkSent < highWatermark &&
            (cursor.isRead || nowNs - cursor.highWatermarkNs >= config.ackIntervalNs());
    }

    private int stream(final SendCursor cursor, final int budgetBytes)
    {
        final long logEnd = log.logEnd();
        final long logStart = log.logStart();
        if (cursor.next < logStart)
        {
            // Retention has passed it: whoever would feed it finds nothing there either (R1.5).
            cursor.answer(SendCursor.Answer.OUT_OF_RANGE, leaderEpoch, logStart, Codes.OK);
            return 1;
        }
        if ((logEnd - cursor.next) * bytesPerRecord > config.liveWindowBytes())
        {
            if (out.feed(cursor.follower, key, leaderEpoch, cursor.sessionId, cursor.next, logEnd))
            {
                cursor.feed(logEnd);
                return 1;
            }
            return 0;
        }
        int sent = 0;
        int work = 0;
        while (cursor.next < logEnd && sent < budgetBytes)
        {
            final int length = log.read(cursor.next, view);
            if (length <= 0)
            {
                return work + onReadFailed(cursor, length);
            }
            final long code = out.append(
                cursor.follower, key, leaderEpoch, cursor.sessionId, highWatermark, logStart, view, 0, length);
            if (code < 0)
            {
                break;
            }
            cursor.next = header.wrap(view, 0).endOffset();
            cursor.highWatermarkSent = highWatermark;
            cursor.highWatermarkNs = nowNs;
            cursor.logStartSent = logStart;
            sent += length;
            work++;
        }
        return work;
    }

    private int onReadFailed(final SendCursor cursor, final int code)
    {
        if (code == Codes.OFFSET_OUT_OF_RANGE && cursor.next < log.logStart())
        {
            cursor.answer(SendCursor.Answer.OUT_OF_RANGE, leaderEpoch, log.logStart(), Codes.OK);
            return 1;
        }
        fault("offset " + cursor.next + " of [" + log.logStart() + ", " + log.logEnd() + ") cannot be read: " +
            Codes.describe(code));
        return 1;
    }

    private void fault(final String reason)
    {
        leading = false;
        out.fault(key, leaderEpoch, reason);
    }
}
