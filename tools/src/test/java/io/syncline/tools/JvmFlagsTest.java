package io.syncline.tools;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(120)
class JvmFlagsTest
{
    @Test
    void shouldFindNothingMissingInAJvmStartedWithTheLaunchersFlags() throws Exception
    {
        assertThat(JvmFlags.missing()).isEmpty();
        final Outcome outcome = java(List.of("@" + Repository.file("tools/bin/jvm.flags")));
        assertThat(outcome.output).isEqualTo("missing []");
        assertThat(outcome.exitCode).isZero();
    }

    @Test
    void shouldNameEveryMissingFlagInOneLine() throws Exception
    {
        final Outcome outcome = java(List.of());
        assertThat(outcome.exitCode).isEqualTo(ExitCode.USAGE);
        assertThat(outcome.output.lines()).hasSize(1);
        assertThat(outcome.output).contains(JvmFlags.required()).contains("tools/bin/jvm.flags");
    }

    @Test
    void shouldNameTheOneFlagThatIsMissing() throws Exception
    {
        for (final String left : JvmFlags.required())
        {
            if (left.contains("java.nio.channels.spi"))
            {
                final List<String> others = new ArrayList<>(JvmFlags.required());
                others.remove(left);
                final Outcome outcome = java(others);
                assertThat(outcome.output).contains(left);
                others.forEach((flag) -> assertThat(outcome.output).doesNotContain(flag));
            }
        }
    }

    @Test
    void shouldGiveTheJarTheSameOpensAndExports() throws IOException
    {
        final String pom = Files.readString(Repository.file("tools/pom.xml"));
        for (final String flag : JvmFlags.required())
        {
            if (flag.startsWith("--add-"))
            {
                assertThat(pom).contains(flag.substring(flag.indexOf('=') + 1, flag.lastIndexOf('=')));
            }
        }
    }

    private static Outcome java(final List<String> flags) throws Exception
    {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Check.class.getName()));
        final ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        final Process process = builder.start();
        final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Outcome(process.exitValue(), output);
    }

    private record Outcome(int exitCode, String output)
    {
    }

    /** Runs in the child JVM. */
    static final class Check
    {
        public static void main(final String[] args)
        {
            try
            {
                JvmFlags.check();
                System.out.println("missing " + JvmFlags.missing());
            }
            catch (final CommandFailure ex)
            {
                System.err.println(ex.getMessage());
                System.exit(ex.exitCode());
            }
        }
    }
}
