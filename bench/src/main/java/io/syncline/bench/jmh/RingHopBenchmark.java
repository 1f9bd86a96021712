package io.syncline.bench.jmh;

import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * One event of 64 bytes from agent to agent through an Agrona ring: within one thread, as in {@code shared} threading, and
 * there and back between two threads that yield when idle.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RingHopBenchmark
{
    private static final int CAPACITY = 64 * 1024 + RingBufferDescriptor.TRAILER_LENGTH;
    private static final int EVENT_LENGTH = 64;
    private static final int EVENT_TYPE = 1;

    /** Which of Agrona's rings. */
    @Param({ "OneToOne", "ManyToOne" })
    public String ring;

    private final UnsafeBuffer event = new UnsafeBuffer(new byte[EVENT_LENGTH]);
    private RingBuffer within;
    private long received;
    private final MessageHandler onEvent = (msgTypeId, buffer, index, length) -> received = buffer.getLong(index);

    /** Makes the ring of one thread. */
    @Setup
    public void setUp()
    {
        within = newRing(ring);
    }

    /**
     * @return what was received
     */
    @Benchmark
    public long withinOneThread()
    {
        event.putLong(0, received + 1);
        within.write(EVENT_TYPE, event, 0, EVENT_LENGTH);
        within.read(onEvent);
        return received;
    }

    /**
     * @param echo the other side
     * @return what was received
     */
    @Benchmark
    public long thereAndBack(final Echo echo)
    {
        event.putLong(0, received + 1);
        echo.there.write(EVENT_TYPE, event, 0, EVENT_LENGTH);
        while (echo.back.read(onEvent) == 0)
        {
            Thread.yield();
        }
        return received;
    }

    private static RingBuffer newRing(final String ring)
    {
        final UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(CAPACITY));
        return "OneToOne".equals(ring) ? new OneToOneRingBuffer(buffer) : new ManyToOneRingBuffer(buffer);
    }

    /** The thread on the other side, which sends every event back. */
    @State(Scope.Thread)
    public static class Echo
    {
        private RingBuffer there;
        private RingBuffer back;
        private Thread thread;
        private volatile boolean isRunning;

        /**
         * Starts the thread.
         *
         * @param benchmark says which ring
         */
        @Setup
        public void setUp(final RingHopBenchmark benchmark)
        {
            there = newRing(benchmark.ring);
            back = newRing(benchmark.ring);
            isRunning = true;
            final MessageHandler answer = (msgTypeId, buffer, index, length) ->
            {
                while (!back.write(EVENT_TYPE, buffer, index, length))
                {
                    Thread.onSpinWait();
                }
            };
            thread = new Thread(() ->
            {
                while (isRunning)
                {
                    if (there.read(answer) == 0)
                    {
                        Thread.yield();
                    }
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        /**
         * Ends the thread.
         *
         * @throws InterruptedException when interrupted
         */
        @TearDown
        public void tearDown() throws InterruptedException
        {
            isRunning = false;
            thread.join();
        }
    }
}
