package io.syncline.bench;

import java.util.List;
import java.util.Locale;

/**
 * A figure from several runs.
 *
 * @param min    smallest
 * @param median middle one, or the mean of the two in the middle
 * @param max    largest
 */
record Spread(double min, double median, double max)
{
    /**
     * @param values at least one
     * @return their spread
     */
    static Spread of(final List<Double> values)
    {
        if (values.isEmpty())
        {
            throw new IllegalArgumentException("no values");
        }
        final double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        final int middle = sorted.length / 2;
        final double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(sorted[0], median, sorted[sorted.length - 1]);
    }

    /** For people: the median, and in brackets from where to where. */
    @Override
    public String toString()
    {
        return text(median) + " (" + text(min) + " to " + text(max) + ")";
    }

    private static String text(final double value)
    {
        final double size = Math.abs(value);
        return String.format(Locale.ROOT, size >= 1000 ? "%,.0f" : size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f", value);
    }
}
