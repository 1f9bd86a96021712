package io.syncline.bench;

import io.syncline.stage.LogLinear;
import io.syncline.stage.Stage;
import io.syncline.stage.StageListener;
import io.syncline.stage.StageSample;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the slow records spent their time on, and what the usual ones did: for each bucket of the total, the sums of the stages.
 * Medians of stages do not add up to a median of totals; the means of one band do. Allocates nothing while records come.
 */
public final class StageBands implements StageListener
{
    private static final int BITS = 5;
    private static final int BUCKETS = 1024;
    /** Upper ends of the bands, in percent of the records. */
    private static final double[] ENDS = {50, 90, 99, 99.9, 100};

    private final long[] counts = new long[BUCKETS];
    private final long[] totals = new long[BUCKETS];
    private final long[] sums = new long[BUCKETS * Stage.COUNT];

    /**
     * Records whose total lies between two percentiles.
     *
     * @param from     lower percentile
     * @param to       upper percentile
     * @param count    records
     * @param meanNs   of their totals
     * @param stagesNs mean of each stage, in the order of {@link Stage}; they add up to the mean of the totals
     */
    public record Band(double from, double to, long count, double meanNs, List<Double> stagesNs)
    {
    }

    @Override
    public void onSample(final StageSample sample)
    {
        final int bucket = LogLinear.index(sample.totalNs(), BITS, BUCKETS);
        counts[bucket]++;
        totals[bucket] += sample.totalNs();
        for (int i = 0; i < Stage.COUNT; i++)
        {
            sums[bucket * Stage.COUNT + i] += sample.stageNs(Stage.at(i));
        }
    }

    /** The warm-up is over. */
    public void reset()
    {
        Arrays.fill(counts, 0);
        Arrays.fill(totals, 0);
        Arrays.fill(sums, 0);
    }

    /** @return the bands that hold a record, the usual ones first; a bucket belongs to the band that its last record is in */
    public List<Band> bands()
    {
        final List<Band> bands = new ArrayList<>();
        final long all = Arrays.stream(counts).sum();
        int bucket = 0;
        long seen = 0;
        double from = 0;
        for (final double to : ENDS)
        {
            long count = 0;
            long total = 0;
            final double[] stages = new double[Stage.COUNT];
            while (bucket < BUCKETS && (seen + counts[bucket]) * 100.0 <= to * all)
            {
                seen += counts[bucket];
                count += counts[bucket];
                total += totals[bucket];
                for (int i = 0; i < Stage.COUNT; i++)
                {
                    stages[i] += sums[bucket * Stage.COUNT + i];
                }
                bucket++;
            }
            if (count > 0)
            {
                final double records = count;
                bands.add(new Band(from, to, count, total / records,
                    Arrays.stream(stages).mapToObj((sum) -> sum / records).toList()));
            }
            from = to;
        }
        return bands;
    }
}
