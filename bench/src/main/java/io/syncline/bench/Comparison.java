package io.syncline.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Figures of several systems, round by round at each rate. Ratios are formed within a round, between runs that are neighbours in
 * time, so that a machine that drifts moves both; their median is quoted.
 */
final class Comparison
{
    /** What is compared: path in a run's figures and name for people, in the order they are printed. */
    static final Map<String, String> FIGURES = figures();

    private final List<String> systems;
    private final Map<Long, List<Map<String, Map<String, String>>>> rounds = new LinkedHashMap<>();
    private int failed;
    private int runs;

    /**
     * @param systems as they were named; the first is compared with each other one
     */
    Comparison(final List<String> systems)
    {
        this.systems = List.copyOf(systems);
    }

    /**
     * Adds a run.
     *
     * @param round   from 0
     * @param rate    of the load
     * @param system  of {@link #systems()}
     * @param figures as {@link ResultFile#figures()} has them
     */
    void add(final int round, final long rate, final String system, final Map<String, String> figures)
    {
        final List<Map<String, Map<String, String>>> ofRate = rounds.computeIfAbsent(rate, (ignore) -> new ArrayList<>());
        while (ofRate.size() <= round)
        {
            ofRate.add(new LinkedHashMap<>());
        }
        ofRate.get(round).put(system, figures);
        runs++;
        failed += "OK".equals(figures.get("verdict")) ? 0 : 1;
    }

    List<String> systems()
    {
        return systems;
    }

    List<Long> rates()
    {
        return List.copyOf(rounds.keySet());
    }

    int runs()
    {
        return runs;
    }

    /** @return runs that are marked FAIL; they are in the figures */
    int failed()
    {
        return failed;
    }

    /**
     * @param rate   of the load
     * @param system index into {@link #systems()}
     * @param figure path
     * @return over all rounds; null when no run has it
     */
    Spread figure(final long rate, final int system, final String figure)
    {
        final List<Double> values = new ArrayList<>();
        for (final Map<String, Map<String, String>> round : rounds.getOrDefault(rate, List.of()))
        {
            final Double value = value(round, system, figure);
            if (value != null)
            {
                values.add(value);
            }
        }
        return values.isEmpty() ? null : Spread.of(values);
    }

    /**
     * @param rate   of the load
     * @param other  index into {@link #systems()}
     * @param figure path
     * @return the first system's figure divided by the other's, round by round; null when no round has both
     */
    Spread ratio(final long rate, final int other, final String figure)
    {
        return ratio(rate, 0, figure, other, figure);
    }

    /** As above, of any two figures of any two systems, or of one. */
    Spread ratio(final long rate, final int system, final String figure, final int other, final String otherFigure)
    {
        final List<Double> ratios = new ArrayList<>();
        for (final Map<String, Map<String, String>> round : rounds.getOrDefault(rate, List.of()))
        {
            final Double a = value(round, system, figure);
            final Double b = value(round, other, otherFigure);
            if (a != null && b != null && b > 0)
            {
                ratios.add(a / b);
            }
        }
        return ratios.isEmpty() ? null : Spread.of(ratios);
    }

    private Double value(final Map<String, Map<String, String>> round, final int system, final String figure)
    {
        final String text = round.getOrDefault(systems.get(system), Map.of()).get(figure);
        return text == null ? null : Double.valueOf(text);
    }

    private static Map<String, String> figures()
    {
        final Map<String, String> figures = new LinkedHashMap<>();
        figures.put("throughput", "records a second");
        figures.put("cpuSecondsPerMillion", "CPU s per million");
        figures.put("longestGapMs", "longest gap ms");
        for (final String percentile : HistogramFiles.PERCENTILE_NAMES)
        {
            figures.put("responseUs." + percentile, "ack " + percentile + " us");
        }
        for (final String percentile : HistogramFiles.PERCENTILE_NAMES)
        {
            figures.put("deliveredUs." + percentile, "delivered " + percentile + " us");
        }
        return figures;
    }
}
