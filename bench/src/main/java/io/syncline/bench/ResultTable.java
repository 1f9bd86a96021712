package io.syncline.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import org.HdrHistogram.Histogram;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;

/** Prints a run. */
final class ResultTable
{
    private ResultTable()
    {
    }

    static void print(
        final PrintStream out, final LoadOptions.OutputFormat format, final RigConfiguration configuration,
        final RigResult result)
        throws IOException
    {
        if (format == LoadOptions.OutputFormat.json)
        {
            try (JsonGenerator json = new JsonFactory().createGenerator(out)
                .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET).useDefaultPrettyPrinter())
            {
                HistogramFiles.writeJson(json, configuration, result);
            }
            out.println();
            return;
        }
        out.printf(Locale.ROOT, "%s%n%d bytes, %s, %.1f s after %.1f s of warm-up%n", result.name(),
            configuration.lengthBytes(),
            configuration.rate() == 0 ? "as fast as it goes" : configuration.rate() + " a second",
            configuration.durationNs() / 1e9, configuration.warmupNs() / 1e9);
        out.printf(Locale.ROOT, "sent %d, acknowledged %d, failed %d: %,.0f a second%n",
            result.sent(), result.acked(), result.failed(), result.throughput());
        out.printf(Locale.ROOT, "CPU %.2f s per million, longest time without an acknowledgement %.1f ms%s%n",
            result.cpuSecondsPerMillion(), result.timeline().gapNs() / 1e6,
            result.killed() == null ? "" : "; " + result.killed());
        out.printf("%-28s%10s%10s%10s%10s%10s%12s%n", "us", "p50", "p90", "p99", "p99.9", "p99.99", "max");
        row(out, "ack, from due (response)", result.response());
        row(out, "ack, from sent (service)", result.service());
        if (result.delivered().getTotalCount() > 0)
        {
            row(out, "delivered, from due", result.delivered());
        }
        out.println(result.missed() == null ? "OK" : "FAIL: " + result.missed());
    }

    private static void row(final PrintStream out, final String name, final Histogram histogram)
    {
        out.printf("%-28s", name);
        for (final String percentile : HistogramFiles.PERCENTILE_NAMES)
        {
            final boolean enough =
                !"p99.99".equals(percentile) || histogram.getTotalCount() >= HistogramFiles.MIN_SAMPLES_FOR_P9999;
            out.printf("%10s", enough ? String.format(Locale.ROOT, "%.1f",
                histogram.getValueAtPercentile(HistogramFiles.PERCENTILES.get(percentile)) / 1e3) : "-");
        }
        out.printf(Locale.ROOT, "%12.1f%n", histogram.getMaxValue() / 1e3);
    }
}
