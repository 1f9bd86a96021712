package io.syncline.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.syncline.bench.profile.Profile;
import io.syncline.bench.report.HtmlReport;
import io.syncline.doctor.Doctor;
import io.syncline.doctor.Finding;
import io.syncline.doctor.Machine;
import io.syncline.doctor.Plan;
import io.syncline.stage.Stage;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A run on disk: {@code <name>.hlog} with a tag for each histogram, the stages' among them, {@code <name>.hgrm} of the response time in microseconds,
 * {@code <name>.json} with configuration, environment, percentiles and what the doctor found, {@code <name>.html} of it all for a
 * person. A run that missed its rate has FAIL in its names.
 */
final class HistogramFiles
{
    /** Percentile and the name it has in every output. */
    static final Map<String, Double> PERCENTILES = Map.of(
        "p50", 50.0, "p90", 90.0, "p99", 99.0, "p99.9", 99.9, "p99.99", 99.99);
    /** In the order they are printed. */
    static final String[] PERCENTILE_NAMES = {"p50", "p90", "p99", "p99.9", "p99.99"};
    /** Fewer samples say nothing of one in ten thousand. */
    static final long MIN_SAMPLES_FOR_P9999 = 100_000;

    private static final double NS_PER_US = 1000.0;

    private HistogramFiles()
    {
    }

    /**
     * @param profile of the run, or null
     * @return the files' common path without their endings
     */
    static Path write(
        final Path directory,
        final String name,
        final RigConfiguration configuration,
        final RigResult result,
        final Profile profile)
        throws IOException
    {
        Files.createDirectories(directory);
        final String fileName = name + (result.missed() == null ? "" : "-FAIL");
        try (PrintStream out = stream(directory.resolve(fileName + ".hlog")))
        {
            final HistogramLogWriter log = new HistogramLogWriter(out);
            log.outputLogFormatVersion();
            log.outputLegend();
            writeTagged(log, "response", result.response());
            writeTagged(log, "service", result.service());
            if (result.delivered().getTotalCount() > 0)
            {
                writeTagged(log, "delivered", result.delivered());
            }
            for (final Map.Entry<String, Histogram> stage : result.stages().entrySet())
            {
                writeTagged(log, stage.getKey(), stage.getValue());
            }
        }
        try (PrintStream out = stream(directory.resolve(fileName + ".hgrm")))
        {
            result.response().outputPercentileDistribution(out, NS_PER_US);
        }
        final List<Finding> findings = findings();
        final Map<String, String> environment = RunEnvironment.read();
        try (Writer writer = Files.newBufferedWriter(directory.resolve(fileName + ".json"));
            JsonGenerator json = new JsonFactory().createGenerator(writer).useDefaultPrettyPrinter())
        {
            writeJson(json, configuration, result, environment, findings);
        }
        Files.writeString(
            directory.resolve(fileName + ".html"), HtmlReport.of(configuration, result, environment, findings, profile));
        if (profile != null)
        {
            Files.writeString(directory.resolve(fileName + ".collapsed"), profile.all().collapsed());
            Files.writeString(directory.resolve(fileName + "-slow.collapsed"), profile.slow().collapsed());
        }
        return directory.resolve(fileName);
    }

    /** Writes one object: what {@code --format json} prints, and what the file holds. */
    static void writeJson(final JsonGenerator json, final RigConfiguration configuration, final RigResult result)
        throws IOException
    {
        writeJson(json, configuration, result, RunEnvironment.read(), findings());
    }

    private static List<Finding> findings()
    {
        return new Doctor(new Machine(), Plan.ofDefaults(Path.of("data"))).examine();
    }

    private static void writeJson(
        final JsonGenerator json,
        final RigConfiguration configuration,
        final RigResult result,
        final Map<String, String> environment,
        final List<Finding> findings)
        throws IOException
    {
        json.writeStartObject();
        json.writeStringField("name", result.name());
        json.writeNumberField("rate", configuration.rate());
        json.writeNumberField("sizeBytes", configuration.lengthBytes());
        json.writeNumberField("durationMs", configuration.durationNs() / 1_000_000);
        json.writeNumberField("warmupMs", configuration.warmupNs() / 1_000_000);
        json.writeNumberField("sent", result.sent());
        json.writeNumberField("acked", result.acked());
        json.writeNumberField("failed", result.failed());
        json.writeNumberField("throughput", Math.round(result.throughput()));
        json.writeNumberField("cpuSecondsPerMillion", result.cpuSecondsPerMillion());
        json.writeNumberField("longestGapMs", result.timeline().gapNs() / 1e6);
        if (result.killed() != null)
        {
            json.writeStringField("killed", result.killed());
        }
        json.writeStringField("verdict", result.missed() == null ? "OK" : "FAIL: " + result.missed());
        writePercentiles(json, "responseUs", result.response());
        writePercentiles(json, "serviceUs", result.service());
        if (result.delivered().getTotalCount() > 0)
        {
            writePercentiles(json, "deliveredUs", result.delivered());
        }
        for (final Map.Entry<String, Histogram> stage : result.stages().entrySet())
        {
            writePercentiles(json, stage.getKey() + "Us", stage.getValue());
        }
        writeBands(json, result);
        json.writeArrayFieldStart("doctor");
        for (final Finding finding : findings)
        {
            json.writeString(finding.toString());
        }
        json.writeEndArray();
        json.writeObjectFieldStart("environment");
        for (final Map.Entry<String, String> entry : environment.entrySet())
        {
            json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void writeBands(final JsonGenerator json, final RigResult result) throws IOException
    {
        json.writeArrayFieldStart("stageBands");
        for (final StageBands.Band band : result.bands())
        {
            json.writeStartObject();
            json.writeNumberField("fromPercentile", band.from());
            json.writeNumberField("toPercentile", band.to());
            json.writeNumberField("records", band.count());
            json.writeNumberField("meanUs", band.meanNs() / NS_PER_US);
            for (int i = 0; i < Stage.COUNT; i++)
            {
                json.writeNumberField(Stage.at(i).label() + "Us", band.stagesNs().get(i) / NS_PER_US);
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void writePercentiles(final JsonGenerator json, final String field, final Histogram histogram)
        throws IOException
    {
        json.writeObjectFieldStart(field);
        for (final String name : PERCENTILE_NAMES)
        {
            if (!"p99.99".equals(name) || histogram.getTotalCount() >= MIN_SAMPLES_FOR_P9999)
            {
                json.writeNumberField(name, histogram.getValueAtPercentile(PERCENTILES.get(name)) / NS_PER_US);
            }
        }
        json.writeNumberField("max", histogram.getMaxValue() / NS_PER_US);
        json.writeEndObject();
    }

    private static void writeTagged(final HistogramLogWriter log, final String tag, final Histogram histogram)
    {
        histogram.setTag(tag);
        log.outputIntervalHistogram(0, 1, histogram, NS_PER_US);
    }

    private static PrintStream stream(final Path path) throws IOException
    {
        return new PrintStream(Files.newOutputStream(path), false, StandardCharsets.UTF_8);
    }
}
