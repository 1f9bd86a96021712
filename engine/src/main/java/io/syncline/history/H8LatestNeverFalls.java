package io.syncline.history;

import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.collections.Long2LongHashMap;

/** H8: what a client sees of the latest offset never decreases. A record read shows that the latest offset is above it. */
final class H8LatestNeverFalls extends HistoryRule
{
    private static final long NOTHING = -1;

    private final Int2ObjectHashMap<Long2LongHashMap> seenByReader = new Int2ObjectHashMap<>();

    H8LatestNeverFalls(final HistoryChecker checker)
    {
        super("H8", checker);
    }

    @Override
    void onRead(final int reader, final long partition, final long offset, final int epoch, final long id, final int record)
    {
        final Long2LongHashMap seen = seen(reader);
        if (offset >= seen.get(partition))
        {
            seen.put(partition, offset + 1);
        }
    }

    @Override
    void onLatest(final int reader, final long partition, final long latest)
    {
        judge();
        final Long2LongHashMap seen = seen(reader);
        final long before = seen.get(partition);
        if (latest < before)
        {
            violated(partition, by(reader, partition), "a latest offset of " + before + " or more", Long.toString(latest));
        }
        else
        {
            seen.put(partition, latest);
        }
    }

    private Long2LongHashMap seen(final int reader)
    {
        Long2LongHashMap seen = seenByReader.get(reader);
        if (seen == null)
        {
            seen = new Long2LongHashMap(NOTHING);
            seenByReader.put(reader, seen);
        }
        return seen;
    }
}
