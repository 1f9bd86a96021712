package io.syncline.bench;

import io.syncline.client.AckListener;
import io.syncline.client.Producer;
import io.syncline.embedded.EmbeddedCluster;
import org.HdrHistogram.Histogram;
import org.agrona.concurrent.UnsafeBuffer;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.TimeUnit;

/**
 * One producer of several that send in turn, on the thread that turns the cluster too. A turn ends when all its records
 * are acknowledged, so that none of it is left for the next one's. Nothing is allocated in a turn.
 */
final class TurnLoad implements AckListener, AutoCloseable
{
    private static final int IN_FLIGHT = 1 << 14;
    /** Offers between two turns of the cluster. */
    private static final int BURST = 32;
    private static final long DRAIN_NS = TimeUnit.SECONDS.toNanos(30);

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final EmbeddedCluster cluster;
    private final Producer producer;
    private final UnsafeBuffer value;
    private final int handle;
    private final long[] dueNs = new long[IN_FLIGHT];
    private final Histogram response = new Histogram(LatencyRig.HIGHEST_LATENCY_NS, 3);
    private long lastSent = -1;
    private long lastAcked = -1;
    private boolean isTimed;

    /**
     * @param cluster       turned by the caller's thread
     * @param topic         exists; its first partition is used
     * @param stageSampling one record in so many, 0 for none
     * @param lengthBytes   of a value
     */
    TurnLoad(final EmbeddedCluster cluster, final String topic, final int stageSampling, final int lengthBytes)
    {
        this.cluster = cluster;
        producer = Producer.connect(cluster.producer().stageSampling(stageSampling).ackListener(this));
        handle = producer.handle(topic, 0);
        value = new UnsafeBuffer(new byte[lengthBytes]);
    }

    /**
     * An open load.
     *
     * @param forNs the turn
     * @param rate  records a second
     * @return median from when a record was due to its acknowledgement
     */
    double p50Ns(final long forNs, final long rate)
    {
        response.reset();
        isTimed = true;
        final double intervalNs = (double)TimeUnit.SECONDS.toNanos(1) / rate;
        final long total = Math.max(1, (long)(forNs / intervalNs));
        final long startNs = System.nanoTime();
        for (long count = 0; count < total; )
        {
            final long nextNs = startNs + (long)(count * intervalNs);
            if (System.nanoTime() - nextNs >= 0 && offer(nextNs))
            {
                count++;
            }
            else
            {
                turn();
            }
        }
        drain();
        return response.getValueAtPercentile(50);
    }

    /**
     * As fast as it goes.
     *
     * @param forNs the turn
     * @return records acknowledged in a second of this thread's CPU time, from the first offer to the last acknowledgement: it
     * does everything and never waits, so this is the throughput it has when nothing else runs on its core
     */
    double recordsPerSecond(final long forNs)
    {
        isTimed = false;
        final long before = lastAcked;
        final long startNs = System.nanoTime();
        final long cpuStartNs = threads.getCurrentThreadCpuTime();
        while (System.nanoTime() - startNs < forNs)
        {
            for (int i = 0; i < BURST && offer(startNs); i++)
            {
                // Until it is refused, or others are to have their turn.
            }
            turn();
        }
        drain();
        return (lastAcked - before) * 1e9 / (threads.getCurrentThreadCpuTime() - cpuStartNs);
    }

    private boolean offer(final long due)
    {
        if (lastSent - lastAcked >= IN_FLIGHT)
        {
            return false;
        }
        if (isTimed)
        {
            producer.due(due);
        }
        final long sequence = producer.offer(handle, value, 0, value.capacity());
        if (sequence < 0)
        {
            return false;
        }
        dueNs[(int)(sequence & IN_FLIGHT - 1)] = due;
        lastSent = sequence;
        return true;
    }

    private void drain()
    {
        final long deadlineNs = System.nanoTime() + DRAIN_NS;
        while (lastAcked < lastSent)
        {
            if (System.nanoTime() - deadlineNs > 0)
            {
                throw new IllegalStateException("acknowledged up to " + lastAcked + " of " + lastSent + " within 30 s");
            }
            turn();
        }
    }

    private void turn()
    {
        cluster.doWork();
        producer.poll();
    }

    @Override
    public void onAck(
        final int handle, final long fromSequence, final long upToSequence, final long upToOffset, final int leaderEpoch)
    {
        if (isTimed)
        {
            final long nowNs = System.nanoTime();
            for (long sequence = lastAcked + 1; sequence <= upToSequence; sequence++)
            {
                response.recordValue(Math.min(LatencyRig.HIGHEST_LATENCY_NS, nowNs - dueNs[(int)(sequence & IN_FLIGHT - 1)]));
            }
        }
        lastAcked = upToSequence;
    }

    @Override
    public void onFailed(final int handle, final long fromSequence, final long toSequence, final int code)
    {
        throw new IllegalStateException("records " + fromSequence + " to " + toSequence + " failed: " + code);
    }

    @Override
    public void close()
    {
        producer.close();
    }
}
