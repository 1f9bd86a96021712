package io.syncline.bench;

import java.util.function.Function;

/**
 * A row of the goals' table.
 *
 * @param id       G1 to G9
 * @param what     is measured
 * @param bound    as it is written, such as "at most 1.5 times"
 * @param limit    number in it
 * @param isAtMost the figure must not be above the limit; else not below
 * @param figure   out of the runs; null where they do not have it
 */
record Goal(String id, String what, String bound, double limit, boolean isAtMost, Function<Comparison, Spread> figure)
{
    static Goal atMost(
        final String id, final String what, final double limit, final String unit, final Function<Comparison, Spread> figure)
    {
        return new Goal(id, what, "at most " + plain(limit) + " " + unit, limit, true, figure);
    }

    static Goal atLeast(
        final String id, final String what, final double limit, final String unit, final Function<Comparison, Spread> figure)
    {
        return new Goal(id, what, "at least " + plain(limit) + " " + unit, limit, false, figure);
    }

    /**
     * @param spread of the figure
     * @return the median reaches the goal
     */
    boolean isReached(final Spread spread)
    {
        return isAtMost ? spread.median() <= limit : spread.median() >= limit;
    }

    private static String plain(final double value)
    {
        return value == Math.rint(value) ? String.format(java.util.Locale.ROOT, "%,d", (long)value) : Double.toString(value);
    }
}
