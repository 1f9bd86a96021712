package io.syncline.bench;

import io.syncline.stage.Stage;
import io.syncline.stage.StageSample;
import org.junit.jupiter.api.Test;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class StageBandsTest
{
    private final StageBands bands = new StageBands();
    private final StageSample sample = new StageSample();

    @Test
    void shouldTellTheSlowRecordsFromTheUsualOnes()
    {
        for (int i = 0; i < 990; i++)
        {
            add(10_000, 2_000);
        }
        for (int i = 0; i < 10; i++)
        {
            add(10_000, 5_000_000);
        }

        final List<StageBands.Band> all = bands.bands();
        final StageBands.Band slow = all.get(all.size() - 1);
        assertThat(slow.count()).isEqualTo(10);
        assertThat(slow.stagesNs().get(Stage.FOLLOWER_APPEND.ordinal())).isCloseTo(5_000_000.0, within(1.0));
        assertThat(all.get(0).stagesNs().get(Stage.FOLLOWER_APPEND.ordinal())).isCloseTo(2_000.0, within(1.0));
    }

    @Test
    void shouldAddUpToTheTotalAndHoldEveryRecord()
    {
        for (int i = 1; i <= 5_000; i++)
        {
            add(100L * i, 37L * i * i);
        }

        assertThat(bands.bands().stream().mapToLong(StageBands.Band::count).sum()).isEqualTo(5_000);
        assertThat(bands.bands()).allSatisfy((band) -> assertThat(
            band.stagesNs().stream().mapToDouble(Double::doubleValue).sum()).isCloseTo(band.meanNs(), within(0.5)));
        bands.reset();
        assertThat(bands.bands()).isEmpty();
    }

    private void add(final long leaderAppendNs, final long followerAppendNs)
    {
        sample.reset(1, 1, -1);
        sample.stageNs(Stage.LEADER_APPEND, leaderAppendNs);
        sample.stageNs(Stage.FOLLOWER_APPEND, followerAppendNs);
        sample.complete(sample.sumNs(), 0);
        bands.onSample(sample);
    }
}
