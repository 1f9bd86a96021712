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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * From offer to acknowledgement of acks=all over three brokers, everything on the benchmark's thread: producer, media
 * driver, leader, followers, acks, over IPC. The gc profiler counts the whole process, the controller's threads and the
 * log keeper's included; {@code hotPathBytes} over {@code records} is what this one thread allocated from the first
 * operation of an iteration to the last, {@code segments} how many its three logs began meanwhile. What remains comes
 * by time and not by record: Aeron's driver, which this thread turns too, takes 64 bytes every second.
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

    /** What this thread allocated within operations: JMH allocates some hundred bytes around an iteration's. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Allocation
    {
        /** Bytes. */
        public long hotPathBytes;
        /** Records acknowledged meanwhile. */
        public long records;
        /** Segments that were prepared meanwhile, of all replicas: one for each roll. */
        public long segments;

        private static final int OPERATIONS_MASK = 0x3F;

        private final ThreadMXBean threads = (ThreadMXBean)ManagementFactory.getThreadMXBean();
        private long startBytes;
        private long startSegments;
        private long operations;
        private long uncounted;
        private ProducePathBenchmark path;

        /** A new iteration. */
        @Setup(Level.Iteration)
        public void start()
        {
            operations = 0;
            uncounted = 0;
        }

        /** The iteration is over. */
        @TearDown(Level.Iteration)
        public void stop()
        {
            segments = path.segments() - startSegments;
        }

        /** Before an operation. */
        void before(final ProducePathBenchmark benchmark)
        {
            if (operations == 0)
            {
                // Not injected: JMH would launch a second cluster.
                path = benchmark;
                startSegments = path.segments();
                startBytes = threads.getCurrentThreadAllocatedBytes();
            }
        }

        /** After one: asking costs as much as a tenth of a record's way, and is done seldom. */
        void after(final int count)
        {
            uncounted += count;
            if ((++operations & OPERATIONS_MASK) == 0)
            {
                hotPathBytes = threads.getCurrentThreadAllocatedBytes() - startBytes;
                records += uncounted;
                uncounted = 0;
            }
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
        allocation.before(this);
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
        allocation.after(burst);
        return sequence;
    }

    private long segments()
    {
        try (Stream<Path> files = Files.walk(cluster.directory().toPath()))
        {
            return files.filter((file) -> file.toString().endsWith(".cq4")).count();
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
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
