package io.syncline.tools;

import io.syncline.client.Consumer;
import io.syncline.client.ReadFrom;
import io.syncline.client.RecordHandler;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Reads all partitions while they are produced to, each from a follower, and checks every record. Runs on a thread of
 * its own; the counter may be read by another.
 */
final class DemoReader implements Runnable
{
    private static final int POLL_LIMIT = 256;
    private static final long STALL_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(30);

    private final Supplier<Consumer.Context> contexts;
    private final String topic;
    private final int[] brokers;
    private final LineFile lines;
    private final RecordCheck[] checks;
    private final IdleStrategy idle = new BackoffIdleStrategy(20, 50, 1_000, 1_000_000);

    private volatile long records;
    private volatile long[] ends;
    private volatile boolean isDone;
    private Throwable failure;

    /**
     * @param contexts makes the context of one consumer
     * @param topic    to read
     * @param brokers  to read from, one for each partition
     * @param lines    that are produced
     */
    DemoReader(
        final Supplier<Consumer.Context> contexts, final String topic, final int[] brokers, final LineFile lines)
    {
        this.contexts = contexts;
        this.topic = topic;
        this.brokers = brokers;
        this.lines = lines;
        checks = new RecordCheck[brokers.length];
    }

    @Override
    public void run()
    {
        final Consumer[] consumers = new Consumer[brokers.length];
        try (LineFile.Cursor cursor = lines.open())
        {
            final RecordHandler[] handlers = new RecordHandler[brokers.length];
            final int[] handles = new int[brokers.length];
            for (int i = 0; i < brokers.length; i++)
            {
                checks[i] = new RecordCheck("consumer on broker " + brokers[i], i, brokers.length, lines, cursor);
                handlers[i] = handler(checks[i]);
                consumers[i] = Consumer.connect(contexts.get().readFrom(ReadFrom.broker(brokers[i])));
                handles[i] = consumers[i].assign(topic, i);
                consumers[i].seekToBeginning(handles[i]);
            }
            read(consumers, handles, handlers);
        }
        catch (final Throwable ex)
        {
            failure = ex;
        }
        finally
        {
            for (final Consumer consumer : consumers)
            {
                if (consumer != null)
                {
                    consumer.close();
                }
            }
            isDone = true;
        }
    }

    /**
     * Nothing more will be produced.
     *
     * @param ends where each partition ends, exclusive: reading stops there
     */
    void onProduced(final long[] ends)
    {
        this.ends = ends;
    }

    /** @return records read so far, by the last look */
    long records()
    {
        return records;
    }

    /** @return true once the thread reads no more */
    boolean isDone()
    {
        return isDone;
    }

    /** @return what ended the thread early, or null; to be asked once it has ended */
    Throwable failure()
    {
        return failure;
    }

    /** @return one for each partition; to be asked once the thread has ended */
    RecordCheck[] checks()
    {
        return checks;
    }

    private void read(final Consumer[] consumers, final int[] handles, final RecordHandler[] handlers)
    {
        long lastMoveNs = System.nanoTime();
        while (true)
        {
            int work = 0;
            for (int i = 0; i < consumers.length; i++)
            {
                work += consumers[i].poll(handlers[i], POLL_LIMIT);
            }
            final long nowNs = System.nanoTime();
            if (work > 0)
            {
                records += work;
                lastMoveNs = nowNs;
            }
            else if (hasReachedEnds(consumers, handles) || ends != null && nowNs - lastMoveNs > STALL_TIMEOUT_NS)
            {
                return;
            }
            idle.idle(work);
        }
    }

    private boolean hasReachedEnds(final Consumer[] consumers, final int[] handles)
    {
        final long[] wanted = ends;
        if (wanted == null)
        {
            return false;
        }
        for (int i = 0; i < consumers.length; i++)
        {
            if (consumers[i].position(handles[i]) < wanted[i])
            {
                return false;
            }
        }
        return true;
    }

    private static RecordHandler handler(final RecordCheck check)
    {
        return (handle, offset, leaderEpoch, timestampNs, buffer, keyOffset, keyLength, valueOffset, valueLength) ->
            onRecord(check, offset, buffer, keyOffset, keyLength, valueOffset, valueLength);
    }

    private static void onRecord(
        final RecordCheck check,
        final long offset,
        final DirectBuffer buffer,
        final int keyOffset,
        final int keyLength,
        final int valueOffset,
        final int valueLength)
    {
        try
        {
            check.onRecord(offset, buffer, keyOffset, keyLength, valueOffset, valueLength);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }
}
