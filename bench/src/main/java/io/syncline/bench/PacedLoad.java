package io.syncline.bench;

import io.syncline.client.AckListener;
import io.syncline.client.Producer;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.concurrent.TimeUnit;

/** Records spread over many partitions at a rate, for what they cost and not for how long they take. */
final class PacedLoad implements AckListener, AutoCloseable
{
    private static final long DRAIN_NS = TimeUnit.SECONDS.toNanos(30);

    private final Producer producer;
    private final int[] handles;
    private final long[] lastAcked;
    private final UnsafeBuffer value;
    private long acked;
    private long sent;
    private int next;
    private int failure;

    PacedLoad(final Producer.Context context, final String topic, final int partitions, final int lengthBytes)
    {
        producer = Producer.connect(context.ackListener(this));
        handles = new int[partitions];
        int highest = 0;
        for (int i = 0; i < partitions; i++)
        {
            handles[i] = producer.handle(topic, i);
            highest = Math.max(highest, handles[i]);
        }
        lastAcked = new long[highest + 1];
        java.util.Arrays.fill(lastAcked, -1);
        value = new UnsafeBuffer(new byte[lengthBytes]);
    }

    /**
     * @param records to send and to see acknowledged
     * @param rate    a second; 0 as fast as it goes
     * @return nanoseconds from the first offer to the last acknowledgement
     */
    long run(final long records, final long rate)
    {
        final long startNs = System.nanoTime();
        final long end = sent + records;
        final long first = sent;
        while (sent < end)
        {
            final long due = rate == 0 ? end : Math.min(end, first + 1 + (System.nanoTime() - startNs) * rate / 1_000_000_000L);
            while (sent < due && producer.offer(handles[next], value, 0, value.capacity()) >= 0)
            {
                sent++;
                next = next + 1 == handles.length ? 0 : next + 1;
            }
            turn();
        }
        final long deadlineNs = System.nanoTime() + DRAIN_NS;
        while (acked < sent && System.nanoTime() - deadlineNs < 0)
        {
            turn();
        }
        if (acked < sent || failure != 0)
        {
            throw new IllegalStateException(acked + " of " + sent + " records were acknowledged; code " + failure);
        }
        return System.nanoTime() - startNs;
    }

    private void turn()
    {
        if (producer.poll() == 0)
        {
            Thread.yield();
        }
    }

    @Override
    public void onAck(
        final int handle, final long fromSequence, final long upToSequence, final long upToOffset, final int leaderEpoch)
    {
        acked += upToSequence - lastAcked[handle];
        lastAcked[handle] = upToSequence;
    }

    @Override
    public void onFailed(final int handle, final long fromSequence, final long toSequence, final int code)
    {
        failure = code;
    }

    @Override
    public void close()
    {
        producer.close();
    }
}
