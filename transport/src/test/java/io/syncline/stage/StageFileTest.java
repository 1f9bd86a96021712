package io.syncline.stage;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.File;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

@Timeout(30)
class StageFileTest
{
    private static final long WALL_OFFSET_NS = 1_000_000_000_000L;
    private static final File NAME = new File("in-memory");

    private final ByteBuffer memory = ByteBuffer.allocate(StageLayout.lengthOf(2));
    private final StageFile file =
        new StageFile(memory, 2, StageLayout.KIND_BROKER, 3, -1, 64, WALL_OFFSET_NS, WALL_OFFSET_NS);
    private final StageReader reader = new StageReader(NAME, memory);
    private final StageSample sample = new StageSample();

    @Test
    void bucketsShouldFollowEachOtherAndBeOnePartIn128Wide()
    {
        long last = -1;
        for (int i = 0; i < StageLayout.HISTOGRAM_BUCKETS - 1; i++)
        {
            final long lowest = LogLinear.lowest(i, 7);
            final long highest = LogLinear.highest(i, 7);
            assertThat(lowest).isEqualTo(last + 1);
            assertThat(highest - lowest).isLessThanOrEqualTo(lowest / 128);
            assertThat(LogLinear.index(lowest, 7, 4096)).isEqualTo(i);
            assertThat(LogLinear.index(highest, 7, 4096)).isEqualTo(i);
            last = highest;
        }
        assertThat(LogLinear.index(Long.MAX_VALUE, 7, 4096)).isEqualTo(4095);
        assertThat(LogLinear.index(-5, 7, 4096)).isZero();
    }

    @Test
    void percentilesShouldBeThoseOfTheValuesToOnePartIn128()
    {
        final Random random = new Random(7);
        final long[] values = new long[20_000];
        for (int i = 0; i < values.length; i++)
        {
            values[i] = (long)Math.exp(random.nextDouble() * 18);
            file.followed(0, values[i], 1);
        }
        Arrays.sort(values);
        final StageHistogram histogram = reader.histogram(0, StageLayout.FOLLOWED_APPEND);
        assertThat(histogram.count()).isEqualTo(values.length);
        assertThat(histogram.maxNs()).isEqualTo(values[values.length - 1]);
        for (final double percentile : new double[]{1, 50, 90, 99, 99.9, 100})
        {
            final long exact = values[(int)Math.ceil(percentile / 100 * values.length) - 1];
            assertThat(histogram.percentileNs(percentile)).isBetween(exact, exact + exact / 128 + 1);
        }
    }

    @Test
    void shouldTellTopicsApartAndKeepTheSumOfAll()
    {
        final int orders = file.section(7);
        file.name(7, "orders");
        final int prices = file.section(9);
        assertThat(file.section(7)).isEqualTo(orders);
        assertThat(file.section(11)).as("no section left: counts in the one of all").isZero();

        record(orders, 1000, 0);
        record(prices, 3000, 0);
        record(file.section(11), 5000, 0);

        assertThat(reader.sections()).containsExactly(
            new StageReader.Section(orders, 7, "orders"), new StageReader.Section(prices, 9, ""));
        assertThat(reader.histogram(0, StageLayout.TOTAL).count()).isEqualTo(3);
        assertThat(reader.histogram(orders, StageLayout.TOTAL).count()).isEqualTo(1);
        assertThat(reader.histogram(prices, StageLayout.TOTAL).maxNs()).isEqualTo(3000);
        assertThat(reader.histogram(0, Stage.FOLLOWER_APPEND.ordinal()).maxNs()).isEqualTo(4700);
        assertThat(reader.histogram(0, Stage.WAIT_PRODUCER.ordinal()).count()).isZero();
    }

    @Test
    void sharesShouldBeThoseOfTheSlowRecordsAlone()
    {
        for (int i = 0; i < 999; i++)
        {
            record(0, 1000, 0);
        }
        record(0, 1_000_000, 0);

        final double[] all = reader.rows(0).tailShares(0);
        final double[] slow = reader.rows(0).tailShares(99.9);
        assertThat(slow[Stage.FOLLOWER_APPEND.ordinal()]).isCloseTo(999_700 / 1e6, within(1e-9));
        assertThat(slow[Stage.LEADER_APPEND.ordinal()]).isCloseTo(300 / 1e6, within(1e-9));
        assertThat(all[Stage.LEADER_APPEND.ordinal()]).isCloseTo(300_000 / 1.999e6, within(1e-9));
    }

    @Test
    void anIntervalShouldBeTheDifferenceOfTwoCopies()
    {
        record(0, 1_000_000, 0);
        final StageHistogram earlier = reader.histogram(0, StageLayout.TOTAL);
        final StageRows earlierRows = reader.rows(0);
        record(0, 2000, 0);

        final StageHistogram since = reader.histogram(0, StageLayout.TOTAL).since(earlier);
        assertThat(since.count()).isEqualTo(1);
        assertThat(since.maxNs()).isBetween(2000L, 2016L);
        assertThat(reader.rows(0).since(earlierRows).count()).isEqualTo(1);
    }

    @Test
    void shouldKeepTheWorstFourOfASecondAndForgetWhatIsTwoMinutesOld()
    {
        for (int second = 0; second < 130; second++)
        {
            for (int i = 0; i < 50; i++)
            {
                record(0, 1000 + (i * 37 % 50), second * 1_000_000_000L + i);
            }
        }

        final List<StageReader.Exemplar> exemplars = reader.exemplars();
        assertThat(exemplars).hasSize(128 * 4);
        for (int second = 2; second < 130; second++)
        {
            final long from = WALL_OFFSET_NS + second * 1_000_000_000L;
            assertThat(exemplars.stream().filter((e) -> e.endNs() >= from && e.endNs() < from + 1_000_000_000L)
                .map(StageReader.Exemplar::totalNs)).containsExactlyInAnyOrder(1046L, 1047L, 1048L, 1049L);
        }
    }

    @Test
    void shouldKeepTheLatestHappenings()
    {
        for (int i = 0; i < 700; i++)
        {
            file.happened(Happening.ROLL, -1, i, 5);
        }
        file.happened(Happening.GC, 2, 1000, 300);

        final List<StageReader.Event> events = reader.happenings();
        assertThat(events).hasSize(510);
        assertThat(events.get(0)).isEqualTo(new StageReader.Event(Happening.GC, 2, WALL_OFFSET_NS + 1000, 300));
        assertThat(events.get(0).overlaps(WALL_OFFSET_NS + 600, WALL_OFFSET_NS + 700)).isTrue();
        assertThat(events.get(0).overlaps(WALL_OFFSET_NS + 600, WALL_OFFSET_NS + 699)).isFalse();
    }

    @Test
    void shouldCountWhatWasGivenUp()
    {
        file.droppedByLeader();
        file.droppedByFollower();
        file.droppedByFollower();
        assertThat(reader.droppedByLeader()).isEqualTo(1);
        assertThat(reader.droppedByFollower()).isEqualTo(2);
    }

    @Test
    void shouldRefuseWhatIsNoStageFile()
    {
        assertThatThrownBy(() -> new StageReader(NAME, ByteBuffer.allocate(StageLayout.lengthOf(2))))
            .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("in-memory");
        assertThatThrownBy(() -> new StageReader(NAME, ByteBuffer.allocate(10)))
            .isInstanceOf(IllegalArgumentException.class);
    }

    private void record(final int section, final long totalNs, final long endNs)
    {
        sample.reset(1, 2, -1);
        sample.stageNs(Stage.LEADER_APPEND, 300);
        sample.stageNs(Stage.FOLLOWER_APPEND, totalNs - 300);
        sample.complete(totalNs, endNs);
        file.record(section, sample, Stage.LEADER_APPEND);
    }
}
