package io.syncline.bench.report;

import io.syncline.bench.Timeline;

import java.util.Locale;

/** Acknowledgements over the run, and under them the slowest of each moment; the longest time without one is shaded. */
final class TimelineChart
{
    private static final int WIDTH = 960;
    private static final int HEIGHT = 340;
    private static final int LEFT = 80;
    private static final int RIGHT = 20;
    private static final int RATE_TOP = 24;
    private static final int RATE_BOTTOM = 150;
    private static final int WORST_TOP = 190;
    private static final int WORST_BOTTOM = 305;
    private static final int COLUMNS = 430;
    private static final int X_TICKS = 10;

    private TimelineChart()
    {
    }

    static String draw(final Timeline timeline, final boolean isGapShown)
    {
        final int slots = Math.max(1, timeline.slots());
        final int columns = Math.min(COLUMNS, slots);
        final double[] acked = new double[columns];
        final double[] worstUs = new double[columns];
        double mostAcked = 1;
        double mostUs = 1;
        for (int slot = 0; slot < timeline.slots(); slot++)
        {
            final int column = (int)((long)slot * columns / slots);
            acked[column] += timeline.acked(slot);
            worstUs[column] = Math.max(worstUs[column], timeline.worstNs(slot) / 1e3);
            mostAcked = Math.max(mostAcked, acked[column]);
            mostUs = Math.max(mostUs, worstUs[column]);
        }
        final double seconds = slots * (Timeline.SLOT_NS / 1e9);
        final double decades = Math.max(1, Math.ceil(Math.log10(mostUs)));
        final Svg svg = new Svg(WIDTH, HEIGHT, "acknowledgements over time");
        frame(svg, mostAcked / (seconds / columns), decades, seconds);
        if (isGapShown)
        {
            final double from = (timeline.gapEndNs() - timeline.gapNs()) / 1e9;
            final double x = x(from / seconds);
            final double width = x(timeline.gapEndNs() / 1e9 / seconds) - x;
            svg.box(x, RATE_TOP, Math.max(1, width), WORST_BOTTOM - RATE_TOP, "#d6303055",
                String.format(Locale.ROOT, "no acknowledgement for %.1f ms", timeline.gapNs() / 1e6));
            svg.text(WIDTH - RIGHT, RATE_TOP - 8, "gap", "end",
                String.format(Locale.ROOT, "no acknowledgement for %.1f ms", timeline.gapNs() / 1e6));
        }
        final double width = (double)(WIDTH - LEFT - RIGHT) / columns;
        for (int i = 0; i < columns; i++)
        {
            final double height = acked[i] / mostAcked * (RATE_BOTTOM - RATE_TOP);
            final double worst = worstUs[i] <= 1 ? 0 : Math.log10(worstUs[i]) / decades * (WORST_BOTTOM - WORST_TOP);
            final String when = String.format(Locale.ROOT, "at %.2f s: ", i * seconds / columns);
            svg.box(LEFT + i * width, RATE_BOTTOM - height, width + 0.2, height, "#0b62c4",
                when + String.format(Locale.ROOT, "%,.0f a second", acked[i] / (seconds / columns)));
            svg.box(LEFT + i * width, WORST_BOTTOM - worst, width + 0.2, worst, "#d9730d",
                when + "slowest " + PercentileChart.duration(worstUs[i]));
        }
        return svg.end();
    }

    private static void frame(final Svg svg, final double mostPerSecond, final double decades, final double seconds)
    {
        svg.text(LEFT, RATE_TOP - 8, "label", "start", "acknowledged records a second")
            .text(LEFT, WORST_TOP - 8, "label", "start", "slowest response of each moment");
        for (int i = 0; i <= 2; i++)
        {
            final double y = RATE_BOTTOM - i / 2.0 * (RATE_BOTTOM - RATE_TOP);
            svg.line(LEFT, y, WIDTH - RIGHT, y, "grid")
                .text(LEFT - 8, y + 4, "tick", "end", String.format(Locale.ROOT, "%,.0f", mostPerSecond * i / 2));
        }
        for (int decade = 0; decade <= decades; decade++)
        {
            final double y = WORST_BOTTOM - decade / decades * (WORST_BOTTOM - WORST_TOP);
            svg.line(LEFT, y, WIDTH - RIGHT, y, "grid");
            if (decade % 2 == 0 || decades <= 3)
            {
                svg.text(LEFT - 8, y + 4, "tick", "end", PercentileChart.duration(Math.pow(10, decade)));
            }
        }
        for (int i = 0; i <= X_TICKS; i++)
        {
            final double x = x((double)i / X_TICKS);
            svg.text(x, HEIGHT - 12, "tick", i == X_TICKS ? "end" : "middle",
                String.format(Locale.ROOT, seconds >= 10 ? "%.0f s" : "%.2f s", seconds * i / X_TICKS));
        }
    }

    private static double x(final double share)
    {
        return LEFT + Math.min(1, Math.max(0, share)) * (WIDTH - LEFT - RIGHT);
    }
}
