package io.syncline.simulator;

import io.syncline.record.BatchFlyweight;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.zip.CRC32C;

/**
 * I3: two replicas holding the same (offset, epoch) hold the same bytes, and the same log below. Each batch that is
 * appended has a value that stands for its bytes and for everything below it; the first replica that appends at an
 * (offset, epoch) says what it is for all. {@link #onLog} reads a whole log again: what was appended is still there.
 */
final class I3SameOffsetSameLog extends SimInvariant
{
    private static final long NONE = Long.MIN_VALUE;

    private final Long2ObjectHashMap<Long2LongHashMap> valuesOfPartition = new Long2ObjectHashMap<>();
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final BatchFlyweight header = new BatchFlyweight();
    private final CRC32C crc = new CRC32C();
    private final byte[] bytes = new byte[512 * 1024];

    I3SameOffsetSameLog()
    {
        super("I3");
    }

    /** @return what stands for the log up to the end of this batch */
    long onAppended(final SimLog log, final UnsafeBuffer batch, final int length, final long baseOffset, final int epoch)
    {
        final long value = valueOf(batch, length, log.chainAt(baseOffset));
        final long before = values(log.key).put(baseOffset << 20 | epoch, value);
        require(before == NONE || before == value, () ->
            "another batch, or another log below it, at offset " + baseOffset + " of epoch " + epoch + ", " + log);
        return value;
    }

    /** Expensive. */
    void onLog(final SimLog log)
    {
        if (log.logStart() > 0)
        {
            return;
        }
        long chain = 0;
        for (long offset = 0; offset < log.logEnd(); )
        {
            final int length = log.read(offset, view);
            final long at = offset;
            require(length > 0, () -> "offset " + at + " cannot be read: code " + length + ", " + log);
            chain = valueOf(view, length, chain);
            final long found = chain;
            final long expected = values(log.key).get(offset << 20 | header.wrap(view, 0).leaderEpoch());
            require(expected == found, () -> "the batch at offset " + at + " is not what was appended there: " + log);
            offset = header.endOffset();
        }
    }

    private long valueOf(final UnsafeBuffer batch, final int length, final long below)
    {
        batch.getBytes(0, bytes, 0, length);
        crc.reset();
        crc.update(bytes, 0, length);
        return SimRandom.mix(crc.getValue() + below);
    }

    private Long2LongHashMap values(final long key)
    {
        Long2LongHashMap values = valuesOfPartition.get(key);
        if (values == null)
        {
            values = new Long2LongHashMap(NONE);
            valuesOfPartition.put(key, values);
        }
        return values;
    }
}
