package io.syncline.bench.jmh;

import io.syncline.record.BatchCrc;
import org.agrona.BufferUtil;
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
import java.util.zip.CRC32C;

/** CRC32C over the three kinds of memory a batch lies in, beside the JDK's own class over a direct buffer. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class BatchCrcBenchmark
{
    /** Bytes under the CRC. */
    @Param({ "144", "336", "20480" })
    public int length;

    private final CRC32C jdk = new CRC32C();
    private ByteBuffer direct;
    private UnsafeBuffer overArray;
    private UnsafeBuffer overDirect;
    private UnsafeBuffer overAddress;
    private long nextOffset;

    /** Makes the buffers. */
    @Setup
    public void setUp()
    {
        direct = ByteBuffer.allocateDirect(length);
        overArray = new UnsafeBuffer(new byte[length]);
        overDirect = new UnsafeBuffer(direct);
        overAddress = new UnsafeBuffer(BufferUtil.address(direct), length);
        overAddress.setMemory(0, length, (byte)5);
    }

    /**
     * @return the CRC
     */
    @Benchmark
    public int array()
    {
        return BatchCrc.crc(overArray, 0, length);
    }

    /**
     * @return the CRC
     */
    @Benchmark
    public int directByteBuffer()
    {
        return BatchCrc.crc(overDirect, 0, length);
    }

    /**
     * @return the CRC
     */
    @Benchmark
    public int address()
    {
        return BatchCrc.crc(overAddress, 0, length);
    }

    /**
     * @return the CRC
     */
    @Benchmark
    public long jdkDirectByteBuffer()
    {
        jdk.reset();
        direct.clear();
        jdk.update(direct);
        return jdk.getValue();
    }

    /**
     * @return the CRC of the leader's fields
     */
    @Benchmark
    public int leaderCrc()
    {
        return BatchCrc.leaderCrc(1L << 20, nextOffset++, 3, length);
    }
}
