package io.syncline.bench.targets;

import io.syncline.bench.LatencyRig;
import io.syncline.bench.StageBands;
import io.syncline.stage.Stage;
import io.syncline.stage.StageListener;
import io.syncline.stage.StageSample;
import org.HdrHistogram.Histogram;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A histogram for each stage of the sampled records, and one of their totals; nanoseconds. Belongs to the rig's thread. */
final class StageTags implements StageListener
{
    private static final int DIGITS = 3;

    private final Histogram[] stages = new Histogram[Stage.COUNT];
    private final StageBands bands = new StageBands();
    private final Histogram total = new Histogram(LatencyRig.HIGHEST_LATENCY_NS, DIGITS);

    StageTags()
    {
        for (int i = 0; i < stages.length; i++)
        {
            stages[i] = new Histogram(LatencyRig.HIGHEST_LATENCY_NS, DIGITS);
        }
    }

    @Override
    public void onSample(final StageSample sample)
    {
        for (int i = 0; i < stages.length; i++)
        {
            record(stages[i], sample.stageNs(Stage.at(i)));
        }
        record(total, sample.totalNs());
        bands.onSample(sample);
    }

    /** The warm-up is over. */
    void reset()
    {
        for (final Histogram stage : stages)
        {
            stage.reset();
        }
        total.reset();
        bands.reset();
    }

    /** @return the stages by how long the records took */
    List<StageBands.Band> bands()
    {
        return bands.bands();
    }

    /** @return by tag, in the order of a record's life, the total last; empty when nothing was sampled */
    Map<String, Histogram> byTag()
    {
        final Map<String, Histogram> tags = new LinkedHashMap<>();
        if (total.getTotalCount() > 0)
        {
            for (int i = 0; i < stages.length; i++)
            {
                tags.put(Stage.at(i).label(), stages[i]);
            }
            tags.put("total", total);
        }
        return tags;
    }

    private static void record(final Histogram histogram, final long ns)
    {
        histogram.recordValue(Math.max(0, Math.min(LatencyRig.HIGHEST_LATENCY_NS, ns)));
    }
}
