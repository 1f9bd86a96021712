package io.syncline.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Main class behind {@code syncline bench}. */
@Command(
    name = "syncline bench",
    description = "Loads Syncline and times it.",
    subcommands = {LoadCommand.E2e.class, LoadCommand.Produce.class, ConsumeCommand.class, CompareCommand.class,
        HdrCommand.class, TableCommand.class, CatchUpCommand.class, GrowthCommand.class, SamplingCommand.class,
        JmhCommand.class,
        CommandLine.HelpCommand.class},
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
public final class Bench implements Runnable
{
    /** All is well. */
    static final int EXIT_OK = 0;
    /** Something unforeseen. */
    static final int EXIT_INTERNAL_ERROR = 1;
    /** The command line is wrong. */
    static final int EXIT_USAGE = 2;
    /** A run missed its rate or lost a record. */
    static final int EXIT_CHECK_FAILED = 3;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    /** Made by {@link #main(String[])}. */
    Bench()
    {
    }

    /**
     * @param args without the word {@code bench}
     */
    public static void main(final String[] args)
    {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine()
    {
        return new CommandLine(new Bench())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExecutionExceptionHandler((ex, command, parsed) ->
            {
                command.getErr().println("bench: " + (ex.getMessage() == null ? ex : ex.getMessage()));
                return ex instanceof IllegalArgumentException ? EXIT_USAGE : EXIT_INTERNAL_ERROR;
            });
    }

    @Override
    public void run()
    {
        throw new CommandLine.ParameterException(spec.commandLine(), "name a command: e2e, produce, consume, compare, hdr, table, " +
            "catchup, growth or jmh");
    }
}
