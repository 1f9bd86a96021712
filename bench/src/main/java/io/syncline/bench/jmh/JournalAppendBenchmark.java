package io.syncline.bench.jmh;

import io.syncline.journal.ChronicleLog;
import io.syncline.journal.JournalContext;
import io.syncline.journal.LogHousekeeping;
import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;
import io.syncline.record.BatchBuilder;
import io.syncline.record.BatchDescriptor;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Batches into a log and out of it again, on its owner's thread: nanoseconds a batch. Another thread does the housekeeping, as
 * a conductor does: it touches pages ahead and prepares the next segment. A loop that does nothing but append is faster than
 * any kernel hands out pages, and would measure that; so appends come in bursts, and between two of them, outside the time
 * that is measured, the housekeeping gets ahead again. Rolls are included, one for each 64 MiB, in the times and in the bytes
 * allocated; forcing is not. The log grows by some GiB in {@code java.io.tmpdir} and is deleted at the end.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class JournalAppendBenchmark
{
    private static final int BURST_BATCHES = 512;
    private static final int READ_BYTES = 32 * 1024 * 1024;
    private static final int CAPACITY = 64 * 1024;

    /** Records in a batch, and bytes of each value. */
    @Param({ "1x64", "1x256", "64x64" })
    public String batch;

    private final UnsafeBuffer source = new UnsafeBuffer(ByteBuffer.allocateDirect(CAPACITY));
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final LogHousekeeping housekeeping = new LogHousekeeping();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private Path directory;
    private ChronicleLog log;
    private Thread conductor;
    private volatile boolean isRunning;
    private volatile long idleTurns;
    private int length;
    private long nextToRead;
    private long readEnd;

    /** Waits before each burst. */
    @State(Scope.Thread)
    public static class Ahead
    {
        /**
         * Returns when a whole turn of the housekeeping found nothing to do.
         *
         * @param benchmark whose housekeeping it is
         */
        @Setup(Level.Invocation)
        public void await(final JournalAppendBenchmark benchmark)
        {
            final long enough = benchmark.idleTurns + 2;
            while (benchmark.idleTurns < enough)
            {
                Thread.yield();
            }
        }
    }

    /**
     * Builds the batch, opens a log with some batches in it, and lets the housekeeping run beside it.
     *
     * @throws IOException when there is no place for it
     */
    @Setup(Level.Trial)
    public void setUp() throws IOException
    {
        final String[] shape = batch.split("x");
        final int count = Integer.parseInt(shape[0]);
        final UnsafeBuffer value = new UnsafeBuffer(new byte[Integer.parseInt(shape[1])]);
        value.setMemory(0, value.capacity(), (byte)7);
        final BatchBuilder builder = new BatchBuilder().wrap(source, 0, CAPACITY);
        for (int i = 0; i < count; i++)
        {
            builder.append(value, 0, value.capacity(), i);
        }
        length = builder.finish();
        directory = Files.createTempDirectory("syncline-journal-bench");
        log = ChronicleLog.open(
            new JournalContext()
                .directory(directory)
                .syncIntervalNs(TimeUnit.DAYS.toNanos(1_000))
                .errorHandler(failure::set)
                .conclude(),
            PartitionKey.of(1, 0), -1);
        for (int i = 0; i < READ_BYTES / length; i++)
        {
            append();
        }
        readEnd = log.logEnd();
        housekeeping.add(log);
        isRunning = true;
        conductor = new Thread(this::keepHouse, "conductor");
        conductor.start();
    }

    /**
     * Stops the housekeeping and deletes the log. Says how many rolls had to wait for a file: with more than a few, the times
     * are the device's and not the journal's.
     *
     * @throws InterruptedException when the benchmark is stopped
     */
    @TearDown(Level.Trial)
    public void tearDown() throws InterruptedException
    {
        isRunning = false;
        conductor.join();
        final boolean isFailed = log.isFailed();
        System.out.println("# rolls that housekeeping had not prepared: " + log.unpreparedRolls());
        log.kill();
        IoUtil.delete(directory.toFile(), true);
        if (isFailed)
        {
            throw new IllegalStateException("the log failed", failure.get());
        }
    }

    /**
     * A batch gets its place, its epoch and its CRC, and is in the log; a burst of them.
     *
     * @param ahead what the burst waits for
     * @return the new end of the log
     */
    @Benchmark
    @OperationsPerInvocation(BURST_BATCHES)
    public long append(final Ahead ahead)
    {
        long end = 0;
        for (int i = 0; i < BURST_BATCHES; i++)
        {
            end = append();
        }
        return end;
    }

    /**
     * Reads in order, over and over what lies in the log: in place, as the leader does to send.
     *
     * @return epoch of the batch
     */
    @Benchmark
    public int read()
    {
        if (nextToRead >= readEnd)
        {
            nextToRead = 0;
        }
        if (log.read(nextToRead, view) <= 0)
        {
            throw new IllegalStateException("offset " + nextToRead);
        }
        nextToRead += view.getInt(BatchDescriptor.LAST_OFFSET_DELTA_OFFSET) + 1;
        return view.getInt(BatchDescriptor.LEADER_EPOCH_OFFSET);
    }

    private long append()
    {
        final long end = log.appendAsLeader(source, 0, length, 1);
        if (end < 0)
        {
            throw new IllegalStateException(Codes.describe((int)end));
        }
        return end;
    }

    private void keepHouse()
    {
        while (isRunning)
        {
            if (housekeeping.doWork(System.nanoTime()) == 0)
            {
                idleTurns = idleTurns + 1;
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(10));
            }
        }
    }
}
