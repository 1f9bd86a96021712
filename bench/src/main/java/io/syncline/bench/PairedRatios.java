package io.syncline.bench;

import java.util.ArrayList;
import java.util.List;

/** Two figures that were measured one right after the other, many times, and the ratio of each pair. Belongs to one thread. */
final class PairedRatios
{
    /** Half the width of the interval in which a median lies with 95 % confidence, in ranks over the root of the number. */
    private static final double CONFIDENCE_RANKS = 0.98;

    private final List<Double> firsts = new ArrayList<>();
    private final List<Double> seconds = new ArrayList<>();
    private final List<Double> ratios = new ArrayList<>();

    /**
     * @param first  figure
     * @param second positive
     */
    void add(final double first, final double second)
    {
        firsts.add(first);
        seconds.add(second);
        ratios.add(first / second);
    }

    int size()
    {
        return ratios.size();
    }

    /** @return of first over second */
    double median()
    {
        return Spread.of(ratios).median();
    }

    double medianOfFirst()
    {
        return Spread.of(firsts).median();
    }

    double medianOfSecond()
    {
        return Spread.of(seconds).median();
    }

    /** @return the lower end of what holds the median with 95 % confidence, whatever the ratios' distribution */
    double low()
    {
        return quantile(0.5 - CONFIDENCE_RANKS / Math.sqrt(size()));
    }

    /** @return its upper end */
    double high()
    {
        return quantile(0.5 + CONFIDENCE_RANKS / Math.sqrt(size()));
    }

    /**
     * @param share of the ratios, from 0 to 1; beyond, the smallest or the largest
     * @return no more than this share of them lies below
     */
    double quantile(final double share)
    {
        final double[] sorted = ratios.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted[(int)Math.max(0, Math.min(sorted.length - 1, Math.floor(share * sorted.length)))];
    }
}
