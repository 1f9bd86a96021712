package io.syncline.bench.report;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

import java.util.Map;

/** Latency over percentile: the tail stretched by tens to the right, the latency by tens upwards. */
final class PercentileChart
{
    private static final int WIDTH = 960;
    private static final int HEIGHT = 380;
    private static final int LEFT = 80;
    private static final int RIGHT = 20;
    private static final int TOP = 40;
    private static final int BOTTOM = 40;
    private static final String[] COLOURS = {"#0b62c4", "#d9730d", "#2e8b57"};
    private static final int STEPS_PER_HALVING = 8;
    /** A percentile with fewer samples above it than this is left out. */
    private static final int MIN_SAMPLES_ABOVE = 10;

    private PercentileChart()
    {
    }

    static String draw(final Map<String, Histogram> curves)
    {
        double least = Double.MAX_VALUE;
        double most = 1;
        long samples = 0;
        for (final Histogram histogram : curves.values())
        {
            least = Math.min(least, us(histogram.getValueAtPercentile(0)));
            most = Math.max(most, us(histogram.getMaxValue()));
            samples = Math.max(samples, histogram.getTotalCount());
        }
        final double bottom = Math.floor(Math.log10(Math.max(0.1, least)));
        final double top = Math.max(bottom + 1, Math.ceil(Math.log10(most)));
        final double nines = Math.max(2, Math.log10((double)samples / MIN_SAMPLES_ABOVE));
        final Svg svg = new Svg(WIDTH, HEIGHT, "latency by percentile");
        for (double decade = bottom; decade <= top; decade++)
        {
            final double y = y(decade, bottom, top);
            svg.line(LEFT, y, WIDTH - RIGHT, y, "grid").text(LEFT - 8, y + 4, "tick", "end", duration(Math.pow(10, decade)));
        }
        final String[] names = {"0 %", "90 %", "99 %", "99.9 %", "99.99 %", "99.999 %", "99.9999 %"};
        for (int i = 0; i < names.length && i <= nines; i++)
        {
            final double x = x(i, nines);
            svg.line(x, TOP, x, HEIGHT - BOTTOM, "grid").text(x, HEIGHT - BOTTOM + 18, "tick", "middle", names[i]);
        }
        svg.line(x(Math.log10(2), nines), TOP, x(Math.log10(2), nines), HEIGHT - BOTTOM, "grid")
            .text(x(Math.log10(2), nines), HEIGHT - BOTTOM + 18, "tick", "middle", "50 %");
        int index = 0;
        for (final Map.Entry<String, Histogram> curve : curves.entrySet())
        {
            final String colour = COLOURS[index % COLOURS.length];
            svg.path(points(curve.getValue(), bottom, top, nines), colour)
                .box(LEFT + index * 230, 12, 14, 10, colour, curve.getKey())
                .text(LEFT + 20 + index * 230, 21, "label", "start", curve.getKey());
            index++;
        }
        return svg.end();
    }

    private static StringBuilder points(final Histogram histogram, final double bottom, final double top, final double nines)
    {
        final StringBuilder points = new StringBuilder();
        for (final HistogramIterationValue value : histogram.percentiles(STEPS_PER_HALVING))
        {
            final double above = 1 - value.getPercentileLevelIteratedTo() / 100;
            final double tens = above <= 0 ? nines : -Math.log10(above);
            if (tens > nines)
            {
                break;
            }
            points.append(String.format(java.util.Locale.ROOT, "%.1f,%.1f ", x(tens, nines),
                y(Math.log10(Math.max(0.1, us(value.getValueIteratedTo()))), bottom, top)));
        }
        return points;
    }

    /** @return microseconds as a person would say them */
    static String duration(final double us)
    {
        return us >= 1e6 ? number(us / 1e6) + " s" : us >= 1e3 ? number(us / 1e3) + " ms" : number(us) + " us";
    }

    private static String number(final double value)
    {
        return String.format(java.util.Locale.ROOT, value >= 100 || value == Math.rint(value) ? "%.0f" : "%.1f", value);
    }

    private static double us(final long ns)
    {
        return ns / 1e3;
    }

    private static double x(final double tens, final double nines)
    {
        return LEFT + tens / nines * (WIDTH - LEFT - RIGHT);
    }

    private static double y(final double decade, final double bottom, final double top)
    {
        return HEIGHT - BOTTOM - (Math.max(bottom, decade) - bottom) / (top - bottom) * (HEIGHT - TOP - BOTTOM);
    }
}
