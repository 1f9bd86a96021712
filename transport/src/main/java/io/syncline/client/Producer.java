package io.syncline.client;

import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;
import io.syncline.record.BatchDescriptor;
import org.agrona.DirectBuffer;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Sends records to the leaders of their partitions (PROTOCOL R6). Belongs to one thread; {@link #poll()} turns it and
 * runs the callbacks, nothing happens between two polls.
 * <p>
 * Batching is natural: a record offered while its partition has nothing in flight leaves at once, and what is offered
 * before the next poll leaves with that poll as one batch; with {@code linger} a batch waits for more. Nothing is
 * allocated per record.
 * <p>
 * Every accepted record ends in exactly one of three ways, in the order of its partition: acknowledged, definitely
 * failed, or unknown ({@link #isUnknown(int)}). In between the client redirects, reconnects and retries, with the same
 * sequences, so that an idempotent producer never doubles a record, until {@code delivery.timeout}. A plain producer
 * ({@code idempotent(false)}) never sends a batch twice.
 */
public final class Producer implements AutoCloseable
{
    /** Settings of a producer. */
    public static final class Context extends ProducerContext<Context>
    {
        @Override
        Context self()
        {
            return this;
        }
    }

    private static final int NO_HANDLE = Codes.UNKNOWN_PARTITION;
    private static final long NOT_DUE = Long.MIN_VALUE;

    private final Context ctx;
    /** Where one reading of the clock gives both times of a record; null where the application brought a clock. */
    private final RecordClock recordClock;
    private final long maxPayload;
    private final ClientSession session;
    private final ProducerLinks links;
    private final ProducerStages stages;
    private final Long2ObjectHashMap<ProducerPartition> partitionByKey = new Long2ObjectHashMap<>();
    private final Map<TopicPartition, Integer> handleByName = new HashMap<>();
    private final ProducerFutures futures = new ProducerFutures();
    private ProducerPartition[] partitions = new ProducerPartition[0];
    private ClientRequest producerIdRequest;
    private long producerId = BatchDescriptor.NULL_PRODUCER_ID;
    private int producerEpoch = -1;
    private boolean wantsProducerEpoch;
    private int fatalCode;
    private long dueNs = NOT_DUE;

    private Producer(final Context ctx)
    {
        this.ctx = ctx;
        recordClock = ctx.recordClock();
        maxPayload = ctx.maxBatchBytes() - BatchDescriptor.HEADER_LENGTH - BatchDescriptor.RECORD_HEADER_LENGTH;
        stages = new ProducerStages(ctx);
        links = new ProducerLinks(this, ctx, stages);
        session = new ClientSession(ctx, ClientSession.Purpose.PRODUCE, links);
        links.session(session);
        wantsProducerEpoch = ctx.idempotent();
    }

    /**
     * Opens a producer and waits until it knows the cluster and, when idempotent, has its producer id.
     *
     * @param context settings; belongs to this producer from now on
     * @return a producer that is ready
     * @throws ClientException NOT_CONNECTED when no broker answers in time, or what the controller refused
     */
    public static Producer connect(final Context context)
    {
        final Producer producer = open(context);
        try
        {
            producer.session.awaitReady("producer");
            final long deadlineNs = producer.session.nowNs() + context.connectTimeoutNs();
            while (!producer.isReady())
            {
                if (producer.fatalCode != 0 || producer.session.nowNs() - deadlineNs >= 0)
                {
                    throw new ClientException(producer.fatalCode != 0 ? producer.fatalCode : Codes.TIMED_OUT,
                        "no producer id for name '" + context.producerName() + "' from brokers at '" +
                        context.bootstrap() + "'; check that a controller is running");
                }
                context.idleStrategy().idle(producer.poll());
            }
            return producer;
        }
        catch (final RuntimeException ex)
        {
            producer.close();
            throw ex;
        }
    }

    /**
     * Opens a producer without waiting: {@link #poll()} connects it. Until {@link #isReady()} offers wait in the
     * batches.
     *
     * @param context settings; belongs to this producer from now on
     * @return a producer
     */
    public static Producer open(final Context context)
    {
        context.conclude();
        context.openStreams();
        final Producer producer = new Producer(context);
        producer.session.start();
        return producer;
    }

    /** @return true once the cluster and, when idempotent, the producer id are known */
    public boolean isReady()
    {
        return session.isReady() && (!ctx.idempotent() || producerId != BatchDescriptor.NULL_PRODUCER_ID);
    }

    /**
     * Waits up to {@link ClientContext#metadataTimeoutNs()} for a topic that is not known yet.
     *
     * @param topic     name
     * @param partition from 0
     * @return handle of the partition in this producer, for every offer
     * @throws ClientException UNKNOWN_TOPIC, UNKNOWN_PARTITION or CLOSED, with the names
     */
    public int handle(final String topic, final int partition)
    {
        final TopicInfo info = session.awaitTopic(topic);
        if (partition < 0 || partition >= info.partitions().size())
        {
            throw new ClientException(Codes.UNKNOWN_PARTITION, "topic '" + topic + "' has partitions 0 to " +
                (info.partitions().size() - 1) + ", not " + partition);
        }
        return handleOf(info, partition);
    }

    /**
     * As {@link #handle(String, int)} without waiting.
     *
     * @param topic     name
     * @param partition from 0
     * @return handle, or UNKNOWN_PARTITION while the metadata does not show the partition
     */
    public int tryHandle(final String topic, final int partition)
    {
        final TopicInfo info = session.view().topic(topic);
        return info == null || partition < 0 || partition >= info.partitions().size() ?
            NO_HANDLE : handleOf(info, partition);
    }

    /**
     * @param topic name
     * @return the topic with the handles of all its partitions
     * @throws ClientException UNKNOWN_TOPIC or CLOSED
     */
    public TopicHandle topic(final String topic)
    {
        final TopicInfo info = session.awaitTopic(topic);
        final int[] handles = new int[info.partitions().size()];
        for (int i = 0; i < handles.length; i++)
        {
            handles[i] = handleOf(info, i);
        }
        return new TopicHandle(topic, info.topicId(), handles);
    }

    /**
     * @param handle of a partition
     * @return its name
     */
    public TopicPartition topicPartition(final int handle)
    {
        return partitions[handle].topicPartition;
    }

    /**
     * Offers a record without a key.
     *
     * @param handle of the partition
     * @param buffer holds the value; read before the call returns
     * @param offset of the value
     * @param length of the value
     * @return the record's sequence in its partition, counted from 0, or a code: BACK_PRESSURED (poll and offer again),
     * RECORD_TOO_LARGE, UNKNOWN_PARTITION (deleted, or no such handle), CLOSED, INVALID_PRODUCER_EPOCH (fenced)
     * @throws IndexOutOfBoundsException where the buffer does not hold the value; nothing is offered then
     */
    public long offer(final int handle, final DirectBuffer buffer, final int offset, final int length)
    {
        return offer(handle, buffer, offset, BatchDescriptor.NULL_KEY_LENGTH, buffer, offset, length);
    }

    /**
     * Offers a record with a key.
     *
     * @param handle      of the partition
     * @param key         holds the key; read before the call returns
     * @param keyOffset   of the key
     * @param keyLength   of the key, -1 for none
     * @param value       holds the value; read before the call returns
     * @param valueOffset of the value
     * @param valueLength of the value
     * @return as {@link #offer(int, DirectBuffer, int, int)}
     */
    public long offer(
        final int handle,
        final DirectBuffer key,
        final int keyOffset,
        final int keyLength,
        final DirectBuffer value,
        final int valueOffset,
        final int valueLength)
    {
        final int code = check(handle, keyLength, valueLength);
        if (code != Codes.OK)
        {
            return code;
        }
        // Before the batch knows of the record: one that could be read half only would stay in it without a sequence.
        if (keyLength > 0)
        {
            key.boundsCheck(keyOffset, keyLength);
        }
        value.boundsCheck(valueOffset, valueLength);
        final long nowNs = ctx.nanoClock().nanoTime();
        return taken(partitions[handle].offer(key, keyOffset, keyLength, value, valueOffset, valueLength,
            timestampNs(nowNs), dueNs == NOT_DUE ? nowNs : dueNs, nowNs));
    }

    /**
     * Says when the record offered next was due, for its stages alone: with an open loop a record that is sent late has
     * waited since it was due. Holds for one record; without it a record is due when it is offered.
     *
     * @param dueNs on the producer's monotonic clock, see {@link ClientContext#nanoClock()}
     */
    public void due(final long dueNs)
    {
        this.dueNs = dueNs;
    }

    /**
     * Claims the place of a record inside its batch, so that the value is written once. Until the claim is committed or
     * aborted, other offers to the partition are back-pressured and its batch does not leave.
     *
     * @param handle of the partition
     * @param length of the value
     * @param claim  set to the place
     * @return as {@link #offer(int, DirectBuffer, int, int)}
     */
    public long tryClaim(final int handle, final int length, final RecordClaim claim)
    {
        final int code = check(handle, BatchDescriptor.NULL_KEY_LENGTH, length);
        if (code != Codes.OK)
        {
            return code;
        }
        final long nowNs = ctx.nanoClock().nanoTime();
        return taken(partitions[handle].tryClaim(
            length, claim, timestampNs(nowNs), dueNs == NOT_DUE ? nowNs : dueNs, nowNs));
    }

    /**
     * Turns the producer: takes answers, runs callbacks, sends what waits, keeps sessions alive. To be called often, at
     * the least a few times a second; never from a callback.
     *
     * @return work done
     */
    public int poll()
    {
        if (session.isClosed())
        {
            return 0;
        }
        int workCount = session.doWork();
        final long nowNs = session.nowNs();
        workCount += pollProducerId();
        workCount += links.pollAcks(nowNs);
        for (final ProducerPartition partition : partitions)
        {
            workCount += partition.onTurn(nowNs);
        }
        return workCount;
    }

    /**
     * Polls until every offered record has had its outcome. No batch lingers meanwhile.
     *
     * @param timeoutNs at most
     * @return false when time ran out first
     */
    public boolean flush(final long timeoutNs)
    {
        final long startNs = ctx.nanoClock().nanoTime();
        for (final ProducerPartition partition : partitions)
        {
            partition.hurry();
        }
        while (unacknowledged() > 0 && !session.isClosed())
        {
            if (ctx.nanoClock().nanoTime() - startNs >= timeoutNs)
            {
                return false;
            }
            ctx.idleStrategy().idle(poll());
        }
        return true;
    }

    /** @return bytes that key and value of one record may have together; a longer one is RECORD_TOO_LARGE */
    public int maxRecordLength()
    {
        return (int)maxPayload;
    }

    /** @return records of all partitions whose outcome has not been told */
    public long unacknowledged()
    {
        long sum = 0;
        for (final ProducerPartition partition : partitions)
        {
            sum += partition.unacknowledged();
        }
        return sum;
    }

    /**
     * @param handle of a partition
     * @return its records whose outcome has not been told
     */
    public long unacknowledged(final int handle)
    {
        return partitions[handle].unacknowledged();
    }

    /**
     * @param handle of a partition
     * @return sequence that its next record will have
     */
    public long nextSequence(final int handle)
    {
        return partitions[handle].nextSequence();
    }

    /**
     * Convenience that allocates and may wait for room. The future completes inside {@link #poll()}; waiting for it on
     * this thread polls.
     *
     * @param topic     name
     * @param partition from 0
     * @param key       null for none
     * @param value     of the record
     * @return completes with the record's place, or with a {@link ClientException}
     */
    public CompletableFuture<RecordMetadata> send(
        final String topic, final int partition, final byte[] key, final byte[] value)
    {
        final PolledFuture future = new PolledFuture(this);
        try
        {
            final int handle = handle(topic, partition);
            final UnsafeBuffer keyBuffer = new UnsafeBuffer(key == null ? new byte[0] : key);
            final UnsafeBuffer valueBuffer = new UnsafeBuffer(value);
            final int keyLength = key == null ? BatchDescriptor.NULL_KEY_LENGTH : key.length;
            long sequence = offer(handle, keyBuffer, 0, keyLength, valueBuffer, 0, value.length);
            while (sequence == Codes.BACK_PRESSURED)
            {
                // Ends: whatever fills the batches has its outcome within the delivery timeout.
                ctx.idleStrategy().idle(poll());
                sequence = offer(handle, keyBuffer, 0, keyLength, valueBuffer, 0, value.length);
            }
            if (sequence < 0)
            {
                throw new ClientException((int)sequence, "record of " + value.length + " bytes for " + topic + "-" +
                    partition + " was refused; max.batch.bytes is " + ctx.maxBatchBytes());
            }
            future.sequence(sequence);
            futures.add(handle, future);
        }
        catch (final ClientException ex)
        {
            future.completeExceptionally(ex);
        }
        return future;
    }

    /** @return given by the controller, -1 for a plain producer or while not known */
    public long producerId()
    {
        return producerId;
    }

    /** @return drawn by this client, the same for all brokers */
    public long clientId()
    {
        return session.clientId();
    }

    /** @return the newest metadata this client has seen */
    public ClusterDescription metadata()
    {
        return session.view().describe();
    }

    /** @return true after {@link #close()} */
    public boolean isClosed()
    {
        return session.isClosed();
    }

    /**
     * @param code of {@link AckListener#onFailed}
     * @return true when the records may be in the log or come to be; false when they are not and never will be
     */
    public static boolean isUnknown(final int code)
    {
        return code == Codes.TIMED_OUT || code == Codes.NOT_ENOUGH_REPLICAS_AFTER_APPEND;
    }

    /**
     * Ends the sessions and tells the outcome of what is not acknowledged: TIMED_OUT (unknown) where it was sent,
     * CLOSED where it was not. Does not wait; {@link #flush(long)} first where that matters.
     */
    @Override
    public void close()
    {
        if (!session.isClosed())
        {
            session.close();
            failAll(Codes.CLOSED);
            stages.close();
        }
    }

    void turnUntil(final CompletableFuture<RecordMetadata> future, final long timeoutNs)
    {
        final long startNs = ctx.nanoClock().nanoTime();
        while (!future.isDone() && !session.isClosed() && ctx.nanoClock().nanoTime() - startNs < timeoutNs)
        {
            ctx.idleStrategy().idle(poll());
        }
    }

    ProducerPartition partition(final long topicId, final int partition)
    {
        return partitionByKey.get(PartitionKey.of(topicId, partition));
    }

    ProducerPartition[] partitions()
    {
        return partitions;
    }

    void wantProducerEpoch()
    {
        wantsProducerEpoch = true;
    }

    void onFatal(final int code)
    {
        fatalCode = code;
        failAll(code);
    }

    ProducerFutures futures()
    {
        return futures;
    }

    private long taken(final long sequence)
    {
        if (sequence >= 0)
        {
            dueNs = NOT_DUE;
        }
        return sequence;
    }

    /** Reading the system's clock is a good part of what an offer costs. */
    private long timestampNs(final long nowNs)
    {
        return recordClock != null ? recordClock.at(nowNs) : ctx.epochClock().nanoTime();
    }

    private int check(final int handle, final int keyLength, final int valueLength)
    {
        if (session.isClosed())
        {
            return Codes.CLOSED;
        }
        if (fatalCode != 0)
        {
            return fatalCode;
        }
        if (handle < 0 || handle >= partitions.length)
        {
            return Codes.UNKNOWN_PARTITION;
        }
        if (keyLength < BatchDescriptor.NULL_KEY_LENGTH || valueLength < 0)
        {
            throw new IllegalArgumentException("key length " + keyLength + ", value length " + valueLength +
                ": a key has -1 bytes for none or more, a value 0 or more");
        }
        final long payload = Math.max(0L, keyLength) + valueLength;
        return payload > maxPayload ? Codes.RECORD_TOO_LARGE : Codes.OK;
    }

    private int handleOf(final TopicInfo topic, final int partition)
    {
        final TopicPartition name = new TopicPartition(topic.name(), partition);
        final Integer known = handleByName.get(name);
        if (known != null && partitions[known].topicId == topic.topicId())
        {
            return known;
        }
        final ProducerPartition added = new ProducerPartition(
            partitions.length, name, topic.topicId(), ctx, stages, links, ctx.nanoClock().nanoTime());
        final PartitionInfo info = topic.partitions().get(partition);
        added.onLeader(info.leader(), info.leaderEpoch(), session.nowNs());
        if (producerId != BatchDescriptor.NULL_PRODUCER_ID)
        {
            added.onProducerEpoch(producerId, producerEpoch);
        }
        partitions = Arrays.copyOf(partitions, partitions.length + 1);
        partitions[added.handle] = added;
        partitionByKey.put(PartitionKey.of(topic.topicId(), partition), added);
        handleByName.put(name, added.handle);
        return added.handle;
    }

    private int pollProducerId()
    {
        if (producerIdRequest == null)
        {
            if (wantsProducerEpoch && fatalCode == 0)
            {
                wantsProducerEpoch = false;
                producerIdRequest = session.requests().begin(
                    "producer id", -1, Math.max(ctx.connectTimeoutNs(), TimeUnit.SECONDS.toNanos(1)), links::encodeInitProducer);
                return 1;
            }
            return 0;
        }
        if (!producerIdRequest.isDone)
        {
            return 0;
        }
        final ClientRequest answer = producerIdRequest;
        producerIdRequest = null;
        if (answer.code == Codes.OK)
        {
            producerId = answer.value;
            producerEpoch = answer.leaderEpoch;
            for (final ProducerPartition partition : partitions)
            {
                if (partition.needsProducerEpoch())
                {
                    partition.onProducerEpoch(producerId, producerEpoch);
                }
            }
        }
        else if (answer.code == Codes.TIMED_OUT)
        {
            wantsProducerEpoch = true;
        }
        else
        {
            ctx.errorHandler().onError(new ClientException(answer.code, "producer id refused: " + answer.message));
            onFatal(answer.code);
        }
        return 1;
    }

    private void failAll(final int code)
    {
        for (final ProducerPartition partition : partitions)
        {
            partition.failAll(code);
            partition.tellOutcomes();
        }
    }
}
