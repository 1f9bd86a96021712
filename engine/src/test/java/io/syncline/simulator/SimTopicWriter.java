package io.syncline.simulator;

import io.syncline.client.AckListener;
import io.syncline.client.Acks;
import io.syncline.client.Producer;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayDeque;

/**
 * Writes to topics that come and go, so that their partitions hold something when they are deleted and created again.
 * What becomes of a record is not noted: its topic may be gone. What the replicas hold of it is checked as everywhere.
 */
final class SimTopicWriter implements AckListener
{
    private static final long PATIENCE_NS = 1_000_000_000L;
    private static final long NO_ID = -1;

    /** Records that wait for their topic. */
    private record Burst(String topic, int count, long deadlineNs)
    {
    }

    private final SimClock clock;
    private final Producer producer;
    private final ArrayDeque<Burst> waiting = new ArrayDeque<>();
    private final UnsafeBuffer value = new UnsafeBuffer(new byte[Long.BYTES]);

    SimTopicWriter(final SimClock clock, final Producer.Context context)
    {
        this.clock = clock;
        value.putLong(0, NO_ID);
        producer = Producer.open(context.acks(Acks.ALL).idempotent(false).ackListener(this));
    }

    void write(final String topic, final int count)
    {
        waiting.add(new Burst(topic, count, clock.nowNs() + PATIENCE_NS));
    }

    boolean isIdle()
    {
        return waiting.isEmpty() && producer.unacknowledged() == 0;
    }

    int poll()
    {
        int work = producer.poll();
        while (!waiting.isEmpty())
        {
            final Burst burst = waiting.peek();
            final int handle = producer.tryHandle(burst.topic, 0);
            if (handle < 0 && clock.nowNs() < burst.deadlineNs)
            {
                return work;
            }
            waiting.poll();
            work++;
            for (int i = 0; i < burst.count && handle >= 0; i++)
            {
                producer.offer(handle, value, 0, Long.BYTES);
            }
        }
        return work;
    }

    void close()
    {
        producer.close();
    }

    @Override
    public void onAck(
        final int handle, final long fromSequence, final long upToSequence, final long upToOffset, final int leaderEpoch)
    {
    }

    @Override
    public void onFailed(final int handle, final long fromSequence, final long toSequence, final int code)
    {
    }
}
