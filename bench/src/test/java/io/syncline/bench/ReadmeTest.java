package io.syncline.bench;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;

/** The README says what is so. */
class ReadmeTest
{
    private static final Pattern COMMAND = Pattern.compile("(?m)^    (?:tools/bin/)?syncline bench ([^#\\n]*)");

    @Test
    void shouldShowCommandsThatAreSome() throws IOException
    {
        final Matcher commands = COMMAND.matcher(readme());
        int count = 0;
        while (commands.find())
        {
            assertThat(Bench.commandLine().parseArgs(commands.group(1).trim().split("\\s+")).subcommand())
                .as(commands.group(1)).isNotNull();
            count++;
        }
        assertThat(count).isGreaterThan(10);
    }

    @Test
    void shouldHaveARowForEveryGoal() throws IOException
    {
        final String readme = readme();

        assertThat(Goals.all("5s", "5s", "15s", true).values()).allSatisfy((goals) -> assertThat(goals).allSatisfy((goal) ->
            assertThat(readme).contains("| " + goal.id() + " | " + goal.what() + " | " + goal.bound() + " |")));
        assertThat(PartMeasurement.all("1g", "1g", 5)).allSatisfy((part) -> assertThat(part.goals()).allSatisfy((goal) ->
            assertThat(readme).contains("| " + goal.id() + " | " + goal.what() + " | " + goal.bound() + " |")));
    }

    private static String readme() throws IOException
    {
        // Tests run in the module's directory.
        return Files.readString(Path.of("README.md"));
    }
}
