package io.syncline.simulator;

import io.syncline.client.ClientException;
import io.syncline.client.Consumer;
import io.syncline.client.ConsumerListener;
import io.syncline.protocol.Codes;
import org.agrona.DirectBuffer;

/** One consumer of the workload: reads every partition of the first topic from its beginning. */
final class SimConsumer implements ConsumerListener
{
    private final String name;
    private final String topic;
    private final long[] keys;
    private final SimHistory history;
    private final Consumer consumer;
    private final int[] handles;
    private final long[] next;
    private final long[] shown;

    SimConsumer(
        final String name, final String topic, final long[] keys, final Consumer.Context context, final SimHistory history)
    {
        this.name = name;
        this.topic = topic;
        this.keys = keys;
        this.history = history;
        this.consumer = Consumer.open(context.listener(this));
        handles = new int[keys.length];
        java.util.Arrays.fill(handles, -1);
        next = new long[keys.length];
        shown = new long[keys.length];
    }

    int poll()
    {
        for (int i = 0; i < handles.length; i++)
        {
            if (handles[i] < 0)
            {
                handles[i] = consumer.tryAssign(topic, i);
                history.onSeek(name, keys[i], 0);
            }
        }
        final int work = pollAgain();
        for (int i = 0; i < handles.length; i++)
        {
            if (handles[i] >= 0)
            {
                final long highWatermark = consumer.highWatermark(handles[i]);
                if (highWatermark >= 0 && highWatermark != shown[i])
                {
                    history.onLatest(name, keys[i], highWatermark);
                    shown[i] = highWatermark;
                }
            }
        }
        return work;
    }

    /** Where no batch arrived whole for some time it asks again, as an application may. */
    private int pollAgain()
    {
        try
        {
            return consumer.poll(this::onRecord, 1000);
        }
        catch (final ClientException ex)
        {
            if (ex.code() != Codes.CORRUPT_BATCH)
            {
                throw ex;
            }
            for (int i = 0; i < handles.length; i++)
            {
                if (handles[i] >= 0)
                {
                    consumer.seek(handles[i], next[i]);
                }
            }
            return 1;
        }
    }

    /** @return next offset of a partition */
    long next(final int partition)
    {
        return next[partition];
    }

    void close()
    {
        consumer.close();
    }

    private void onRecord(
        final int handle, final long offset, final int leaderEpoch, final long timestampNs, final DirectBuffer buffer,
        final int keyOffset, final int keyLength, final int valueOffset, final int valueLength)
    {
        int partition = 0;
        while (handles[partition] != handle)
        {
            partition++;
        }
        history.onConsumed(name, keys[partition], offset, leaderEpoch, buffer.getLong(valueOffset));
        next[partition] = offset + 1;
    }

    @Override
    public void onDiverged(final int handle, final long position, final int epoch, final long endOffset)
    {
        throw new Violation("H6", name + " at " + position + " was told that history parts at epoch " + epoch + ", offset " +
            endOffset + ", without an unclean election");
    }

    @Override
    public void onOutOfRange(final int handle, final long position, final long logStart, final long highWatermark)
    {
        throw new Violation("H6", name + " at " + position + " was told that the log reaches from " + logStart + " to " +
            highWatermark);
    }
}
