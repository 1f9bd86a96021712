package io.syncline.stage;

import static io.syncline.stage.StageLayout.HISTOGRAM_BITS;
import static io.syncline.stage.StageLayout.HISTOGRAM_BUCKETS;

/** A copy of one series at one moment, or the difference of two, or the sum of several. */
public final class StageHistogram
{
    private final long[] counts = new long[HISTOGRAM_BUCKETS];
    private long count;
    private long sumNs;
    private long maxNs;

    /** An empty one. */
    public StageHistogram()
    {
    }

    /**
     * @param bucket of a histogram
     * @param values in it
     */
    void set(final int bucket, final long values)
    {
        counts[bucket] = values;
        count += values;
    }

    void totals(final long newSumNs, final long newMaxNs)
    {
        sumNs = newSumNs;
        maxNs = newMaxNs;
    }

    /**
     * Adds another series.
     *
     * @param other of another node, or of another topic
     */
    public void add(final StageHistogram other)
    {
        for (int i = 0; i < counts.length; i++)
        {
            counts[i] += other.counts[i];
        }
        count += other.count;
        sumNs += other.sumNs;
        maxNs = Math.max(maxNs, other.maxNs);
    }

    /**
     * @param earlier the same series at an earlier moment
     * @return what came since
     */
    public StageHistogram since(final StageHistogram earlier)
    {
        final StageHistogram since = new StageHistogram();
        int highest = -1;
        for (int i = 0; i < counts.length; i++)
        {
            final long values = Math.max(0, counts[i] - earlier.counts[i]);
            since.set(i, values);
            highest = values > 0 ? i : highest;
        }
        // The greatest value ever is this interval's only where its bucket says so.
        since.totals(sumNs - earlier.sumNs, highest < 0 ? 0 : Math.min(maxNs, LogLinear.highest(highest, HISTOGRAM_BITS)));
        return since;
    }

    /** @return values in it */
    public long count()
    {
        return count;
    }

    /** @return mean, 0 when empty */
    public double meanNs()
    {
        return count == 0 ? 0 : (double)sumNs / count;
    }

    /** @return greatest value */
    public long maxNs()
    {
        return maxNs;
    }

    /**
     * @param percentile from 0 to 100
     * @return a value that so many of the values do not exceed, as exact as the buckets are; 0 when empty
     */
    public long percentileNs(final double percentile)
    {
        final long wanted = Math.max(1, (long)Math.ceil(percentile / 100 * count));
        long seen = 0;
        for (int i = 0; i < counts.length && count > 0; i++)
        {
            seen += counts[i];
            if (seen >= wanted)
            {
                return Math.min(maxNs, LogLinear.highest(i, HISTOGRAM_BITS));
            }
        }
        return 0;
    }
}
