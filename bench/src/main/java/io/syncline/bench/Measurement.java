package io.syncline.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One series of runs behind rows of the goals' table, as {@code bench compare} would make it.
 *
 * @param systems      compared, the first with each other one
 * @param options      of the load
 * @param isDelivering to a consumer as well
 */
record Measurement(List<String> systems, List<String> options, boolean isDelivering)
{
    /** @return a round takes about so many: each system's start and stop, and its loads */
    int seconds()
    {
        final int loads = option("--rate").split(",").length;
        final long eachS = seconds("--duration") + seconds("--warmup") + 1;
        return (int)systems.stream()
            .mapToLong((system) -> (system.startsWith("kafka") ? 15 : system.contains(":processes") ? 10 : 4) + loads * eachS)
            .sum();
    }

    String option(final String name)
    {
        return options.get(options.indexOf(name) + 1);
    }

    private long seconds(final String option)
    {
        return TimeUnit.NANOSECONDS.toSeconds(new LoadOptions.DurationConverter().convert(option(option)));
    }

    /** @return the arguments of every run */
    List<String> arguments()
    {
        final List<String> arguments = new ArrayList<>(List.of(isDelivering ? "e2e" : "produce"));
        arguments.addAll(options);
        return arguments;
    }

    /** @return what to type for these runs alone */
    String command(final int rounds)
    {
        return "syncline bench compare " + String.join(" ", systems) + " " +
            String.join(" ", options) + (isDelivering ? " --e2e" : "") + " --rounds " + rounds;
    }
}
