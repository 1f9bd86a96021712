package io.syncline.history;

import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.collections.Long2LongHashMap;

/** H6: a consumer's offsets increase by one: no gap, no step back without seek. */
final class H6NoGap extends HistoryRule
{
    private static final long ANYWHERE = -1;

    private final Int2ObjectHashMap<Long2LongHashMap> nextOfReader = new Int2ObjectHashMap<>();

    H6NoGap(final HistoryChecker checker)
    {
        super("H6", checker);
    }

    @Override
    void onSeek(final int reader, final long partition, final long offset)
    {
        nexts(reader).put(partition, offset);
    }

    @Override
    void onRead(final int reader, final long partition, final long offset, final int epoch, final long id, final int record)
    {
        judge();
        final long next = nexts(reader).put(partition, offset + 1);
        if (next != ANYWHERE && next != offset)
        {
            violated(partition, by(reader, partition), "offset " + next, "offset " + offset);
        }
    }

    private Long2LongHashMap nexts(final int reader)
    {
        Long2LongHashMap nexts = nextOfReader.get(reader);
        if (nexts == null)
        {
            nexts = new Long2LongHashMap(ANYWHERE);
            nextOfReader.put(reader, nexts);
        }
        return nexts;
    }
}
