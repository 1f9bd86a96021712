package io.syncline.embedded;

import io.syncline.client.AckListener;
import io.syncline.client.Consumer;
import io.syncline.client.Producer;
import io.syncline.protocol.Codes;
import org.agrona.concurrent.UnsafeBuffer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

/** What a test sent, what was acknowledged at which offset, and whether a consumer reads just that. */
final class Ledger implements AckListener
{
    private static final int VALUE_LENGTH = 64;

    private final UnsafeBuffer value = new UnsafeBuffer(new byte[VALUE_LENGTH]);
    private final TreeMap<Long, Long> offsetBySequence = new TreeMap<>();
    private final List<String> failures = new ArrayList<>();
    private long sent;
    private long longestGapNs;
    private long timeOfLastAckNs = Long.MIN_VALUE;

    /** Sends records one after the other; the sequence is the value. */
    void produce(final Producer producer, final int handle, final int count)
    {
        for (int i = 0; i < count; i++)
        {
            value.putLong(0, sent);
            while (true)
            {
                final long result = producer.offer(handle, value, 0, VALUE_LENGTH);
                if (result >= 0)
                {
                    assertThat(result).isEqualTo(sent);
                    sent++;
                    break;
                }
                assertThat(result).as(Codes.describe(result)).isEqualTo(Codes.BACK_PRESSURED);
                if (producer.poll() == 0)
                {
                    Thread.yield();
                }
            }
            producer.poll();
        }
    }

    /** Waits until everything sent is acknowledged; fails on any failure. */
    void awaitAcked(final Producer producer, final Duration timeout)
    {
        final boolean isFlushed = producer.flush(timeout.toNanos());
        assertThat(failures).isEmpty();
        if (!isFlushed)
        {
            fail("acknowledged " + offsetBySequence.size() + " of " + sent + " within " + timeout);
        }
        assertThat(offsetBySequence).hasSize((int)sent);
    }

    /** Reads everything from the beginning and compares: each acknowledged record at its offset, nothing else, in order. */
    void verify(final Consumer consumer, final int handle, final Duration timeout)
    {
        consumer.seekToBeginning(handle);
        final List<Long> values = new ArrayList<>();
        final long deadlineNs = System.nanoTime() + timeout.toNanos();
        while (values.size() < sent)
        {
            final int work = consumer.poll((h, offset, epoch, timeNs, buffer, keyOffset, keyLength, at, length) ->
            {
                assertThat(offset).isEqualTo(values.size());
                assertThat(length).isEqualTo(VALUE_LENGTH);
                values.add(buffer.getLong(at));
            }, 1000);
            if (work == 0)
            {
                assertThat(System.nanoTime()).as("read %s of %s", values.size(), sent).isLessThan(deadlineNs);
                Thread.yield();
            }
        }
        offsetBySequence.forEach((sequence, offset) ->
            assertThat(values.get((int)(long)offset)).as("offset " + offset).isEqualTo(sequence));
        for (int i = 0; i < values.size(); i++)
        {
            assertThat(values.get(i)).isEqualTo(i);
        }
    }

    /** @return records acknowledged so far */
    int acked()
    {
        return offsetBySequence.size();
    }

    /** @return longest time between two acknowledgements so far */
    long longestGapNs()
    {
        return longestGapNs;
    }

    List<String> failures()
    {
        return failures;
    }

    @Override
    public void onAck(
        final int handle, final long fromSequence, final long upToSequence, final long upToOffset, final int leaderEpoch)
    {
        final long nowNs = System.nanoTime();
        longestGapNs = timeOfLastAckNs == Long.MIN_VALUE ? 0 : Math.max(longestGapNs, nowNs - timeOfLastAckNs);
        timeOfLastAckNs = nowNs;
        for (long sequence = fromSequence; sequence <= upToSequence; sequence++)
        {
            assertThat(offsetBySequence.put(sequence, upToOffset - (upToSequence - sequence)))
                .as("acknowledged twice").isNull();
        }
    }

    @Override
    public void onFailed(final int handle, final long fromSequence, final long toSequence, final int code)
    {
        failures.add(fromSequence + "-" + toSequence + " " + Codes.describe(code));
    }
}
