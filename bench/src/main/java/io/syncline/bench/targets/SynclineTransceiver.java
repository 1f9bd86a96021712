package io.syncline.bench.targets;

import io.syncline.bench.StageBands;
import io.syncline.bench.Transceiver;
import io.syncline.client.AckListener;
import io.syncline.client.Consumer;
import io.syncline.client.Producer;
import io.syncline.client.RecordHandler;
import org.HdrHistogram.Histogram;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;

/**
 * One producer, one partition and, if asked, one consumer, on the rig's thread. Where the cluster has no threads of its own
 * (threading {@code invoker}) each poll turns its crank as well.
 */
final class SynclineTransceiver implements Transceiver, AckListener, RecordHandler
{
    private static final int DELIVER_LIMIT = 256;
    private static final long RESOLVE_TIMEOUT_NS = 10_000_000_000L;
    private static final IntSupplier NOBODY = () -> 0;

    private final String name;
    private final Producer.Context producerContext;
    private final Consumer.Context consumerContext;
    private final String topic;
    private final IntSupplier crank;
    private final UnsafeBuffer value;
    private final StageTags stages = new StageTags();
    private Receipts receipts;
    private Producer producer;
    private Consumer consumer;
    private int handle;
    private long firstOffset = -1;

    /**
     * @param name            for the reports
     * @param producerContext acks level and timeouts set; the ack listener is set here
     * @param consumerContext null when nothing is to be read back
     * @param topic           exists, one partition or more; the first is used
     * @param crank           turns the cluster, or null when it turns itself
     * @param maxLength       longest value
     */
    SynclineTransceiver(
        final String name,
        final Producer.Context producerContext,
        final Consumer.Context consumerContext,
        final String topic,
        final IntSupplier crank,
        final int maxLength)
    {
        this.name = name;
        this.producerContext = producerContext;
        this.consumerContext = consumerContext;
        this.topic = topic;
        this.crank = crank == null ? NOBODY : crank;
        value = new UnsafeBuffer(new byte[Math.max(1, maxLength)]);
        for (int i = 0; i < maxLength; i++)
        {
            value.putByte(i, (byte)('a' + i % 26));
        }
    }

    @Override
    public String open(final Receipts receipts)
    {
        this.receipts = receipts;
        producer = Producer.connect(producerContext.ackListener(this).stageListener(stages));
        handle = producer.handle(topic, 0);
        if (consumerContext != null)
        {
            consumer = Consumer.connect(consumerContext);
            final int assigned = consumer.assign(topic, 0);
            consumer.seekToEnd(assigned);
            final long deadlineNs = System.nanoTime() + RESOLVE_TIMEOUT_NS;
            while ((firstOffset = consumer.position(assigned)) < 0)
            {
                if (System.nanoTime() - deadlineNs > 0)
                {
                    throw new IllegalStateException("no broker told the end of " + topic + "-0 within 10 s");
                }
                poll();
            }
        }
        return name;
    }

    @Override
    public void due(final long dueNs)
    {
        producer.due(dueNs);
    }

    @Override
    public void onMeasuring()
    {
        stages.reset();
    }

    @Override
    public Map<String, Histogram> stages()
    {
        return stages.byTag();
    }

    @Override
    public List<StageBands.Band> stageBands()
    {
        return stages.bands();
    }

    @Override
    public long send(final int length)
    {
        return producer.offer(handle, value, 0, length);
    }

    @Override
    public int poll()
    {
        // In the order of a record's way: what was offered goes to the brokers, and what they answer comes back, in one call.
        int work = crank.getAsInt();
        work += producer.poll();
        if (consumer != null)
        {
            work += consumer.poll(this, DELIVER_LIMIT);
        }
        return work;
    }

    @Override
    public boolean isDelivering()
    {
        return consumer != null;
    }

    @Override
    public void onAck(
        final int handle,
        final long fromSequence,
        final long upToSequence,
        final long upToOffset,
        final int leaderEpoch)
    {
        receipts.onAcked(upToSequence);
    }

    @Override
    public void onFailed(final int handle, final long fromSequence, final long toSequence, final int code)
    {
        receipts.onFailed(toSequence, code);
    }

    @Override
    public void onRecord(
        final int handle,
        final long offset,
        final int leaderEpoch,
        final long timestampNs,
        final DirectBuffer buffer,
        final int keyOffset,
        final int keyLength,
        final int valueOffset,
        final int valueLength)
    {
        // The rig is the only writer of its topic, so offsets follow its sequences.
        receipts.onDelivered(offset - firstOffset);
    }

    @Override
    public void close()
    {
        if (consumer != null)
        {
            consumer.close();
        }
        if (producer != null)
        {
            producer.close();
        }
    }
}
