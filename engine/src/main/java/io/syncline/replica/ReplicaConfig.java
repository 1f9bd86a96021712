package io.syncline.replica;

import java.util.concurrent.TimeUnit;

/**
 * The numbers of a replica, the same for every partition of a broker. Immutable.
 *
 * @param maxBatchBytes     largest batch a producer may send, header included
 * @param lagTimeMaxNs      {@code replica.lag.time.max}: a member that was not once caught up for as long leaves the
 *                          ISR (R4.1)
 * @param silenceTimeNs     a member of which nothing was heard for as long, and which a commit waits for, leaves the
 *                          ISR (R4.1)
 * @param alterIsrRetryNs   pause after an ISR change that was refused or whose outcome is not known (R4.3)
 * @param followTimeoutNs   a Follow without an answer is repeated after this, then after twice that, up to eight times
 *                          (R1.1)
 * @param ackIntervalNs     AppendAck is repeated after this when there is nothing to acknowledge: lost ones are made
 *                          good. A high watermark that no consumer waits for is pushed after this when no Append has
 *                          carried it (R3.4)
 * @param stallTimeoutNs    a follower that knows of more than it is sent for as long follows again; a leader whose
 *                          follower stands still for as long sends again from where it stands
 * @param liveWindowBytes   a follower further behind than this is fed over the bulk stream
 * @param pendingProduces   room for produces of acks=all that wait for the high watermark, and for answers that wait
 *                          for a slow client; a power of two
 * @param maxProducers      producers remembered for each partition; beyond, the one that was silent for longest is
 *                          forgotten
 */
public record ReplicaConfig(
    int maxBatchBytes,
    long lagTimeMaxNs,
    long silenceTimeNs,
    long alterIsrRetryNs,
    long followTimeoutNs,
    long ackIntervalNs,
    long stallTimeoutNs,
    long liveWindowBytes,
    int pendingProduces,
    int maxProducers)
{
    /** What a broker uses when nothing else was asked for. */
    public static final ReplicaConfig DEFAULT = new ReplicaConfig(
        256 * 1024,
        TimeUnit.SECONDS.toNanos(10),
        TimeUnit.MILLISECONDS.toNanos(300),
        TimeUnit.MILLISECONDS.toNanos(50),
        TimeUnit.MILLISECONDS.toNanos(100),
        TimeUnit.MILLISECONDS.toNanos(20),
        TimeUnit.MILLISECONDS.toNanos(500),
        1024 * 1024,
        4096,
        10_000);

    /** Checks that the numbers agree with each other. */
    public ReplicaConfig
    {
        atLeast("maxBatchBytes", maxBatchBytes, 256);
        atLeast("lagTimeMaxNs", lagTimeMaxNs, 1);
        atLeast("silenceTimeNs", silenceTimeNs, 1);
        atLeast("alterIsrRetryNs", alterIsrRetryNs, 1);
        atLeast("followTimeoutNs", followTimeoutNs, 1);
        atLeast("ackIntervalNs", ackIntervalNs, 1);
        atLeast("stallTimeoutNs", stallTimeoutNs, ackIntervalNs);
        atLeast("liveWindowBytes", liveWindowBytes, 1);
        atLeast("pendingProduces", pendingProduces, 1);
        atLeast("maxProducers", maxProducers, 1);
        if (Integer.bitCount(pendingProduces) != 1)
        {
            throw new IllegalArgumentException("pendingProduces must be a power of two: " + pendingProduces);
        }
    }

    /**
     * What is left to wait for where the peer's machine says that nobody listens there (R4.1, R5.1): long enough for the
     * next heartbeat, should the refusal be of a former process at the same port.
     *
     * @param silenceTimeNs of a peer that is only not heard
     * @return silence after which a refused one counts as silent
     */
    public static long silenceOfRefusedNs(final long silenceTimeNs)
    {
        return silenceTimeNs / 4;
    }

    /**
     * @param lagTimeNs {@code replica.lag.time.max}
     * @return the same numbers with this one
     */
    public ReplicaConfig withLagTimeMaxNs(final long lagTimeNs)
    {
        return new ReplicaConfig(maxBatchBytes, lagTimeNs, silenceTimeNs, alterIsrRetryNs, followTimeoutNs, ackIntervalNs, stallTimeoutNs,
            liveWindowBytes, pendingProduces, maxProducers);
    }

    /**
     * @param bytes {@code max.batch.bytes}
     * @return the same numbers with this one
     */
    public ReplicaConfig withMaxBatchBytes(final int bytes)
    {
        return new ReplicaConfig(bytes, lagTimeMaxNs, silenceTimeNs, alterIsrRetryNs, followTimeoutNs, ackIntervalNs, stallTimeoutNs,
            liveWindowBytes, pendingProduces, maxProducers);
    }

    /**
     * @param intervalNs between two acknowledgements of nothing new, at most {@link #stallTimeoutNs}
     * @return the same numbers with this one
     */
    public ReplicaConfig withAckIntervalNs(final long intervalNs)
    {
        return new ReplicaConfig(maxBatchBytes, lagTimeMaxNs, silenceTimeNs, alterIsrRetryNs, followTimeoutNs,
            Math.min(intervalNs, stallTimeoutNs), stallTimeoutNs, liveWindowBytes, pendingProduces, maxProducers);
    }

    /**
     * @param silenceNs of a follower that a commit waits for
     * @return the same numbers with this one
     */
    public ReplicaConfig withSilenceTimeNs(final long silenceNs)
    {
        return new ReplicaConfig(maxBatchBytes, lagTimeMaxNs, silenceNs, alterIsrRetryNs, followTimeoutNs, ackIntervalNs,
            stallTimeoutNs, liveWindowBytes, pendingProduces, maxProducers);
    }

    private static void atLeast(final String name, final long value, final long least)
    {
        if (value < least)
        {
            throw new IllegalArgumentException(name + " must be at least " + least + ": " + value);
        }
    }
}
