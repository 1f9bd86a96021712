package io.syncline.bench.jmh;

import io.syncline.record.BatchBuilder;
import io.syncline.record.BatchFlyweight;
import io.syncline.record.BatchValidator;
import io.syncline.record.RecordIterator;
import org.agrona.concurrent.UnsafeBuffer;
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
import org.openjdk.jmh.annotations.Warmup;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/** A whole batch, built, checked and read: nanoseconds a batch. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class BatchBenchmark
{
    private static final int CAPACITY = 256 * 1024;
    private static final long PARTITION_KEY = 1L << 20;

    /** Records in the batch. */
    @Param({ "1", "64" })
    public int recordCount;

    /** Bytes of each value. */
    @Param({ "64", "256" })
    public int valueLength;

    private final UnsafeBuffer target = new UnsafeBuffer(ByteBuffer.allocateDirect(CAPACITY));
    private final UnsafeBuffer stored = new UnsafeBuffer(ByteBuffer.allocateDirect(CAPACITY));
    private final UnsafeBuffer value = new UnsafeBuffer(ByteBuffer.allocateDirect(CAPACITY));
    private final BatchBuilder builder = new BatchBuilder();
    private final RecordIterator iterator = new RecordIterator();
    private int storedLength;

    /** Builds the batch that is read. */
    @Setup
    public void setUp()
    {
        value.setMemory(0, CAPACITY, (byte)7);
        storedLength = fill(stored);
        BatchFlyweight.stampLeader(stored, 0, PARTITION_KEY, 1_000, 1);
    }

    /**
     * @return length of the batch built
     */
    @Benchmark
    public int build()
    {
        return fill(target);
    }

    /**
     * @return the code
     */
    @Benchmark
    public int validateProducer()
    {
        return BatchValidator.validateProducer(stored, 0, storedLength, CAPACITY);
    }

    /**
     * @return the code
     */
    @Benchmark
    public int validateStored()
    {
        return BatchValidator.validateStored(stored, 0, storedLength, PARTITION_KEY);
    }

    /**
     * @return the buffer that was stamped
     */
    @Benchmark
    public UnsafeBuffer stampLeader()
    {
        BatchFlyweight.stampLeader(stored, 0, PARTITION_KEY, 1_000, 1);
        return stored;
    }

    /**
     * @return a sum over all records
     */
    @Benchmark
    public long iterate()
    {
        long sum = 0;
        iterator.wrap(stored, 0);
        while (iterator.next())
        {
            sum += iterator.offset() + iterator.valueLength() + iterator.buffer().getByte(iterator.valueOffset());
        }
        return sum;
    }

    private int fill(final UnsafeBuffer buffer)
    {
        builder.wrap(buffer, 0, CAPACITY).producer(1, 0, 0);
        for (int i = 0; i < recordCount; i++)
        {
            builder.append(value, i * valueLength, valueLength, i);
        }
        return builder.finish();
    }
}
