package io.syncline.journal;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import static io.syncline.journal.JournalFixture.KEY;
import static io.syncline.journal.JournalFixture.check;
import static io.syncline.journal.JournalFixture.fill;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a loss of power, a kill and a failed sync mean to a journal, with many disks (D1, D4). */
@Timeout(60)
class SimDiskPowerTest
{
    private static final int SEGMENT_BYTES = 256 * 1024;

    private final List<Throwable> errors = new ArrayList<>();

    @ParameterizedTest(name = "fsynced: {0}")
    @ValueSource(booleans = { false, true })
    void d1_whatWasSyncedSurvivesAndWhatIsBehindItIsAPrefixOrGone(final boolean isFsynced)
    {
        long claimed = 0;
        for (int seed = 0; seed < 200; seed++)
        {
            final SimDisk disk = new SimDisk(new Random(seed)::nextInt);
            final ChronicleLog log = open(disk);
            log.fsynced(isFsynced);
            final LogHousekeeping housekeeping = new LogHousekeeping();
            housekeeping.add(log);
            for (int turn = 0; turn < 1 + seed % 5; turn++)
            {
                fill(log, 1 + seed % 50, 100 + 40 * (seed % 75), 1);
                housekeeping.doWork(seed + turn);
            }
            final long synced = log.synced();
            claimed += synced;
            log.startEpoch(2);
            fill(log, seed % 150, 3000, 2);
            log.kill();
            disk.losePower();

            final ChronicleLog found = open(disk);
            assertThat(found.recovery().isDamaged()).as("seed %d: %s", seed, found.recovery()).isFalse();
            assertThat(found.logEnd()).isGreaterThanOrEqualTo(synced);
            assertThat(found.synced()).isLessThanOrEqualTo(found.logEnd());
            check(found);
            fill(found, 20, 3000, 3);
            check(found);
            found.close();
            disk.losePower();
            final ChronicleLog closed = open(disk);
            assertThat(closed.recovery().outcome()).isEqualTo(RecoveryReport.Outcome.CLEAN);
            closed.kill();
        }
        assertThat(claimed).isPositive();
        assertThat(errors).isEmpty();
    }

    /** A recovery that took the first kill's unfinished excerpt for the end of the log lost the segment behind it. */
    @Test
    void c1_aSecondKillBeforeTheNextSyncLosesNothingWrittenSinceTheFirst()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            final SimDisk disk = new SimDisk(new Random(seed)::nextInt);
            ChronicleLog log = open(disk);
            for (int kills = 1; kills <= 3; kills++)
            {
                fill(log, 10 + seed, 300, kills);
                disk.onKilled();
                log.kill();
                log = open(disk);
                assertThat(log.logEnd()).as("seed %d, kill %d: %s", seed, kills, log.recovery()).isEqualTo(kills * (10L + seed));
                check(log);
            }
            log.kill();
        }
        assertThat(errors).isEmpty();
    }

    @Test
    void c1_aKilledProcessLosesNothingButAHalfWrittenAppend()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            final SimDisk disk = new SimDisk(new Random(seed)::nextInt);
            final ChronicleLog log = open(disk);
            fill(log, 100 + seed, 3000, 1);
            disk.onKilled();
            log.kill();

            final ChronicleLog found = open(disk);
            assertThat(found.logEnd()).isEqualTo(100 + seed);
            check(found);
            found.kill();
        }
    }

    @Test
    void d1_aTruncationSurvives()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            final SimDisk disk = new SimDisk(new Random(seed)::nextInt);
            final ChronicleLog log = open(disk);
            fill(log, 100, 3000, 1);
            log.truncateTo(40);
            log.kill();
            disk.losePower();
            final ChronicleLog found = open(disk);
            assertThat(found.logEnd()).isLessThanOrEqualTo(40);
            check(found);
            found.kill();
        }
    }

    @Test
    void d4_aFailedSyncIsNotRepeatedAsIfItHadWorked()
    {
        final SimDisk disk = new SimDisk(new Random(1)::nextInt);
        final ChronicleLog log = open(disk);
        final LogHousekeeping housekeeping = new LogHousekeeping();
        housekeeping.add(log);
        fill(log, 10, 100, 1);
        disk.failSyncs(1);

        housekeeping.doWork(1);
        housekeeping.doWork(2);

        assertThat(log.isFailed()).isTrue();
        assertThat(log.synced()).isZero();
        assertThat(errors).hasSize(1);
        log.kill();
    }

    @Test
    void r8_2_aLogThatEndsBelowWhatWasSyncedIsDamagedWithoutAHighWatermark()
    {
        final SimDisk disk = new SimDisk(new Random(1)::nextInt);
        final ChronicleLog log = open(disk);
        final LogHousekeeping housekeeping = new LogHousekeeping();
        housekeeping.add(log);
        log.fsynced(true);
        fill(log, 30, 3000, 1);
        housekeeping.doWork(1);
        assertThat(log.synced()).isEqualTo(30);
        log.kill();
        assertThat(disk.spoil(JournalLayout.partition(Path.of("/sim"), KEY))).isNotNull();

        final ChronicleLog found = open(disk);
        assertThat(found.recovery().isDamaged()).isTrue();
        assertThat(found.logEnd()).isLessThan(30);
        found.kill();
    }

    @Test
    void d2_aFullDiskRefuses() throws IOException
    {
        final SimDisk disk = new SimDisk(new Random(1)::nextInt);
        disk.createDirectory(Path.of("/sim"));
        disk.freeBytes(10);
        try (JournalDisk.Output output = disk.open(Path.of("/sim/x"), 0))
        {
            output.write(ByteBuffer.allocate(8));
            assertThatThrownBy(() -> output.write(ByteBuffer.allocate(8))).isInstanceOf(IOException.class);
        }
    }

    private ChronicleLog open(final SimDisk disk)
    {
        return ChronicleLog.open(
            SimJournal.context(disk, Path.of("/sim"), SEGMENT_BYTES, (step) -> {}, errors::add).syncIntervalNs(1), KEY, -1);
    }
}
