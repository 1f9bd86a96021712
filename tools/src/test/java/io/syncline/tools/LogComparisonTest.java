package io.syncline.tools;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** The comparison must be able to fail: each difference is planted once. */
@Timeout(60)
class LogComparisonTest
{
    private static final List<StoredLogs.Batch> BATCHES = List.of(
        new StoredLogs.Batch(1, 0, "alpha", "beta"), new StoredLogs.Batch(1, 2, "gamma"),
        new StoredLogs.Batch(2, 3, "delta", "epsilon"));

    @TempDir
    private Path dir;

    @Test
    void shouldFindEqualLogsIdentical() throws IOException
    {
        final LogComparison.Result result = compare(BATCHES, BATCHES, BATCHES);
        assertThat(result.defect()).isNull();
        assertThat(result.records()).isEqualTo(5);
        assertThat(result.checksums()).hasSize(3).containsOnly(result.checksums()[0]);
    }

    @Test
    void shouldFindOtherBytes() throws IOException
    {
        final LogComparison.Result result = compare(BATCHES, BATCHES, List.of(
            BATCHES.get(0), new StoredLogs.Batch(1, 2, "gammA"), BATCHES.get(2)));
        assertThat(result.defect()).isEqualTo("partition 1-0, offset 2: broker 3 differs from broker 1");
        assertThat(result.checksums()[1]).isEqualTo(result.checksums()[0]).isNotEqualTo(result.checksums()[2]);
    }

    @Test
    void shouldFindTheSameRecordsUnderAnotherEpoch() throws IOException
    {
        final LogComparison.Result result = compare(BATCHES, List.of(
            BATCHES.get(0), BATCHES.get(1), new StoredLogs.Batch(3, 3, "delta", "epsilon")));
        assertThat(result.defect()).isEqualTo("partition 1-0, offset 3: broker 2 differs from broker 1");
    }

    @Test
    void shouldFindAMissingTail() throws IOException
    {
        final LogComparison.Result result = compare(BATCHES, BATCHES.subList(0, 2));
        assertThat(result.defect())
            .isEqualTo("partition 1-0: broker 1 holds offsets 0 to 5, broker 2 0 to 3");
    }

    @Test
    void shouldFindADamagedCopy() throws IOException
    {
        final Path sound = StoredLogs.write(dir.resolve("1"), BATCHES);
        final Path damaged = StoredLogs.write(dir.resolve("2"), BATCHES);
        StoredLogs.damage(damaged, "gamma");
        try (ReplicaLogs logs = new ReplicaLogs())
        {
            logs.add("broker 1", sound);
            logs.add("broker 2", damaged);
            assertThat(logs.compare().isIdentical()).isFalse();
        }
    }

    @Test
    void shouldShowEveryRecordToTheCheck() throws IOException
    {
        final LineFile lines =
            LineFile.scan(Files.writeString(dir.resolve("input"), "alpha\nbeta\ngamma\ndelta\nepsilon\n"));
        try (ReplicaLogs logs = new ReplicaLogs(); LineFile.Cursor cursor = lines.open())
        {
            logs.add("broker 1", StoredLogs.write(dir.resolve("1"), BATCHES));
            final RecordCheck check = new RecordCheck("broker 1", 0, 1, lines, cursor);
            assertThat(logs.readAll(0, check)).isNull();
            final AckLedger ledger = new AckLedger();
            for (int i = 0; i < 5; i++)
            {
                ledger.onOffered();
            }
            ledger.onAck(0, 4, 4);
            check.onEnd(ledger);
            assertThat(check.records()).isEqualTo(5);
            assertThat(check.firstDefect()).isNull();
        }
    }

    @SafeVarargs
    private LogComparison.Result compare(final List<StoredLogs.Batch>... replicas) throws IOException
    {
        try (ReplicaLogs logs = new ReplicaLogs())
        {
            for (int i = 0; i < replicas.length; i++)
            {
                logs.add("broker " + (i + 1), StoredLogs.write(dir.resolve(Integer.toString(i)), replicas[i]));
            }
            return logs.compare();
        }
    }
}
