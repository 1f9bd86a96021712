package io.syncline.bench.jmh;

import com.sun.management.ThreadMXBean;
import io.syncline.broker.Threading;
import io.syncline.client.AckListener;
import io.syncline.client.Producer;
import io.syncline.embedded.EmbeddedCluster;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

/**
 * From offer to acknowledgement of acks=all over three brokers, everything on the benchmark's thread: producer, media driver,
 * leader, followers, acks, over IPC. The gc profiler counts the whole process, the controller's threads included;
 * {@code hotPathBytes} over {@code records} is what this one thread allocated.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx1g")
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class ProducePathBenchmark
{
    private static final int RECORD_LENGTH = 256;

    /** Records offered before the acknowledgement of the last is awaited. */
    @Param({"1", "64"})
    private int burst;

    private final UnsafeBuffer value = new UnsafeBuffer(new byte[RECORD_LENGTH]);
    private final LastAck lastAck = new LastAck();
    private EmbeddedCluster cluster;
    private Producer producer;
    private int handle;

    /** What this thread allocated, beside what the process did. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Allocation
    {
        /** Bytes. */
        public long hotPathBytes;
        /** Records acknowledged meanwhile. */
        public long records;

        private final ThreadMXBean threads = (ThreadMXBean)ManagementFactory.getThreadMXBean();
        private long startBytes;

        /** A new iteration. */
        @Setup(Level.Iteration)
        public void start()
        {
            records = 0;
            startBytes = threads.getCurrentThreadAllocatedBytes();
        }

        /** The iteration is over. */
        @TearDown(Level.Iteration)
        public void stop()
        {
            hotPathBytes = threads.getCurrentThreadAllocatedBytes() - startBytes;
        }
    }

    /** Launches three brokers that this thread turns. */
    @Setup
    public void launch()
    {
        cluster = EmbeddedCluster.launch(new EmbeddedCluster.Context()
            .brokers(3).threading(Threading.INVOKER).set("min.insync.replicas", "2"));
        cluster.createTopic("bench", 1, 3);
        producer = Producer.connect(cluster.producer().ackListener(lastAck));
        handle = producer.handle("bench", 0);
    }

    /** Closes everything. */
    @TearDown
    public void close()
    {
        producer.close();
        cluster.close();
    }

    /**
     * @param allocation of the thread
     * @return the last sequence
     */
    @Benchmark
    public long produceToAck(final Allocation allocation)
    {
        long sequence = -1;
        for (int i = 0; i < burst; )
        {
            final long offered = producer.offer(handle, value, 0, RECORD_LENGTH);
            if (offered >= 0)
            {
                sequence = offered;
                i++;
            }
            else
            {
                turn();
            }
        }
        while (lastAck.sequence < sequence)
        {
            turn();
        }
        allocation.records += burst;
        return sequence;
    }

    private void turn()
    {
        producer.poll();
        cluster.doWork();
    }

    private static final class LastAck implements AckListener
    {
        private long sequence = -1;

        @Override
        public void onAck(
            final int handle, final long fromSequence, final long upToSequence, final long upToOffset, final int leaderEpoch)
        {
            sequence = upToSequence;
        }

        @Override
        public void onFailed(final int handle, final long fromSequence, final long toSequence, final int code)
        {
            throw new IllegalStateException("records " + fromSequence + " to " + toSequence + " failed: " + code);
        }
    }
}
