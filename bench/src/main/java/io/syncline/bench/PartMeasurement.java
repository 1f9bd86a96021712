package io.syncline.bench;

import org.agrona.IoUtil;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Rows of the goals' table that another command of {@code bench} shows: run some times, each time in a JVM of its own.
 *
 * @param goals     its rows; figures are under the system 0 at rate 0
 * @param arguments of {@code bench}, without {@code -o}
 * @param rounds    of it
 * @param seconds   one takes about
 */
record PartMeasurement(List<Goal> goals, List<String> arguments, int rounds, int seconds)
{
    static List<PartMeasurement> all(final String behind, final String log, final int rounds)
    {
        return List.of(
            new PartMeasurement(
                List.of(
                    Goal.atMost("sampling", "ack p50 with stages of one record in 64 against none, one thread, 10,000 a second", 1.03,
                        "times", (runs) -> runs.figure(0, 0, "p50Times")),
                    Goal.atLeast("sampling", "records a second with them against without", 0.98, "times",
                        (runs) -> runs.figure(0, 0, "throughputTimes"))),
                List.of("sampling"), rounds, 55),
            new PartMeasurement(
                List.of(allocation(0, "a record at a time"), allocation(1, "64 at once")),
                List.of("jmh", "ProducePath"), 1, 60),
            new PartMeasurement(
                List.of(
                    Goal.atLeast("G7", "catch-up against the disk's sequential writes, " + behind + " behind", 0.5, "times",
                        (runs) -> runs.figure(0, 0, "shareOfDisk")),
                    Goal.atMost("G7", "live p99 meanwhile against the usual one", 2, "times",
                        (runs) -> runs.figure(0, 0, "p99Times"))),
                List.of("catchup", "--behind", behind), rounds, 40),
            new PartMeasurement(
                List.of(
                    Goal.atMost("G8", "CPU a record with 100 partitions against with 1", 1.1, "times",
                        (runs) -> runs.figure(0, 0, "manyPartitionsTimes")),
                    Goal.atMost("G8", "CPU a record behind a log of " + log + " against a short one", 1.1, "times",
                        (runs) -> runs.figure(0, 0, "longLogTimes")),
                    Goal.atMost("G8", "100 partitions idle, beyond what the same brokers take with one", 5, "% of a core",
                        (runs) -> runs.figure(0, 0, "idlePercentBeyondOnePartition")),
                    Goal.atMost("G8", "the same, with all that three brokers, their clients and a controller take", 5, "% of a core",
                        (runs) -> runs.figure(0, 0, "idlePercentOfACore"))),
                List.of("growth", "--log", log), rounds, 90));
    }

    /**
     * The benchmark's parameters come in this order. To the hundredth of a byte: what the thread allocates by time, 64
     * bytes a second of Aeron's driver, is less than a thousandth a record, and one byte for a batch of 64 is more than
     * a hundredth.
     */
    private static Goal allocation(final int result, final String burst)
    {
        final String path = result + ".secondaryMetrics.";
        return Goal.atMost("G5", "bytes allocated a record, offer to callback, three brokers on one thread, " + burst, 0, "bytes",
            (runs) ->
            {
                final Spread bytes = runs.ratio(0, 0, path + "hotPathBytes.score", 0, path + "records.score");
                return bytes == null ? null : new Spread(hundredths(bytes.min()), hundredths(bytes.median()), hundredths(bytes.max()));
            });
    }

    private static double hundredths(final double value)
    {
        return Math.rint(value * 100) / 100;
    }

    /** @return what to type for it alone */
    String command()
    {
        return "syncline bench " + String.join(" ", arguments);
    }

    /**
     * @param home     where to leave its files
     * @param progress a line a run
     * @return its figures
     */
    Comparison measure(final Path home, final PrintStream progress) throws IOException
    {
        final Comparison figures = new Comparison(List.of("part"));
        for (int round = 0; round < rounds; round++)
        {
            progress.println("round " + (round + 1) + " of " + rounds + ": " + String.join(" ", arguments));
            final Path directory = home.resolve("round-" + (round + 1));
            IoUtil.delete(directory.toFile(), true);
            final List<String> all = new ArrayList<>(arguments);
            all.addAll(List.of("-o", directory.toString()));
            Rounds.fork(all, directory);
            try (Stream<Path> files = Files.list(directory))
            {
                for (final Path file : files.filter((path) -> path.toString().endsWith(".json")).toList())
                {
                    final Map<String, String> values = new LinkedHashMap<>(Figures.read(file));
                    values.putIfAbsent("verdict", "OK");
                    figures.add(round, 0, "part", values);
                }
            }
        }
        return figures;
    }
}
