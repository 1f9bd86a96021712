package io.syncline.bench;

import org.HdrHistogram.Histogram;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

/** {@code bench hdr}: looks at histograms on disk. */
@Command(name = "hdr", description = "Looks at the histograms of runs.", mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND", subcommands = HdrCommand.Diff.class)
final class HdrCommand implements Runnable
{
    @Spec
    private CommandLine.Model.CommandSpec spec;

    /** Made by picocli. */
    HdrCommand()
    {
    }

    @Override
    public void run()
    {
        throw new CommandLine.ParameterException(spec.commandLine(), "name a command: diff");
    }

    /** Is B worse than A? */
    @Command(
        name = "diff",
        description = {"Compares a run with an earlier one, percentile by percentile. Exits 3 where the second is slower by more " +
            "than a limit, or where it is marked FAIL and the first is not."},
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  syncline bench hdr diff /tmp/before /tmp/after --max-p50 5 --max-p99 10"})
    static final class Diff implements Callable<Integer>
    {
        private static final double NS_PER_US = 1e3;

        @Spec
        private CommandLine.Model.CommandSpec spec;

        @Parameters(index = "0", paramLabel = "BEFORE", description = "A run's file, or a directory that holds one run.")
        private Path before;

        @Parameters(index = "1", paramLabel = "AFTER", description = "The same of the later run.")
        private Path after;

        @Option(names = "--tag", defaultValue = "response", paramLabel = "TAG",
            description = "Which histogram of the .hlog: response, service, delivered, total or a stage. Default: ${DEFAULT-VALUE}.")
        private String tag;

        @Option(names = "--max-p50", paramLabel = "PERCENT", description = "How much slower p50 may be.")
        private Double maxP50;

        @Option(names = "--max-p90", paramLabel = "PERCENT", description = "How much slower p90 may be.")
        private Double maxP90;

        @Option(names = "--max-p99", paramLabel = "PERCENT", description = "How much slower p99 may be.")
        private Double maxP99;

        @Option(names = "--max-p99.9", paramLabel = "PERCENT", description = "How much slower p99.9 may be.")
        private Double maxP999;

        /** Made by picocli. */
        Diff()
        {
        }

        @Override
        public Integer call() throws IOException
        {
            final Map<String, Double> limits = new LinkedHashMap<>();
            limits.put("p50", maxP50);
            limits.put("p90", maxP90);
            limits.put("p99", maxP99);
            limits.put("p99.9", maxP999);
            final ResultFile first = ResultFile.of(before);
            final ResultFile second = ResultFile.of(after);
            final Histogram a = histogram(first);
            final Histogram b = histogram(second);
            final PrintWriter out = spec.commandLine().getOut();
            out.printf("%-8s%14s%14s%12s%12s%n", tag, "before us", "after us", "change", "limit");
            boolean isWorse = second.isFailed() && !first.isFailed();
            for (final Map.Entry<String, Double> limit : limits.entrySet())
            {
                final double percentile = HistogramFiles.PERCENTILES.get(limit.getKey());
                final double beforeUs = a.getValueAtPercentile(percentile) / NS_PER_US;
                final double afterUs = b.getValueAtPercentile(percentile) / NS_PER_US;
                final double change = beforeUs == 0 ? 0 : (afterUs / beforeUs - 1) * 100;
                final boolean isBeyond = limit.getValue() != null && change > limit.getValue();
                isWorse |= isBeyond;
                out.printf(Locale.ROOT, "%-8s%14.1f%14.1f%+11.1f%%%12s%s%n", limit.getKey(), beforeUs, afterUs, change,
                    limit.getValue() == null ? "-" : String.format(Locale.ROOT, "%.1f%%", limit.getValue()),
                    isBeyond ? "  FAIL" : "");
            }
            if (second.isFailed())
            {
                out.println("the later run is marked FAIL: " + second.figures().get("verdict"));
            }
            out.flush();
            return isWorse ? Bench.EXIT_CHECK_FAILED : Bench.EXIT_OK;
        }

        private Histogram histogram(final ResultFile run) throws IOException
        {
            final Histogram histogram = run.histogram(tag);
            if (histogram.getTotalCount() == 0)
            {
                throw new IllegalArgumentException(run + ".hlog has no histogram with the tag '" + tag + "'");
            }
            return histogram;
        }
    }
}
