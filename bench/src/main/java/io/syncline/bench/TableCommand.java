package io.syncline.bench;

import io.syncline.bench.targets.Targets;
import org.agrona.IoUtil;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;

/** {@code bench table}: the goals, measured. */
@Command(
    name = "table",
    description = {"Measures the performance goals G1 to G9 and prints them as a Markdown table: goal, figure, spread, command. Rows " +
        "that need Kafka are left out where it is not built (mvn -Pkafka -pl bench/kafka -am -DskipTests package).",
        "On an idle machine only: with --rounds 5 it takes over an hour, see the estimate it begins with. Each finished series is " +
        "printed at once and appended to table.md."},
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  syncline bench table --rounds 3 -o /tmp/table", "  syncline bench table --goals G1,G5 -o /tmp/table"})
final class TableCommand implements Callable<Integer>
{
    private static final String HEAD = "| goal | what | wanted | figure, median (spread) | reached | command |\n" +
        "|---|---|---|---|---|---|\n";

    @Option(names = "--goals", split = ",", paramLabel = "G1[,G2]...", description = "Which: G1 to G9, and sampling for what sampling costs. " +
        "Default: all.")
    private Set<String> wanted;

    @Option(names = "--rounds", defaultValue = "5", paramLabel = "N",
        description = "Runs of each system; failovers twice as many. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(names = "--duration", defaultValue = "5s", paramLabel = "TIME",
        description = "Recorded load of each run. Default: ${DEFAULT-VALUE}.")
    private String duration;

    @Option(names = "--warmup", defaultValue = "5s", paramLabel = "TIME", description = "Load before it. Default: ${DEFAULT-VALUE}.")
    private String warmup;

    @Option(names = "--peer-warmup", defaultValue = "15s", paramLabel = "TIME",
        description = "The same in series with Kafka. Default: ${DEFAULT-VALUE}.")
    private String peerWarmup;

    @Option(names = "--behind", defaultValue = "1g", paramLabel = "SIZE", description = "Of catchup. Default: ${DEFAULT-VALUE}.")
    private String behind;

    @Option(names = "--log", defaultValue = "1g", paramLabel = "SIZE", description = "Of growth. Default: ${DEFAULT-VALUE}.")
    private String log;

    @Option(names = "--dry-run", description = "Print what would be measured, and the estimate.")
    private boolean isDryRun;

    @Option(names = {"-o", "--output"}, paramLabel = "DIR", required = true, description = "Where to leave table.md and every run.")
    private Path output;

    private final List<String> missed = new ArrayList<>();

    /** Made by picocli. */
    TableCommand()
    {
    }

    @Override
    public Integer call() throws IOException
    {
        final Map<Measurement, List<Goal>> series = new LinkedHashMap<>();
        Goals.all(duration, warmup, peerWarmup, isKafkaBuilt()).forEach((measurement, goals) ->
        {
            final List<Goal> some = goals.stream().filter((goal) -> isWanted(goal.id())).toList();
            if (!some.isEmpty())
            {
                series.put(measurement, some);
            }
        });
        final List<PartMeasurement> parts =
            PartMeasurement.all(behind, log, rounds).stream().filter((part) -> isWanted(part.goals().get(0).id())).toList();
        final long seconds = series.keySet().stream().mapToLong((one) -> (long)one.seconds() * roundsOf(one)).sum() +
            parts.stream().mapToLong((one) -> (long)one.seconds() * one.rounds()).sum();
        System.err.println((series.size() + parts.size()) + " series, about " + (seconds / 60 + 1) + " minutes" +
            (isKafkaBuilt() ? "" : "; Kafka is not built, its rows are left out"));
        if (series.isEmpty() && parts.isEmpty())
        {
            throw new IllegalArgumentException("nothing to measure for " + String.join(",", wanted) + ": there are G1 to G9 and sampling" +
                (isKafkaBuilt() ? "" : "; G4 needs Kafka, which is not built"));
        }
        if (!isDryRun)
        {
            Files.createDirectories(output);
            Files.writeString(output.resolve("table.md"), HEAD);
        }
        System.out.print(HEAD);
        int number = 0;
        for (final Map.Entry<Measurement, List<Goal>> one : series.entrySet())
        {
            final Measurement measurement = one.getKey();
            final int count = roundsOf(measurement);
            final Path home = output.resolve("series-" + ++number);
            final Comparison runs = isDryRun ? new Comparison(measurement.systems()) : measure(measurement, count, home);
            print(one.getValue(), runs, measurement.command(count));
        }
        for (final PartMeasurement part : parts)
        {
            final Path home = output.resolve("series-" + ++number);
            print(part.goals(), isDryRun ? new Comparison(List.of("part")) : part.measure(home, System.err), part.command());
        }
        if (!missed.isEmpty())
        {
            System.err.println("not reached: " + String.join("; ", missed));
        }
        return missed.isEmpty() ? Bench.EXIT_OK : Bench.EXIT_CHECK_FAILED;
    }

    private static Comparison measure(final Measurement measurement, final int count, final Path home) throws IOException
    {
        IoUtil.delete(home.toFile(), true);
        Files.createDirectories(home);
        return new Rounds(measurement.systems(), measurement.arguments(), count, home, System.err).run();
    }

    private void print(final List<Goal> goals, final Comparison runs, final String command) throws IOException
    {
        final StringBuilder rows = new StringBuilder();
        final Set<String> commands = new LinkedHashSet<>();
        for (final Goal goal : goals)
        {
            final Spread spread = isDryRun ? null : goal.figure().apply(runs);
            final boolean isReached = spread != null && goal.isReached(spread);
            rows.append("| ").append(goal.id()).append(" | ").append(goal.what()).append(" | ").append(goal.bound()).append(" | ")
                .append(spread == null ? "-" : spread).append(" | ").append(spread == null ? "-" : isReached ? "yes" : "no")
                .append(" | ").append(commands.add(command) ? "`" + command + "`" : "the same").append(" |\n");
            if (!isDryRun && !isReached)
            {
                missed.add(goal.id() + " " + goal.what());
            }
        }
        System.out.print(rows);
        if (runs.failed() > 0)
        {
            System.err.println("FAIL: " + runs.failed() + " of " + runs.runs() + " runs of this series missed their rate");
        }
        if (!isDryRun)
        {
            Files.writeString(output.resolve("table.md"), rows, StandardOpenOption.APPEND);
        }
    }

    /** A median of few failovers says little of the next. */
    private int roundsOf(final Measurement measurement)
    {
        return measurement.options().contains("--kill-leader-after") ? rounds * 2 : rounds;
    }

    private boolean isWanted(final String goal)
    {
        return wanted == null || wanted.contains(goal);
    }

    private static boolean isKafkaBuilt()
    {
        return Targets.names().contains("kafka");
    }
}
