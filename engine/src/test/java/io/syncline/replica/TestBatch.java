package io.syncline.replica;

import io.syncline.record.BatchBuilder;
import io.syncline.record.BatchDescriptor;
import io.syncline.record.BatchFlyweight;
import org.agrona.concurrent.UnsafeBuffer;

/** Makes valid batches of plain producers for tests of the log. */
public final class TestBatch
{
    private TestBatch()
    {
    }

    /**
     * @param count      of records
     * @param valueBytes of each record
     * @param seed       decides the bytes
     * @return a batch as a producer sends it, in memory of its own
     */
    public static UnsafeBuffer of(final int count, final int valueBytes, final long seed)
    {
        final UnsafeBuffer value = new UnsafeBuffer(new byte[Math.max(1, valueBytes)]);
        final UnsafeBuffer batch = new UnsafeBuffer(
            new byte[BatchDescriptor.HEADER_LENGTH + count * BatchDescriptor.recordLength(-1, valueBytes)]);
        final BatchBuilder builder = new BatchBuilder().wrap(batch, 0, batch.capacity());
        for (int i = 0; i < count; i++)
        {
            value.setMemory(0, value.capacity(), (byte)(seed * 31 + i));
            if (valueBytes >= Long.BYTES)
            {
                value.putLong(0, seed);
            }
            builder.append(value, 0, valueBytes, 1_000_000L + seed);
        }
        final int length = builder.finish();
        batch.wrap(batch, 0, length);
        return batch;
    }

    /**
     * @param batch       as a producer sends it; stamped in place
     * @param key         of the partition
     * @param baseOffset  of its first record
     * @param leaderEpoch of its leader
     * @return the batch as a leader sends it on
     */
    public static UnsafeBuffer stamped(
        final UnsafeBuffer batch, final long key, final long baseOffset, final int leaderEpoch)
    {
        BatchFlyweight.stampLeader(batch, 0, key, baseOffset, leaderEpoch);
        return batch;
    }
}
