package io.syncline.journal;

import java.util.Arrays;

/**
 * Which cycle holds which offsets. A segment ends where the next one begins, so a truncated tail is simply not covered.
 * Immutable once it is published: the log publishes a new one when it rolls, truncates or trims, and readers on other
 * threads go by identity.
 */
final class Segments
{
    /** Length of a segment that nobody has measured. */
    static final long NULL_LENGTH = -1;

    private final int[] cycles;
    private final long[] bases;
    private final long[] lengths;

    Segments(final int[] cycles, final long[] bases)
    {
        this(cycles, bases, new long[cycles.length]);
        Arrays.fill(lengths, NULL_LENGTH);
    }

    private Segments(final int[] cycles, final long[] bases, final long[] lengths)
    {
        this.cycles = cycles;
        this.bases = bases;
        this.lengths = lengths;
    }

    int size()
    {
        return cycles.length;
    }

    int cycle(final int index)
    {
        return cycles[index];
    }

    long base(final int index)
    {
        return bases[index];
    }

    /** @return where the segment ends, exclusive; {@link Long#MAX_VALUE} for the last, which ends at LEO */
    long end(final int index)
    {
        return index + 1 < bases.length ? bases[index + 1] : Long.MAX_VALUE;
    }

    /** @return bytes written to a segment that was left, {@link #NULL_LENGTH} where the one who left it did not say */
    long length(final int index)
    {
        return lengths[index];
    }

    /** @return the segment that holds an offset, -1 when it lies before the first */
    int indexOf(final long offset)
    {
        int low = 0;
        int high = bases.length - 1;
        while (low <= high)
        {
            final int middle = low + high >>> 1;
            if (bases[middle] <= offset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }
        return high;
    }

    int lastCycle()
    {
        return cycles.length == 0 ? -1 : cycles[cycles.length - 1];
    }

    boolean containsCycle(final int cycle)
    {
        return Arrays.binarySearch(cycles, cycle) >= 0;
    }

    /** @return with one more segment; an empty last one, which holds nothing below the new base, makes room for it */
    Segments with(final int cycle, final long base)
    {
        final int keep = bases.length > 0 && bases[bases.length - 1] >= base ? bases.length - 1 : bases.length;
        final int[] newCycles = Arrays.copyOf(cycles, keep + 1);
        final long[] newBases = Arrays.copyOf(bases, keep + 1);
        newCycles[keep] = cycle;
        newBases[keep] = base;
        final long[] newLengths = Arrays.copyOf(lengths, keep + 1);
        newLengths[keep] = NULL_LENGTH;
        return new Segments(newCycles, newBases, newLengths);
    }

    /**
     * @param cycle of the segment that follows
     * @return with one more segment, to be {@link #begin}ned by who rolls, who then makes nothing
     */
    Segments followedBy(final int cycle)
    {
        return with(cycle, Long.MAX_VALUE);
    }

    /**
     * Before it is published: the owner's, of what {@link #followedBy} made.
     *
     * @param base       of the last segment
     * @param lengthLeft of the one before it
     * @return this
     */
    Segments begin(final long base, final long lengthLeft)
    {
        bases[bases.length - 1] = base;
        lengths[lengths.length - 2] = lengthLeft;
        return this;
    }

    /** @return with the length of the last segment but one, which was left with the last batch */
    Segments withLengthLeft(final long length)
    {
        final long[] newLengths = lengths.clone();
        if (newLengths.length > 1)
        {
            newLengths[newLengths.length - 2] = length;
        }
        return new Segments(cycles, bases, newLengths);
    }

    /** @return without the segments that begin at or above an offset */
    Segments below(final long offset)
    {
        int keep = bases.length;
        while (keep > 0 && bases[keep - 1] >= offset)
        {
            keep--;
        }
        return new Segments(Arrays.copyOf(cycles, keep), Arrays.copyOf(bases, keep), Arrays.copyOf(lengths, keep));
    }

    /** @return without the segments that end at or below an offset; the last one always stays */
    Segments from(final long offset)
    {
        int drop = 0;
        while (drop + 1 < bases.length && bases[drop + 1] <= offset)
        {
            drop++;
        }
        return new Segments(
            Arrays.copyOfRange(cycles, drop, cycles.length),
            Arrays.copyOfRange(bases, drop, bases.length),
            Arrays.copyOfRange(lengths, drop, lengths.length));
    }

    @Override
    public String toString()
    {
        final StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < cycles.length; i++)
        {
            text.append(i == 0 ? "" : ", ").append(cycles[i]).append('@').append(bases[i]);
        }
        return text.append(']').toString();
    }
}
