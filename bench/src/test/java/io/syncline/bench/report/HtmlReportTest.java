package io.syncline.bench.report;

import io.syncline.bench.LatencyRig;
import io.syncline.bench.RigConfiguration;
import io.syncline.bench.RigResult;
import io.syncline.bench.StageBands;
import io.syncline.bench.Timeline;
import io.syncline.bench.profile.Stacks;
import io.syncline.doctor.Finding;
import io.syncline.stage.Stage;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

import javax.xml.parsers.DocumentBuilderFactory;
import java.io.StringReader;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;

class HtmlReportTest
{
    private static final Finding FINDING = new Finding("swap", Finding.Severity.CRITICAL, "a <lot>", "pages out", "turn it off");

    @Test
    void shouldBeOneFileThatFetchesNothing()
    {
        final String page = page(null, "broker 1 was killed after 300 ms");

        assertThat(page).doesNotContain("http://").doesNotContain("https://").doesNotContain("src=").doesNotContain("<link");
        assertThat(page).contains("a &lt;lot&gt;").contains("turn it off").contains("clock &amp; source");
    }

    @Test
    void shouldDrawCurvesStagesAndTheGap() throws Exception
    {
        final String page = page(null, "broker 1 was killed after 300 ms");

        final Matcher drawings = Pattern.compile("(?s)<svg.*?</svg>").matcher(page);
        int count = 0;
        while (drawings.find())
        {
            // Well-formed, or a browser would show half of it.
            DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(drawings.group())));
            assertThat(drawings.group()).doesNotContain("NaN").doesNotContain("Infinity");
            count++;
        }
        assertThat(count).isEqualTo(3);
        assertThat(page).contains("response, from due to ack").contains("service, from sent to ack")
            .contains("follower.append").contains("99 to 99.9 %")
            .contains("no acknowledgement for 400.0 ms").contains("broker 1 was killed");
    }

    @Test
    void shouldMarkARunThatFailedAndOnlyThat()
    {
        assertThat(page("only 5 of 9 records could be sent", null)).contains("class=\"fail\"").contains("only 5 of 9");
        assertThat(page(null, null)).doesNotContain("class=\"fail\"").contains("class=\"ok\"");
    }

    @Test
    void shouldDrawStacksByTheirShareOfTheSamples() throws Exception
    {
        final Stacks stacks = new Stacks("all");
        for (int i = 0; i < 100; i++)
        {
            stacks.add(i < 75 ? List.of("[data]", "io.syncline.broker.Busy<T>.doWork") : List.of("[main]"));
        }
        final String drawing = FlameChart.draw(stacks);

        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(drawing)));
        assertThat(drawing).contains("Busy&lt;T&gt;.doWork: 75 samples, 75.0 %").contains("width=\"719.60\"");
    }

    @Test
    void shouldStandARunInWhichNothingCame()
    {
        final Histogram none = new Histogram(LatencyRig.HIGHEST_LATENCY_NS, 3);
        final RigResult nothing = new RigResult("nothing", none, none, none, Map.of(), List.of(),
            new Timeline(TimeUnit.SECONDS.toNanos(1)), 5, 0, 0, 0, "5 records were not acknowledged", 0, null);

        assertThat(HtmlReport.of(configuration(), nothing, Map.of(), List.of(), null)).contains("5 records were not acknowledged")
            .doesNotContain("NaN").doesNotContain("Infinity");
    }

    private static String page(final String missed, final String killed)
    {
        final Histogram response = new Histogram(LatencyRig.HIGHEST_LATENCY_NS, 3);
        final Histogram service = new Histogram(LatencyRig.HIGHEST_LATENCY_NS, 3);
        final Histogram none = new Histogram(LatencyRig.HIGHEST_LATENCY_NS, 3);
        final Timeline timeline = new Timeline(TimeUnit.SECONDS.toNanos(2));
        timeline.start(1_000);
        for (int i = 0; i < 1_000; i++)
        {
            response.recordValue(20_000 + 1_000L * i);
            service.recordValue(10_000 + 1_000L * i);
            timeline.onAcked(1_000 + i * 1_000_000L + (i > 300 ? 399_000_000L : 0), 1, 20_000 + 1_000L * i);
        }
        final List<Double> stages = Collections.nCopies(Stage.COUNT, 1_000.0);
        final List<StageBands.Band> bands = List.of(
            new StageBands.Band(0, 50, 10, 9_000, stages), new StageBands.Band(99, 99.9, 1, 9_000, stages));
        final RigResult result = new RigResult("made up", response, service, none, Map.of("total", response), bands, timeline,
            1_000, 1_000, 0, TimeUnit.SECONDS.toNanos(1), missed, 5_000_000, killed);
        return HtmlReport.of(configuration(), result, Map.of("clock & source", "tsc"), List.of(FINDING), null);
    }

    private static RigConfiguration configuration()
    {
        return new RigConfiguration(1_000, 64, 0, TimeUnit.SECONDS.toNanos(1), 0, 1 << 10);
    }
}
