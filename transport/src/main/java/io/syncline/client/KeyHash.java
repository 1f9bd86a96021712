package io.syncline.client;

import org.agrona.DirectBuffer;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

/** Spreads keys over partitions: 32-bit murmur2 with Kafka's seed, so that both agree where a key belongs. */
public final class KeyHash
{
    private static final int SEED = 0x9747b28c;
    private static final int MULTIPLIER = 0x5bd1e995;
    private static final int SHIFT = 24;

    private KeyHash()
    {
    }

    /**
     * @param key            holds the key
     * @param offset         of the key
     * @param length         of the key
     * @param partitionCount partitions of the topic
     * @return from 0, below partitionCount
     */
    public static int partition(final DirectBuffer key, final int offset, final int length, final int partitionCount)
    {
        return (murmur2(key, offset, length) & Integer.MAX_VALUE) % partitionCount;
    }

    static int murmur2(final DirectBuffer key, final int offset, final int length)
    {
        int hash = SEED ^ length;
        int index = offset;
        final int end = offset + length;
        for (; index + Integer.BYTES <= end; index += Integer.BYTES)
        {
            int word = key.getInt(index, LITTLE_ENDIAN) * MULTIPLIER;
            word ^= word >>> SHIFT;
            hash = hash * MULTIPLIER ^ word * MULTIPLIER;
        }
        if (index < end)
        {
            for (int i = end - 1; i >= index; i--)
            {
                hash ^= (key.getByte(i) & 0xff) << 8 * (i - index);
            }
            hash *= MULTIPLIER;
        }
        hash ^= hash >>> 13;
        hash *= MULTIPLIER;
        return hash ^ hash >>> 15;
    }
}
