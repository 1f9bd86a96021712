package io.syncline.broker;

import io.syncline.protocol.Codes;
import io.syncline.stage.Stage;
import io.syncline.stage.StageFile;
import io.syncline.stage.StageLayout;
import io.syncline.stage.StageReader;
import org.agrona.IoUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Arrays;

import static org.assertj.core.api.Assertions.assertThat;

/** What the acks side does with sampled batches that do not take the straight way. */
@Timeout(30)
class AckStagesTest
{
    private static final long KEY = 1 << 20;
    private static final long CLIENT = 7;
    private static final int EPOCH = 3;

    @TempDir
    private Path dir;

    private long nowNs = Long.MIN_VALUE / 2;
    private int looks;
    private StageFile file;
    private StageReader reader;
    private AckStages stages;

    @BeforeEach
    void open()
    {
        file = StageFile.create(
            dir.resolve("stages.dat").toFile(), StageLayout.KIND_BROKER, 1, -1, 64, 0, 0);
        reader = new StageReader(dir.resolve("stages.dat").toFile());
        stages = new AckStages(
            new AcksPublisher(new AcksToLeaderRing(), new ConductorProxy(), (key, epoch, highWatermark) -> {}),
            () ->
            {
                looks++;
                return nowNs;
            },
            file, 0);
    }

    @AfterEach
    void close()
    {
        reader.close();
        file.close();
        IoUtil.deleteIfExists(dir.resolve("stages.dat").toFile());
    }

    @Test
    void anAckThatCoversSeveralBatchesShouldMeasureEachWithItsOwnTimes()
    {
        appended(0, 10);
        appended(10, 30);
        final AckSamples samples = new AckSamples();
        samples.add(10, nowNs + 5, 100, 20);
        samples.add(30, nowNs + 6, 300, 10);
        nowNs += 1000;
        stages.beginAck(2, samples);
        nowNs += 50;
        stages.highWatermark(KEY, EPOCH, 30);
        nowNs += 7;
        answer(0, Codes.OK);
        answer(10, Codes.OK);
        stages.endAck(30);

        assertThat(stages.isEmpty()).isTrue();
        assertThat(dropped()).isZero();
        assertThat(reader.histogram(0, StageLayout.TOTAL).count()).isEqualTo(2);
        assertThat(reader.histogram(0, Stage.FOLLOWER_APPEND.ordinal()).maxNs()).isEqualTo(300);
        assertThat(reader.histogram(0, Stage.LEADER_COMMIT.ordinal()).maxNs()).isEqualTo(50);
        assertThat(reader.exemplars()).allSatisfy((exemplar) ->
        {
            assertThat(Arrays.stream(exemplar.stageNs()).sum()).isEqualTo(exemplar.totalNs());
            assertThat(exemplar.follower()).isEqualTo(2);
        });
    }

    @Test
    void aFollowersEarlierAckShouldCountForWhatIfAlone()
    {
        appended(0, 10);
        nowNs += 100;
        stages.beginAck(3, new AckSamples());
        stages.endAck(10);
        stages.beginAck(3, new AckSamples());
        stages.endAck(10);
        final AckSamples samples = new AckSamples();
        samples.add(10, nowNs, 1, 1);
        nowNs += 900;
        stages.beginAck(2, samples);
        stages.highWatermark(KEY, EPOCH, 10);
        answer(0, Codes.OK);
        stages.endAck(10);

        // Received 10 before it was appended, which was 100 and 1,000 before the two acks.
        assertThat(reader.histogram(0, StageLayout.WHATIF).maxNs()).isEqualTo(10);
        assertThat(reader.histogram(0, StageLayout.WHATIF + 1).maxNs()).isEqualTo(110);
        assertThat(reader.histogram(0, StageLayout.WHATIF + 2).maxNs()).isEqualTo(1010);
        assertThat(reader.histogram(0, StageLayout.WHATIF + 3).count()).isZero();
    }

    @Test
    void aBatchWhoseFollowerDoesNotBringItsTimesShouldBeDroppedAndCounted()
    {
        appended(0, 10);
        stages.beginAck(2, new AckSamples());
        stages.highWatermark(KEY, EPOCH, 10);
        answer(0, Codes.OK);
        stages.endAck(10);

        assertThat(stages.isEmpty()).isTrue();
        assertThat(dropped()).isEqualTo(1);
        assertThat(reader.histogram(0, StageLayout.TOTAL).count()).isZero();
    }

    @Test
    void anIsrChangeThatCommitsShouldLeaveTheWaitWithTheLeader()
    {
        appended(0, 10);
        nowNs += 5000;
        stages.highWatermark(KEY, EPOCH, 10);
        answer(0, Codes.OK);

        assertThat(reader.histogram(0, Stage.LEADER_COMMIT.ordinal()).maxNs()).isEqualTo(5000);
        assertThat(reader.histogram(0, StageLayout.TOTAL).maxNs()).isEqualTo(5010);
        assertThat(reader.histogram(0, StageLayout.WHATIF).count()).isZero();
    }

    @Test
    void whatIsRefusedOrDeposedShouldBeDroppedAndCounted()
    {
        appended(0, 10);
        appended(10, 20);
        answer(0, Codes.NOT_LEADER);
        assertThat(dropped()).isEqualTo(1);
        stages.clear();
        assertThat(dropped()).isEqualTo(2);
        assertThat(stages.isEmpty()).isTrue();
    }

    @Test
    void aFullTableShouldDropTheOldestAndStayWithinItsBound()
    {
        for (int i = 0; i < AckStages.CAPACITY + 10; i++)
        {
            appended(i, i + 1);
        }
        assertThat(stages.size()).isEqualTo(AckStages.CAPACITY);
        assertThat(dropped()).isEqualTo(10);
        stages.highWatermark(KEY, EPOCH, AckStages.CAPACITY + 10);
        for (int i = 0; i < AckStages.CAPACITY + 10; i++)
        {
            answer(i, Codes.OK);
        }
        assertThat(reader.histogram(0, StageLayout.TOTAL).count()).isEqualTo(AckStages.CAPACITY);
        assertThat(stages.isEmpty()).isTrue();
    }

    @Test
    void anEventThatComesTwiceShouldBeOneBatch()
    {
        appended(0, 10);
        appended(0, 10);
        assertThat(stages.size()).isEqualTo(1);
    }

    @Test
    void withoutASampledBatchNobodyShouldLookAtTheClock()
    {
        for (int i = 0; i < 100; i++)
        {
            stages.highWatermark(KEY, EPOCH, i);
            answer(i, Codes.OK);
        }
        assertThat(looks).isZero();
    }

    private void appended(final long baseOffset, final long endOffset)
    {
        stages.onAppended(-1, CLIENT, baseOffset, baseOffset, endOffset, nowNs - 10, nowNs);
    }

    private void answer(final long baseOffset, final int code)
    {
        assertThat(stages.produceAck(
            CLIENT, KEY, EPOCH, baseOffset, baseOffset, code == Codes.OK ? baseOffset : -1, code)).isTrue();
    }

    private long dropped()
    {
        return reader.droppedByLeader();
    }
}
