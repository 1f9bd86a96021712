package io.syncline.journal;

import io.syncline.protocol.Codes;
import io.syncline.record.BatchDescriptor;
import io.syncline.replica.TestBatch;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static io.syncline.journal.JournalFixture.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** R8.2: what an unclean stop leaves is scanned, cut where it is torn, and reported where it is damaged. */
@Timeout(60)
class RecoveryTest
{
    @TempDir
    private Path directory;
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);

    @Test
    void shouldFindThousandsOfBatchesAgainAfterAKill()
    {
        ChronicleLog log = open(directory);
        fill(log, 5000, 100, 1);
        fill(log, 5000, 700, 3);
        log.kill();

        log = open(directory, 9000);
        assertThat(log.recovery().outcome()).isEqualTo(RecoveryReport.Outcome.RECOVERED);
        assertThat(log.recovery().scannedBatches()).isEqualTo(10_000);
        assertThat(log.logEnd()).isEqualTo(10_000);
        assertThat(log.epochs().toString()).isEqualTo("{1@0, 3@5000}");
        check(log);
        log.close();
        assertThat(log.synced()).isEqualTo(10_000);

        log = open(directory, 10_000);
        assertThat(log.recovery().outcome()).isEqualTo(RecoveryReport.Outcome.CLEAN);
        assertThat(log.recovery().scannedBatches()).isZero();
        assertThat(log.synced()).isEqualTo(10_000);
        check(log);
        log.close();
    }

    @Test
    void shouldScanFromTheLastSyncedPointOnly()
    {
        ChronicleLog log = open(directory);
        final LogHousekeeping housekeeping = new LogHousekeeping();
        housekeeping.add(log);
        log.fsynced(true);
        fill(log, 300, 20_000, 1);
        housekeeping.doWork(TimeUnit.SECONDS.toNanos(1));
        assertThat(log.synced()).isEqualTo(300);
        fill(log, 7, 100, 2);
        log.kill();

        log = open(directory);
        assertThat(log.recovery().scannedFrom()).isEqualTo(300);
        assertThat(log.recovery().scannedBatches()).isEqualTo(7);
        assertThat(log.epochs().toString()).isEqualTo("{1@0, 2@300}");
        check(log);
        log.close();
    }

    @Test
    void r8_2_shouldCutATornTailAtOrAboveTheHighWatermark()
    {
        ChronicleLog log = open(directory);
        fill(log, 50, 100, 1);
        log.kill();
        final Path[] file = new Path[1];
        final long position = positionOf(directory, 42, file);
        flipBit(file[0], position + SegmentFile.BATCH_OFFSET + BatchDescriptor.HEADER_LENGTH + 30);

        log = open(directory, 42);
        assertThat(log.recovery().outcome()).isEqualTo(RecoveryReport.Outcome.RECOVERED);
        assertThat(log.recovery().reason()).contains("CORRUPT_BATCH at offset 42");
        assertThat(log.logEnd()).isEqualTo(42);
        fill(log, 10, 100, 2);
        check(log);
        log.close();
    }

    @Test
    void r8_2_shouldReportDamageBelowTheHighWatermarkAndChangeNothing() throws IOException
    {
        ChronicleLog log = open(directory);
        fill(log, 50, 100, 1);
        log.kill();
        final Path[] file = new Path[1];
        final long position = positionOf(directory, 42, file);
        flipBit(file[0], position + SegmentFile.BATCH_OFFSET + 2);
        final byte[] manifest = Files.readAllBytes(JournalLayout.partition(directory, KEY).resolve("manifest"));

        log = open(directory, 43);
        assertThat(log.recovery().isDamaged()).isTrue();
        assertThat(log.recovery().logEnd()).isEqualTo(42);
        assertThat(log.read(41, view)).isPositive();
        final UnsafeBuffer batch = TestBatch.of(1, 10, 1);
        assertThat(log.appendAsLeader(batch, 0, batch.capacity(), 9)).isEqualTo(Codes.STORAGE_ERROR);
        try (LogReader reader = LogReader.offline(JournalLayout.partition(directory, KEY)))
        {
            assertThat(reader.logEnd()).isEqualTo(42);
        }
        log.close();
        assertThat(Files.readAllBytes(JournalLayout.partition(directory, KEY).resolve("manifest"))).isEqualTo(manifest);

        log = open(directory, 43);
        assertThat(log.recovery().isDamaged()).isTrue();
        log.restartAt(0);
        fill(log, 60, 100, 9);
        check(log);
        log.close();
    }

    @Test
    void shouldIgnoreAnExcerptThatWasBegunAndNotFinished()
    {
        ChronicleLog log = open(directory);
        fill(log, 50, 100, 1);
        log.kill();
        final Path[] file = new Path[1];
        final long last = positionOf(directory, 49, file);
        final long behind = last + SegmentFile.BATCH_OFFSET + BatchDescriptor.HEADER_LENGTH +
            BatchDescriptor.recordLength(-1, 100);
        overwrite(file[0], behind, new byte[]{ 0, 0, 0, (byte)0x80, 1, 2, 3, 4, 5, 6 });

        log = open(directory, 50);
        assertThat(log.recovery().outcome()).isEqualTo(RecoveryReport.Outcome.RECOVERED);
        assertThat(log.recovery().reason()).contains("unfinished excerpt at offset 50");
        fill(log, 5, 100, 1);
        check(log);
        log.close();
    }

    @Test
    void shouldNotTrustACleanMarkWhenTheTailDiffers()
    {
        ChronicleLog log = open(directory);
        fill(log, 50, 100, 1);
        log.close();
        final Path[] file = new Path[1];
        flipBit(file(49, file), positionOf(directory, 49, file) + 100);

        log = open(directory, 40);
        assertThat(log.recovery().outcome()).isNotEqualTo(RecoveryReport.Outcome.CLEAN);
        log.kill();
    }

    private Path file(final long offset, final Path[] file)
    {
        positionOf(directory, offset, file);
        return file[0];
    }

    @Test
    void shouldCutATornManifestRecordAndRefuseADamagedOne() throws IOException
    {
        ChronicleLog log = open(directory);
        fill(log, 5, 100, 1);
        log.startEpoch(2);
        log.kill();
        final Path manifest = JournalLayout.partition(directory, KEY).resolve("manifest");
        final byte[] good = Files.readAllBytes(manifest);
        overwrite(manifest, good.length, new byte[]{ 1, 2, 3, 4, 5, 6, 7 });

        log = open(directory);
        assertThat(log.epochs().toString()).isEqualTo("{1@0, 2@5}");
        log.kill();

        flipBit(manifest, 40);
        assertThatThrownBy(() -> open(directory)).hasMessageContaining("manifest is damaged at byte 32");
    }

    @Test
    void shouldRefuseAnotherPartitionsDirectory() throws IOException
    {
        open(directory).close();
        Files.move(JournalLayout.partition(directory, KEY), JournalLayout.partition(directory, KEY + 1));
        assertThatThrownBy(() -> ChronicleLog.open(context(directory).conclude(), KEY + 1, -1))
            .hasMessageContaining("belongs to partition 7-3");
    }

    @Test
    void shouldSayWhatIsWrongWithALogOnDisk()
    {
        final ChronicleLog log = open(directory);
        fill(log, 100, 20_000, 1);
        log.close();
        final Path partition = JournalLayout.partition(directory, KEY);
        final List<String> defects = new ArrayList<>();
        final LogScan.Result clean = scan(partition, defects);
        assertThat(defects).isEmpty();
        assertThat(clean.logEnd()).isEqualTo(100);
        assertThat(clean.records()).isEqualTo(100);
        assertThat(clean.closed()).isTrue();
        assertThat(clean.epochs()).isEqualTo("{1@0}");

        final Path[] file = new Path[1];
        flipBit(file(10, file), positionOf(directory, 10, file) + 1000);
        final LogScan.Result damaged = scan(partition, defects);
        assertThat(damaged.defects()).isEqualTo(1);
        assertThat(damaged.logEnd()).isEqualTo(100);
        assertThat(defects.get(0)).startsWith("10 CORRUPT_BATCH");
    }

    @Test
    void shouldNeverHandOutARottenBatch()
    {
        ChronicleLog log = open(directory);
        fill(log, 100, 1000, 1);
        log.close();
        final Path[] file = new Path[1];
        flipBit(file(10, file), positionOf(directory, 10, file) + 500);

        log = open(directory, 100);
        assertThat(log.read(9, view)).isPositive();
        assertThat(log.read(10, view)).isEqualTo(Codes.CORRUPT_BATCH);
        try (LogReader reader = log.newReader())
        {
            assertThat(reader.read(10, 100, view)).isEqualTo(Codes.CORRUPT_BATCH);
            assertThat(reader.read(11, 100, view)).isPositive();
        }
        log.close();
    }

    @Test
    void aPlainChronicleTailerShouldReadTheSameBatches()
    {
        final ChronicleLog log = open(directory);
        fill(log, 200, 20_000, 1);
        final Path partition = JournalLayout.partition(directory, KEY);
        try (ChronicleQueue queue = SingleChronicleQueueBuilder.binary(partition)
            .rollCycle(new SegmentCycle(1)).blockSize(2 * JournalContext.SEGMENT_BYTES_MIN).readOnly(true).build();
            ExcerptTailer tailer = queue.createTailer())
        {
            final ByteBuffer bytes = ByteBuffer.allocate(64 * 1024).order(ByteOrder.LITTLE_ENDIAN);
            for (int offset = 0; offset < 200; offset++)
            {
                try (DocumentContext context = tailer.readingDocument())
                {
                    assertThat(context.isPresent()).as("offset %d", offset).isTrue();
                    bytes.clear();
                    context.wire().bytes().read(bytes);
                    assertThat(bytes.getLong(SegmentFile.PREFIX_LENGTH)).isEqualTo(offset);
                }
            }
        }
        log.close();
    }

    /** The keeper is there before the owner: what is prepared is not what is written to. */
    @Test
    void shouldGoOnWhereAnotherSegmentIsPreparedAlready()
    {
        ChronicleLog log = open(directory);
        fill(log, 40, 20_000, 1);
        log.close();

        log = open(directory, 40);
        log.pretouch();
        log.pretouch();
        fill(log, 100, 20_000, 1);
        for (long offset = 0; offset < 140; offset++)
        {
            assertThat(log.read(offset, view)).as("offset %d", offset).isPositive();
            assertThat(view.addressOffset() & BatchDescriptor.ALIGNMENT - 1).as("address of offset %d", offset).isZero();
        }
        check(log);
        log.close();
    }

    @Test
    void aReaderShouldSurviveRollTruncationAndTrim()
    {
        final ChronicleLog log = open(directory);
        fill(log, 100, 60_000, 1);
        try (LogReader reader = log.newReader())
        {
            for (long offset = 0; offset < 100; offset++)
            {
                assertThat(reader.read(offset, 100, view)).isPositive();
            }
            log.truncateTo(50);
            assertThat(reader.read(50, log.logEnd(), view)).isZero();
            fill(log, 60, 60_000, 2);
            for (long offset = 40; offset < 110; offset++)
            {
                assertThat(reader.read(offset, 110, view)).isPositive();
                assertThat(view.getInt(BatchDescriptor.LEADER_EPOCH_OFFSET)).isEqualTo(offset < 50 ? 1 : 2);
            }
            final long start = log.trimTo(70);
            assertThat(start).isBetween(45L, 70L);
            assertThat(reader.logStart()).isEqualTo(start);
            assertThat(reader.read(start - 1, 110, view)).isEqualTo(Codes.OFFSET_OUT_OF_RANGE);
            assertThat(reader.read(start, 110, view)).isPositive();
        }
        check(log);
        log.close();
    }

    /** A clean stop saves the table before it forces the log; the power goes in between, and other records come to that place. */
    @Test
    void r6_4_aSnapshotBeyondTheRecoveredEndShouldBeForgotten()
    {
        final UnsafeBuffer bytes = new UnsafeBuffer(ByteBuffer.allocateDirect(64));
        final ChronicleLog first = open(directory);
        fill(first, 20, 100, 1);
        first.producerSnapshots().save(10, bytes, 0, 64);
        first.producerSnapshots().save(25, bytes, 0, 64);
        first.kill();

        final ChronicleLog second = open(directory);
        fill(second, 20, 100, 2);

        assertThat(second.recovery().logEnd()).isEqualTo(20);
        assertThat(second.producerSnapshots().load(second.logEnd(), bytes)).isEqualTo(10);
        second.close();
    }

    private static LogScan.Result scan(final Path partition, final List<String> defects)
    {
        return LogScan.scan(partition, new LogScan.Visitor()
        {
            @Override
            public void onBatch(final Path file, final long position, final UnsafeBuffer batch, final int code)
            {
            }

            @Override
            public void onDefect(final Path file, final long offset, final String what)
            {
                defects.add(offset + " " + what);
            }
        });
    }
}
