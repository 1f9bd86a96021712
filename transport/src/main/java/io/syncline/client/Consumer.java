package io.syncline.client;

import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;
import io.syncline.protocol.client.CommitOffsetEncoder;
import io.syncline.protocol.client.CommittedOffsetEncoder;
import io.syncline.protocol.client.MessageHeaderEncoder;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads partitions from their leaders or from followers (PROTOCOL R7), never above the high watermark of the replica
 * that is read. Belongs to one thread; records are handed out inside {@link #poll(RecordHandler, int)}.
 * <p>
 * Offsets of a partition increase by one from record to record, through leader changes, lost frames and broken
 * connections; only a seek moves the position otherwise. What the consumer cannot settle by itself (the log was cut
 * below its position, or does not reach it) is told, never papered over: see {@link ConsumerListener}.
 */
public final class Consumer implements AutoCloseable
{
    /** Settings of a consumer. */
    public static final class Context extends ConsumerContext<Context>
    {
        @Override
        Context self()
        {
            return this;
        }
    }

    private final Context ctx;
    private final ClientSession session;
    private final ConsumerLinks links;
    private final List<ConsumerPartition> partitions = new ArrayList<>();
    private final MessageHeaderEncoder headerEncoder = new MessageHeaderEncoder();
    private final CommitOffsetEncoder commitOffset = new CommitOffsetEncoder();
    private final CommittedOffsetEncoder committedOffset = new CommittedOffsetEncoder();

    private Consumer(final Context ctx)
    {
        this.ctx = ctx;
        links = new ConsumerLinks(ctx);
        session = new ClientSession(ctx, ClientSession.Purpose.CONSUME, links);
        links.session(session);
    }

    /**
     * Opens a consumer and waits until it knows the cluster.
     *
     * @param context settings; belongs to this consumer from now on
     * @return a consumer that is ready
     * @throws ClientException NOT_CONNECTED when no broker answers in time
     */
    public static Consumer connect(final Context context)
    {
        final Consumer consumer = open(context);
        try
        {
            consumer.session.awaitReady("consumer");
            return consumer;
        }
        catch (final RuntimeException ex)
        {
            consumer.close();
            throw ex;
        }
    }

    /**
     * Opens a consumer without waiting: {@link #poll(RecordHandler, int)} connects it.
     *
     * @param context settings; belongs to this consumer from now on
     * @return a consumer
     */
    public static Consumer open(final Context context)
    {
        context.conclude();
        context.openStreams();
        final Consumer consumer = new Consumer(context);
        consumer.session.start();
        return consumer;
    }

    /** @return true once the cluster is known */
    public boolean isReady()
    {
        return session.isReady();
    }

    /**
     * Starts to read a partition, from its beginning unless sought before the next poll, whatever the group has
     * committed: {@link #committed(int)} shows how to go on there. Waits up to
     * {@link ClientContext#metadataTimeoutNs()} for a topic that is not known yet.
     *
     * @param topic     name
     * @param partition from 0
     * @return handle of the partition in this consumer
     * @throws ClientException UNKNOWN_TOPIC, UNKNOWN_PARTITION or CLOSED, with the names
     */
    public int assign(final String topic, final int partition)
    {
        final TopicInfo info = session.awaitTopic(topic);
        if (partition < 0 || partition >= info.partitions().size())
        {
            throw new ClientException(Codes.UNKNOWN_PARTITION, "topic '" + topic + "' has partitions 0 to " +
                (info.partitions().size() - 1) + ", not " + partition);
        }
        return assign(info, partition);
    }

    /**
     * As {@link #assign(String, int)} without waiting.
     *
     * @param topic     name
     * @param partition from 0
     * @return handle, or UNKNOWN_PARTITION while the metadata does not show the partition
     */
    public int tryAssign(final String topic, final int partition)
    {
        final TopicInfo info = session.view().topic(topic);
        return info == null || partition < 0 || partition >= info.partitions().size() ?
            Codes.UNKNOWN_PARTITION : assign(info, partition);
    }

    /**
     * Stops reading a partition; its handle is not used again.
     *
     * @param handle of the partition
     */
    public void unassign(final int handle)
    {
        final ConsumerPartition partition = partition(handle);
        partition.end();
        links.partitions().remove(partition.key);
        partitions.set(handle, null);
    }

    /**
     * @param handle of a partition
     * @return its name
     */
    public TopicPartition topicPartition(final int handle)
    {
        return partition(handle).topicPartition;
    }

    /**
     * @param handle of a partition
     * @param offset of the next record wanted
     * @throws IllegalArgumentException where it is below 0
     */
    public void seek(final int handle, final long offset)
    {
        checkOffset(offset);
        partition(handle).seek(offset, session.nowNs());
    }

    /** @param handle of a partition, to be read from its log start */
    public void seekToBeginning(final int handle)
    {
        partition(handle).seek(ConsumerPartition.BEGINNING, session.nowNs());
    }

    /** @param handle of a partition, to be read from its high watermark on, as it is when the broker gets to it */
    public void seekToEnd(final int handle)
    {
        partition(handle).seek(ConsumerPartition.END, session.nowNs());
    }

    /**
     * @param handle of a partition
     * @return offset of the next record; -1 while beginning or end has not been resolved by a broker
     */
    public long position(final int handle)
    {
        return Math.max(-1, partition(handle).position());
    }

    /**
     * @param handle of a partition
     * @return end of what could be read, as last heard; never decreases; -1 not known yet
     */
    public long highWatermark(final int handle)
    {
        return partition(handle).highWatermark();
    }

    /**
     * @param handle of a partition
     * @return broker that is read now, -1 for none
     */
    public int servedBy(final int handle)
    {
        return partition(handle).servedBy();
    }

    /** @param handle of a partition that shall not be read for a while */
    public void pause(final int handle)
    {
        partition(handle).pause();
    }

    /** @param handle of a partition to be read again */
    public void resume(final int handle)
    {
        partition(handle).resume(session.nowNs());
    }

    /**
     * Turns the consumer and hands out records. To be called often, at the least a few times a second; never from a
     * handler. Whatever the handler throws comes out of this call, and the record comes again with the next one.
     *
     * @param handler takes the records
     * @param limit   records at most in this call
     * @return records handed out
     * @throws ClientException CLOSED; without a listener also DIVERGED, OFFSET_OUT_OF_RANGE; UNKNOWN_PARTITION after
     * the topic
     *                         was deleted, CORRUPT_BATCH when no replica sends a sound batch
     */
    public int poll(final RecordHandler handler, final int limit)
    {
        if (session.isClosed())
        {
            throw new ClientException(Codes.CLOSED, "this consumer is closed");
        }
        session.doWork();
        final int recordCount = links.poll(handler, limit);
        for (int i = 0; i < partitions.size() && !session.isClosed(); i++)
        {
            final ConsumerPartition partition = partitions.get(i);
            if (partition != null)
            {
                partition.onTurn(session.nowNs());
                tellNews(partition);
            }
        }
        return recordCount;
    }

    /**
     * Commits the position under the group; waits for the controller.
     *
     * @param handle of a partition
     * @throws ClientException INVALID_REQUEST without a group or a resolved position, TIMED_OUT, or what the controller
     * says
     */
    public void commit(final int handle)
    {
        final long position = position(handle);
        if (position < 0)
        {
            throw new ClientException(
                Codes.INVALID_REQUEST, "position of " + topicPartition(handle) + " is not known yet: poll first");
        }
        commit(handle, position);
    }

    /**
     * Commits an offset under the group; waits for the controller.
     *
     * @param handle of a partition
     * @param offset of the next record to be read; not compared with the log
     * @throws IllegalArgumentException where it is below 0
     * @throws ClientException          INVALID_REQUEST without a group, TIMED_OUT, or what the controller says
     */
    public void commit(final int handle, final long offset)
    {
        checkOffset(offset);
        final ConsumerPartition partition = partition(handle);
        call("commit of offset " + offset + " of " + partition.topicPartition, (buffer, clientId, correlationId) ->
        {
            commitOffset.wrapAndApplyHeader(buffer, 0, headerEncoder)
                .clientId(clientId)
                .correlationId(correlationId)
                .topicId(partition.topicId)
                .partition(partition.topicPartition.partition())
                .committedOffset(offset)
                .group(ctx.group());
            return MessageHeaderEncoder.ENCODED_LENGTH + commitOffset.encodedLength();
        });
    }

    /**
     * To go on where the group left off: {@code if (committed >= 0) seek(handle, committed)} before the first poll.
     *
     * @param handle of a partition
     * @return offset last committed under the group, -1 when there is none
     * @throws ClientException INVALID_REQUEST without a group, TIMED_OUT, or what the controller says
     */
    public long committed(final int handle)
    {
        final ConsumerPartition partition = partition(handle);
        return call("committed offset of " + partition.topicPartition, (buffer, clientId, correlationId) ->
        {
            committedOffset.wrapAndApplyHeader(buffer, 0, headerEncoder)
                .clientId(clientId)
                .correlationId(correlationId)
                .topicId(partition.topicId)
                .partition(partition.topicPartition.partition())
                .group(ctx.group());
            return MessageHeaderEncoder.ENCODED_LENGTH + committedOffset.encodedLength();
        });
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

    /** Ends the sessions. */
    @Override
    public void close()
    {
        session.close();
    }

    private int assign(final TopicInfo topic, final int number)
    {
        final ConsumerPartition known = links.partitions().get(PartitionKey.of(topic.topicId(), number));
        if (known != null)
        {
            return known.handle;
        }
        final ConsumerPartition added = new ConsumerPartition(partitions.size(),
            new TopicPartition(topic.name(), number), topic.topicId(), ctx, links, session.nowNs());
        partitions.add(added);
        links.partitions().put(added.key, added);
        added.onTopology(topic.partitions().get(number), session.nowNs());
        return added.handle;
    }

    private static void checkOffset(final long offset)
    {
        if (offset < 0)
        {
            throw new IllegalArgumentException("offset " + offset + " is below 0");
        }
    }

    private ConsumerPartition partition(final int handle)
    {
        final ConsumerPartition partition = handle < 0 || handle >= partitions.size() ? null : partitions.get(handle);
        if (partition == null)
        {
            throw new ClientException(Codes.UNKNOWN_PARTITION, "handle " + handle + " is not assigned");
        }
        return partition;
    }

    private void tellNews(final ConsumerPartition partition)
    {
        final int code = partition.takeNews();
        if (code == Codes.OK)
        {
            return;
        }
        final ConsumerListener listener = ctx.listener();
        if (listener != null && code == Codes.DIVERGED)
        {
            listener.onDiverged(partition.handle, partition.position(), partition.newsEpoch(), partition.newsOffset());
        }
        else if (listener != null && code == Codes.OFFSET_OUT_OF_RANGE)
        {
            listener.onOutOfRange(
                partition.handle, partition.position(), partition.logStart(), partition.newsOffset());
        }
        else
        {
            throw new ClientException(code, describe(partition, code));
        }
    }

    private static String describe(final ConsumerPartition partition, final int code)
    {
        final String name = partition.topicPartition + " at position " + partition.position();
        return switch (code)
        {
            case Codes.DIVERGED -> name + ": the log was cut; shared history ends with leader epoch " +
                partition.newsEpoch() + " at offset " + partition.newsOffset() + "; seek there to follow it as it is now";
            case Codes.OFFSET_OUT_OF_RANGE -> name + ": the log reaches from " + partition.logStart() + " to " +
                partition.newsOffset() + "; seek into it";
            case Codes.UNKNOWN_PARTITION -> name + ": the topic was deleted";
            default -> name;
        };
    }

    private long call(final String what, final ClientRequest.Encoder encoder)
    {
        if (ctx.group().isEmpty())
        {
            throw new ClientException(Codes.INVALID_REQUEST, what + ": this consumer has no group");
        }
        return session.requests().call(what, -1, ctx.connectTimeoutNs(), encoder).requireOk().value;
    }
}
