package io.syncline.journal;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

import static io.syncline.journal.JournalFixture.*;
import static org.assertj.core.api.Assertions.assertThat;

/** R8.3: a crash after any step of a change leaves the log as it was before, or as it is after. */
@Timeout(120)
class CrashTest
{
    @TempDir
    private Path temp;

    @Test
    void r8_3_truncationWithinTheSegment()
    {
        crashEverywhere(log -> fill(log, 100, 200, 1), log -> log.truncateTo(60), 3);
    }

    @Test
    void r8_3_truncationOverSeveralSegments()
    {
        crashEverywhere(
            log ->
            {
                fill(log, 60, 60_000, 1);
                fill(log, 40, 60_000, 2);
            },
            log -> log.truncateTo(20), 3);
    }

    @Test
    void r8_3_truncationToTheStart()
    {
        crashEverywhere(log -> fill(log, 40, 60_000, 1), log -> log.truncateTo(0), 3);
    }

    @Test
    void r8_3_truncationOfAnEpochWithoutRecords()
    {
        crashEverywhere(
            log ->
            {
                fill(log, 10, 100, 1);
                log.startEpoch(2);
            },
            log -> log.truncateTo(10), 3);
    }

    @Test
    void r8_3_restart()
    {
        crashEverywhere(log -> fill(log, 40, 60_000, 1), log -> log.restartAt(500), 3);
    }

    @Test
    void r1_6_epochIsDurableBeforeTheCallReturns()
    {
        crashEverywhere(log -> fill(log, 10, 100, 1), log -> log.startEpoch(7), 1);
    }

    @Test
    void r8_4_logStart()
    {
        crashEverywhere(log -> fill(log, 80, 60_000, 1), log -> log.trimTo(50), 2);
    }

    @Test
    void r8_3_rollBeforeTheNextSegmentWasPrepared()
    {
        final List<Path> copies = new ArrayList<>();
        final ChronicleLog log = openWithCopies(temp.resolve("log"), copies);
        fill(log, 200, 60_000, 1);
        log.kill();

        assertThat(copies.size()).isGreaterThanOrEqualTo(8);
        for (final Path copy : copies)
        {
            assertGrows(copy, state(open(copy)));
        }
    }

    @Test
    void r8_3_rollIntoThePreparedSegment()
    {
        final List<Path> copies = new ArrayList<>();
        final ChronicleLog log = openWithCopies(temp.resolve("log"), copies);
        final LogHousekeeping housekeeping = new LogHousekeeping();
        housekeeping.add(log);
        for (int i = 0; i < 100; i++)
        {
            fill(log, 1, 60_000, 1);
            housekeeping.doWork(i / 20);
            if (i % 10 == 9)
            {
                final Path copy = temp.resolve("after" + i);
                copy(temp.resolve("log"), copy);
                final ChronicleLog reopened = open(copy);
                assertThat(reopened.logEnd()).isEqualTo(i + 1);
                check(reopened);
                reopened.kill();
            }
        }
        log.kill();
        for (final Path copy : copies)
        {
            assertGrows(copy, state(open(copy)));
        }
    }

    @Test
    void r8_3_recoveryItself()
    {
        final ChronicleLog log = open(temp.resolve("log"));
        fill(log, 40, 60_000, 1);
        fill(log, 40, 60_000, 2);
        log.startEpoch(3);
        log.kill();

        final List<Path> copies = new ArrayList<>();
        final ChronicleLog recovered = openWithCopies(temp.resolve("log"), copies);
        assertThat(recovered.recovery().outcome()).isEqualTo(RecoveryReport.Outcome.RECOVERED);
        final String after = state(recovered);
        assertThat(after).isEqualTo("0..80 {1@0, 2@40, 3@80} 2");
        assertThat(copies).hasSizeGreaterThanOrEqualTo(3);
        for (final Path copy : copies)
        {
            assertThat(state(open(copy))).isEqualTo(after);
            assertGrows(copy, after);
        }
    }

    private void crashEverywhere(
        final Consumer<ChronicleLog> before, final Consumer<ChronicleLog> change, final int stepsAtLeast)
    {
        for (final boolean isSynced : new boolean[]{ false, true })
        {
            final Path directory = temp.resolve("log" + isSynced);
            final ChronicleLog setUp = open(directory);
            before.accept(setUp);
            if (isSynced)
            {
                setUp.close();
            }
            else
            {
                setUp.kill();
            }
            final List<Path> copies = new ArrayList<>();
            final ChronicleLog log = openWithCopies(directory, copies);
            copies.clear();
            final Set<String> allowed = new TreeSet<>();
            allowed.add(state(log));
            change.accept(log);
            final String after = state(log);
            allowed.add(after);
            check(log);
            log.kill();
            assertThat(copies.size()).isGreaterThanOrEqualTo(stepsAtLeast);
            assertThat(state(open(directory))).isEqualTo(after);

            for (final Path copy : copies)
            {
                final String found = state(open(copy));
                assertThat(allowed).as("%s", copy.getFileName()).contains(found);
                assertGrows(copy, found);
            }
        }
    }

    private ChronicleLog openWithCopies(final Path directory, final List<Path> copies)
    {
        return ChronicleLog.open(
            context(directory).crashHook(step ->
            {
                final Path copy = temp.resolve(directory.getFileName() + "-" + copies.size() + "-" + step);
                copy(directory, copy);
                copies.add(copy);
            }).conclude(),
            KEY, -1);
    }

    private static String state(final ChronicleLog log)
    {
        check(log);
        final String state = log.logStart() + ".." + log.logEnd() + " " + log.epochs() + " " + log.lastEpoch();
        if (log.recovery().scannedBatches() >= 0 && log.recovery().outcome() != RecoveryReport.Outcome.CREATED)
        {
            assertThat(log.recovery().isDamaged()).isFalse();
        }
        return state;
    }

    /** After a crash the log takes more, and keeps it over another crash and over a clean stop. */
    private static void assertGrows(final Path directory, final String expected)
    {
        ChronicleLog log = open(directory);
        assertThat(state(log)).isEqualTo(expected);
        final long end = log.logEnd();
        fill(log, 30, 60_000, 50);
        log.kill();

        log = open(directory);
        assertThat(log.recovery().outcome()).isEqualTo(RecoveryReport.Outcome.RECOVERED);
        assertThat(log.logEnd()).isEqualTo(end + 30);
        fill(log, 3, 100, 51);
        log.close();

        log = open(directory);
        assertThat(log.recovery().outcome()).isEqualTo(RecoveryReport.Outcome.CLEAN);
        assertThat(log.logEnd()).isEqualTo(end + 33);
        fill(log, 3, 100, 51);
        check(log);
        log.close();
        assertThat(Files.exists(directory.resolve("x"))).isFalse();
    }
}
