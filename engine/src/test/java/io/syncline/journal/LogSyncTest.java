package io.syncline.journal;

import io.syncline.protocol.Codes;
import io.syncline.replica.TestBatch;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static io.syncline.journal.JournalFixture.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** What may be said to be durable, while another thread forces it; and what becomes of a device that is full. */
@Timeout(60)
class LogSyncTest
{
    private static final int FULL_DEVICE_MIB = 6;

    @TempDir
    private Path directory;
    private final ArrayDeque<Runnable> forces = new ArrayDeque<>();
    private final List<Throwable> errors = new ArrayList<>();
    private long nowNs;
    private int wakeUps;

    @Test
    void shouldClaimWhatIsForcedOnlyOnceItIs()
    {
        final ChronicleLog log = open(directory);
        append(log, 3);
        turn(log);
        assertThat(log.synced()).isZero();
        append(log, 2);
        turn(log);
        assertThat(forces).as("one force at a time").hasSize(1);

        forces.remove().run();
        assertThat(log.synced()).isZero();
        turn(log);
        assertThat(log.synced()).isEqualTo(3);
        turn(log);
        forces.remove().run();
        turn(log);
        assertThat(log.synced()).isEqualTo(5);
        log.close();
    }

    @Test
    void shouldLeaveTheChunkAloneThatTheOwnerWritesTo()
    {
        final SimDisk disk = new SimDisk((bound) -> 0);
        final ChronicleLog log = openReplicated(Path.of("/sim"), disk);
        for (int i = 0; i < 4; i++)
        {
            append(log, 1000);
            turn(log);
            forces.remove().run();
            turn(log);
            final SimFile segment = disk.find(segmentFile(log));
            final int written = (int)log.state().position();
            final int chunk = written & -SegmentStore.CHUNK_BYTES;
            assertThat(segment.isClean(chunk)).as("last chunk, written to %d", written).isFalse();
            assertThat(segment.isClean(chunk - 1)).as("chunk before it").isTrue();
            assertThat(log.synced()).as("the end at the force before this one").isEqualTo(1000L * i);
        }
        log.kill();
    }

    @Test
    void shouldForceAQuietLogToTheLastByte()
    {
        final ChronicleLog log = openReplicated(directory, JournalDisk.FILES);
        append(log, 1);
        for (int i = 0; i < 2; i++)
        {
            assertThat(log.synced()).isZero();
            turn(log);
            forces.remove().run();
            turn(log);
        }
        assertThat(log.synced()).isEqualTo(1);
        turn(log);
        assertThat(forces).as("nothing is left to be forced").isEmpty();
        log.close();
    }

    @Test
    void shouldForceASlowLogToTheLastByteEveryFewTimes()
    {
        final ChronicleLog log = openReplicated(directory, JournalDisk.FILES);
        int unclaimed = 0;
        long synced = 0;
        for (int i = 0; i < 30; i++)
        {
            append(log, 1);
            turn(log);
            forces.remove().run();
            turn(log);
            unclaimed = log.synced() > synced ? 0 : unclaimed + 1;
            synced = log.synced();
            assertThat(unclaimed).as("one force to mark an end").isLessThanOrEqualTo(1 + LogSyncer.MARK_MAX_FORCES);
        }
        log.close();
    }

    @Test
    void shouldWakeUpOnceForAForceAtLevelFsynced()
    {
        final ChronicleLog log = open(directory);
        append(log, 1);
        assertThat(wakeUps).as("something is to be forced").isEqualTo(1);
        append(log, 10);
        assertThat(wakeUps).as("that is known").isEqualTo(1);
        turn(log);
        append(log, 10);
        assertThat(wakeUps).as("that is for the next force").isEqualTo(2);
        forces.remove().run();
        assertThat(wakeUps).as("pages are forced").isEqualTo(3);
        turn(log);
        assertThat(log.synced()).isEqualTo(11);
        log.close();
    }

    @Test
    void shouldNotWakeAnybodyUpForAnAppendThatNoAcknowledgementWaitsFor()
    {
        final ChronicleLog log = openReplicated(directory, JournalDisk.FILES);
        append(log, 10);
        assertThat(wakeUps).isZero();
        log.close();
    }

    @Test
    void shouldNotClaimWhatWasCutWhileItWasForced()
    {
        final ChronicleLog log = open(directory);
        append(log, 5);
        turn(log);
        log.truncateTo(2);
        append(log, 3);
        forces.remove().run();
        turn(log);

        assertThat(log.synced()).isLessThanOrEqualTo(2);
        turn(log);
        forces.remove().run();
        turn(log);
        assertThat(log.synced()).isEqualTo(5);
        log.close();
    }

    @Test
    void shouldNotCallALogCleanWhoseForceFailedBesideIt() throws IOException
    {
        final ChronicleLog log = open(directory);
        append(log, 5);
        turn(log);
        final Path segment = segment(log);
        final Path aside = directory.resolve("aside");
        Files.move(segment, aside);
        Files.createDirectory(segment);
        forces.remove().run();
        Files.delete(segment);
        Files.move(aside, segment);
        log.close();

        assertThat(errors).hasSize(1);
        assertThat(log.isFailed()).isTrue();
        final ChronicleLog again = open(directory);
        assertThat(again.recovery().outcome()).isEqualTo(RecoveryReport.Outcome.RECOVERED);
        again.close();
    }

    @Test
    void shouldRefuseOnAFullDeviceAndLoseNothing() throws Exception
    {
        final Path device = Files.createDirectory(directory.resolve("device"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=" + FULL_DEVICE_MIB + "m", "syncline-test", device.toString()) == 0,
            "a file system of " + FULL_DEVICE_MIB + " MiB cannot be mounted here: needs root");
        try
        {
            final ChronicleLog log = open(device);
            final UnsafeBuffer batch = TestBatch.of(1, 50_000, 1);
            long result = 0;
            while (result >= 0)
            {
                assertThat(log.logEnd()).isLessThan(FULL_DEVICE_MIB * 1024 * 1024 / 50_000);
                result = log.appendAsLeader(batch, 0, batch.capacity(), 1);
            }
            assertThat(result).isEqualTo(Codes.STORAGE_ERROR);
            assertThat(log.failure()).contains("No space left");
            final long end = log.logEnd();
            assertThat(end).isGreaterThan(20);
            log.kill();

            try (LogReader reader = LogReader.offline(log.directory()))
            {
                assertThat(reader.logEnd()).isEqualTo(end);
                final UnsafeBuffer view = new UnsafeBuffer(0, 0);
                for (long offset = 0; offset < end; offset++)
                {
                    assertThat(reader.read(offset, end, view)).isPositive();
                }
            }
        }
        finally
        {
            assertThat(run("umount", "-l", device.toString())).isZero();
        }
    }

    private ChronicleLog open(final Path where)
    {
        final ChronicleLog log = openReplicated(where, JournalDisk.FILES);
        log.fsynced(true);
        return log;
    }

    private ChronicleLog openReplicated(final Path where, final JournalDisk disk)
    {
        return ChronicleLog.open(
            new JournalContext()
                .directory(where)
                .segmentBytes(JournalContext.SEGMENT_BYTES_MIN)
                .maxBatchBytes(128 * 1024)
                .disk(disk)
                .syncIntervalNs(1)
                .wakeUp(() -> wakeUps++)
                .syncExecutor(forces::add)
                .errorHandler(errors::add)
                .conclude(),
            KEY, -1);
    }

    private void turn(final ChronicleLog log)
    {
        nowNs += 10;
        log.syncWhenDue(nowNs);
    }

    private static void append(final ChronicleLog log, final int count)
    {
        for (int i = 0; i < count; i++)
        {
            final UnsafeBuffer batch = TestBatch.of(1, 100, 1);
            assertThat(log.appendAsLeader(batch, 0, batch.capacity(), 1)).isPositive();
        }
    }

    private static Path segmentFile(final ChronicleLog log)
    {
        final String name = SegmentCycle.fileName(LogState.cycle(log.state().written()));
        return log.directory().resolve(name + JournalLayout.SEGMENT_SUFFIX);
    }

    private static Path segment(final ChronicleLog log) throws IOException
    {
        try (var files = Files.list(log.directory()))
        {
            return files.filter((file) -> file.toString().endsWith(JournalLayout.SEGMENT_SUFFIX)).findFirst().orElseThrow();
        }
    }

    private static int run(final String... command) throws Exception
    {
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getInputStream().readAllBytes();
        return process.waitFor(20, TimeUnit.SECONDS) ? process.exitValue() : -1;
    }
}
