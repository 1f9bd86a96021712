package io.syncline.client;

import io.syncline.record.BatchDescriptor;

import java.util.concurrent.TimeUnit;

/**
 * What a {@link Producer} is configured with; applications use {@link Producer.Context}.
 *
 * @param <T> the context itself, so that setters chain
 */
public abstract class ProducerContext<T extends ProducerContext<T>> extends ClientContext<T>
{
    /** Batches in flight per partition at most: as many as brokers remember for each producer (PROTOCOL R6.3). */
    public static final int MAX_IN_FLIGHT_LIMIT = 5;
    /** Bytes of the largest batch by default. */
    public static final int MAX_BATCH_BYTES_DEFAULT = 256 * 1024;

    private Acks acks = Acks.ALL;
    private boolean idempotent = true;
    private String producerName = "";
    private AckListener ackListener = (handle, fromSequence, upToSequence, upToOffset, leaderEpoch) -> {};
    private int maxInFlight = MAX_IN_FLIGHT_LIMIT;
    private int maxBatchBytes = MAX_BATCH_BYTES_DEFAULT;
    private int waitingBatches = 3;
    private long deliveryTimeoutNs = TimeUnit.SECONDS.toNanos(30);

    /**
     * @param acks when a record counts as done; ALL by default
     * @return this
     */
    public T acks(final Acks acks)
    {
        this.acks = acks;
        return self();
    }

    /** @return when a record counts as done */
    public Acks acks()
    {
        return acks;
    }

    /**
     * @param idempotent true (the default): retries never double a record. False: nothing is sent twice, so a lost answer is a
     *                   TIMED_OUT. {@link Acks#NONE} is never idempotent
     * @return this
     */
    public T idempotent(final boolean idempotent)
    {
        this.idempotent = idempotent;
        return self();
    }

    /** @return whether retries never double a record */
    public boolean idempotent()
    {
        return idempotent && acks != Acks.NONE;
    }

    /**
     * @param producerName the same name gets the same producer id and fences the one before; empty (the default): an id of
     *                     its own
     * @return this
     */
    public T producerName(final String producerName)
    {
        this.producerName = producerName;
        return self();
    }

    /** @return name of the producer id, empty for an id of its own */
    public String producerName()
    {
        return producerName;
    }

    /**
     * @param ackListener hears what became of each record
     * @return this
     */
    public T ackListener(final AckListener ackListener)
    {
        this.ackListener = ackListener;
        return self();
    }

    /** @return hears what became of each record */
    public AckListener ackListener()
    {
        return ackListener;
    }

    /**
     * @param maxInFlight batches of one partition sent and not answered, 1 to {@link #MAX_IN_FLIGHT_LIMIT}
     * @return this
     */
    public T maxInFlight(final int maxInFlight)
    {
        this.maxInFlight = maxInFlight;
        return self();
    }

    /** @return batches of one partition sent and not answered at most */
    public int maxInFlight()
    {
        return maxInFlight;
    }

    /**
     * @param maxBatchBytes of the largest batch, {@code max.batch.bytes}; the brokers must take as much
     * @return this
     */
    public T maxBatchBytes(final int maxBatchBytes)
    {
        this.maxBatchBytes = maxBatchBytes;
        return self();
    }

    /** @return bytes of the largest batch */
    public int maxBatchBytes()
    {
        return maxBatchBytes;
    }

    /**
     * @param waitingBatches batches of one partition that may wait behind those in flight before an offer is back-pressured
     * @return this
     */
    public T waitingBatches(final int waitingBatches)
    {
        this.waitingBatches = waitingBatches;
        return self();
    }

    /** @return batches of one partition that may wait behind those in flight */
    public int waitingBatches()
    {
        return waitingBatches;
    }

    /**
     * @param deliveryTimeoutNs {@code delivery.timeout}: from the offer until a record is given up; 30 s by default
     * @return this
     */
    public T deliveryTimeoutNs(final long deliveryTimeoutNs)
    {
        this.deliveryTimeoutNs = deliveryTimeoutNs;
        return self();
    }

    /** @return from the offer until a record is given up */
    public long deliveryTimeoutNs()
    {
        return deliveryTimeoutNs;
    }

    @Override
    void conclude()
    {
        if (maxInFlight < 1 || maxInFlight > MAX_IN_FLIGHT_LIMIT)
        {
            throw new IllegalArgumentException(
                "maxInFlight " + maxInFlight + " is not within 1 to " + MAX_IN_FLIGHT_LIMIT);
        }
        final int smallest = BatchDescriptor.HEADER_LENGTH + BatchDescriptor.RECORD_HEADER_LENGTH;
        if (maxBatchBytes < smallest || maxBatchBytes % BatchDescriptor.ALIGNMENT != 0)
        {
            throw new IllegalArgumentException("maxBatchBytes " + maxBatchBytes + " is not a multiple of " +
                BatchDescriptor.ALIGNMENT + " from " + smallest + " on");
        }
        requirePositive("waitingBatches", waitingBatches);
        requirePositive("deliveryTimeoutNs", deliveryTimeoutNs);
        super.conclude();
    }
}
