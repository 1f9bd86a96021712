package io.syncline.bench;

import io.syncline.broker.Threading;
import io.syncline.embedded.EmbeddedCluster;
import io.syncline.embedded.Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** The same small load on each of the systems that need no download. */
@Timeout(60)
class LoadCommandTest
{
    private static final List<String> SMALL = List.of("--size", "64", "--duration", "200ms", "--warmup", "50ms");

    @TempDir
    private Path dir;

    @ParameterizedTest
    @ValueSource(strings = {
        "syncline:ipc,threading=invoker", "syncline:udp,threading=shared", "aeron:ipc,threading=invoker",
        "aeron:udp,threading=shared", "aeron:ipc,threading=dedicated", "aeron:processes", "chronicle"})
    void shouldLoadEachSystemAtEachRate(final String system) throws IOException
    {
        final int exitCode = execute("produce", "--system", system, "--rate", "200,500", "-o", dir.toString());

        assertThat(files(".json")).hasSize(2);
        for (final Path file : files(".json"))
        {
            final String json = Files.readString(file);
            final int rate = json.contains("\"rate\" : 200,") ? 200 : 500;
            assertThat(json).contains("\"acked\" : " + rate / 5 + ",").contains("cpuSecondsPerMillion");
        }
        assertThat(exitCode).as("a busy machine may miss the rate, nothing may be lost").isIn(Bench.EXIT_OK, Bench.EXIT_CHECK_FAILED);
    }

    @Test
    void shouldLoadARunningCluster() throws IOException
    {
        try (EmbeddedCluster cluster = EmbeddedCluster.launch(
            new EmbeddedCluster.Context().brokers(1).threading(Threading.SHARED).transport(Transport.UDP)
                .set("min.insync.replicas", "1")))
        {
            cluster.createTopic("loaded", 1, 1);
            execute("e2e", "--bootstrap", cluster.bootstrap(), "--topic", "loaded", "--rate", "500", "-o", dir.toString());
        }
        assertThat(Files.readString(files(".json").get(0))).contains("\"acked\" : 100,").contains("deliveredUs");
    }

    @Test
    void shouldShowTheGapThatAKilledLeaderLeaves() throws IOException
    {
        execute("produce", "--duration", "2s", "--rate", "200", "--kill-leader-after", "300ms", "-o", dir.toString());

        final String json = Files.readString(files(".json").get(0));
        assertThat(json).contains("\"failed\" : 0,").contains("was killed after ");
        final double gapMs = Double.parseDouble(json.replaceAll("(?s).*\"longestGapMs\" : ([0-9.E]+),.*", "$1"));
        assertThat(gapMs).as("a leader's silence is noticed after leader.silence.timeout").isGreaterThan(100);
    }

    @Test
    void shouldLeaveFlameGraphsOfTheRunInTheReport() throws IOException
    {
        execute("produce", "--threading", "invoker", "--rate", "2000", "--duration", "500ms", "--profile=ctimer", "-o",
            dir.toString());

        assertThat(files(".html")).hasSize(1);
        if (System.getProperty("os.name").startsWith("Linux"))
        {
            assertThat(Files.readString(files(".html").get(0))).contains("What ran meanwhile").contains("slow record");
            assertThat(Files.readString(files("all.collapsed").get(0))).contains("io.syncline.bench.LatencyRig.run");
        }
    }

    @Test
    void shouldRefuseWhatASystemCannotDo()
    {
        assertThat(execute("e2e", "--system", "aeron:ipc,threading=invoker")).isEqualTo(Bench.EXIT_USAGE);
        assertThat(execute("produce", "--profile")).as("without a place for it").isEqualTo(Bench.EXIT_USAGE);
        assertThat(execute("produce", "--system", "nothing")).isEqualTo(Bench.EXIT_USAGE);
        assertThat(execute("produce", "--system", "syncline,colour=red")).isEqualTo(Bench.EXIT_USAGE);
    }

    private static int execute(final String... args)
    {
        final String[] all = Stream.concat(
            Stream.concat(Stream.of(args[0]), SMALL.stream()), Stream.of(args).skip(1)).toArray(String[]::new);
        return Bench.commandLine().setOverwrittenOptionsAllowed(true).setErr(new PrintWriter(new StringWriter())).execute(all);
    }

    private List<Path> files(final String ending) throws IOException
    {
        try (Stream<Path> all = Files.list(dir))
        {
            return all.filter((path) -> path.toString().endsWith(ending)).sorted().toList();
        }
    }
}
