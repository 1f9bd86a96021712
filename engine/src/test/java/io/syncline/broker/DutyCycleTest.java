package io.syncline.broker;

import io.syncline.stage.StageFile;
import io.syncline.stage.StageLayout;
import io.syncline.stage.StageReader;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class DutyCycleTest
{
    private final CountersManager counters = new CountersManager(
        new UnsafeBuffer(ByteBuffer.allocateDirect(64 * 1024)), new UnsafeBuffer(ByteBuffer.allocateDirect(16 * 1024)));
    private final DutyCycle cycle = new DutyCycle(counters.newCounter("cycles"), counters.newCounter("longest"));
    private final File file;
    private long nowNs = MILLISECONDS.toNanos(1_000);

    DutyCycleTest(@TempDir final Path directory)
    {
        file = directory.resolve("stages.dat").toFile();
        cycle.happenings(
            StageFile.create(file, StageLayout.KIND_BROKER, 1, -1, 64, 0, 0), StageAgents.LEADER);
        cycle.begin(nowNs);
    }

    @Test
    void aTurnLaterThanAShortSleepIsNoted()
    {
        turnAfter(MILLISECONDS.toNanos(2));
        assertThat(lateTurns()).isEmpty();
        turnAfter(MILLISECONDS.toNanos(3));
        assertThat(lateTurns()).containsExactly(MILLISECONDS.toNanos(3));
    }

    @Test
    void aLongSleepIsNotTakenForALateTurn()
    {
        cycle.sleeps(MILLISECONDS.toNanos(4));
        turnAfter(MILLISECONDS.toNanos(5));
        assertThat(lateTurns()).isEmpty();
    }

    @Test
    void whatOversleepsALongSleepIsLate()
    {
        cycle.sleeps(MILLISECONDS.toNanos(4));
        turnAfter(MILLISECONDS.toNanos(6));
        assertThat(lateTurns()).containsExactly(MILLISECONDS.toNanos(6));
    }

    @Test
    void aSleepIsForgottenWithTheTurnBehindIt()
    {
        cycle.sleeps(MILLISECONDS.toNanos(4));
        turnAfter(MILLISECONDS.toNanos(1));
        turnAfter(MILLISECONDS.toNanos(3));
        assertThat(lateTurns()).containsExactly(MILLISECONDS.toNanos(3));
    }

    @Test
    void onlyAStallCountsAsTimeStoodStill()
    {
        turnAfter(MILLISECONDS.toNanos(20));
        assertThat(cycle.stalledNs()).isZero();
        turnAfter(MILLISECONDS.toNanos(21));
        assertThat(cycle.stalledNs()).isEqualTo(MILLISECONDS.toNanos(21));
        assertThat(cycle.cycles()).isEqualTo(3);
    }

    private void turnAfter(final long gapNs)
    {
        nowNs += gapNs;
        cycle.begin(nowNs);
    }

    private List<Long> lateTurns()
    {
        return new StageReader(file).happenings().stream().map(StageReader.Event::durationNs).toList();
    }
}
