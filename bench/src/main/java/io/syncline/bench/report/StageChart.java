package io.syncline.bench.report;

import io.syncline.bench.StageBands;
import io.syncline.stage.Stage;

import java.util.List;
import java.util.Locale;

/** A bar for each band of percentiles, divided as the time of its records was. */
final class StageChart
{
    private static final int WIDTH = 960;
    private static final int LEFT = 130;
    private static final int RIGHT = 150;
    private static final int TOP = 48;
    private static final int BAR = 34;
    private static final int STEP = 46;
    private static final int LEGEND_COLUMNS = 5;
    private static final int LEGEND_STEP = 165;
    private static final String[] COLOURS = {
        "#9aa5b1", "#5b8def", "#1f5fbf", "#7c5cd6", "#f0a53a", "#d9730d", "#b5451b", "#3fa66b", "#1d7a4a"};

    private StageChart()
    {
    }

    static String draw(final List<StageBands.Band> bands)
    {
        final Svg svg = new Svg(WIDTH, TOP + STEP * bands.size() + 10, "stages by percentile");
        for (int i = 0; i < Stage.COUNT; i++)
        {
            final double x = LEFT + i % LEGEND_COLUMNS * LEGEND_STEP;
            final double y = 6 + i / LEGEND_COLUMNS * 18;
            svg.box(x, y, 14, 10, COLOURS[i], Stage.at(i).label()).text(x + 20, y + 9, "label", "start", Stage.at(i).label());
        }
        double y = TOP;
        for (final StageBands.Band band : bands)
        {
            svg.text(LEFT - 10, y + 15, "label", "end", percent(band.from()) + " to " + percent(band.to()) + " %")
                .text(LEFT - 10, y + 29, "tick", "end", String.format(Locale.ROOT, band.count() == 1 ? "1 record" : "%,d records", band.count()));
            // What is left over between two clocks may be a little below zero: it takes no room.
            final double sum = band.stagesNs().stream().mapToDouble((ns) -> Math.max(0, ns)).sum();
            double x = LEFT;
            for (int i = 0; i < Stage.COUNT && sum > 0; i++)
            {
                final double ns = band.stagesNs().get(i);
                final double width = Math.max(0, ns) / sum * (WIDTH - LEFT - RIGHT);
                final String share = String.format(Locale.ROOT, "%.0f %%", 100 * Math.max(0, ns) / sum);
                svg.box(x, y, width, BAR, COLOURS[i],
                    Stage.at(i).label() + ": " + PercentileChart.duration(ns / 1e3) + " on average, " + share);
                if (width > 40)
                {
                    svg.text(x + width / 2, y + 22, "inside", "middle", share);
                }
                x += width;
            }
            svg.text(WIDTH - RIGHT + 10, y + 22, "label", "start", "mean " + PercentileChart.duration(band.meanNs() / 1e3));
            y += STEP;
        }
        return svg.end();
    }

    static String percent(final double value)
    {
        return value == Math.rint(value) ? Long.toString((long)value) : Double.toString(value);
    }
}
