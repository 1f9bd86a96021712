package io.syncline.journal;

import io.syncline.protocol.Codes;
import io.syncline.replica.Retention;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import static io.syncline.journal.JournalFixture.check;
import static io.syncline.journal.JournalFixture.fill;
import static io.syncline.journal.JournalFixture.open;
import static org.assertj.core.api.Assertions.assertThat;

/** R8.4: which segments go, and what a clock has to say in it. Segments hold 18 of these records. */
@Timeout(60)
class LogRetentionTest
{
    private static final int VALUE_BYTES = 60_000;
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long HOUR_NS = TimeUnit.HOURS.toNanos(1);
    private static final Retention ONE_HOUR = new Retention(-1, HOUR_NS);
    private static final Retention SMALL = new Retention(1, -1);

    @TempDir
    private Path directory;
    private long nowNs = 77;

    @Test
    void shouldDropTheOldestWholeSegmentsDownToTheSize()
    {
        final ChronicleLog log = filled(100);
        final long third = secondSegment(log, secondSegment(log, 0));

        // Without the first two what is left is as large as this, by a record or so.
        final Retention retention = new Retention((100 - third) * VALUE_BYTES, -1);
        turn(log, retention, 100);
        turn(log, retention, 100);

        assertThat(log.logStart()).isEqualTo(third);
        assertThat(log.segmentStart(third)).as("where a segment begins").isEqualTo(third);
        check(log);
        log.close();
        final ChronicleLog again = open(directory);
        assertThat(again.logStart()).isEqualTo(third);
        check(again);
        again.close();
    }

    @Test
    void shouldDropNothingAtOrAboveTheHighWatermark()
    {
        final ChronicleLog log = filled(100);
        final long second = secondSegment(log, 0);
        final long third = secondSegment(log, second);
        snapshot(log, second);

        turn(log, SMALL, third - 1);

        assertThat(log.logStart()).isEqualTo(second);
        log.close();
    }

    @Test
    void shouldKeepTheSegmentThatIsWrittenTo()
    {
        final ChronicleLog log = filled(100);

        turn(log, SMALL, 100);

        assertThat(log.logStart()).isLessThan(100).isEqualTo(log.segmentStart(99));
        fill(log, 40, VALUE_BYTES, 1);
        check(log);
        log.close();
    }

    @Test
    void shouldDropNothingThatIsNotSynced()
    {
        final ChronicleLog log = open(directory);
        fill(log, 100, VALUE_BYTES, 1);
        snapshot(log, 100);

        turn(log, SMALL, 100);
        assertThat(log.logStart()).isZero();

        new Synced(log).run();
        turn(log, SMALL, 100);
        assertThat(log.logStart()).isPositive();
        log.close();
    }

    /** R6.4: the producers' table is read from the newest snapshot and what lies behind it. */
    @Test
    void shouldDropNothingAboveTheNewestSnapshotOfTheProducers()
    {
        final ChronicleLog log = open(directory);
        fill(log, 100, VALUE_BYTES, 1);
        new Synced(log).run();

        turn(log, SMALL, 100);
        assertThat(log.logStart()).as("without a snapshot").isZero();

        final long second = secondSegment(log, 0);
        snapshot(log, second);
        turn(log, SMALL, 100);
        assertThat(log.logStart()).isEqualTo(second);
        log.close();
    }

    @Test
    void shouldDropWhatWasLeftLongEnoughAgo()
    {
        final ChronicleLog log = filled(100);
        final long last = log.segmentStart(99);
        turn(log, ONE_HOUR, 100);

        passTime(log, ONE_HOUR, HOUR_NS - SECOND_NS);
        assertThat(log.logStart()).isZero();
        passTime(log, ONE_HOUR, 2 * SECOND_NS);
        assertThat(log.logStart()).isEqualTo(last);
        log.close();
    }

    @Test
    void p6_shouldNotGrowOldByAClockThatLeaps()
    {
        final ChronicleLog log = filled(100);
        turn(log, ONE_HOUR, 100);

        for (int i = 0; i < 100; i++)
        {
            nowNs += 25 * HOUR_NS;
            turn(log, ONE_HOUR, 100);
            nowNs -= 50 * HOUR_NS;
            turn(log, ONE_HOUR, 100);
        }

        assertThat(log.logStart()).isZero();
        log.close();
    }

    @Test
    void shouldGoOnGrowingOldWhereItWasClosed()
    {
        final ChronicleLog first = filled(100);
        turn(first, ONE_HOUR, 100);
        passTime(first, ONE_HOUR, HOUR_NS / 2);
        first.close();

        // The next process counts from anywhere.
        nowNs = -5 * HOUR_NS;
        final ChronicleLog second = open(directory);
        turn(second, ONE_HOUR, 100);
        passTime(second, ONE_HOUR, HOUR_NS / 2 - SECOND_NS);
        assertThat(second.logStart()).isZero();
        passTime(second, ONE_HOUR, 2 * SECOND_NS);
        assertThat(second.logStart()).isPositive();
        second.close();
    }

    @Test
    void shouldForgetNoMoreThanAMinuteOfItsAgeWhenItIsKilled()
    {
        final ChronicleLog first = filled(100);
        turn(first, ONE_HOUR, 100);
        passTime(first, ONE_HOUR, HOUR_NS / 2);
        first.kill();

        final ChronicleLog second = open(directory);
        final long last = second.segmentStart(99);
        turn(second, ONE_HOUR, 100);
        passTime(second, ONE_HOUR, HOUR_NS / 2 - SECOND_NS);
        assertThat(second.logStart()).isZero();
        passTime(second, ONE_HOUR, LogRetention.NOTE_INTERVAL_NS + 12 * SECOND_NS);
        assertThat(second.logStart()).isPositive().isLessThanOrEqualTo(last);
        second.close();
    }

    /** Log starts are the leader's: a follower's segments begin elsewhere. */
    @Test
    void shouldBeginWhereItWasReleasedAlsoWithinASegment()
    {
        final ChronicleLog log = filled(100);
        log.release(50);
        snapshot(log, 49);
        turn(log, Retention.NONE, 49);
        assertThat(log.logStart()).as("not above the high watermark").isEqualTo(49);
        turn(log, Retention.NONE, 100);
        assertThat(log.logStart()).isEqualTo(50);

        final UnsafeBuffer view = new UnsafeBuffer(0, 0);
        try (LogReader reader = log.newReader())
        {
            assertThat(reader.logStart()).isEqualTo(50);
            assertThat(reader.read(49, 100, view)).isEqualTo(Codes.OFFSET_OUT_OF_RANGE);
            assertThat(reader.read(50, 100, view)).isPositive();
        }
        assertThat(log.read(49, view)).isEqualTo(Codes.OFFSET_OUT_OF_RANGE);
        check(log);
        log.kill();

        final LogScan.Result scanned = LogScan.scan(log.directory(), new Quiet());
        assertThat(scanned.defects()).isZero();
        assertThat(scanned.records()).isEqualTo(50);
        final ChronicleLog again = open(directory, 100);
        assertThat(again.logStart()).isEqualTo(50);
        assertThat(again.logEnd()).isEqualTo(100);
        check(again);
        again.close();
    }

    /** A reader that has its segment mapped, and one that has yet to find the file. */
    @Test
    void shouldTellReadersOfWhatIsGoneThatItIsOutOfRange()
    {
        final ChronicleLog log = filled(100);
        final UnsafeBuffer view = new UnsafeBuffer(0, 0);
        try (LogReader reading = log.newReader(); LogReader fresh = log.newReader())
        {
            assertThat(reading.read(3, 100, view)).isPositive();
            turn(log, SMALL, 100);

            assertThat(reading.read(4, 100, view)).isEqualTo(Codes.OFFSET_OUT_OF_RANGE);
            assertThat(fresh.read(4, 100, view)).isEqualTo(Codes.OFFSET_OUT_OF_RANGE);
            assertThat(log.read(4, view)).isEqualTo(Codes.OFFSET_OUT_OF_RANGE);
        }
        log.checkSuspicion();
        assertThat(log.damage()).isEmpty();
        assertThat(log.isFailed()).isFalse();
        log.close();
    }

    /** A manifest that is written anew knows what it knew. */
    @Test
    void shouldKeepAgesWhenTheManifestIsCompacted()
    {
        final JournalContext context = JournalFixture.context(directory).compactAtRecords(1).conclude();
        final ChronicleLog first = ChronicleLog.open(context, JournalFixture.KEY, -1);
        fill(first, 100, VALUE_BYTES, 1);
        new Synced(first).run();
        snapshot(first, 100);
        turn(first, ONE_HOUR, 100);
        passTime(first, ONE_HOUR, HOUR_NS / 2);
        first.close();

        final ChronicleLog second = open(directory);
        turn(second, ONE_HOUR, 100);
        passTime(second, ONE_HOUR, HOUR_NS / 2 + SECOND_NS);
        assertThat(second.logStart()).isPositive();
        check(second);
        second.close();
    }

    private ChronicleLog filled(final int records)
    {
        final ChronicleLog log = open(directory);
        fill(log, records, VALUE_BYTES, 1);
        new Synced(log).run();
        snapshot(log, records);
        return log;
    }

    private static long secondSegment(final ChronicleLog log, final long first)
    {
        long offset = first;
        while (log.segmentStart(offset) == first)
        {
            offset++;
        }
        return offset;
    }

    private static void snapshot(final ChronicleLog log, final long offset)
    {
        log.producerSnapshots().save(offset, new UnsafeBuffer(ByteBuffer.allocateDirect(64)), 0, 64);
    }

    private void turn(final ChronicleLog log, final Retention retention, final long highWatermark)
    {
        log.retain(retention, highWatermark, nowNs);
        assertThat(log.isFailed()).as(log.failure()).isFalse();
    }

    private void passTime(final ChronicleLog log, final Retention retention, final long durationNs)
    {
        final long endNs = nowNs + durationNs;
        while (nowNs < endNs)
        {
            nowNs = Math.min(endNs, nowNs + 10 * SECOND_NS);
            turn(log, retention, 100);
        }
    }

    /** Everything that was appended is on the device. */
    private record Synced(ChronicleLog log)
    {
        void run()
        {
            for (long nowNs = 0; log.synced() < log.logEnd(); nowNs++)
            {
                log.syncWhenDue(nowNs);
            }
        }
    }

    private static final class Quiet implements LogScan.Visitor
    {
        @Override
        public void onBatch(final Path file, final long position, final UnsafeBuffer batch, final int code)
        {
        }

        @Override
        public void onDefect(final Path file, final long offset, final String what)
        {
        }
    }
}
