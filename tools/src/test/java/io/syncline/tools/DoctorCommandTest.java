package io.syncline.tools;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;

/** Whatever this machine is like, the exit status says what the findings say. */
@Timeout(60)
class DoctorCommandTest
{
    @TempDir
    private Path dir;

    private final ByteArrayOutputStream captured = new ByteArrayOutputStream();

    @Test
    void shouldExitWithThreeWhereAFindingIsCritical()
    {
        final int exitCode = run("doctor", "--dir", dir.toString());
        final String text = captured.toString(StandardCharsets.UTF_8);

        assertThat(text).contains("cores", "shared memory", "socket buffer", "clock source", "JVM flags", "mark files");
        assertThat(exitCode).isEqualTo(text.contains("CRITICAL") ? ExitCode.CHECK_FAILED : ExitCode.OK);
    }

    @Test
    void shouldTakeANodesConfiguration() throws Exception
    {
        final Path config = Files.writeString(dir.resolve("node.properties"),
            "node.id=7\nlog.dir=" + dir + "\nthreading=dedicated\nidle.strategy=spin\nexpected.brokers=1000000\n");

        assertThat(run("doctor", "--config", config.toString(), "--format", "json")).isEqualTo(ExitCode.CHECK_FAILED);
        assertThat(captured.toString(StandardCharsets.UTF_8)).startsWith("[").contains("6 spinning threads", "\"critical\"");
    }

    @Test
    void shouldRefuseAConfigurationThatANodeWouldRefuse() throws Exception
    {
        final Path config = Files.writeString(dir.resolve("node.properties"), "node.id=7\nlog.dri=/tmp\n");

        assertThat(run("doctor", "--config", config.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(run("doctor", "--config", dir.resolve("missing").toString())).isEqualTo(ExitCode.USAGE);
    }

    private int run(final String... args)
    {
        final PrintStream stdout = System.out;
        System.setOut(new PrintStream(captured, true, StandardCharsets.UTF_8));
        try
        {
            return Syncline.execute(args);
        }
        finally
        {
            System.setOut(stdout);
        }
    }
}
