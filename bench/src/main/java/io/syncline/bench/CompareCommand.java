package io.syncline.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

/** {@code bench compare}: the same load on several systems in turn. */
@Command(
    name = "compare",
    description = {"Puts the same load on several systems in turn, forwards and backwards (A B B A ...), each run in a JVM of its " +
        "own, and prints each figure as the median of the rounds with their spread, and the first system's divided by each " +
        "other one's, formed within the rounds.", "Exits 3 where a run is marked FAIL."},
    mixinStandardHelpOptions = true,
    footer = {"", "Examples:",
        "  syncline bench compare syncline:udp,threading=invoker aeron:udp,threading=invoker --rate 10000,100000",
        "  syncline bench compare syncline,sampling=64 syncline,sampling=0     (what sampling costs)"})
final class CompareCommand implements Callable<Integer>
{
    @Parameters(arity = "1..*", paramLabel = "SYSTEM", description = "As --system of bench produce has it; two or more, or one.")
    private List<String> systems;

    @Option(names = "--rounds", defaultValue = "5", paramLabel = "N",
        description = "Runs of each system. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(names = "--e2e", description = "To a consumer as well, as bench e2e.")
    private boolean isDelivering;

    @Option(names = "--rate", defaultValue = "10000", paramLabel = "N[,N]...",
        description = "Records a second; 0: as fast as it goes. Default: ${DEFAULT-VALUE}.")
    private String rate;

    @Option(names = "--size", defaultValue = "256", paramLabel = "BYTES", description = "Of each value. Default: ${DEFAULT-VALUE}.")
    private String size;

    @Option(names = "--acks", defaultValue = "all", paramLabel = "LEVEL", description = "Default: ${DEFAULT-VALUE}.")
    private String acks;

    @Option(names = "--duration", defaultValue = "10s", paramLabel = "TIME",
        description = "Recorded load of each run and rate. Default: ${DEFAULT-VALUE}.")
    private String duration;

    @Option(names = "--warmup", defaultValue = "10s", paramLabel = "TIME",
        description = "Load before, likewise. Default: ${DEFAULT-VALUE}.")
    private String warmup;

    @Option(names = "--idle", defaultValue = "yield", paramLabel = "STRATEGY", description = "As in bench produce. Default: ${DEFAULT-VALUE}.")
    private RigIdle idle;

    @Option(names = "--kill-leader-after", paramLabel = "TIME", description = "As in bench produce.")
    private String killAfter;

    @Option(names = {"-o", "--output"}, paramLabel = "DIR",
        description = "Where to leave compare.json, and every run's files below round-N/. Default: nowhere.")
    private Path output;

    @Option(names = "--format", defaultValue = "text", paramLabel = "text|json", description = "Default: ${DEFAULT-VALUE}.")
    private LoadOptions.OutputFormat format;

    /** Made by picocli. */
    CompareCommand()
    {
    }

    @Override
    public Integer call() throws IOException
    {
        final List<String> arguments = new ArrayList<>(List.of(isDelivering ? "e2e" : "produce", "--rate", rate, "--size", size,
            "--acks", acks, "--duration", duration, "--warmup", warmup, "--idle", idle.name().toLowerCase(Locale.ROOT)));
        if (killAfter != null)
        {
            arguments.addAll(List.of("--kill-leader-after", killAfter));
        }
        final Comparison comparison = new Rounds(systems, arguments, rounds, output, System.err).run();
        if (output != null)
        {
            try (Writer writer = Files.newBufferedWriter(output.resolve("compare.json"));
                JsonGenerator json = new JsonFactory().createGenerator(writer).useDefaultPrettyPrinter())
            {
                writeJson(json, comparison);
            }
        }
        if (format == LoadOptions.OutputFormat.json)
        {
            try (JsonGenerator json = new JsonFactory().createGenerator(System.out)
                .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET).useDefaultPrettyPrinter())
            {
                writeJson(json, comparison);
            }
            System.out.println();
        }
        else
        {
            print(System.out, comparison);
        }
        return comparison.failed() == 0 ? Bench.EXIT_OK : Bench.EXIT_CHECK_FAILED;
    }

    static void print(final PrintStream out, final Comparison comparison)
    {
        final List<String> systems = comparison.systems();
        for (int i = 0; i < systems.size(); i++)
        {
            out.println((char)('A' + i) + " = " + systems.get(i));
        }
        for (final long rate : comparison.rates())
        {
            out.println();
            final StringBuilder head = new StringBuilder(
                String.format("%-22s", rate == 0 ? "as fast as it goes" : rate + " a second"));
            for (int i = 0; i < systems.size(); i++)
            {
                head.append(String.format("%32s", (char)('A' + i)));
            }
            for (int i = 1; i < systems.size(); i++)
            {
                head.append(String.format("%28s", "A / " + (char)('A' + i)));
            }
            out.println(head);
            for (final Map.Entry<String, String> figure : Comparison.FIGURES.entrySet())
            {
                if (comparison.figure(rate, 0, figure.getKey()) != null)
                {
                    row(out, comparison, rate, figure);
                }
            }
        }
        out.println();
        out.println("median (least to greatest) of the rounds; ratios are formed within each round");
        if (comparison.failed() > 0)
        {
            out.println("FAIL: " + comparison.failed() + " of " + comparison.runs() + " runs missed their rate or lost a record");
        }
    }

    private static void row(
        final PrintStream out, final Comparison comparison, final long rate, final Map.Entry<String, String> figure)
    {
        final StringBuilder row = new StringBuilder(String.format("%-22s", figure.getValue()));
        for (int i = 0; i < comparison.systems().size(); i++)
        {
            row.append(String.format("%32s", text(comparison.figure(rate, i, figure.getKey()))));
        }
        for (int i = 1; i < comparison.systems().size(); i++)
        {
            row.append(String.format("%28s", text(comparison.ratio(rate, i, figure.getKey()))));
        }
        out.println(row);
    }

    private static String text(final Spread spread)
    {
        return spread == null ? "-" : spread.toString();
    }

    private static void writeJson(final JsonGenerator json, final Comparison comparison) throws IOException
    {
        json.writeStartObject();
        json.writeArrayFieldStart("systems");
        for (final String system : comparison.systems())
        {
            json.writeString(system);
        }
        json.writeEndArray();
        json.writeNumberField("runs", comparison.runs());
        json.writeNumberField("failed", comparison.failed());
        json.writeArrayFieldStart("figures");
        for (final long rate : comparison.rates())
        {
            for (final String figure : Comparison.FIGURES.keySet())
            {
                for (int i = 0; i < comparison.systems().size(); i++)
                {
                    writeFigure(json, comparison, rate, figure, i);
                }
            }
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writeFigure(
        final JsonGenerator json, final Comparison comparison, final long rate, final String figure, final int system)
        throws IOException
    {
        final Spread spread = comparison.figure(rate, system, figure);
        if (spread == null)
        {
            return;
        }
        json.writeStartObject();
        json.writeNumberField("rate", rate);
        json.writeStringField("figure", figure);
        json.writeStringField("system", comparison.systems().get(system));
        writeSpread(json, "value", spread);
        if (system > 0 && comparison.ratio(rate, system, figure) != null)
        {
            writeSpread(json, "firstDividedByIt", comparison.ratio(rate, system, figure));
        }
        json.writeEndObject();
    }

    private static void writeSpread(final JsonGenerator json, final String field, final Spread spread) throws IOException
    {
        json.writeObjectFieldStart(field);
        json.writeNumberField("min", spread.min());
        json.writeNumberField("median", spread.median());
        json.writeNumberField("max", spread.max());
        json.writeEndObject();
    }
}
