package io.syncline.bench.profile;

import io.syncline.bench.LatencyRig;
import io.syncline.bench.RigResult;
import io.syncline.bench.Timeline;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class ProfilerTest
{
    private static final long MS = Timeline.SLOT_NS;

    private final Timeline timeline = new Timeline(TimeUnit.SECONDS.toNanos(10));
    private final Histogram response = new Histogram(LatencyRig.HIGHEST_LATENCY_NS, 3);

    @Test
    void shouldFallBackAndSayWhyWhereAnEventIsNotToBeHad()
    {
        final Profiler profiler = new Profiler("no-such-event");
        timeline.start(System.nanoTime());
        profiler.start();
        final long sum = burn(300);
        timeline.onAcked(System.nanoTime(), 1, 1);
        response.recordValue(1);

        profiler.stop();
        final Profile profile = profiler.sort(result());

        assertThat(sum).isNotZero();
        assertThat(profiler.trouble()).contains("no-such-event");
        if (profile != null)
        {
            assertThat(profiler.trouble()).contains("sampled instead");
            assertThat(profile.event()).contains("timer");
            assertThat(profile.all().collapsed()).contains("ProfilerTest.burn");
        }
        else
        {
            assertThat(profiler.trouble()).contains("no async-profiler").contains("no flame graph");
        }
    }

    @Test
    void shouldKeepApartWhatRanWhileASlowRecordWasUnderWay()
    {
        timeline.start(1_000 * MS);
        timeline.onAcked(1_005 * MS, 10, MS / 2);
        // Due at 20 ms, acknowledged at 30 ms.
        timeline.onAcked(1_030 * MS, 1, 10 * MS);
        timeline.onAcked(1_040 * MS, 10, MS / 2);

        final Windows windows = new Windows(timeline, 5 * MS);

        assertThat(windows.holds(1_025 * MS)).isTrue();
        assertThat(windows.holds(1_030 * MS)).isTrue();
        assertThat(windows.holds(1_005 * MS)).isFalse();
        assertThat(windows.holds(1_018 * MS)).isFalse();
        assertThat(windows.holds(1_035 * MS)).isFalse();
        assertThat(windows.holds(999 * MS)).as("before the run").isFalse();
        assertThat(windows.holds(2_000 * MS)).as("after it").isFalse();
        assertThat(windows.share()).isBetween(0.2, 0.35);
    }

    @Test
    void shouldMergeStacksFromTheRoot()
    {
        final Stacks stacks = new Stacks("all");
        stacks.add(List.of("[data]", "a", "b"));
        stacks.add(List.of("[data]", "a", "b"));
        stacks.add(List.of("[data]", "a"));
        stacks.add(List.of("[main]", "c"));

        assertThat(stacks.samples()).isEqualTo(4);
        assertThat(stacks.callees().get(0).frame()).isEqualTo("[data]");
        assertThat(stacks.callees().get(0).samples()).isEqualTo(3);
        assertThat(stacks.collapsed()).isEqualTo("[data];a 1\n[data];a;b 2\n[main];c 1\n");
    }

    private RigResult result()
    {
        final Histogram none = new Histogram(LatencyRig.HIGHEST_LATENCY_NS, 3);
        return new RigResult(
            "made up", response, response, none, Map.of(), List.of(), timeline, 1, 1, 0, MS, null, 0, null);
    }

    private static long burn(final int milliseconds)
    {
        final long startNs = System.nanoTime();
        long sum = 1;
        while (System.nanoTime() - startNs < milliseconds * MS)
        {
            sum += sum << 3 ^ startNs;
        }
        return sum;
    }
}
