package io.syncline.simulator;

import io.syncline.client.AckListener;
import io.syncline.client.Acks;
import io.syncline.client.Producer;
import io.syncline.protocol.Codes;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/** One producer of the workload: offers what the plan says as soon as it can, and notes what becomes of it. */
final class SimProducer implements AckListener
{
    /** Records of one partition that wait to be offered. */
    private record Burst(int partition, int count)
    {
    }

    private static final int VALUE_LENGTH = 24;

    private final int index;
    private final String topic;
    private final Acks acks;
    private final SimHistory history;
    private final SimTrace trace;
    private final long[] keys;
    private final Producer producer;
    private final ArrayDeque<Burst> waiting = new ArrayDeque<>();
    private final Map<Integer, Map<Long, SimHistory.Offered>> open = new HashMap<>();
    private final UnsafeBuffer value = new UnsafeBuffer(new byte[VALUE_LENGTH]);
    private int offeredOfBurst;
    private int acknowledged;

    SimProducer(
        final int index, final String topic, final long[] keys, final Producer.Context context, final SimHistory history,
        final SimTrace trace)
    {
        this.index = index;
        this.topic = topic;
        this.keys = keys;
        this.history = history;
        this.trace = trace;
        this.acks = switch (index)
        {
            case 0, 1, 2, SimWorkload.PROBE, SimWorkload.RIVAL -> Acks.ALL;
            case 3 -> Acks.LEADER;
            default -> Acks.NONE;
        };
        final boolean idempotent = isIdempotent(index);
        history.onProducer(index, acks, idempotent);
        this.producer = Producer.open(context.acks(acks).idempotent(idempotent).ackListener(this));
    }

    /** @return what a producer is, by its number */
    static boolean isIdempotent(final int index)
    {
        return index != 2 && index != 4;
    }

    void produce(final int partition, final int count)
    {
        waiting.add(new Burst(partition, count));
    }

    boolean isIdle()
    {
        return waiting.isEmpty() && producer.unacknowledged() == 0;
    }

    /** @return records that were acknowledged */
    int acknowledged()
    {
        return acknowledged;
    }

    int poll()
    {
        int work = producer.poll();
        while (!waiting.isEmpty())
        {
            final Burst burst = waiting.peek();
            final int handle = producer.tryHandle(topic, burst.partition);
            if (handle < 0)
            {
                return work;
            }
            final long id = history.nextId();
            value.putLong(0, id);
            final long result = producer.offer(handle, value, 0, 8 + (int)(id % (VALUE_LENGTH - 8)));
            if (result == Codes.BACK_PRESSURED)
            {
                return work;
            }
            work++;
            if (result < 0)
            {
                waiting.poll();
                offeredOfBurst = 0;
                continue;
            }
            open.computeIfAbsent(handle, (h) -> new HashMap<>()).put(
                result, history.onOffered(index, keys[burst.partition], acks, result));
            if (++offeredOfBurst == burst.count)
            {
                offeredOfBurst = 0;
                waiting.poll();
            }
        }
        return work;
    }

    void close()
    {
        producer.close();
    }

    @Override
    public void onAck(
        final int handle, final long fromSequence, final long upToSequence, final long upToOffset, final int leaderEpoch)
    {
        for (long sequence = fromSequence; sequence <= upToSequence; sequence++)
        {
            final SimHistory.Offered record = take(handle, sequence);
            acknowledged++;
            history.onAcked(record, upToOffset < 0 ? -1 : upToOffset - (upToSequence - sequence), leaderEpoch);
            trace.add(record.id * 7 + record.offset);
            if (trace.isRead())
            {
                trace.line("told " + record);
            }
        }
    }

    @Override
    public void onFailed(final int handle, final long fromSequence, final long toSequence, final int code)
    {
        for (long sequence = fromSequence; sequence <= toSequence; sequence++)
        {
            final SimHistory.Offered record = take(handle, sequence);
            history.onFailed(record, code, Producer.isUnknown(code) || acks == Acks.NONE);
            trace.add(record.id * 7 + code);
            if (trace.isRead())
            {
                trace.line("told " + record);
            }
        }
    }

    private SimHistory.Offered take(final int handle, final long sequence)
    {
        final SimHistory.Offered record = open.get(handle).remove(sequence);
        if (record == null)
        {
            throw new Violation("H2", "producer " + index + " was told twice of sequence " + sequence);
        }
        return record;
    }
}
