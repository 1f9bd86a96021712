package io.syncline.simulator;

import io.syncline.record.BatchFlyweight;
import io.syncline.replica.ProducerSequences;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.Arrays;

/**
 * I13: accepted sequences of a producer are contiguous, none is committed twice, and none in a producer epoch that a
 * later one has ended; producer state rebuilt from any replica equals the leader's.
 */
final class I13SequencesAreContiguous extends SimInvariant
{
    private static final int HEADER_LENGTH = 12;
    private static final long NONE = -1;

    private final Long2ObjectHashMap<Long2LongHashMap> dueOfPartition = new Long2ObjectHashMap<>();
    private final Long2ObjectHashMap<Long2LongHashMap> epochsOfPartition = new Long2ObjectHashMap<>();

    I13SequencesAreContiguous()
    {
        super("I13");
    }

    /** A batch is committed. */
    void onCommitted(final SimLog log, final BatchFlyweight batch)
    {
        if (batch.producerId() < 0)
        {
            return;
        }
        final Long2LongHashMap due = of(dueOfPartition, log.key);
        final long epochBefore = of(epochsOfPartition, log.key).put(batch.producerId(), batch.producerEpoch());
        require(epochBefore <= batch.producerEpoch(), () -> "producer " + batch.producerId() + " commits in its epoch " +
            batch.producerEpoch() + ", which epoch " + epochBefore + " has ended (R6.3), " + log);
        final long producer = batch.producerId() << 16 | batch.producerEpoch();
        final long expected = Math.max(0, due.put(producer, (batch.lastSequence() + 1) & Integer.MAX_VALUE));
        final int base = batch.baseSequence();
        require(base == expected, () -> "sequence " + base + " of producer " + (producer >> 16) + "/" + (producer & 0xFFFF) +
            " committed where " + expected + " was due, " + log);
    }

    private static Long2LongHashMap of(final Long2ObjectHashMap<Long2LongHashMap> byPartition, final long key)
    {
        Long2LongHashMap values = byPartition.get(key);
        if (values == null)
        {
            values = new Long2LongHashMap(NONE);
            byPartition.put(key, values);
        }
        return values;
    }

    /** Expensive: what a leader knows of its producers is what its log says. */
    void onLeader(final SimReplica replica)
    {
        require(Arrays.deepEquals(rebuilt(replica.log), entries(replica.node.store.sequences(replica.key))),
            () -> "producer state is not what the log says: " + replica + ", " + replica.log);
    }

    /** Expensive, and only where both replicas hold the same: what either knows is what the other's log says. */
    void onReplicas(final SimNodes.SimNode leader, final SimNodes.SimNode other, final long key)
    {
        final SimLog log = other.store.log(key);
        final byte[][] rebuilt = rebuilt(log);
        require(Arrays.deepEquals(rebuilt, entries(other.store.sequences(key))),
            () -> "producer state is not what the log says: " + log);
        require(Arrays.deepEquals(rebuilt, entries(leader.store.sequences(key))),
            () -> "producer state of the leader, broker " + leader.id + ", is not what this log says: " + log);
    }

    private static byte[][] rebuilt(final SimLog log)
    {
        final ProducerSequences rebuilt = new ProducerSequences(100);
        rebuilt.rebuild(log, log.logStart());
        return entries(rebuilt);
    }

    private static byte[][] entries(final ProducerSequences sequences)
    {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[sequences.encodedLength()]);
        sequences.encode(buffer, 0);
        final byte[][] entries = new byte[sequences.size()][];
        for (int i = 0; i < entries.length; i++)
        {
            final int length = (buffer.capacity() - HEADER_LENGTH) / entries.length;
            entries[i] = new byte[length];
            buffer.getBytes(HEADER_LENGTH + i * length, entries[i]);
        }
        Arrays.sort(entries, Arrays::compare);
        return entries;
    }
}
