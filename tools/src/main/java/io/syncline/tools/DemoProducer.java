package io.syncline.tools;

import io.syncline.client.AckListener;
import io.syncline.client.Acks;
import io.syncline.client.Producer;
import io.syncline.protocol.Codes;
import org.HdrHistogram.Histogram;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;

/**
 * Produces every line, one after the other, to the partitions in turn, and keeps what it is told: acks, times, the
 * longest silence after the kill. Runs on a thread of its own; the counters may be read by another.
 */
final class DemoProducer implements AckListener, Runnable
{
    /** Records of one partition that may be without an answer; a power of two. */
    private static final int WINDOW = 256;
    /** Records offered between two polls at most: they leave as one batch. */
    private static final int BURST = 64;
    private static final long STALL_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long HIGHEST_LATENCY_NS = TimeUnit.MINUTES.toNanos(5);

    private final Producer.Context context;
    private final String topic;
    private final int partitions;
    private final LineFile lines;
    private final long rate;
    private final long holdAt;

    private final AckLedger[] ledgers;
    private final long[][] sendTimesNs;
    private final long[] waitingSinceNs;
    private final boolean[] hasNewLeader;
    private final long[] firstSequences;
    private final int[] partitionOfHandle;
    private final Histogram latencies = new Histogram(HIGHEST_LATENCY_NS, 3);
    private final UnsafeBuffer key = new UnsafeBuffer(new byte[RecordCheck.KEY_LENGTH]);
    private final UnsafeBuffer value = new UnsafeBuffer(0, 0);
    private final IdleStrategy idle = new BackoffIdleStrategy(20, 50, 1_000, 100_000);

    private volatile long offered;
    private volatile long acked;
    private volatile long killNs = Long.MAX_VALUE;
    private volatile boolean isKilled;
    private volatile int newEpoch = -1;
    private volatile boolean isDone;
    private volatile int[] epochsBefore;
    private long lineRead = -1;
    private long longestSilenceNs;
    private String firstFailure;
    private Throwable failure;

    /**
     * @param context    of the producer to be connected
     * @param topic      to produce to
     * @param partitions of the topic
     * @param lines      to produce
     * @param rate       lines a second, 0 for as fast as answers come
     * @param holdAt     first line that waits for {@link #onKilled()}; above the last where nothing is killed
     */
    DemoProducer(
        final Producer.Context context,
        final String topic,
        final int partitions,
        final LineFile lines,
        final long rate,
        final long holdAt)
    {
        this.context = context.acks(Acks.ALL).idempotent(true).ackListener(this);
        this.topic = topic;
        this.partitions = partitions;
        this.lines = lines;
        this.rate = rate;
        this.holdAt = holdAt;
        ledgers = new AckLedger[partitions];
        sendTimesNs = new long[partitions][WINDOW];
        waitingSinceNs = new long[partitions];
        hasNewLeader = new boolean[partitions];
        firstSequences = new long[partitions];
        partitionOfHandle = new int[partitions];
        for (int i = 0; i < partitions; i++)
        {
            ledgers[i] = new AckLedger();
        }
    }

    @Override
    public void run()
    {
        try (Producer producer = Producer.connect(context); LineFile.Cursor cursor = lines.open())
        {
            final int[] handles = new int[partitions];
            for (int i = 0; i < partitions; i++)
            {
                handles[i] = producer.handle(topic, i);
                partitionOfHandle[i] = handles[i];
                firstSequences[i] = producer.nextSequence(handles[i]);
            }
            produce(producer, handles, cursor);
        }
        catch (final Throwable ex)
        {
            failure = ex;
        }
        finally
        {
            isDone = true;
        }
    }

    /**
     * A leader is about to be killed.
     *
     * @param epochsBefore leader epochs until now of the partitions that it leads, -1 for the others; borrowed for good
     */
    void onKill(final int[] epochsBefore)
    {
        this.epochsBefore = epochsBefore;
        killNs = System.nanoTime();
    }

    /** It is gone: the lines that were held go to the next leader, and there is one to wait for. */
    void onKilled()
    {
        isKilled = true;
    }

    @Override
    public void onAck(
        final int handle,
        final long fromSequence,
        final long upToSequence,
        final long upToOffset,
        final int leaderEpoch)
    {
        final long nowNs = System.nanoTime();
        final int partition = partitionOf(handle);
        final long from = fromSequence - firstSequences[partition];
        final long upTo = upToSequence - firstSequences[partition];
        ledgers[partition].onAck(from, upTo, upToOffset);
        final long[] times = sendTimesNs[partition];
        for (long sequence = from; sequence <= upTo; sequence++)
        {
            latencies.recordValue(
                Math.min(HIGHEST_LATENCY_NS, Math.max(1, nowNs - times[(int)sequence & WINDOW - 1])));
        }
        if (killNs != Long.MAX_VALUE && nowNs >= killNs && epochsBefore[partition] >= 0)
        {
            onAckAfterKill(partition, leaderEpoch, nowNs);
        }
        waitingSinceNs[partition] = nowNs;
        acked += upTo - from + 1;
    }

    @Override
    public void onFailed(final int handle, final long fromSequence, final long toSequence, final int code)
    {
        final int partition = partitionOf(handle);
        ledgers[partition].onFailed(fromSequence - firstSequences[partition], toSequence - firstSequences[partition]);
        if (firstFailure == null)
        {
            firstFailure = "partition " + partition + ": records " + fromSequence + " to " + toSequence +
                " were not acknowledged: " + Codes.describe(code);
        }
    }

    /** @return lines taken by the client */
    long offered()
    {
        return offered;
    }

    /** @return lines acknowledged */
    long acked()
    {
        return acked;
    }

    /** @return leader epoch of partition 0 in the first ack from its new leader, -1 before it */
    int newEpoch()
    {
        return newEpoch;
    }

    /** @return true when every line is decided, or nothing more can be done */
    boolean isDone()
    {
        return isDone;
    }

    /** @return what ended the thread early, or null; to be asked once it has ended */
    Throwable failure()
    {
        return failure;
    }

    /** @return the first records that failed, in words, or null; to be asked once the thread has ended */
    String firstFailure()
    {
        return firstFailure;
    }

    /**
     * @param partition of the topic
     * @return what this producer was told of it; to be asked once the thread has ended
     */
    AckLedger ledger(final int partition)
    {
        return ledgers[partition];
    }

    /** @return times from (intended) sending to ack in nanoseconds; to be asked once the thread has ended */
    Histogram latencies()
    {
        return latencies;
    }

    /**
     * @return longest time in which a partition of the killed leader had records in flight and heard nothing, up to
     * the first ack from its new leader; 0 when nothing was killed
     */
    long longestSilenceNs()
    {
        return longestSilenceNs;
    }

    private void produce(final Producer producer, final int[] handles, final LineFile.Cursor cursor)
        throws IOException
    {
        final long total = lines.lines();
        final long startNs = System.nanoTime();
        long lastDecided = 0;
        long lastMoveNs = startNs;
        while (lastDecided < total)
        {
            int work = producer.poll();
            final long nowNs = System.nanoTime();
            int burst = BURST;
            while (burst > 0 && offerNext(producer, handles, cursor, startNs, nowNs))
            {
                burst--;
            }
            work += BURST - burst;

            long decided = 0;
            for (final AckLedger ledger : ledgers)
            {
                decided += ledger.acked() + ledger.failed();
            }
            if (decided != lastDecided || decided == offered)
            {
                lastDecided = decided;
                lastMoveNs = nowNs;
            }
            else if (nowNs - lastMoveNs > STALL_TIMEOUT_NS)
            {
                throw new CommandFailure(ExitCode.TIMED_OUT, "no answer for " +
                    TimeUnit.NANOSECONDS.toSeconds(STALL_TIMEOUT_NS) + " s: of " + total + " lines " + offered +
                    " were sent, " + decided + " answered");
            }
            idle.idle(work);
        }
    }

    private boolean offerNext(
        final Producer producer,
        final int[] handles,
        final LineFile.Cursor cursor,
        final long startNs,
        final long nowNs) throws IOException
    {
        final long line = offered;
        final long intendedNs = rate == 0 ? nowNs : startNs + intervalsNs(line);
        final int partition = (int)(line % partitions);
        final AckLedger ledger = ledgers[partition];
        if (line == lines.lines() || ledger.inFlight() == WINDOW || nowNs - intendedNs < 0 ||
            line >= holdAt && !isKilled)
        {
            return false;
        }
        if (lineRead != line)
        {
            key.putLong(0, line, ByteOrder.LITTLE_ENDIAN);
            cursor.read(line, value);
            lineRead = line;
        }
        if (ledger.inFlight() == 0)
        {
            waitingSinceNs[partition] = nowNs;
        }
        sendTimesNs[partition][(int)ledger.offered() & WINDOW - 1] = intendedNs;
        final long result =
            producer.offer(handles[partition], key, 0, RecordCheck.KEY_LENGTH, value, 0, value.capacity());
        if (result < 0)
        {
            if (isFinal(result))
            {
                throw new CommandFailure(ExitCode.of(result), "line " + (line + 1) + " of " + value.capacity() +
                    " bytes is refused: " + Codes.describe(result));
            }
            return false;
        }
        ledger.onOffered();
        offered = line + 1;
        return true;
    }

    private void onAckAfterKill(final int partition, final int leaderEpoch, final long nowNs)
    {
        if (hasNewLeader[partition])
        {
            return;
        }
        longestSilenceNs = Math.max(longestSilenceNs, nowNs - waitingSinceNs[partition]);
        hasNewLeader[partition] = leaderEpoch > epochsBefore[partition];
        if (partition == 0 && hasNewLeader[0])
        {
            newEpoch = leaderEpoch;
        }
    }

    private long intervalsNs(final long line)
    {
        return (long)((double)line * TimeUnit.SECONDS.toNanos(1) / rate);
    }

    private int partitionOf(final int handle)
    {
        for (int i = 0; i < partitionOfHandle.length; i++)
        {
            if (partitionOfHandle[i] == handle)
            {
                return i;
            }
        }
        throw new IllegalStateException("ack for handle " + handle + ", which this producer does not know");
    }

    private static boolean isFinal(final long code)
    {
        return code != Codes.BACK_PRESSURED && code != Codes.ADMIN_ACTION && code != Codes.NOT_CONNECTED &&
            code != Codes.NOT_LEADER && code != Codes.LEADER_NOT_AVAILABLE;
    }
}
