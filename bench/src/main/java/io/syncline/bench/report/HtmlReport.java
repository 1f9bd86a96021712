package io.syncline.bench.report;

import io.syncline.bench.RigConfiguration;
import io.syncline.bench.RigResult;
import io.syncline.bench.profile.Profile;
import io.syncline.bench.profile.Stacks;
import io.syncline.doctor.Finding;
import org.HdrHistogram.Histogram;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes the page. */
public final class HtmlReport
{
    /** Longer than this without an acknowledgement is worth showing, whoever caused it. */
    private static final long GAP_SHOWN_NS = 100_000_000;
    private static final long MIN_SAMPLES_FOR_P9999 = 100_000;

    private final StringBuilder page = new StringBuilder();
    private final RigConfiguration configuration;
    private final RigResult result;

    private HtmlReport(final RigConfiguration configuration, final RigResult result)
    {
        this.configuration = configuration;
        this.result = result;
    }

    /**
     * @param configuration of the run
     * @param result        what it showed
     * @param environment   where it took place
     * @param findings      the doctor's
     * @param profile       of the run, or null
     * @return the page
     */
    public static String of(
        final RigConfiguration configuration,
        final RigResult result,
        final Map<String, String> environment,
        final List<Finding> findings,
        final Profile profile)
    {
        return new HtmlReport(configuration, result).write(environment, findings, profile);
    }

    private String write(final Map<String, String> environment, final List<Finding> findings, final Profile profile)
    {
        add("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">" +
            "<meta name=\"viewport\" content=\"width=device-width\"><title>%s</title><style>%s</style></head><body>\n",
            Svg.escape(result.name()), STYLE);
        add("<h1>%s</h1>\n", Svg.escape(result.name()));
        add(result.missed() == null ? "<p class=\"ok\">OK: the rate was kept and every record accounted for</p>\n" :
            "<p class=\"fail\">FAIL: %s</p>\n", Svg.escape(String.valueOf(result.missed())));
        summary();
        latency();
        stages();
        timeline();
        if (profile != null)
        {
            flames(profile);
        }
        add("<h2>The machine, as the doctor found it</h2><table class=\"doctor\">" +
            "<tr><th>check</th><th></th><th>read</th><th>why, and what to do</th></tr>\n");
        for (final Finding finding : findings)
        {
            add("<tr class=\"%s\"><td>%s</td><td>%1$s</td><td>%s</td><td>%s%s</td></tr>\n",
                finding.severity().name().toLowerCase(Locale.ROOT), Svg.escape(finding.check()), Svg.escape(finding.read()),
                Svg.escape(finding.why()), finding.fix().isEmpty() ? "" : "; <b>" + Svg.escape(finding.fix()) + "</b>");
        }
        add("</table>\n<h2>Environment</h2><table>\n");
        environment.forEach((name, value) -> fact(name, value));
        add("</table>\n</body></html>\n");
        return page.toString();
    }

    private void summary()
    {
        add("<table>\n");
        fact("load", configuration.lengthBytes() + " bytes, " +
            (configuration.rate() == 0 ? "as fast as it goes" : String.format(Locale.ROOT, "%,d a second", configuration.rate())) +
            String.format(Locale.ROOT, ", %.1f s after %.1f s of warm-up", configuration.durationNs() / 1e9,
                configuration.warmupNs() / 1e9));
        fact("records", String.format(Locale.ROOT, "%,d sent, %,d acknowledged, %,d failed: %,.0f a second", result.sent(),
            result.acked(), result.failed(), result.throughput()));
        fact("CPU", String.format(Locale.ROOT, "%.2f s for a million records, all processes", result.cpuSecondsPerMillion()));
        fact("longest time without an acknowledgement", String.format(Locale.ROOT, "%.1f ms", result.timeline().gapNs() / 1e6));
        if (result.killed() != null)
        {
            fact("failover", result.killed());
        }
        add("</table>\n");
    }

    private void latency()
    {
        final Map<String, Histogram> curves = new LinkedHashMap<>();
        curves.put("response, from due to ack", result.response());
        curves.put("service, from sent to ack", result.service());
        if (result.delivered().getTotalCount() > 0)
        {
            curves.put("delivered, from due", result.delivered());
        }
        add("<h2>Latency</h2>\n<p>Response time counts from when a record was due, service time from when it was sent: where " +
            "they part, records waited to be sent.</p>\n%s", PercentileChart.draw(curves));
        percentiles(curves);
    }

    private void stages()
    {
        if (result.bands().isEmpty())
        {
            return;
        }
        add("<h2>Where the time went</h2>\n<p>Sampled records by how long they took: the means of their stages, which add up to " +
            "the mean of their totals.</p>\n%s", StageChart.draw(result.bands()));
        percentiles(result.stages());
        final double sumUs = result.stages().entrySet().stream().filter((stage) -> !"total".equals(stage.getKey()))
            .mapToDouble((stage) -> stage.getValue().getValueAtPercentile(50) / 1e3).sum();
        add("<p>The medians of the stages add up to %.1f us, the median of the total is %.1f us: medians of parts are not parts " +
            "of a median.</p>\n", sumUs, result.stages().get("total").getValueAtPercentile(50) / 1e3);
    }

    private void timeline()
    {
        final boolean isGapShown = result.killed() != null || result.timeline().gapNs() > GAP_SHOWN_NS;
        add("<h2>Over time</h2>\n%s%s", result.killed() == null ? "" : "<p>" + Svg.escape(result.killed()) + "</p>\n",
            TimelineChart.draw(result.timeline(), isGapShown));
    }

    private void flames(final Profile profile)
    {
        add("<h2>What ran meanwhile</h2>\n<p>%s; %,d samples of this process. A box is as wide as its share of the samples, " +
            "what it called hangs below it.</p>\n", Svg.escape(profile.event()), profile.all().samples());
        flame(profile.all());
        add("<h2>What ran while a slow record was under way</h2>\n<p>Samples from the milliseconds, %.1f %% of the run, in which " +
            "a record was under way that took %s or longer: %,d.</p>\n", 100 * profile.slowShare(),
            PercentileChart.duration(profile.thresholdNs() / 1e3), profile.slow().samples());
        flame(profile.slow());
    }

    private void flame(final Stacks stacks)
    {
        add("%s", stacks.samples() == 0 ? "<p>No sample fell into it.</p>\n" : FlameChart.draw(stacks));
    }

    private void percentiles(final Map<String, Histogram> histograms)
    {
        add("<table class=\"figures\"><tr><th>us</th><th>p50</th><th>p90</th><th>p99</th><th>p99.9</th><th>p99.99</th>" +
            "<th>max</th><th>samples</th></tr>\n");
        for (final Map.Entry<String, Histogram> entry : histograms.entrySet())
        {
            final Histogram histogram = entry.getValue();
            add("<tr><td>%s</td>", Svg.escape(entry.getKey()));
            for (final double percentile : new double[]{50, 90, 99, 99.9, 99.99, 100})
            {
                final boolean isEnough = percentile != 99.99 || histogram.getTotalCount() >= MIN_SAMPLES_FOR_P9999;
                add(isEnough ? "<td>%,.1f</td>" : "<td>-</td>", histogram.getValueAtPercentile(percentile) / 1e3);
            }
            add("<td>%,d</td></tr>\n", histogram.getTotalCount());
        }
        add("</table>\n");
    }

    private void fact(final String name, final String value)
    {
        add("<tr><th>%s</th><td>%s</td></tr>\n", Svg.escape(name), Svg.escape(value));
    }

    private void add(final String format, final Object... values)
    {
        page.append(String.format(Locale.ROOT, format, values));
    }

    private static final String STYLE = """
        body { font: 15px/1.45 system-ui, sans-serif; color: #1c2733; max-width: 1000px; margin: 24px auto; padding: 0 16px }
        h1 { font-size: 22px } h2 { font-size: 18px; margin-top: 36px; border-bottom: 1px solid #d5dbe1; padding-bottom: 4px }
        .ok, .fail { padding: 8px 14px; border-radius: 4px; font-weight: 600 }
        .ok { background: #e2f4e8; color: #17603a } .fail { background: #c22727; color: #fff; font-size: 18px }
        table { border-collapse: collapse; margin: 10px 0 } td, th { padding: 3px 12px 3px 0; text-align: left;
        vertical-align: top; overflow-wrap: anywhere } th { font-weight: 600; color: #4a5866; overflow-wrap: normal }
        .figures { display: block; overflow-x: auto }
        .figures td, .figures th { text-align: right; padding-left: 14px; font-variant-numeric: tabular-nums;
        white-space: nowrap }
        .figures td:first-child, .figures th:first-child { text-align: left }
        .doctor { font-size: 13px } .warning td { background: #fff4dc } .critical td { background: #fbdcdc }
        .ok td { color: #6a7683 } tr.ok { background: none; font-weight: 400 }
        svg { width: 100%; height: auto; display: block } svg text { font-family: system-ui, sans-serif; fill: #1c2733 }
        .grid { stroke: #dde3e8; stroke-width: 1 } .tick { font-size: 11px; fill: #5d6a77 !important } .label { font-size: 12.5px }
        .frame { font-size: 10.5px }
        .inside { font-size: 11.5px; fill: #fff !important } .gap { font-size: 12.5px; font-weight: 600; fill: #b01818 !important }
        """;
}
