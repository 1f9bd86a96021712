package io.syncline.replica;

import io.syncline.protocol.Codes;

/**
 * The leader's half that counts: follower progress (R2.3, R2.4), high watermark (R3), in-sync replicas (R4,
 * {@link IsrChanges}) and the produces that wait (R6). One for each partition of a broker, kept for as long as the
 * broker holds the replica; idle while it does not lead. Owned by the acks agent.
 * <p>
 * Events of another leader epoch than the one it leads are of no use to it, with one exception: a produce that was
 * appended in an epoch that has ended is answered NOT_LEADER (R5.6).
 */
public final class AcksReplica
{
    private final long key;
    private final int brokerId;
    private final ReplicaConfig config;
    private final AcksOutput out;
    private final HighWatermark highWatermark = new HighWatermark();
    private final IsrChanges isr;
    private final HandOver handOver = new HandOver();
    private final PendingProduces pending;
    private final ProduceAnswers answers;

    // Tests look at these two.
    Assignment assignment;
    FollowerProgress[] progress = {};
    private int selfIndex = -1;
    private boolean leading;
    private int leaderEpoch = EpochHistory.NULL_EPOCH;
    private long logEnd;
    private long synced;

    /**
     * @param key      partition
     * @param brokerId of this broker
     * @param config   numbers
     * @param out      port; never calls back in
     */
    public AcksReplica(final long key, final int brokerId, final ReplicaConfig config, final AcksOutput out)
    {
        this.key = key;
        this.brokerId = brokerId;
        this.config = config;
        this.out = out;
        isr = new IsrChanges(key, config, highWatermark, out);
        pending = new PendingProduces(config.pendingProduces());
        answers = new ProduceAnswers(key, config.pendingProduces(), out);
    }

    /**
     * A leadership begins, perhaps of the broker that led before: nothing is known of any follower (R2.4), and what the
     * old role left unanswered fails (R5.6).
     *
     * @param a                      with a leader epoch above every earlier one
     * @param leso                   this replica's LEO as the epoch began, durable in its epoch history (R1.6)
     * @param knownHighWatermark     what this replica knew as a follower, or found on its disk
     * @param nowNs                  monotonic time
     */
    public void lead(final Assignment a, final long leso, final long knownHighWatermark, final long nowNs)
    {
        Invariant.check(a.leader() == brokerId, key, "leads what it is assigned to lead", a.leader(), brokerId);
        Invariant.check(a.leaderEpoch() > leaderEpoch, key, "leader epoch grows (I2)", a.leaderEpoch(), leaderEpoch);
        answerPending(Long.MAX_VALUE, Codes.NOT_LEADER);
        leaderEpoch = a.leaderEpoch();
        leading = true;
        logEnd = leso;
        synced = 0;
        progress = new FollowerProgress[0];
        handOver.reset();
        highWatermark.lead(key, knownHighWatermark, leso);
        adopt(a, nowNs);
        if (highWatermark.isKnown())
        {
            out.highWatermark(key, leaderEpoch, highWatermark.value());
        }
        evaluate();
    }

    /**
     * Newer metadata of the same leadership: a confirmed ISR change, or one the controller made. Older or repeated
     * metadata changes nothing.
     *
     * @param a     the assignment
     * @param nowNs monotonic time
     */
    public void onAssignment(final Assignment a, final long nowNs)
    {
        if (!leading || a.leaderEpoch() != leaderEpoch || a.partitionEpoch() < assignment.partitionEpoch())
        {
            return;
        }
        adopt(a, nowNs);
        evaluate();
        if (isr.committedSize() < a.minIsr())
        {
            answerPending(Long.MAX_VALUE, Codes.NOT_ENOUGH_REPLICAS_AFTER_APPEND);
        }
    }

    /**
     * The leadership is over. What waits is answered; what cannot be sent at once is sent by later ticks, see
     * {@link #isIdle()}.
     *
     * @param code for the produces that wait, NOT_LEADER (R5.6)
     */
    public void stopLeading(final int code)
    {
        leading = false;
        answerPending(Long.MAX_VALUE, code);
    }

    /**
     * The leader side accepted a follower (R1.3): its log is a prefix of ours up to its end.
     *
     * @param sessionLeaderEpoch in which it was accepted
     * @param partitionEpoch     of the assignment by which it was accepted: the leader side may not have heard yet that
     *                           the replica was taken out and put back
     * @param follower           broker id
     * @param incarnation        of the follower
     * @param sessionId          of the conversation
     * @param followerEnd        the follower's LEO
     * @param nowNs              monotonic time
     */
    public void onSessionStarted(
        final int sessionLeaderEpoch, final int partitionEpoch, final int follower, final long incarnation,
        final long sessionId, final long followerEnd, final long nowNs)
    {
        final int index = leading && sessionLeaderEpoch == leaderEpoch ? assignment.indexOf(follower) : -1;
        if (index < 0 || index == selfIndex || incarnation < assignment.incarnations()[index] ||
            partitionEpoch < progress[index].sincePartitionEpoch())
        {
            return;
        }
        progress[index].onSessionStarted(incarnation, sessionId, followerEnd, logEnd, nowNs);
        afterProgress(index, nowNs);
    }

    /**
     * The log grew, or holds a duplicate already (R6.1, R6.3).
     *
     * @param appendLeaderEpoch in which it was appended
     * @param acks              -1 all, 1 leader, 0 none
     * @param clientId          who asked
     * @param fromSequence      the client's count, first record
     * @param toSequence        the client's count, last record
     * @param baseOffset        of the batch
     * @param endOffset         behind the batch
     * @param newLogEnd         the leader's LEO
     * @param nowNs             monotonic time
     */
    public void onAppended(
        final int appendLeaderEpoch, final int acks, final long clientId, final long fromSequence, final long toSequence,
        final long baseOffset, final long endOffset, final long newLogEnd, final long nowNs)
    {
        if (!leading || appendLeaderEpoch != leaderEpoch)
        {
            if (acks != 0)
            {
                answers.answer(clientId, leaderEpoch, fromSequence, toSequence, -1, Codes.NOT_LEADER);
            }
            return;
        }
        if (newLogEnd > logEnd)
        {
            for (int i = 0; i < progress.length; i++)
            {
                progress[i].beforeAppended(logEnd, nowNs);
            }
            logEnd = newLogEnd;
        }
        if (acks > 0)
        {
            answers.answer(clientId, leaderEpoch, fromSequence, toSequence, baseOffset, Codes.OK);
        }
        else if (acks < 0)
        {
            await(clientId, fromSequence, toSequence, baseOffset, endOffset);
        }
        evaluate();
    }

    /**
     * A produce was refused before the append.
     *
     * @param refusedLeaderEpoch of the leader side then
     * @param clientId           who asked
     * @param fromSequence       the client's count, first record
     * @param toSequence         the client's count, last record
     * @param code               why
     */
    public void onRefused(
        final int refusedLeaderEpoch, final long clientId, final long fromSequence, final long toSequence, final int code)
    {
        answers.answer(clientId, Math.max(refusedLeaderEpoch, leaderEpoch), fromSequence, toSequence, -1, code);
    }

    /**
     * R2.3. Ignored unless epoch, incarnation and session are the current ones. Where the follower has no session at
     * all, the leader side is told, so that it follows again.
     *
     * @param follower       broker id
     * @param ackLeaderEpoch of the follower's session
     * @param incarnation    of the follower
     * @param sessionId      of the conversation
     * @param followerEnd    the follower's LEO
     * @param followerSynced the follower's synced LEO
     * @param isRead         consumers read from the follower (R3.4)
     * @param nowNs          monotonic time
     */
    public void onAppendAck(
        final int follower, final int ackLeaderEpoch, final long incarnation, final long sessionId,
        final long followerEnd, final long followerSynced, final boolean isRead, final long nowNs)
    {
        final int index = leading && ackLeaderEpoch == leaderEpoch ? assignment.indexOf(follower) : -1;
        if (index < 0 || index == selfIndex)
        {
            return;
        }
        if (progress[index].onAppendAck(incarnation, sessionId, followerEnd, followerSynced, logEnd, nowNs))
        {
            afterProgress(index, nowNs);
            if (isRead != progress[index].isRead() && out.followerRead(key, leaderEpoch, follower, sessionId, isRead))
            {
                progress[index].read(isRead);
            }
        }
        else if (!progress[index].hasSession())
        {
            // It believes in a session that went when it was taken out of the replicas and put back unawares, and nobody
            // sends it anything. Until the leader side has said so, its next ack says it again.
            out.acked(key, leaderEpoch, follower, sessionId, FollowerProgress.UNKNOWN);
        }
    }

    /**
     * A sync of the leader's own log completed (R3.1).
     *
     * @param newSynced synced LEO
     */
    public void onSynced(final long newSynced)
    {
        if (leading && newSynced > synced)
        {
            synced = newSynced;
            evaluate();
        }
    }

    /**
     * The leader side appends nothing more in this epoch, because it hands over (R5.7).
     *
     * @param frozenLeaderEpoch in which it led
     * @param end               of its log
     * @param nowNs             monotonic time
     */
    public void onFrozen(final int frozenLeaderEpoch, final long end, final long nowNs)
    {
        if (leading && frozenLeaderEpoch == leaderEpoch)
        {
            handOver.onFrozen(end, nowNs);
            tellHandOver(nowNs);
        }
    }

    /**
     * Answers {@link AcksOutput#alterIsr} when it did not work, or when nobody knows whether it did. Each request is
     * answered once: by this, or by an assignment with a higher partition epoch. After CONTROLLER_UNAVAILABLE,
     * TIMED_OUT and their like the late answer to the same request must not be passed on.
     *
     * @param refusedLeaderEpoch of the request
     * @param partitionEpoch     of the request
     * @param code               INELIGIBLE_REPLICA rolls back; with any other the larger set counts and the request is
     *                           repeated until metadata says otherwise (R4.3)
     * @param nowNs              monotonic time
     */
    public void onAlterIsrRefused(
        final int refusedLeaderEpoch, final int partitionEpoch, final int code, final long nowNs)
    {
        if (leading && refusedLeaderEpoch == leaderEpoch && partitionEpoch == assignment.partitionEpoch())
        {
            isr.onRefused(code, nowNs);
            evaluate();
        }
    }

    /**
     * The leader side feeds a follower from the journal: {@link AcksOutput#acked} is to tell it when the follower got
     * there.
     *
     * @param follower  broker id
     * @param sessionId of the conversation that is fed
     * @param offset    to be reached
     */
    public void watch(final int follower, final long sessionId, final long offset)
    {
        final int index = leading ? assignment.indexOf(follower) : -1;
        if (index >= 0)
        {
            progress[index].watch(sessionId, offset);
            tellWatched(progress[index]);
        }
    }

    /** @return answers sent that could not be before */
    public int resendAnswers()
    {
        return answers.doWork();
    }

    /**
     * Time passes: answers that could not be sent, ISR changes, followers that stand still. Called every duty cycle, or
     * every millisecond where that is too often.
     *
     * @param nowNs     monotonic time
     * @param stalledNs how long this broker's data agents did not turn since the last tick, 0 as a rule (R4.1)
     * @return work done
     */
    public int onTick(final long nowNs, final long stalledNs)
    {
        int work = answers.doWork();
        if (!leading)
        {
            return work;
        }
        for (int i = 0; i < progress.length; i++)
        {
            final FollowerProgress follower = progress[i];
            if (stalledNs > 0)
            {
                follower.onStalled(stalledNs, nowNs);
            }
            tellWatched(follower);
            if (follower.standsStill(logEnd, config.stallTimeoutNs(), nowNs) &&
                out.acked(key, leaderEpoch, follower.brokerId, follower.sessionId(), follower.logEnd()))
            {
                follower.onToldStandingStill(nowNs);
                work++;
            }
        }
        return work + isr.change(assignment, progress, logEnd, nowNs) + tellHandOver(nowNs);
    }

    /**
     * The machine of a follower says that nobody listens there: its process has ended, and the rest of its silence is
     * short (R4.1).
     *
     * @param follower broker id, of any broker
     */
    public void onFollowerPortRefused(final int follower)
    {
        for (final FollowerProgress member : progress)
        {
            if (member.brokerId == follower)
            {
                member.onRefused(config.silenceTimeNs());
            }
        }
    }

    /** @return true between {@link #lead} and {@link #stopLeading} */
    public boolean isLeading()
    {
        return leading;
    }

    /** @return of the last leadership, -1 before the first */
    public int leaderEpoch()
    {
        return leaderEpoch;
    }

    /** @return the high watermark; to be shown to clients only when {@link #isHighWatermarkKnown()} */
    public long highWatermark()
    {
        return highWatermark.value();
    }

    /** @return false until the high watermark has reached LESO (R3.5) */
    public boolean isHighWatermarkKnown()
    {
        return leading && highWatermark.isKnown();
    }

    /**
     * @param index in the assignment's replicas
     * @return that replica's LEO as the leader knows it, -1 unknown
     */
    public long logEnd(final int index)
    {
        return index == selfIndex ? logEnd : index < progress.length ? progress[index].logEnd() : -1;
    }

    /**
     * @param broker id of a broker
     * @return its LEO as the leader knows it, -1 unknown or no replica
     */
    public long logEndOf(final int broker)
    {
        final int index = assignment == null ? -1 : assignment.indexOf(broker);
        return index < 0 ? -1 : logEnd(index);
    }

    /**
     * @param index in the assignment's replicas
     * @return that replica's synced LEO as the leader knows it, -1 unknown
     */
    public long synced(final int index)
    {
        return index == selfIndex ? synced : index < progress.length ? progress[index].synced() : -1;
    }

    /** @return true when no produce waits for the high watermark or for its client */
    public boolean isIdle()
    {
        return pending.isEmpty() && answers.isEmpty();
    }

    /** @return answers that were given up because their client did not read */
    public long answersDropped()
    {
        return answers.dropped();
    }

    /** @return partition */
    public long key()
    {
        return key;
    }

    /** @return produces that wait for the high watermark */
    int pendingCount()
    {
        return pending.size();
    }

    /** @return answers that wait for their clients */
    int unsentAnswers()
    {
        return answers.size();
    }

    /** @return followers whose progress is kept */
    int progressCount()
    {
        return progress.length;
    }

    /** For tests: the members that hold the high watermark back, as bits by index. */
    long maximalIsr()
    {
        return isr.maximal();
    }

    private void adopt(final Assignment a, final long nowNs)
    {
        Invariant.check(a.replicas().length <= Long.SIZE, key, "replicas", a.replicas().length, Long.SIZE);
        final Assignment before = assignment != null && assignment.leaderEpoch() == a.leaderEpoch() ? assignment : null;
        final FollowerProgress[] adopted = FollowerProgress.adopted(progress, before, a, nowNs);
        final boolean isSamePartitionEpoch = before != null && before.partitionEpoch() == a.partitionEpoch();
        assignment = a;
        progress = adopted;
        selfIndex = a.indexOf(brokerId);
        if (!isSamePartitionEpoch)
        {
            // Otherwise only brokers changed (an incarnation, a fence): a proposal that is out is still undecided.
            isr.onAssignment(a, nowNs);
        }
        Invariant.check(selfIndex >= 0 && (isr.committed() & 1L << selfIndex) != 0, key, "leader is in the ISR (I7)",
            brokerId, isr.committed());
        handOver.onSuccessor(a.successor(), nowNs);
    }

    private void afterProgress(final int index, final long nowNs)
    {
        evaluate();
        tellWatched(progress[index]);
        if (isr.isJoining(index, assignment, progress, nowNs))
        {
            isr.change(assignment, progress, logEnd, nowNs);
        }
        tellHandOver(nowNs);
    }

    /**
     * R5.7. What waits for its commit is waited for, too, so that its producer gets the answer from here. At the limit
     * it is not: it is in the log that the successor holds, and its producer asks there.
     */
    private int tellHandOver(final long nowNs)
    {
        if (!handOver.isDue(nowNs))
        {
            return 0;
        }
        final int index = assignment.indexOf(handOver.successor());
        final long incarnation = index < 0 ? FollowerProgress.UNKNOWN : progress[index].incarnation();
        final boolean isCaughtUp = index >= 0 && handOver.isReached(progress[index].logEnd()) &&
            incarnation == assignment.incarnations()[index];
        if ((isCaughtUp && pending.isEmpty() || handOver.isLate(nowNs)) &&
            out.handOver(key, leaderEpoch, handOver.successor(), incarnation, isCaughtUp))
        {
            handOver.onTold(nowNs);
            return 1;
        }
        return 0;
    }

    private void await(
        final long clientId, final long fromSequence, final long toSequence, final long baseOffset, final long endOffset)
    {
        if (endOffset <= highWatermark.value())
        {
            answers.answer(clientId, leaderEpoch, fromSequence, toSequence, baseOffset, Codes.OK);
        }
        else if (isr.committedSize() < assignment.minIsr())
        {
            answers.answer(
                clientId, leaderEpoch, fromSequence, toSequence, -1, Codes.NOT_ENOUGH_REPLICAS_AFTER_APPEND);
        }
        else if (!pending.add(clientId, leaderEpoch, fromSequence, toSequence, baseOffset, endOffset, Codes.OK))
        {
            // The leader side counts along and holds produces back before this happens.
            answers.answer(clientId, leaderEpoch, fromSequence, toSequence, -1, Codes.TIMED_OUT);
        }
    }

    /** R3.1 to R3.3. */
    private void evaluate()
    {
        if (!leading)
        {
            return;
        }
        final boolean fsynced = assignment.fsynced();
        long candidate = fsynced ? Math.min(synced, logEnd) : logEnd;
        long others = isr.maximal() & ~(1L << selfIndex);
        while (others != 0)
        {
            final FollowerProgress member = progress[Long.numberOfTrailingZeros(others)];
            candidate = Math.min(candidate, fsynced ? member.synced() : member.logEnd());
            others &= others - 1;
        }
        if (highWatermark.advance(candidate, isr.committedSize(), assignment.minIsr()))
        {
            out.highWatermark(key, leaderEpoch, candidate);
            answerPending(highWatermark.value(), Codes.OK);
        }
    }

    private void answerPending(final long upTo, final int code)
    {
        while (!pending.isEmpty() && pending.endOffset(0) <= upTo)
        {
            answers.answer(
                pending.clientId(0), leaderEpoch, pending.fromSequence(0), pending.toSequence(0),
                code == Codes.OK ? pending.baseOffset(0) : -1, code);
            pending.removeFirst();
        }
    }

    private void tellWatched(final FollowerProgress follower)
    {
        if (follower.isWatchReached() &&
            out.acked(key, leaderEpoch, follower.brokerId, follower.sessionId(), follower.logEnd()))
        {
            follower.endWatch();
        }
    }
}
