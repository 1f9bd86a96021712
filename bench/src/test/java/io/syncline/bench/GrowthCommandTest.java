package io.syncline.bench;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** What the figures are on a machine that does other things is not asked here, only that they are measured. */
@Timeout(60)
class GrowthCommandTest
{
    @TempDir
    private Path dir;

    @Test
    void shouldMeasureManyPartitionsALongLogAndIdleness() throws IOException
    {
        assertThat(Bench.commandLine().execute("growth", "--partitions", "3", "--rate", "2000", "--duration", "200ms", "--idle-for",
            "200ms", "--log", "1m", "-o", dir.toString())).isEqualTo(Bench.EXIT_OK);

        final Map<String, String> figures = Figures.read(dir.resolve("growth.json"));
        assertThat(figures).containsEntry("partitions", "3").containsEntry("logMiB", "1").containsKey("environment.cpu");
        assertThat(Double.parseDouble(figures.get("manyPartitionsSecondsPerMillion"))).isPositive();
        assertThat(Double.parseDouble(figures.get("idlePercentOfACore"))).isPositive();
        assertThat(Double.parseDouble(figures.get("idlePercentBeyondOnePartition"))).isCloseTo(
            Double.parseDouble(figures.get("idlePercentOfACore")) - Double.parseDouble(figures.get("onePartitionIdlePercentOfACore")),
            within(0.01));
    }

    @Test
    void shouldMeasureACatchUpAgainstTheDisk() throws IOException
    {
        assertThat(Bench.commandLine().execute("catchup", "--behind", "2m", "--rate", "200", "--duration", "200ms", "-o",
            dir.toString())).isEqualTo(Bench.EXIT_OK);

        final Map<String, String> figures = Figures.read(dir.resolve("catchup.json"));
        assertThat(Double.parseDouble(figures.get("shareOfDisk"))).isPositive();
        assertThat(Double.parseDouble(figures.get("diskMegabytesPerSecond"))).isPositive();
        assertThat(Double.parseDouble(figures.get("p99Times"))).isPositive();
    }

    @Test
    void shouldMeasureWhatSamplingCosts() throws IOException
    {
        assertThat(Bench.commandLine().execute("sampling", "--duration", "200ms", "--warmup", "100ms", "--turn", "10ms", "-o",
            dir.toString())).isEqualTo(Bench.EXIT_OK);

        final Map<String, String> figures = Figures.read(dir.resolve("sampling.json"));
        for (final String load : List.of("p50", "throughput"))
        {
            final double times = Double.parseDouble(figures.get(load + "Times"));
            assertThat(times).isPositive();
            assertThat(Double.parseDouble(figures.get(load + "TimesLow"))).isLessThanOrEqualTo(times);
            assertThat(Double.parseDouble(figures.get(load + "TimesHigh"))).isGreaterThanOrEqualTo(times);
        }
    }

    @Test
    void shouldSayWhereAMedianLies()
    {
        final PairedRatios ratios = new PairedRatios();
        for (int i = 1; i <= 100; i++)
        {
            ratios.add(i, 100);
        }

        assertThat(ratios.median()).isEqualTo(0.505);
        assertThat(ratios.low()).isEqualTo(0.41);
        assertThat(ratios.high()).isEqualTo(0.6);
        assertThat(ratios.quantile(0)).isEqualTo(0.01);
        assertThat(ratios.quantile(1)).isEqualTo(1);
        assertThat(ratios.medianOfSecond()).isEqualTo(100);
    }

    @Test
    void shouldReadSizes()
    {
        final SizeConverter sizes = new SizeConverter();

        assertThat(sizes.convert("7")).isEqualTo(7);
        assertThat(sizes.convert("64m")).isEqualTo(64L << 20);
        assertThat(sizes.convert("100g")).isEqualTo(100L << 30);
        assertThatThrownBy(() -> sizes.convert("1t")).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("1t");
    }
}
