package io.syncline.tools;

import io.syncline.client.Acks;
import io.syncline.client.Admin;
import io.syncline.client.Producer;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A follower that is away while much is written, and comes back beside a producer whose acks are timed: how quickly it
 * catches up (PERFORMANCE, G7), and what that costs the producer.
 */
final class SystemCatchUp
{
    private static final int RECORD_BYTES = 1024;
    private static final Duration QUIET = Duration.ofSeconds(10);
    private static final long ASK_NS = TimeUnit.MILLISECONDS.toNanos(100);

    /**
     * @param bytes       written while it was away
     * @param startNs     from the start of its process until it was ready
     * @param catchUpNs   from then until it was in sync
     * @param usualP99Us  of the acks with every replica in sync, once the clients had warmed up
     * @param startP99Us  of the acks while its process started
     * @param duringP99Us of the acks while it caught up
     */
    record Outcome(long bytes, long startNs, long catchUpNs, long usualP99Us, long startP99Us, long duringP99Us)
    {
        double megabytesPerSecond()
        {
            return bytes * 1e3 / Math.max(1, catchUpNs);
        }
    }

    private SystemCatchUp()
    {
    }

    /**
     * @param cluster healthy
     * @param history under way
     * @param topic   of its clients, with one partition
     * @param bytes   to be behind by
     * @return what it took
     */
    static Outcome run(final SystemCluster cluster, final SystemHistory history, final String topic, final long bytes)
        throws IOException
    {
        final int leader = cluster.leader(topic);
        final int follower = cluster.brokers().stream().filter((id) -> id != leader).findFirst().orElseThrow();
        LockSupport.parkNanos(QUIET.toNanos());
        final long usualNs = System.nanoTime();
        LockSupport.parkNanos(QUIET.toNanos());
        final long killedNs = System.nanoTime();
        history.fault("follower " + follower + " falls behind by " + bytes + " bytes");
        cluster.act("kill", List.of(follower));
        write(cluster.bootstrap(), topic, bytes);
        LockSupport.parkNanos(QUIET.toNanos());
        final long startNs = System.nanoTime();
        cluster.act("start", List.of(follower));
        final long readyNs = System.nanoTime();
        awaitMember(cluster, topic, follower);
        final long endNs = System.nanoTime();
        history.healthy(Duration.ofSeconds(10));
        history.checkClients();
        final SystemLatencies latencies = SystemLatencies.read(history.sent());
        return new Outcome(bytes, readyNs - startNs, endNs - readyNs,
            latencies.us(usualNs, killedNs, 99), latencies.us(startNs, readyNs, 99), latencies.us(readyNs, endNs, 99));
    }

    private static void write(final String bootstrap, final String topic, final long bytes)
    {
        final UnsafeBuffer record = new UnsafeBuffer(new byte[RECORD_BYTES]);
        try (Producer producer = Producer.connect(new Producer.Context().bootstrap(bootstrap).acks(Acks.ALL)))
        {
            final int handle = producer.handle(topic, 0);
            long left = bytes / RECORD_BYTES;
            final long deadlineNs = System.nanoTime() + TimeUnit.MINUTES.toNanos(10);
            while (left > 0 || producer.unacknowledged() > 0)
            {
                if (left > 0 && producer.offer(handle, record, 0, RECORD_BYTES) >= 0)
                {
                    left--;
                }
                else
                {
                    producer.poll();
                }
                if (System.nanoTime() - deadlineNs > 0)
                {
                    throw new AssertionError(left + " records of " + RECORD_BYTES + " bytes are not written after 10 minutes");
                }
            }
        }
    }

    private static void awaitMember(final SystemCluster cluster, final String topic, final int follower)
    {
        final long deadlineNs = System.nanoTime() + TimeUnit.MINUTES.toNanos(10);
        try (Admin admin = Admin.connect(cluster.bootstrap()))
        {
            while (!admin.describe(topic).partitions().get(0).info().isr().contains(follower))
            {
                // Who asks all the time is a load of its own.
                LockSupport.parkNanos(ASK_NS);
                if (System.nanoTime() - deadlineNs > 0)
                {
                    throw new AssertionError("follower " + follower + " is not in sync after 10 minutes");
                }
            }
        }
    }
}
