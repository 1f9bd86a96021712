package io.syncline.stage;

import static io.syncline.stage.StageLayout.ROWS;

/** For each row of totals: how many records ended there, and the sums of their stages. A copy at one moment. */
public final class StageRows
{
    private final long[] counts = new long[ROWS];
    private final long[] totalNs = new long[ROWS];
    private final long[][] stageNs = new long[ROWS][Stage.COUNT];

    /** Empty ones. */
    public StageRows()
    {
    }

    void set(final int row, final long count, final long total)
    {
        counts[row] = count;
        totalNs[row] = total;
    }

    void set(final int row, final int stage, final long ns)
    {
        stageNs[row][stage] = ns;
    }

    /**
     * Adds others.
     *
     * @param other of another node, or of another topic
     */
    public void add(final StageRows other)
    {
        combine(other, 1);
    }

    /**
     * @param earlier the same rows at an earlier moment
     * @return what came since
     */
    public StageRows since(final StageRows earlier)
    {
        final StageRows since = new StageRows();
        since.add(this);
        since.combine(earlier, -1);
        return since;
    }

    /** @return records in all */
    public long count()
    {
        long count = 0;
        for (final long of : counts)
        {
            count += of;
        }
        return count;
    }

    /**
     * The shares of the stages in the time of the slowest records.
     *
     * @param percentile from 0 to 100: the slowest are those above it, to whole rows, and at least one row
     * @return for each stage its part of the slowest records' time, from 0 to 1; all zero where there are none
     */
    public double[] tailShares(final double percentile)
    {
        final long wanted = Math.max(1, (long)Math.ceil((100 - percentile) / 100 * count()));
        final double[] shares = new double[Stage.COUNT];
        long seen = 0;
        double sum = 0;
        for (int row = ROWS - 1; row >= 0 && seen < wanted; row--)
        {
            seen += counts[row];
            sum += totalNs[row];
            for (int i = 0; i < Stage.COUNT; i++)
            {
                shares[i] += stageNs[row][i];
            }
        }
        for (int i = 0; i < Stage.COUNT; i++)
        {
            shares[i] = sum > 0 ? shares[i] / sum : 0;
        }
        return shares;
    }

    private void combine(final StageRows other, final int sign)
    {
        for (int row = 0; row < ROWS; row++)
        {
            counts[row] += sign * other.counts[row];
            totalNs[row] += sign * other.totalNs[row];
            for (int i = 0; i < Stage.COUNT; i++)
            {
                stageNs[row][i] += sign * other.stageNs[row][i];
            }
        }
    }
}
