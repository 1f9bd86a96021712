package io.syncline.tools;

import io.syncline.client.ClientException;
import io.syncline.journal.JvmFlags;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.util.List;

/** The {@code syncline} command. */
@Command(
    name = "syncline",
    description = "Replicated partition logs on Aeron and Chronicle Queue.",
    mixinStandardHelpOptions = true,
    versionProvider = Syncline.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
        "",
        "Also: @|bold syncline bench|@ (load and latency runs; syncline bench --help).",
        "",
        "Exit codes: 0 ok, 1 internal error, 2 usage, 3 check failed, 10 cluster unhealthy, 124 timed out.",
        "",
        "Example:",
        "  syncline demo --input prices.csv"})
public final class Syncline implements Runnable
{
    /** Each is called as its class, without "Command". */
    static final List<Class<?>> COMMANDS = List.of(
        DemoCommand.class, TopicCommand.class, ProduceCommand.class, ConsumeCommand.class, ReplicasCommand.class,
        LogCommand.class, NodeCommand.class, ClusterCommand.class, VerifyCommand.class, StagesCommand.class,
        TailCommand.class, WhatIfCommand.class, StatCommand.class, TopCommand.class, DoctorCommand.class,
        ArchiveCommand.class, HelpCommand.class);

    private static final String SUFFIX = "Command";
    private static final String HELP = "help";

    @Spec
    private CommandSpec spec;

    /**
     * @param args the command line
     */
    public static void main(final String[] args)
    {
        int exitCode = ExitCode.INTERNAL;
        try
        {
            exitCode = execute(args);
        }
        catch (final Error ex)
        {
            // A signal's hook would wait for the command's end, which has come.
            debug(ex);
            System.err.println("syncline: internal error: " + ex);
        }
        StopSignal.onEnd(exitCode);
        System.exit(exitCode);
    }

    /**
     * Runs one command as {@code main} does, without leaving the JVM.
     *
     * @param args the command line
     * @return the exit status
     */
    static int execute(final String... args)
    {
        final CommandLine commandLine = commandLine(args);
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setParameterExceptionHandler(Syncline::onWrongUse);
        commandLine.setExecutionExceptionHandler(Syncline::onFailure);
        commandLine.setExecutionStrategy(Syncline::run);
        return commandLine.execute(args);
    }

    /** Reading what all commands can do takes longer than a node's own start: only the one that is asked for is. */
    static CommandLine commandLine(final String... args)
    {
        final CommandLine commandLine = new CommandLine(new Syncline());
        final Class<?> wanted = args.length == 0 || HELP.equals(args[0]) ? null : COMMANDS.stream()
            .filter((command) -> command.getSimpleName().equalsIgnoreCase(args[0] + SUFFIX))
            .findFirst().orElse(null);
        if (wanted != null)
        {
            commandLine.addSubcommand(wanted);
        }
        else
        {
            COMMANDS.forEach(commandLine::addSubcommand);
        }
        return commandLine;
    }

    @Override
    public void run()
    {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    /**
     * Shows where an error comes from to whoever asked for it with {@code -Dsyncline.debug=true} in SYNCLINE_OPTS.
     *
     * @param error that is reported otherwise, or that does not matter to the outcome
     */
    static void debug(final Throwable error)
    {
        if (Boolean.getBoolean("syncline.debug"))
        {
            error.printStackTrace();
        }
    }

    private static int run(final CommandLine.ParseResult parseResult)
    {
        final Integer helpExitCode = CommandLine.executeHelpRequest(parseResult);
        if (helpExitCode != null)
        {
            return helpExitCode;
        }
        try
        {
            JvmFlags.check();
        }
        catch (final IllegalStateException ex)
        {
            report(parseResult.commandSpec().commandLine(), ex.getMessage());
            return ExitCode.USAGE;
        }
        return new CommandLine.RunLast().execute(parseResult);
    }

    private static int onWrongUse(final ParameterException ex, final String[] args)
    {
        final CommandLine commandLine = ex.getCommandLine();
        report(commandLine, ex.getMessage() + " (try '" + commandLine.getCommandSpec().qualifiedName() + " --help')");
        return ExitCode.USAGE;
    }

    private static int onFailure(
        final Exception ex, final CommandLine commandLine, final CommandLine.ParseResult parseResult)
    {
        debug(ex);
        if (ex instanceof CommandFailure failure)
        {
            report(commandLine, failure.getMessage());
            return failure.exitCode();
        }
        if (ex instanceof ClientException failure)
        {
            report(commandLine, failure.getMessage());
            return ExitCode.of(failure.code());
        }
        if (ex instanceof IllegalArgumentException && ex.getMessage() != null)
        {
            report(commandLine, ex.getMessage());
            return ExitCode.USAGE;
        }
        report(commandLine, "internal error: " + ex);
        return ExitCode.INTERNAL;
    }

    private static void report(final CommandLine commandLine, final String message)
    {
        final PrintWriter err = commandLine.getErr();
        err.println(commandLine.getCommandSpec().qualifiedName() + ": " + message.replaceAll("\\s*\\R\\s*", "; "));
        err.flush();
    }

    /** The version in the jar's manifest. */
    static final class Version implements IVersionProvider
    {
        @Override
        public String[] getVersion()
        {
            final String version = Syncline.class.getPackage().getImplementationVersion();
            return new String[]{
                "syncline " + (version == null ? "(not packaged)" : version),
                "Java " + Runtime.version() + ", " + System.getProperty("os.name") + " " +
                    System.getProperty("os.arch")};
        }
    }
}
