package io.syncline.client;

import io.syncline.protocol.Codes;
import io.syncline.record.BatchBuilder;
import io.syncline.record.BatchDescriptor;
import io.syncline.stage.Stage;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One batch from its first record until its outcome has been told. Once sent its bytes never change, so that whatever
 * leader sees it again knows it by its sequences (PROTOCOL R6.3).
 */
final class ProducerBatch
{
    /** What is known of the outcome. */
    enum Outcome
    {
        /** Nothing final. */
        PENDING,
        /** Acknowledged. */
        ACKED,
        /** Given up. */
        FAILED
    }

    private static final int ALIGNMENT = 64;

    final UnsafeBuffer buffer;
    final BatchBuilder builder = new BatchBuilder();

    Outcome outcome;
    long fromSequence;
    long deadlineNs;
    long lingersUntilNs;
    long lastSentNs;
    long resendAtNs;
    int length;
    int sealedEpoch;
    long sealedOrigin;
    int sends;
    int definiteRefusals;
    private boolean isDoubtful;
    int outOfOrders;
    int lastCode;
    long upToOffset;
    int leaderEpoch;

    /** One of its records is measured; what follows is about that record. */
    boolean isSampled;
    boolean isAnswered;
    long sampleSequence;
    long sampleDueNs;
    long sampleSentNs;
    int stageFollower;
    final long[] stageNs = new long[Stage.COUNT];

    ProducerBatch(final int maxBatchBytes)
    {
        buffer = new UnsafeBuffer(BufferUtil.allocateDirectAligned(maxBatchBytes, ALIGNMENT));
    }

    void reset(final long fromSequence, final long deadlineNs, final long lingersUntilNs)
    {
        builder.wrap(buffer, 0, buffer.capacity());
        outcome = Outcome.PENDING;
        this.fromSequence = fromSequence;
        this.deadlineNs = deadlineNs;
        this.lingersUntilNs = lingersUntilNs;
        lastSentNs = 0;
        resendAtNs = Long.MAX_VALUE;
        length = 0;
        sends = 0;
        definiteRefusals = 0;
        isDoubtful = false;
        outOfOrders = 0;
        lastCode = Codes.OK;
        upToOffset = -1;
        leaderEpoch = -1;
        isSampled = false;
        isAnswered = false;
    }

    /** The record last added is to be measured, unless another one of this batch is already. */
    void sample(final long sequence, final long dueNs)
    {
        if (!isSampled)
        {
            isSampled = true;
            sampleSequence = sequence;
            sampleDueNs = dueNs;
            builder.attributes(BatchDescriptor.ATTRIBUTE_SAMPLED);
        }
    }

    /** The record last added was taken back. */
    void onAborted(final long sequence)
    {
        if (isSampled && sampleSequence == sequence)
        {
            isSampled = false;
            builder.attributes((byte)0);
        }
    }

    long toSequence()
    {
        return fromSequence + builder.count() - 1;
    }

    boolean isSealed()
    {
        return sends > 0;
    }

    /**
     * One more attempt. What became of one that is not refused by now is not known any more, however many refusals
     * follow: where a session breaks a frame may come twice, and so may its answer.
     */
    void onSent()
    {
        isDoubtful |= sends > definiteRefusals;
        sends++;
    }

    /** @return true when some attempt may have put it into a log */
    boolean isUncertain()
    {
        return isDoubtful || sends > definiteRefusals;
    }

    /** @return the code of a batch that is given up: the outcome is unknown, or what refused it */
    int failureCode(final int reason)
    {
        if (isUncertain())
        {
            return lastCode == Codes.NOT_ENOUGH_REPLICAS_AFTER_APPEND ? lastCode : Codes.TIMED_OUT;
        }
        return reason == Codes.TIMED_OUT ? lastCode == Codes.OK ? Codes.NOT_CONNECTED : lastCode : reason;
    }
}
