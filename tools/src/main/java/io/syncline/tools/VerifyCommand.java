package io.syncline.tools;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code syncline verify}: histories for a checker, one JSON object a line. */
@Command(name = "verify", mixinStandardHelpOptions = true, synopsisSubcommandLabel = "COMMAND",
    description = "Produces and consumes records with unique ids, prints what became of each, one JSON object a line, and " +
        "judges that.",
    subcommands = {VerifyProduceCommand.class, VerifyConsumeCommand.class, VerifyHistoryCommand.class},
    footer = {"", "Example:", "  syncline verify produce --topic prices --records 10000 > sent.jsonl"})
final class VerifyCommand implements Runnable
{
    @Spec
    private CommandSpec spec;

    @Override
    public void run()
    {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
