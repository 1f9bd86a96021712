package io.syncline.tools;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class SynclineTest
{
    @Test
    void shouldShowAnExampleInTheHelpOfEveryCommand()
    {
        final List<CommandLine> commands = new ArrayList<>();
        collect(Syncline.commandLine(), commands);
        assertThat(commands).hasSizeGreaterThan(5);
        for (final CommandLine command : commands)
        {
            assertThat(command.getUsageMessage(CommandLine.Help.Ansi.OFF))
                .as(command.getCommandSpec().qualifiedName())
                .contains("Example:")
                .contains("  " + command.getCommandSpec().qualifiedName());
        }
    }

    @Test
    void shouldReadTheCommandThatIsAskedForAndNoOther()
    {
        for (final Class<?> command : Syncline.COMMANDS)
        {
            final String name = command.getAnnotation(CommandLine.Command.class).name();
            assertThat(command.getSimpleName()).isEqualToIgnoringCase(name + "Command");
            if (!"help".equals(name))
            {
                assertThat(Syncline.commandLine(name, "--help").getSubcommands()).containsOnlyKeys(name);
            }
        }
        assertThat(Syncline.commandLine("--help").getSubcommands()).hasSameSizeAs(Syncline.COMMANDS);
        assertThat(Syncline.commandLine("help", "topic").getSubcommands()).hasSameSizeAs(Syncline.COMMANDS);
        assertThat(Syncline.execute("help", "topic")).isZero();
    }

    @Test
    void shouldExitWithUsageOnWrongUse()
    {
        assertThat(Syncline.execute()).isEqualTo(ExitCode.USAGE);
        assertThat(Syncline.execute("nonsense")).isEqualTo(ExitCode.USAGE);
        assertThat(Syncline.execute("topic")).isEqualTo(ExitCode.USAGE);
        assertThat(Syncline.execute("topic", "elect", "prices")).isEqualTo(ExitCode.USAGE);
        assertThat(Syncline.execute("topic", "list", "--format", "xml")).isEqualTo(ExitCode.USAGE);
        assertThat(Syncline.execute("produce", "--topic", "t", "--acks", "some")).isEqualTo(ExitCode.USAGE);
        assertThat(Syncline.execute("consume", "--topic", "t", "--from", "nowhere")).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void shouldExitWithOkOnHelpAndVersion()
    {
        assertThat(Syncline.execute("--help")).isZero();
        assertThat(Syncline.execute("--version")).isZero();
        assertThat(Syncline.execute("topic", "create", "--help")).isZero();
    }

    @Test
    void shouldNotDestroyWithoutBeingToldTo()
    {
        assertThat(Syncline.execute("topic", "elect", "t", "--partition", "0", "--unclean")).isZero();
        assertThat(Syncline.execute("topic", "elect", "t", "--partition", "0", "--unclean", "--execute"))
            .isEqualTo(ExitCode.USAGE);
    }

    private static void collect(final CommandLine command, final List<CommandLine> into)
    {
        if (command.getCommandSpec().userObject() instanceof CommandLine.HelpCommand)
        {
            return;
        }
        into.add(command);
        command.getSubcommands().values().forEach((subcommand) -> collect(subcommand, into));
    }
}
