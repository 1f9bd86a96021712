package io.syncline.bench;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class CompareCommandTest
{
    @TempDir
    private Path dir;

    @Test
    void shouldRunEachSystemInAJvmOfItsOwnAndLeaveTheFiles() throws IOException
    {
        final int exitCode = execute("compare", "chronicle", "aeron:ipc,threading=invoker", "--rounds", "1", "--rate", "500",
            "--size", "64", "--duration", "100ms", "--warmup", "10ms", "-o", dir.toString());

        assertThat(exitCode).isIn(Bench.EXIT_OK, Bench.EXIT_CHECK_FAILED);
        assertThat(Files.readString(dir.resolve("compare.json")))
            .contains("\"runs\" : 2,").contains("responseUs.p50").contains("firstDividedByIt");
        assertThat(ResultFile.in(dir.resolve("round-1/chronicle"))).hasSize(1);
        assertThat(ResultFile.of(dir.resolve("round-1/chronicle")).figures()).containsEntry("acked", "50");
    }

    @Test
    void shouldRefuseTheSameSystemTwiceAndOneThatIsNone()
    {
        assertThat(execute("compare", "chronicle", "chronicle")).isEqualTo(Bench.EXIT_USAGE);
        assertThat(execute("compare", "pulsar", "--rounds", "1")).isEqualTo(Bench.EXIT_USAGE);
    }

    private static int execute(final String... args)
    {
        return Bench.commandLine().setErr(new PrintWriter(new StringWriter())).execute(args);
    }
}
