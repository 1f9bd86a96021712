package io.syncline.client;

import io.syncline.record.BatchDescriptor;
import io.syncline.stage.StageListener;

import java.io.File;
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
    /** Bytes gathered by default: with its head, a batch fills one frame over IPC. */
    public static final int BATCH_BYTES_DEFAULT = 64_000;

    /** {@code stage.sampling} by default: one record in so many. */
    public static final int STAGE_SAMPLING_DEFAULT = 64;

    private Acks acks = Acks.ALL;
    private boolean idempotent = true;
    private String producerName = "";
    private AckListener ackListener = (handle, fromSequence, upToSequence, upToOffset, leaderEpoch) -> {};
    private int maxInFlight = MAX_IN_FLIGHT_LIMIT;
    private int maxBatchBytes = MAX_BATCH_BYTES_DEFAULT;
    private int batchBytes = BATCH_BYTES_DEFAULT;
    private int waitingBatches = 3;
    private long lingerNs;
    private long deliveryTimeoutNs = TimeUnit.SECONDS.toNanos(30);
    private int stageSampling = STAGE_SAMPLING_DEFAULT;
    private File stageDirectory;
    private StageListener stageListener;

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
     * @param idempotent true (the default): retries never double a record. False: nothing is sent twice, so a lost
     *                   answer is a TIMED_OUT. {@link Acks#NONE} is never idempotent
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
     * @param producerName the same name gets the same producer id and fences the one before; empty (the default): an id
     *                     of its own
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
     * How far records are gathered while the batches before them are on their way. A longer batch shares its fixed
     * costs among more records; one that no longer fits into a frame is copied once more at each broker, and drops out
     * of its caches.
     *
     * @param batchBytes from which on a batch takes no further record; a record that is longer goes alone
     * @return this
     */
    public T batchBytes(final int batchBytes)
    {
        this.batchBytes = batchBytes;
        return self();
    }

    /** @return bytes from which on a batch takes no further record, at most {@link #maxBatchBytes()} */
    public int batchBytes()
    {
        return Math.min(batchBytes, maxBatchBytes);
    }

    /**
     * How long a batch waits for further records before it leaves, though nothing is in its way. For a producer that is
     * in no hurry: each batch costs the brokers the same few calls into the kernel, however many records it brings. A
     * batch that is full leaves at once, and so does everything in {@link Producer#flush(long)}.
     *
     * @param lingerNs {@code linger}, from a batch's first record on; 0 (the default) for not at all. Kafka's
     *                 {@code linger.ms}
     * @return this
     */
    public T lingerNs(final long lingerNs)
    {
        this.lingerNs = lingerNs;
        return self();
    }

    /** @return how long a batch waits for further records at most, from its first one on */
    public long lingerNs()
    {
        return lingerNs;
    }

    /**
     * @param waitingBatches batches of one partition that may wait behind those in flight before an offer is
     *                       back-pressured
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

    /**
     * @param stageSampling {@code stage.sampling}: the stages of one record in so many are measured (see
     *                      {@code io.syncline.stage}), at most one of a batch, and at more than 320,000 records a second
     *                      as many as at that rate; 0 for none. Nothing is measured with {@link Acks#NONE}
     * @return this
     */
    public T stageSampling(final int stageSampling)
    {
        this.stageSampling = stageSampling;
        return self();
    }

    /** @return one record in so many is measured, 0 for none */
    public int stageSampling()
    {
        return stageSampling;
    }

    /**
     * @param stageDirectory where the producer writes a stage file of its own, which has the totals; it exists. Null
     *                       (the default): none, and the brokers' files say what happened to its records at the brokers
     * @return this
     */
    public T stageDirectory(final File stageDirectory)
    {
        this.stageDirectory = stageDirectory;
        return self();
    }

    /** @return where the producer writes a stage file of its own, null for nowhere */
    public File stageDirectory()
    {
        return stageDirectory;
    }

    /**
     * @param stageListener hears of each sampled record in {@link Producer#poll()}, just before its acknowledgement is
     *                      told; null (the default) for nobody
     * @return this
     */
    public T stageListener(final StageListener stageListener)
    {
        this.stageListener = stageListener;
        return self();
    }

    /** @return hears of each sampled record, null for nobody */
    public StageListener stageListener()
    {
        return stageListener;
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
        if (stageSampling < 0)
        {
            throw new IllegalArgumentException("stageSampling " + stageSampling + " is below 0");
        }
        if (stageDirectory != null && !stageDirectory.isDirectory())
        {
            throw new IllegalArgumentException("stageDirectory " + stageDirectory + " is not a directory");
        }
        if (lingerNs < 0 || lingerNs >= deliveryTimeoutNs)
        {
            throw new IllegalArgumentException("lingerNs " + lingerNs + " is not within 0 and deliveryTimeoutNs " +
                deliveryTimeoutNs + ": a record would be given up before it was sent");
        }
        requirePositive("batchBytes", batchBytes);
        requirePositive("waitingBatches", waitingBatches);
        requirePositive("deliveryTimeoutNs", deliveryTimeoutNs);
        super.conclude();
    }
}
