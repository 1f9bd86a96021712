package io.syncline.replica;

import io.syncline.protocol.Codes;
import io.syncline.record.BatchFlyweight;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The leader's half that sends: a cursor for each replica, and what leaves by them, which is the answers to Follow
 * (R1.2, R1.3), batches as they are appended (R2) and the high watermark (R3.4). Part of {@link LeaderReplica}, which
 * knows whether this replica leads, and used between its {@link #lead} and {@link #clear()} only.
 */
final class SendCursors
{
    private final long key;
    private final ReplicaConfig config;
    private final ReplicaLog log;
    private final LeaderOutput out;
    private final BatchFlyweight header = new BatchFlyweight();
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);

    private Assignment assignment;
    private SendCursor[] cursors = {};
    private int firstCursor;
    private long highWatermark;
    private long nowNs;
    private long bytesPerRecord = 256;
    private String fault;

    SendCursors(final long key, final ReplicaConfig config, final ReplicaLog log, final LeaderOutput out)
    {
        this.key = key;
        this.config = config;
        this.log = log;
        this.out = out;
    }

    /** A leadership begins: all sessions are over (R2.4). */
    void lead(final Assignment a, final long knownHighWatermark)
    {
        clear();
        highWatermark = knownHighWatermark;
        fault = null;
        adopt(a);
    }

    /** Newer metadata of the same leadership. */
    void onAssignment(final Assignment a)
    {
        adopt(a);
    }

    /** Nothing is sent from here on. */
    void clear()
    {
        cursors = new SendCursor[0];
    }

    /**
     * @param index of the replica in the assignment
     * @return its cursor
     */
    SendCursor get(final int index)
    {
        return cursors[index];
    }

    long highWatermark()
    {
        return highWatermark;
    }

    void highWatermark(final long newHighWatermark)
    {
        highWatermark = newHighWatermark;
    }

    /** How long records are decides who is too far behind for the live stream. */
    void onAppended(final int length, final int count)
    {
        bytesPerRecord = Math.max(1, (bytesPerRecord * 7 + length / count) >> 3);
    }

    /** @return the newest metadata of the leadership, null before the first */
    Assignment assignment()
    {
        return assignment;
    }

    /** @return why nothing more can be sent, null while it can: the log cannot be read */
    String fault()
    {
        return fault;
    }

    /** Decides what a Follow gets, and sends it now or with a later turn. */
    void answer(final SendCursor cursor, final int followLeaderEpoch, final long followerEnd, final int lastEpoch)
    {
        decideAnswer(cursor, followLeaderEpoch, followerEnd, lastEpoch);
        sendAnswer(cursor);
    }

    /**
     * Sends what can be sent, follower by follower, starting with another one each time.
     *
     * @param nowNs       monotonic time
     * @param budgetBytes to be sent to each follower at most, rounded up to a batch
     * @return work done; look at {@link #fault()} afterwards
     */
    int send(final long nowNs, final int budgetBytes)
    {
        int work = 0;
        this.nowNs = nowNs;
        firstCursor = firstCursor + 1 < cursors.length ? firstCursor + 1 : 0;
        for (int i = 0, index = firstCursor; i < cursors.length && fault == null; i++)
        {
            work += send(cursors[index], budgetBytes);
            index = index + 1 < cursors.length ? index + 1 : 0;
        }
        return work;
    }

    /** @return true when nothing can be sent before something is heard, or time brings it */
    boolean areAtRest()
    {
        final long logEnd = log.logEnd();
        for (final SendCursor cursor : cursors)
        {
            if (cursor.isSending(logEnd) || cursor.state != SendCursor.State.NONE && isHighWatermarkDue(cursor))
            {
                return false;
            }
        }
        return true;
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

    /** R1.2, R1.3. */
    private void decideAnswer(
        final SendCursor cursor, final int followLeaderEpoch, final long followerEnd, final int lastEpoch)
    {
        if (followLeaderEpoch != assignment.leaderEpoch())
        {
            cursor.answer(SendCursor.Answer.REFUSED, assignment.leaderEpoch(), 0,
                followLeaderEpoch < assignment.leaderEpoch() ? Codes.FENCED_LEADER_EPOCH : Codes.UNKNOWN_LEADER_EPOCH);
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
            cursor.answer(SendCursor.Answer.OUT_OF_RANGE, assignment.leaderEpoch(), logStart, Codes.OK);
            return;
        }
        final int epoch = log.epochs().floorEpoch(lastEpoch);
        final long endOffset = log.epochs().endOffset(lastEpoch, logEnd);
        if (!isEmpty && (epoch < lastEpoch || endOffset < followerEnd))
        {
            cursor.answer(SendCursor.Answer.DIVERGED, epoch, endOffset, Codes.OK);
            return;
        }
        cursor.answer(SendCursor.Answer.START_THEN_ACCEPT, assignment.leaderEpoch(), followerEnd, Codes.OK);
    }

    private int sendAnswer(final SendCursor cursor)
    {
        final int follower = cursor.follower;
        final long session = cursor.sessionId;
        if (cursor.answer == SendCursor.Answer.START_THEN_ACCEPT)
        {
            if (!out.sessionStarted(
                key, assignment.leaderEpoch(), assignment.partitionEpoch(), follower, cursor.incarnation, session,
                cursor.answerOffset))
            {
                return 0;
            }
            cursor.answer = SendCursor.Answer.ACCEPT;
        }
        final long sent = switch (cursor.answer)
        {
            case DIVERGED -> out.diverged(
                follower, key, assignment.leaderEpoch(), session, cursor.answerEpoch, cursor.answerOffset);
            case OUT_OF_RANGE -> out.outOfRange(follower, key, assignment.leaderEpoch(), session, cursor.answerOffset);
            case REFUSED -> out.followRefused(follower, key, assignment.leaderEpoch(), session, cursor.answerCode);
            default -> out.followAccepted(
                follower, key, assignment.leaderEpoch(), session, cursor.answerOffset, log.logStart());
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
                cursor.follower, key, assignment.leaderEpoch(), cursor.sessionId, highWatermark, logStart) >= 0)
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
            cursor.answer(SendCursor.Answer.OUT_OF_RANGE, assignment.leaderEpoch(), logStart, Codes.OK);
            return 1;
        }
        if ((logEnd - cursor.next) * bytesPerRecord > config.liveWindowBytes())
        {
            if (out.feed(cursor.follower, key, assignment.leaderEpoch(), cursor.sessionId, cursor.next, logEnd))
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
                cursor.follower, key, assignment.leaderEpoch(), cursor.sessionId, highWatermark, logStart, view, 0, length);
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
            cursor.answer(SendCursor.Answer.OUT_OF_RANGE, assignment.leaderEpoch(), log.logStart(), Codes.OK);
            return 1;
        }
        fault = "offset " + cursor.next + " of [" + log.logStart() + ", " + log.logEnd() + ") cannot be read: " +
            Codes.describe(code);
        return 1;
    }
}
