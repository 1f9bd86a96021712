package io.syncline.bench;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(20)
class HdrCommandTest
{
    @TempDir
    private Path dir;

    private final StringWriter out = new StringWriter();

    @Test
    void shouldPassWithinTheLimitsAndFailBeyondOne() throws IOException
    {
        final Path before = write("before", 1_000, 100_000, null);
        final Path after = write("after", 1_040, 120_000, null);

        assertThat(diff(before, after, "--max-p50", "5", "--max-p99.9", "25")).isEqualTo(Bench.EXIT_OK);
        assertThat(diff(before, after, "--max-p50", "3")).isEqualTo(Bench.EXIT_CHECK_FAILED);
        assertThat(diff(before, after, "--max-p50", "5", "--max-p99.9", "10")).isEqualTo(Bench.EXIT_CHECK_FAILED);
        assertThat(out.toString()).contains("p99.9").containsPattern("\\+20\\.[01]%").contains("FAIL");
        assertThat(diff(after, before, "--max-p50", "0", "--max-p99", "0")).as("faster is never worse").isEqualTo(Bench.EXIT_OK);
    }

    @Test
    void shouldFailWhereTheLaterRunMissedItsRate() throws IOException
    {
        final Path before = write("before", 1_000, 100_000, null);
        final Path after = write("after", 1_000, 100_000, "only 1 of 2 records could be sent");

        assertThat(diff(before, after, "--max-p50", "5")).isEqualTo(Bench.EXIT_CHECK_FAILED);
        assertThat(out.toString()).contains("only 1 of 2");
    }

    @Test
    void shouldTakeADirectoryAndRefuseWhatIsNotThere() throws IOException
    {
        final Path before = write("before", 1_000, 100_000, null);
        final Path after = write("after", 1_000, 100_000, null);

        assertThat(diff(before.getParent(), after.getParent(), "--max-p50", "5")).isEqualTo(Bench.EXIT_OK);
        assertThat(diff(before, dir.resolve("nothing"))).isEqualTo(Bench.EXIT_USAGE);
        assertThat(diff(before, after, "--tag", "leader.append")).isEqualTo(Bench.EXIT_USAGE);
    }

    private int diff(final Path before, final Path after, final String... options)
    {
        final String[] args = new String[options.length + 4];
        args[0] = "hdr";
        args[1] = "diff";
        args[2] = before.toString();
        args[3] = after.toString();
        System.arraycopy(options, 0, args, 4, options.length);
        return Bench.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(new StringWriter())).execute(args);
    }

    private Path write(final String name, final long usualUs, final long slowUs, final String missed) throws IOException
    {
        final Histogram response = new Histogram(LatencyRig.HIGHEST_LATENCY_NS, 3);
        response.recordValueWithCount(usualUs * 1_000, 995);
        response.recordValueWithCount(slowUs * 1_000, 5);
        final Histogram none = new Histogram(LatencyRig.HIGHEST_LATENCY_NS, 3);
        final RigResult result = new RigResult("made up", response, response.copy(), none, Map.of(), List.of(),
            new Timeline(TimeUnit.SECONDS.toNanos(1)), 1_000, 1_000, 0, TimeUnit.SECONDS.toNanos(1), missed, 0, null);
        final RigConfiguration configuration = new RigConfiguration(1_000, 64, 0, TimeUnit.SECONDS.toNanos(1), 0, 1 << 10);
        final Path common = HistogramFiles.write(dir.resolve(name), "run", configuration, result, null);
        return common.resolveSibling(common.getFileName() + ".hlog");
    }
}
