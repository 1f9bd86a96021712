package io.syncline.client;

import io.syncline.protocol.Codes;
import io.syncline.protocol.client.ProduceAckDecoder;
import io.syncline.record.BatchBuilder;
import io.syncline.record.BatchDescriptor;
import org.agrona.DirectBuffer;

import java.util.concurrent.TimeUnit;

/**
 * One partition as a producer sees it: batches in order, who leads, when to send again. Events come from the producer
 * with the time of its turn; everything that leaves goes through {@link Output}.
 * <p>
 * Invariants: batches are sent in the order of their sequences; a batch that was sent is sent again with the same
 * bytes; an outcome is told once, in the order of the sequences.
 */
final class ProducerPartition
{
    /** What a partition needs of its producer. */
    interface Output
    {
        /** @return not negative when the batch is on its way to the leader, or a code */
        long send(ProducerPartition partition, ProducerBatch batch);

        void onOutcome(ProducerPartition partition, ProducerBatch batch);

        ProducerBatch takeBatch();

        void releaseBatch(ProducerBatch batch);

        void wantMetadata();

        void wantProducerEpoch();

        void onFatal(int code);
    }

    private static final int MAX_BACKOFF_SHIFT = 5;
    private static final int MAX_TIMEOUT_SHIFT = 3;
    private static final int OUT_OF_ORDER_LIMIT = 5;
    private static final long OVERTAKEN_GRACE_NS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long PLAIN_OVERTAKEN_GRACE_NS = TimeUnit.SECONDS.toNanos(1);

    final int handle;
    final TopicPartition topicPartition;
    final long topicId;
    final int partition;
    final int stageSection;

    private final ProducerContext<?> ctx;
    private final ProducerStages stages;
    private final Output out;
    private final boolean isIdempotent;
    private final InFlightBatches batches;

    private int leader = -1;
    private int leaderEpoch = -1;
    private boolean isGone;
    private boolean isClaimed;
    private long nextSequence;
    private long hurriedSequence;
    private long producerId = BatchDescriptor.NULL_PRODUCER_ID;
    private int producerEpoch = -1;
    private long sequenceOrigin;
    private boolean needsProducerEpoch;
    private long retryAtNs;
    private int refusals;
    private int timeouts;
    private long smoothedRttNs;

    ProducerPartition(final int handle, final TopicPartition topicPartition, final long topicId,
        final ProducerContext<?> ctx, final ProducerStages stages, final Output out, final long nowNs)
    {
        this.handle = handle;
        this.topicPartition = topicPartition;
        this.topicId = topicId;
        this.partition = topicPartition.partition();
        this.ctx = ctx;
        this.stages = stages;
        this.out = out;
        stageSection = stages.section(topicId, topicPartition.topic());
        isIdempotent = ctx.idempotent();
        batches = new InFlightBatches(ctx.maxInFlight() + ctx.waitingBatches() + 1);
        needsProducerEpoch = isIdempotent;
        retryAtNs = nowNs;
    }

    int leader()
    {
        return leader;
    }

    int leaderEpoch()
    {
        return leaderEpoch;
    }

    long nextSequence()
    {
        return nextSequence;
    }

    /** @return records offered whose outcome has not been told */
    long unacknowledged()
    {
        final ProducerBatch first = batches.first();
        return first == null ? 0 : nextSequence - first.fromSequence;
    }

    boolean needsProducerEpoch()
    {
        return needsProducerEpoch;
    }

    /** Sequences start anew under this producer epoch (R6.3). */
    void onProducerEpoch(final long producerId, final int producerEpoch)
    {
        this.producerId = producerId;
        this.producerEpoch = producerEpoch;
        final ProducerBatch first = batches.first();
        sequenceOrigin = first == null ? nextSequence : first.fromSequence;
        needsProducerEpoch = false;
    }

    long offer(
        final DirectBuffer key,
        final int keyOffset,
        final int keyLength,
        final DirectBuffer value,
        final int valueOffset,
        final int valueLength,
        final long timestampNs,
        final long dueNs,
        final long nowNs)
    {
        final ProducerBatch batch = batchFor(keyLength, valueLength, nowNs);
        if (batch == null)
        {
            return isGone ? Codes.UNKNOWN_PARTITION : Codes.BACK_PRESSURED;
        }
        batch.builder.append(key, keyOffset, keyLength, value, valueOffset, valueLength, timestampNs);
        final long sequence = nextSequence++;
        if (stages.isDue(nowNs))
        {
            batch.sample(sequence, dueNs);
        }
        if (batches.inFlight() == 0)
        {
            send(nowNs);
        }
        return sequence;
    }

    long tryClaim(
        final int length, final RecordClaim claim, final long timestampNs, final long dueNs, final long nowNs)
    {
        final ProducerBatch batch = batchFor(BatchDescriptor.NULL_KEY_LENGTH, length, nowNs);
        if (batch == null)
        {
            return isGone ? Codes.UNKNOWN_PARTITION : Codes.BACK_PRESSURED;
        }
        final int offset = batch.builder.claim(BatchDescriptor.NULL_KEY_LENGTH, length, timestampNs);
        isClaimed = true;
        if (stages.isDue(nowNs))
        {
            batch.sample(nextSequence, dueNs);
        }
        claim.set(this, batch.buffer, offset, length);
        return nextSequence++;
    }

    void onClaimEnded(final boolean isCommitted)
    {
        isClaimed = false;
        if (!isCommitted)
        {
            nextSequence--;
            final ProducerBatch batch = batches.last();
            batch.builder.abort();
            batch.onAborted(nextSequence);
            if (batch.builder.count() == 0)
            {
                out.releaseBatch(batches.removeLast());
            }
        }
        else if (batches.inFlight() == 0)
        {
            send(ctx.nanoClock().nanoTime());
        }
    }

    private ProducerBatch batchFor(final int keyLength, final int valueLength, final long nowNs)
    {
        if (isGone || isClaimed)
        {
            return null;
        }
        final ProducerBatch last = batches.last();
        if (last != null && !last.isSealed() && last.outcome == ProducerBatch.Outcome.PENDING &&
            last.builder.hasRoom(keyLength, valueLength, ctx.batchBytes()))
        {
            return last;
        }
        if (batches.isFull())
        {
            return null;
        }
        final ProducerBatch batch = out.takeBatch();
        batch.reset(nextSequence, nowNs + ctx.deliveryTimeoutNs(), nowNs + ctx.lingerNs());
        batches.add(batch);
        return batch;
    }

    /** Sends what waits, as far as the in-flight limit, the leader and the back-off allow. */
    int send(final long nowNs)
    {
        int sentCount = 0;
        while (batches.inFlight() < ctx.maxInFlight() && !needsProducerEpoch && nowNs - retryAtNs >= 0 && leader >= 0)
        {
            final ProducerBatch batch = batches.next();
            if (batch == null || (batch == batches.last() && (isClaimed || isLingering(batch, nowNs))))
            {
                break;
            }
            if (batch.outcome == ProducerBatch.Outcome.PENDING)
            {
                if (!batch.isSealed())
                {
                    seal(batch);
                }
                if (batch.isSampled && batch.sends == 0)
                {
                    batch.sampleSentNs = stages.nowNs();
                }
                final long result = out.send(this, batch);
                if (result == Codes.RECORD_TOO_LARGE)
                {
                    giveUp(batch, Codes.RECORD_TOO_LARGE);
                }
                if (result < 0)
                {
                    break;
                }
                batch.onSent();
                batch.lastSentNs = nowNs;
                batch.resendAtNs = isIdempotent ? nowNs + answerTimeoutNs() : Long.MAX_VALUE;
                if (ctx.acks() == Acks.NONE)
                {
                    batch.outcome = ProducerBatch.Outcome.ACKED;
                }
                sentCount++;
            }
            batches.onSent();
        }
        return sentCount;
    }

    /** The last batch may still take records, and waits for them; one that was sent has taken its last. */
    private boolean isLingering(final ProducerBatch batch, final long nowNs)
    {
        return !batch.isSealed() && nowNs - batch.lingersUntilNs < 0 && batch.fromSequence >= hurriedSequence &&
            batch.outcome == ProducerBatch.Outcome.PENDING;
    }

    /** What was offered until now waits for no further records. */
    void hurry()
    {
        hurriedSequence = nextSequence;
    }

    private void seal(final ProducerBatch batch)
    {
        final BatchBuilder builder = batch.builder;
        if (batch.length == builder.length() && batch.sealedEpoch == producerEpoch &&
            batch.sealedOrigin == sequenceOrigin)
        {
            return;
        }
        batch.sealedEpoch = producerEpoch;
        batch.sealedOrigin = sequenceOrigin;
        if (isIdempotent)
        {
            builder.producer(producerId, producerEpoch, (int)(batch.fromSequence - sequenceOrigin & Integer.MAX_VALUE));
        }
        batch.length = builder.finish();
    }

    /** Deadlines, overdue answers, outcomes of acks=none, and whatever may be sent by now. */
    int onTurn(final long nowNs)
    {
        final ProducerBatch first = batches.first();
        if (first == null)
        {
            return 0;
        }
        int workCount = 0;
        if (first.outcome == ProducerBatch.Outcome.PENDING)
        {
            if (nowNs - first.deadlineNs >= 0)
            {
                if (!(isClaimed && batches.size() == 1))
                {
                    giveUp(first, Codes.TIMED_OUT);
                    workCount++;
                }
            }
            else if (batches.isInFlight(batches.head()) && nowNs >= first.resendAtNs)
            {
                onAnswerOverdue(first, nowNs);
                workCount++;
            }
        }
        workCount += tellOutcomes();
        return workCount + send(nowNs);
    }

    private void onAnswerOverdue(final ProducerBatch first, final long nowNs)
    {
        if (!isIdempotent)
        {
            // Overtaken by a later answer: its own is lost, and sending again might double the record.
            giveUp(first, Codes.TIMED_OUT);
            return;
        }
        timeouts = Math.min(timeouts + 1, MAX_TIMEOUT_SHIFT);
        batches.rewind();
        retryAtNs = nowNs;
        out.wantMetadata();
    }

    void onProduceAck(
        final long fromSequence,
        final long toSequence,
        final long baseOffset,
        final int ackEpoch,
        final int code,
        final int hintedLeader,
        final long nowNs)
    {
        final long index = batches.find(fromSequence);
        if (index < 0)
        {
            return;
        }
        final ProducerBatch batch = batches.get(index);
        if (batch.outcome != ProducerBatch.Outcome.PENDING || !batch.isSealed() || batch.toSequence() != toSequence)
        {
            return;
        }
        if (code == Codes.OK)
        {
            onAcked(index, batch, baseOffset, ackEpoch, nowNs);
        }
        else
        {
            onRefused(index, batch, code, ackEpoch, hintedLeader, nowNs);
        }
        tellOutcomes();
        send(nowNs);
    }

    /** The answer to a sampled batch brings what the brokers measured; {@link #onProduceAck} follows. */
    void onStages(final long fromSequence, final long toSequence, final ProduceAckDecoder.StagesDecoder answer)
    {
        final long index = batches.find(fromSequence);
        final ProducerBatch batch = index < 0 ? null : batches.get(index);
        if (batch != null && batch.isSampled && batch.isSealed() && batch.outcome == ProducerBatch.Outcome.PENDING &&
            batch.toSequence() == toSequence)
        {
            ProducerStages.onAnswer(batch, answer);
        }
    }

    private void onAcked(
        final long index, final ProducerBatch batch, final long baseOffset, final int ackEpoch, final long nowNs)
    {
        batch.outcome = ProducerBatch.Outcome.ACKED;
        batch.upToOffset = baseOffset + batch.builder.count() - 1;
        batch.leaderEpoch = ackEpoch;
        refusals = 0;
        timeouts = 0;
        if (batch.sends == 1)
        {
            final long rttNs = nowNs - batch.lastSentNs;
            smoothedRttNs = smoothedRttNs == 0 ? rttNs : smoothedRttNs + (rttNs - smoothedRttNs >> 3);
        }
        final ProducerBatch first = batches.first();
        if (index > batches.head() && first.outcome == ProducerBatch.Outcome.PENDING)
        {
            // Answers come in the order of the offsets: the first one's was lost. Ask again, without waiting for the
            // timeout.
            final long graceNs = isIdempotent ? OVERTAKEN_GRACE_NS + 2 * smoothedRttNs : PLAIN_OVERTAKEN_GRACE_NS;
            first.resendAtNs = Math.min(first.resendAtNs, nowNs + graceNs);
        }
    }

    private void onRefused(
        final long index,
        final ProducerBatch batch,
        final int code,
        final int ackEpoch,
        final int hintedLeader,
        final long nowNs)
    {
        batch.lastCode = code;
        if (isDefinite(code))
        {
            batch.definiteRefusals++;
        }
        if (code == Codes.INVALID_PRODUCER_EPOCH)
        {
            out.onFatal(code);
            return;
        }
        final boolean isMisplaced = code == Codes.OUT_OF_ORDER_SEQUENCE &&
            (index > batches.head() || ++batch.outOfOrders < OUT_OF_ORDER_LIMIT);
        if (!isIdempotent || !(isRetried(code) || isMisplaced))
        {
            giveUp(batch, code);
            return;
        }
        if (code == Codes.NOT_LEADER && hintedLeader >= 0 && ackEpoch > leaderEpoch)
        {
            onLeader(hintedLeader, ackEpoch, nowNs);
            return;
        }
        if (code != Codes.NOT_ENOUGH_REPLICAS && code != Codes.NOT_ENOUGH_REPLICAS_AFTER_APPEND)
        {
            out.wantMetadata();
        }
        if (batches.isInFlight(index))
        {
            batches.rewind();
            retryAtNs = nowNs + (ctx.retryBackoffNs() << Math.min(refusals++, MAX_BACKOFF_SHIFT));
        }
    }

    /** What the metadata says of the leader; the epoch only ever grows. */
    void onLeader(final int newLeader, final int newEpoch, final long nowNs)
    {
        if (newEpoch < leaderEpoch || (newEpoch == leaderEpoch && newLeader == leader))
        {
            return;
        }
        leader = newLeader;
        leaderEpoch = newEpoch;
        refusals = 0;
        timeouts = 0;
        onPathLost(nowNs);
    }

    /** The session to the leader, or the leader itself, is another one: what was in flight may be lost. */
    void onPathLost(final long nowNs)
    {
        if (isIdempotent)
        {
            batches.rewind();
        }
        else
        {
            for (long i = batches.head(); batches.isInFlight(i); i++)
            {
                final ProducerBatch batch = batches.get(i);
                if (batch.outcome == ProducerBatch.Outcome.PENDING)
                {
                    fail(batch, batch.failureCode(Codes.TIMED_OUT));
                }
            }
        }
        retryAtNs = nowNs;
    }

    /** The topic was deleted. */
    void onGone()
    {
        isGone = true;
        failAll(Codes.UNKNOWN_PARTITION);
    }

    void failAll(final int code)
    {
        for (long i = batches.head(); i < batches.tail(); i++)
        {
            final ProducerBatch batch = batches.get(i);
            if (batch.outcome == ProducerBatch.Outcome.PENDING && !(isClaimed && batch == batches.last()))
            {
                fail(batch, batch.failureCode(code));
            }
        }
    }

    /**
     * A batch that will not be sent again. For an idempotent producer the sequence has a hole now: what was sent behind
     * it cannot be relied on either, and what was not goes on under a new producer epoch.
     */
    private void giveUp(final ProducerBatch batch, final int reason)
    {
        fail(batch, batch.failureCode(reason));
        if (isIdempotent)
        {
            for (long i = batches.find(batch.fromSequence) + 1; i < batches.tail(); i++)
            {
                final ProducerBatch later = batches.get(i);
                if (later.outcome == ProducerBatch.Outcome.PENDING && later.isSealed())
                {
                    fail(later, later.failureCode(reason));
                }
            }
            if (batch.isSealed())
            {
                needsProducerEpoch = true;
                out.wantProducerEpoch();
            }
            else
            {
                // No broker has seen its sequences: the next batch takes them.
                sequenceOrigin += batch.builder.count();
            }
        }
    }

    private static void fail(final ProducerBatch batch, final int code)
    {
        batch.outcome = ProducerBatch.Outcome.FAILED;
        batch.lastCode = code;
    }

    int tellOutcomes()
    {
        int told = 0;
        ProducerBatch first = batches.first();
        while (first != null && first.outcome != ProducerBatch.Outcome.PENDING)
        {
            batches.removeFirst();
            out.onOutcome(this, first);
            out.releaseBatch(first);
            told++;
            first = batches.first();
        }
        return told;
    }

    private long answerTimeoutNs()
    {
        return Math.max(ctx.requestTimeoutNs(), 4 * smoothedRttNs) << timeouts;
    }

    /** Codes that mean: a better moment or another broker may take the very same batch. */
    private static boolean isRetried(final int code)
    {
        return switch (code)
        {
            case Codes.NOT_LEADER, Codes.NOT_ENOUGH_REPLICAS, Codes.NOT_ENOUGH_REPLICAS_AFTER_APPEND,
                Codes.FENCED_LEADER_EPOCH, Codes.UNKNOWN_LEADER_EPOCH, Codes.LEADER_NOT_AVAILABLE, Codes.NOT_REPLICA,
                Codes.BACK_PRESSURED, Codes.NOT_CONNECTED, Codes.ADMIN_ACTION, Codes.STORAGE_ERROR, Codes.TIMED_OUT,
                Codes.UNKNOWN_PARTITION, Codes.CORRUPT_BATCH, Codes.FENCED, Codes.NO_SPACE -> true;
            default -> false;
        };
    }

    /** Codes that mean: this attempt appended nothing and never will. */
    private static boolean isDefinite(final int code)
    {
        return switch (code)
        {
            // A pending produce of an ended leadership fails with NOT_LEADER too (R5.6), and may still commit.
            case Codes.NOT_LEADER, Codes.NOT_ENOUGH_REPLICAS_AFTER_APPEND, Codes.TIMED_OUT, Codes.FENCED,
                Codes.STORAGE_ERROR, Codes.CLOSED -> false;
            default -> true;
        };
    }
}
