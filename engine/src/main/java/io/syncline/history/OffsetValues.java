package io.syncline.history;

import org.agrona.collections.Long2ObjectHashMap;

import java.util.Arrays;

/** What was first read at each offset of one partition: the record's id and its epoch. */
final class OffsetValues
{
    /** Stands for an offset that nobody has read. */
    static final long UNREAD = Long.MIN_VALUE;

    private static final int CHUNK_BITS = 10;
    private static final int CHUNK_MASK = (1 << CHUNK_BITS) - 1;

    private final Long2ObjectHashMap<Chunk> chunks = new Long2ObjectHashMap<>();
    private Chunk last;
    private long lastNumber = -1;

    private static final class Chunk
    {
        private final long[] ids = new long[1 << CHUNK_BITS];
        private final int[] epochs = new int[1 << CHUNK_BITS];

        private Chunk()
        {
            Arrays.fill(ids, UNREAD);
        }
    }

    /** Sees each offset that was read, in order. */
    interface Visitor
    {
        void onOffset(long offset, long id);
    }

    /** @return id of the record there, {@link #UNREAD} for none */
    long id(final long offset)
    {
        final Chunk chunk = chunk(offset >> CHUNK_BITS);
        return chunk == null ? UNREAD : chunk.ids[(int)offset & CHUNK_MASK];
    }

    int epoch(final long offset)
    {
        final Chunk chunk = chunk(offset >> CHUNK_BITS);
        return chunk == null ? -1 : chunk.epochs[(int)offset & CHUNK_MASK];
    }

    void put(final long offset, final long id, final int epoch)
    {
        Chunk chunk = chunk(offset >> CHUNK_BITS);
        if (chunk == null)
        {
            chunk = new Chunk();
            chunks.put(offset >> CHUNK_BITS, chunk);
            lastNumber = -1;
        }
        chunk.ids[(int)offset & CHUNK_MASK] = id;
        chunk.epochs[(int)offset & CHUNK_MASK] = epoch;
    }

    void forEach(final Visitor visitor)
    {
        final long[] numbers = new long[chunks.size()];
        final Long2ObjectHashMap<Chunk>.KeyIterator keys = chunks.keySet().iterator();
        for (int i = 0; i < numbers.length; i++)
        {
            numbers[i] = keys.nextLong();
        }
        Arrays.sort(numbers);
        for (final long number : numbers)
        {
            final Chunk chunk = chunks.get(number);
            for (int i = 0; i <= CHUNK_MASK; i++)
            {
                if (chunk.ids[i] != UNREAD)
                {
                    visitor.onOffset((number << CHUNK_BITS) + i, chunk.ids[i]);
                }
            }
        }
    }

    private Chunk chunk(final long number)
    {
        if (number != lastNumber)
        {
            last = chunks.get(number);
            lastNumber = number;
        }
        return last;
    }
}
