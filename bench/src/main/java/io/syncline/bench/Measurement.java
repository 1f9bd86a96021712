package io.syncline.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One series of runs behind rows of the goals' table, as {@code bench compare} would make it.
 *
 * @param systems     compared, the first with each other one
 * @param options     of the load
 * @param isDelivering to a consumer as well
 * @param seconds     a round takes about
 */
record Measurement(List<String> systems, List<String> options, boolean isDelivering, int seconds)
{
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
            options.stream().collect(Collectors.joining(" ")) + (isDelivering ? " --e2e" : "") + " --rounds " + rounds;
    }
}
