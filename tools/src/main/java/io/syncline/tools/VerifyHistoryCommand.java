package io.syncline.tools;

import io.syncline.client.Acks;
import io.syncline.history.HistoryChecker;
import io.syncline.history.HistoryViolation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code syncline verify history}: judges what the other two wrote down. */
@Command(name = "history", mixinStandardHelpOptions = true, sortOptions = false,
    description = {
        "Applies the rules H1 to H10 to what verify produce and verify consume printed: acknowledged records are read at their " +
        "offsets (H1), refused ones never (H2), one value an offset (H3), no duplicates (H4), producers' order (H5), no gaps " +
        "(H6), real-time order (H7), a latest offset that never falls (H8), writes accepted when everything is healthy (H9), " +
        "replicas equal (H10). Exits 3 and prints a line for each violation. A rule with nothing to look at counts 0.",
        "A torn last line is left out: its process was killed. FILE may be - for standard input."},
    footer = {"", "Example:",
        "  syncline verify history --produced sent.jsonl --consumed read.jsonl --replicas replicas.json"})
final class VerifyHistoryCommand implements Callable<Integer>
{
    @Option(names = "--produced", paramLabel = "FILE", required = true, arity = "1..*",
        description = "Output of verify produce, one or several files.")
    private List<Path> produced;

    @Option(names = "--consumed", paramLabel = "FILE", arity = "1..*",
        description = "Output of verify consume that read to the end after the producers had ended and everything was healed.")
    private List<Path> consumed = new ArrayList<>();

    @Option(names = "--partial", paramLabel = "FILE", arity = "1..*",
        description = "Output of verify consume that ended earlier: judged for all it read, but it need not hold everything.")
    private List<Path> partial = new ArrayList<>();

    @Option(names = "--replicas", paramLabel = "FILE",
        description = "Output of replicas verify --format json.")
    private Path replicas;

    @Option(names = "--faults", paramLabel = "FILE",
        description = "One JSON object a line: event fault, or healthy with tNs and boundNs: within that time of it every " +
            "partition accepts writes again (H9).")
    private Path faults;

    @Option(names = "--acks", paramLabel = "none|leader|all", defaultValue = "all",
        description = "What the producers waited for: only with all must every acknowledged record be read. " +
            "Default: ${DEFAULT-VALUE}")
    private String acks;

    @Mixin
    private FormatOptions format;

    @Override
    public Integer call() throws IOException
    {
        final HistoryFiles files = new HistoryFiles(Acks.parse(acks) == Acks.ALL);
        for (final Path file : produced)
        {
            files.produced(file);
        }
        for (final Path file : consumed)
        {
            files.consumed(file, true);
        }
        for (final Path file : partial)
        {
            files.consumed(file, false);
        }
        if (replicas != null)
        {
            files.replicas(replicas);
        }
        if (faults != null)
        {
            files.faults(faults);
        }
        final List<HistoryViolation> violations = files.check();
        if (format.isJson())
        {
            printJson(files, violations);
        }
        else
        {
            print(files, violations);
        }
        return violations.isEmpty() ? ExitCode.OK : ExitCode.CHECK_FAILED;
    }

    private static void print(final HistoryFiles files, final List<HistoryViolation> violations)
    {
        violations.forEach(System.out::println);
        files.torn().forEach((file) -> System.out.println(file + ": the last line is torn and left out"));
        final HistoryChecker checker = files.checker();
        System.out.printf("%d sent, %d acknowledged, %d failed, %d unknown, %d unanswered, %d read, %d of them not sent by these%n",
            checker.sent(), files.acked(), files.failed(), files.unknown(), files.unanswered(), checker.reads(),
            checker.foreign());
        for (final String rule : checker.rules())
        {
            System.out.printf("%-3s judged %d, violated %d%n", rule, checker.judged(rule), checker.violations(rule));
        }
        System.out.println(violations.isEmpty() ? "no violation" : "VIOLATED");
    }

    private static void printJson(final HistoryFiles files, final List<HistoryViolation> violations) throws IOException
    {
        final HistoryChecker checker = files.checker();
        FormatOptions.document(System.out, (json) ->
        {
            json.writeStartObject();
            json.writeNumberField("sent", checker.sent());
            json.writeNumberField("acked", files.acked());
            json.writeNumberField("failed", files.failed());
            json.writeNumberField("unknown", files.unknown());
            json.writeNumberField("unanswered", files.unanswered());
            json.writeNumberField("read", checker.reads());
            json.writeNumberField("foreign", checker.foreign());
            json.writeBooleanField("verified", violations.isEmpty());
            json.writeObjectFieldStart("rules");
            for (final String rule : checker.rules())
            {
                json.writeObjectFieldStart(rule);
                json.writeNumberField("judged", checker.judged(rule));
                json.writeNumberField("violated", checker.violations(rule));
                json.writeEndObject();
            }
            json.writeEndObject();
            json.writeArrayFieldStart("violations");
            for (final HistoryViolation violation : violations)
            {
                json.writeStartObject();
                json.writeStringField("rule", violation.rule());
                json.writeNumberField("partition", violation.partition());
                json.writeStringField("where", violation.where());
                json.writeStringField("expected", violation.expected());
                json.writeStringField("found", violation.found());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }
}
