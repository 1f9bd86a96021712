package io.syncline.bench.jmh;

import io.syncline.protocol.PartitionKey;
import io.syncline.replica.AcksOutput;
import io.syncline.replica.AcksReplica;
import io.syncline.replica.Assignment;
import io.syncline.replica.ReplicaConfig;
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

import java.util.concurrent.TimeUnit;

/**
 * One batch through the acks side: appended, acknowledged by both followers, high watermark moved, producer answered.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class HighWatermarkBenchmark
{
    private static final long KEY = PartitionKey.of(1, 0);
    private static final int EPOCH = 1;
    private static final long INCARNATION = 1;
    private static final long SESSION = 1;

    /** Followers in the ISR beside the leader. */
    @Param({"2", "4"})
    private int followers;

    private final CountingOutput output = new CountingOutput();
    private AcksReplica acks;
    private long logEnd;

    /** A leader with all its followers in sync. */
    @Setup
    public void lead()
    {
        final int replicas = followers + 1;
        final int[] brokers = new int[replicas];
        final long[] incarnations = new long[replicas];
        final boolean[] eligible = new boolean[replicas];
        for (int i = 0; i < replicas; i++)
        {
            brokers[i] = i + 1;
            incarnations[i] = INCARNATION;
            eligible[i] = true;
        }
        acks = new AcksReplica(KEY, 1, ReplicaConfig.DEFAULT, output);
        acks.lead(
            new Assignment(KEY, 1, EPOCH, 1, brokers, incarnations, eligible, brokers, new int[0], 2, false), 0, 0, 0);
        for (int i = 1; i < replicas; i++)
        {
            acks.onSessionStarted(EPOCH, 1, brokers[i], INCARNATION, SESSION, 0, 0);
        }
    }

    /** @return answers so far */
    @Benchmark
    public long commitOneBatch()
    {
        final long end = logEnd + 1;
        acks.onAppended(EPOCH, -1, 1, logEnd, logEnd, logEnd, end, end, end);
        for (int follower = 2; follower <= followers + 1; follower++)
        {
            acks.onAppendAck(follower, EPOCH, INCARNATION, SESSION, end, 0, false, end);
        }
        logEnd = end;
        if (output.answers != logEnd)
        {
            throw new IllegalStateException(output.answers + " answers to " + logEnd + " batches");
        }
        return output.answers;
    }

    private static final class CountingOutput implements AcksOutput
    {
        private long answers;

        @Override
        public void highWatermark(final long key, final int leaderEpoch, final long highWatermark)
        {
        }

        @Override
        public boolean produceAck(
            final long clientId, final long key, final int leaderEpoch, final long fromSequence, final long toSequence,
            final long baseOffset, final int code)
        {
            answers++;
            return true;
        }

        @Override
        public boolean alterIsr(
            final long key, final int leaderEpoch, final int partitionEpoch, final int[] isr, final long[] incarnations,
            final int size)
        {
            return true;
        }

        @Override
        public boolean handOver(
            final long key, final int leaderEpoch, final int successor, final long incarnation, final boolean caughtUp)
        {
            return true;
        }

        @Override
        public boolean acked(
            final long key, final int leaderEpoch, final int follower, final long sessionId, final long logEnd)
        {
            return true;
        }

        @Override
        public boolean followerRead(
            final long key, final int leaderEpoch, final int follower, final long sessionId, final boolean isRead)
        {
            return true;
        }
    }
}
