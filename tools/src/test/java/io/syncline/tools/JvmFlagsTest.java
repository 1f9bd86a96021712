package io.syncline.tools;

import io.syncline.journal.JvmFlags;
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

/** The flags in {@code tools/bin/jvm.flags}, which the launcher passes, are enough; a missing one is called by name. */
@Timeout(120)
class JvmFlagsTest
{
    @Test
    void shouldMissNothingInAJvmWithTheLaunchersFlags() throws Exception
    {
        assertThat(JvmFlags.missing()).isEmpty();
        final Outcome outcome = syncline(List.of("@" + Repository.file("tools/bin/jvm.flags")));
        assertThat(outcome.output).startsWith("would elect").doesNotContain("WARNING");
        assertThat(outcome.exitCode).isZero();
    }

    @Test
    void shouldNameEveryMissingFlagInOneLine() throws Exception
    {
        final Outcome outcome = syncline(List.of());
        assertThat(outcome.exitCode).isEqualTo(ExitCode.USAGE);
        assertThat(outcome.output.lines()).hasSize(1);
        assertThat(outcome.output).contains(packageFlags()).contains("tools/bin/jvm.flags");
    }

    @Test
    void shouldNameTheOneFlagThatIsMissing() throws Exception
    {
        final List<String> given = new ArrayList<>(packageFlags());
        final String left = given.remove(given.size() / 2);
        final Outcome outcome = syncline(given);
        assertThat(outcome.output).contains(left);
        given.forEach((flag) -> assertThat(outcome.output).doesNotContain(flag));
    }

    @Test
    void shouldGiveTheJarTheSameOpensAndExports() throws IOException
    {
        final String pom = Files.readString(Repository.file("tools/pom.xml"));
        for (final String flag : packageFlags())
        {
            final String target = flag.substring(flag.indexOf('=') + 1, flag.lastIndexOf('='));
            final String name = flag.startsWith("--add-opens") ? "Add-Opens" : "Add-Exports";
            final String value = pom.substring(pom.indexOf("<" + name + ">"), pom.indexOf("</" + name + ">"));
            assertThat(value).as(name).contains(target);
        }
    }

    private static List<String> packageFlags() throws IOException
    {
        try (var lines = Files.lines(Repository.file("tools/bin/jvm.flags")))
        {
            return lines.filter((line) -> line.startsWith("--add-")).toList();
        }
    }

    private static Outcome syncline(final List<String> flags) throws Exception
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

    /** Runs in the child JVM: a command that needs nothing but the flags. */
    static final class Check
    {
        public static void main(final String[] args)
        {
            System.exit(Syncline.execute("topic", "elect", "t", "--partition", "0", "--unclean") == ExitCode.OK ? 0 :
                ExitCode.USAGE);
        }
    }
}
