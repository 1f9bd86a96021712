package io.syncline.stage;

/**
 * Which bucket a duration falls into: buckets are as wide as 1 up to twice the resolution, and twice as wide with each
 * further power of two, so that the width is never more than the value divided by the resolution.
 */
public final class LogLinear
{
    private LogLinear()
    {
    }

    /**
     * @param value    zero or above; below counts as zero
     * @param bits     of resolution
     * @param capacity buckets; the last one takes everything above
     * @return index of its bucket
     */
    public static int index(final long value, final int bits, final int capacity)
    {
        if (value < 2L << bits)
        {
            return value < 0 ? 0 : (int)value;
        }
        final int shift = Long.SIZE - 1 - bits - Long.numberOfLeadingZeros(value);
        final long index = ((long)shift << bits) + (value >>> shift);
        return (int)Math.min(index, capacity - 1);
    }

    /**
     * @param index of a bucket
     * @param bits  of resolution
     * @return the least value in it
     */
    public static long lowest(final int index, final int bits)
    {
        if (index < 2 << bits)
        {
            return index;
        }
        final int shift = (index >>> bits) - 1;
        return (long)(index - (shift << bits)) << shift;
    }

    /**
     * @param index of a bucket
     * @param bits  of resolution
     * @return the greatest value in it
     */
    public static long highest(final int index, final int bits)
    {
        return lowest(index + 1, bits) - 1;
    }
}
