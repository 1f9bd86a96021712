package io.syncline.bench;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class TableCommandTest
{
    @TempDir
    private Path dir;

    @Test
    void shouldHaveARowForEveryGoalWithACommandThatIsOne()
    {
        final List<String> ids = new java.util.ArrayList<>();
        Goals.all("5s", "5s", "15s", true).forEach((measurement, goals) ->
        {
            assertParses(measurement.command(5));
            goals.forEach((goal) -> ids.add(goal.id()));
        });
        for (final PartMeasurement part : PartMeasurement.all("1g", "1g", 5))
        {
            assertParses(part.command());
            part.goals().forEach((goal) -> ids.add(goal.id()));
        }
        assertThat(ids).contains("G1", "G2", "G3", "G4", "G5", "G6", "G7", "G8", "G9", "sampling");
    }

    @Test
    void shouldReadEachFigureOutOfTheRunsThatShowIt()
    {
        final Map<String, String> figures = Map.of("verdict", "OK", "responseUs.p50", "10", "responseUs.p99", "20",
            "deliveredUs.p50", "12", "throughput", "1000", "cpuSecondsPerMillion", "3", "longestGapMs", "250");
        Goals.all("5s", "5s", "15s", true).forEach((measurement, goals) ->
        {
            final Comparison runs = new Comparison(measurement.systems());
            final String rates = measurement.option("--rate");
            for (final String rate : rates.split(","))
            {
                measurement.systems().forEach((system) -> runs.add(0, Long.parseLong(rate), system, figures));
            }
            assertThat(goals).allSatisfy((goal) -> assertThat(goal.figure().apply(runs)).as(goal.what()).isNotNull());
        });
    }

    @Test
    void shouldJudgeTheMedian()
    {
        final Goal atMost = Goal.atMost("G1", "x", 1.5, "times", (runs) -> null);
        final Goal atLeast = Goal.atLeast("G3", "x", 5_000_000, "a second", (runs) -> null);

        assertThat(atMost.isReached(new Spread(1, 1.5, 9))).isTrue();
        assertThat(atMost.isReached(new Spread(1, 1.6, 9))).isFalse();
        assertThat(atLeast.isReached(new Spread(1, 5_000_001, 9e6))).isTrue();
        assertThat(atLeast.isReached(new Spread(1, 4_999_999, 9e6))).isFalse();
        assertThat(atLeast.bound()).isEqualTo("at least 5,000,000 a second");
    }

    @Test
    void shouldSayBeforehandWhatItWillMeasure()
    {
        final ByteArrayOutputStream printed = new ByteArrayOutputStream();
        final PrintStream before = System.out;
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try
        {
            assertThat(execute("table", "--dry-run", "--goals", "G6,G8", "-o", dir.resolve("t").toString()))
                .isEqualTo(Bench.EXIT_OK);
        }
        finally
        {
            System.setOut(before);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("| G6 |").contains("| G8 |").doesNotContain("| G1 |")
            .contains("--kill-leader-after 3s");
        assertThat(dir.resolve("t")).doesNotExist();
        assertThat(execute("table", "--goals", "G77", "-o", dir.toString())).isEqualTo(Bench.EXIT_USAGE);
    }

    private static void assertParses(final String command)
    {
        assertThat(command).startsWith("syncline bench ");
        final String[] args = command.substring("syncline bench ".length()).split(" ");
        assertThat(Bench.commandLine().parseArgs(args).subcommand()).as(command).isNotNull();
    }

    private static int execute(final String... args)
    {
        return Bench.commandLine().setErr(new PrintWriter(new StringWriter())).execute(args);
    }
}
