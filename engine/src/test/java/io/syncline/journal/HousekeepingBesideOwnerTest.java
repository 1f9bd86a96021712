package io.syncline.journal;

import io.syncline.protocol.Codes;
import io.syncline.record.BatchDescriptor;
import io.syncline.record.BatchFlyweight;
import io.syncline.replica.TestBatch;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import static io.syncline.journal.JournalFixture.KEY;
import static io.syncline.journal.JournalFixture.check;
import static io.syncline.journal.JournalFixture.fill;
import static io.syncline.journal.JournalFixture.open;
import static org.assertj.core.api.Assertions.assertThat;

/** A log's owner, the conductor's housekeeping and a reader, each on a thread of its own, as a running broker has them. */
@Timeout(60)
class HousekeepingBesideOwnerTest
{
    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(8);
    private static final int VALUE_BYTES = 8_000;
    private static final long ENOUGH_NS = TimeUnit.SECONDS.toNanos(2);
    private static final int BATCHES = 6_000;
    private static final int BATCHES_MIN = 1_500;
    private static final int BATCHES_AN_EPOCH = 20;

    @TempDir
    private Path directory;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final long startNs = System.nanoTime();
    private volatile boolean isOwnerDone;

    @ParameterizedTest
    @CsvSource({ "0, true", "0, false", "20, false" })
    void shouldKeepEveryBatchWhileOthersTouchForceAndRead(final int pauseMs, final boolean clean) throws Exception
    {
        final JournalContext context = new JournalContext()
            .directory(directory)
            .segmentBytes(JournalContext.SEGMENT_BYTES_MIN)
            .maxBatchBytes(128 * 1024)
            .syncIntervalNs(1)
            .compactAtRecords(64)
            .errorHandler(this::onFailure)
            .conclude();
        final ChronicleLog log = ChronicleLog.open(context, KEY, -1);
        final LogHousekeeping housekeeping = new LogHousekeeping();
        housekeeping.add(log);
        final Path manifest = log.directory().resolve(JournalLayout.MANIFEST);
        // Before the first turn: an owner that was fast has given that one enough to write the manifest anew.
        final Set<Object> manifests = new HashSet<>(Set.of(fileKey(manifest)));

        final Thread owner = start("owner", () -> own(log));
        final Thread reader = start("reader", () -> follow(log));
        while (owner.isAlive())
        {
            housekeeping.doWork(System.nanoTime());
            manifests.add(fileKey(manifest));
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pauseMs));
        }
        reader.join(TimeUnit.NANOSECONDS.toMillis(DEADLINE_NS));
        assertThat(reader.isAlive()).isFalse();
        assertThat(failure.get()).isNull();
        assertThat(log.isFailed()).isFalse();
        assertThat(manifests).as("files the manifest was, one after the other").hasSizeGreaterThan(1);
        assertThat(log.synced()).isPositive();
        final long end = log.logEnd();
        final String epochs = log.epochs().toString();
        assertThat(end).isGreaterThanOrEqualTo(BATCHES_MIN);

        housekeeping.remove(log);
        if (clean)
        {
            log.close();
        }
        else
        {
            log.kill();
        }
        assertThat(segmentFiles()).isGreaterThan(4);
        assertNothingWrong(end);
        final ChronicleLog again = JournalFixture.open(directory);
        assertThat(again.recovery().outcome())
            .isEqualTo(clean ? RecoveryReport.Outcome.CLEAN : RecoveryReport.Outcome.RECOVERED);
        assertThat(again.logEnd()).isEqualTo(end);
        assertThat(again.epochs().toString()).isEqualTo(epochs);
        check(again);
        again.close();
    }

    @Test
    void shouldSyncWhereMonotonicTimeIsNegative()
    {
        final ChronicleLog log = open(directory);
        final LogHousekeeping housekeeping = new LogHousekeeping();
        housekeeping.add(log);
        fill(log, 3, 100, 1);
        housekeeping.doWork(-5_000_000_000L);
        housekeeping.doWork(-4_000_000_000L);
        assertThat(log.synced()).isEqualTo(3);
        log.kill();
    }

    @Test
    void shouldOpenNoFileOnTheOwnersThreadUnderSteadyAppends() throws Exception
    {
        final int segmentBytes = 4 * 1024 * 1024;
        final Set<String> preparers = ConcurrentHashMap.newKeySet();
        final JournalContext context = new JournalContext()
            .directory(directory)
            .segmentBytes(segmentBytes)
            .syncIntervalNs(TimeUnit.MILLISECONDS.toNanos(100))
            .crashHook(step ->
            {
                if (step.equals("segment prepared"))
                {
                    preparers.add(Thread.currentThread().getName());
                }
            })
            .errorHandler(this::onFailure)
            .conclude();
        final ChronicleLog log = ChronicleLog.open(context, KEY, -1);
        final LogHousekeeping housekeeping = new LogHousekeeping();
        housekeeping.add(log);
        final Thread conductor = start("conductor", () ->
        {
            while (!isOwnerDone)
            {
                if (housekeeping.doWork(System.nanoTime()) == 0)
                {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                }
            }
        });
        final Thread owner = start("owner", () ->
        {
            final UnsafeBuffer batch = TestBatch.of(64, 1_000, 1);
            while (log.logEnd() < 64 * 6L * segmentBytes / batch.capacity() && System.nanoTime() - startNs < DEADLINE_NS)
            {
                assertThat(log.appendAsLeader(batch, 0, batch.capacity(), 1)).isPositive();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
            }
            isOwnerDone = true;
        });
        owner.join();
        conductor.join();

        assertThat(failure.get()).isNull();
        assertThat(segmentFiles()).isGreaterThan(3);
        assertThat(log.unpreparedRolls()).isZero();
        assertThat(log.unreservedAppends()).as("of " + log.logEnd() / 64 + " appends").isLessThan(log.logEnd() / 64 / 10);
        assertThat(preparers).containsExactly("conductor");
        log.close();
    }

    @Test
    void shouldCountTheRollsThatNobodyPrepared()
    {
        final ChronicleLog log = JournalFixture.open(directory);
        final UnsafeBuffer batch = TestBatch.of(1, 100_000, 1);
        assertThat(log.unpreparedRolls()).isZero();
        while (log.logEnd() < 100)
        {
            assertThat(log.appendAsLeader(batch, 0, batch.capacity(), 1)).isPositive();
        }

        // A segment takes up to twice its size before the owner helps itself.
        assertThat(log.unpreparedRolls()).isEqualTo(100 * 100_000 / (2 * JournalContext.SEGMENT_BYTES_MIN));
        log.close();
    }

    /** Appends as a leader and as a follower in turn, an epoch for every few batches, and reads back at random. */
    private void own(final ChronicleLog log)
    {
        final UnsafeBuffer view = new UnsafeBuffer(0, 0);
        int epoch = 0;
        for (int i = 0; i < BATCHES && hasTime(i) && failure.get() == null; i++)
        {
            final long offset = log.logEnd();
            epoch = 1 + i / BATCHES_AN_EPOCH;
            final UnsafeBuffer batch = TestBatch.of(1, VALUE_BYTES, offset * 1000 + epoch);
            final long end = epoch % 2 == 0 ?
                log.appendAsLeader(batch, 0, batch.capacity(), epoch) :
                log.appendAsFollower(TestBatch.stamped(batch, KEY, offset, epoch), 0, batch.capacity());
            final long wanted = offset * (i % 7) / 7;
            if (end != offset + 1 || log.read(wanted, view) <= 0 || view.getLong(0) != wanted)
            {
                throw new AssertionError("append at " + offset + ": " + end + ", read of " + wanted);
            }
        }
        isOwnerDone = true;
    }

    private boolean hasTime(final int batches)
    {
        return System.nanoTime() - startNs < (batches < BATCHES_MIN ? DEADLINE_NS : ENOUGH_NS);
    }

    /** Reads every batch in order as soon as it is there; the reader checks its CRCs. */
    private void follow(final ChronicleLog log)
    {
        final UnsafeBuffer view = new UnsafeBuffer(0, 0);
        final BatchFlyweight batch = new BatchFlyweight();
        long offset = 0;
        try (LogReader reader = log.newReader())
        {
            while (failure.get() == null && (!isOwnerDone || offset < log.logEnd()))
            {
                final int length = reader.read(offset, log.logEnd(), view);
                if (length == 0)
                {
                    LockSupport.parkNanos(1000);
                }
                else if (length < 0 || batch.wrap(view, 0).baseOffset() != offset ||
                    view.getLong(BatchDescriptor.HEADER_LENGTH + BatchDescriptor.RECORD_HEADER_LENGTH) !=
                    offset * 1000 + batch.leaderEpoch())
                {
                    throw new AssertionError("read of " + offset + ": " + Codes.describe(length));
                }
                else
                {
                    offset++;
                }
            }
        }
    }

    private void assertNothingWrong(final long end)
    {
        final LogScan.Result result = LogScan.scan(JournalLayout.partition(directory, KEY), new LogScan.Visitor()
        {
            @Override
            public void onBatch(final Path file, final long position, final UnsafeBuffer batch, final int code)
            {
            }

            @Override
            public void onDefect(final Path file, final long offset, final String what)
            {
                onFailure(new AssertionError(file + " at " + offset + ": " + what));
            }
        });
        assertThat(failure.get()).isNull();
        assertThat(result.logEnd()).isEqualTo(end);
        assertThat(result.batches()).isEqualTo(end);
    }

    private static Object fileKey(final Path file) throws IOException
    {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    private long segmentFiles() throws IOException
    {
        try (var files = Files.list(JournalLayout.partition(directory, KEY)))
        {
            return files.filter(file -> file.toString().endsWith(JournalLayout.SEGMENT_SUFFIX)).count();
        }
    }

    private Thread start(final String name, final Runnable task)
    {
        final Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((ignore, ex) ->
        {
            onFailure(ex);
            isOwnerDone = true;
        });
        thread.start();
        return thread;
    }

    private void onFailure(final Throwable ex)
    {
        failure.compareAndSet(null, ex);
    }
}
