package io.syncline.journal;

import net.openhft.chronicle.core.time.TimeProvider;
import net.openhft.chronicle.queue.RollCycle;
import net.openhft.chronicle.queue.rollcycles.RollCycleArithmetic;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * Chronicle's notion of a cycle, made a plain counter: a queue rolls exactly when the journal says so, and no clock
 * reaches it. Chronicle insists on a date in the file name, so a cycle is written as that many seconds since 1970.
 */
final class SegmentCycle implements RollCycle
{
    private static final String FORMAT = "yyyyMMdd-HHmmss";
    private static final DateTimeFormatter FORMATTER = DateTimeFormatter.ofPattern(FORMAT).withZone(ZoneOffset.UTC);
    private static final int INDEX_COUNT = 64;
    /**
     * An index page lies among the batches, is stored to for as long as it fills, and is forced with what lies around
     * it: every store after that waits for the file system. So an index has an entry in a million, and a tailer of
     * Chronicle's that seeks walks; nothing here uses it.
     */
    private static final int INDEX_SPACING = 1 << 20;
    private static final int LENGTH_MS = 1000;

    private final RollCycleArithmetic arithmetic = RollCycleArithmetic.of(INDEX_COUNT, INDEX_SPACING);
    private volatile int current;

    SegmentCycle(final int current)
    {
        this.current = current;
    }

    static String fileName(final int cycle)
    {
        return FORMATTER.format(Instant.ofEpochMilli((long)cycle * LENGTH_MS));
    }

    /**
     * @param name of a file, without suffix
     * @return the cycle, or -1 when the name is none of ours
     */
    static int cycleOf(final String name)
    {
        try
        {
            return Math.toIntExact(Instant.from(FORMATTER.parse(name)).getEpochSecond());
        }
        catch (final RuntimeException ex)
        {
            return -1;
        }
    }

    /** @return what is written to, or is about to be */
    int current()
    {
        return current;
    }

    void current(final int cycle)
    {
        current = cycle;
    }

    @Override
    public int current(final TimeProvider time, final long epoch)
    {
        return current;
    }

    @Override
    public String format()
    {
        return FORMAT;
    }

    @Override
    public int lengthInMillis()
    {
        return LENGTH_MS;
    }

    @Override
    public int defaultIndexCount()
    {
        return arithmetic.indexCount();
    }

    @Override
    public int defaultIndexSpacing()
    {
        return arithmetic.indexSpacing();
    }

    @Override
    public long toIndex(final int cycle, final long sequenceNumber)
    {
        return arithmetic.toIndex(cycle, sequenceNumber);
    }

    @Override
    public long toSequenceNumber(final long index)
    {
        return arithmetic.toSequenceNumber(index);
    }

    @Override
    public int toCycle(final long index)
    {
        return arithmetic.toCycle(index);
    }

    @Override
    public long maxMessagesPerCycle()
    {
        return arithmetic.maxMessagesPerCycle();
    }
}
