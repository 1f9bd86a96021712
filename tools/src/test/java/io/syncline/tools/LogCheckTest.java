package io.syncline.tools;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class LogCheckTest
{
    @TempDir
    private Path dir;

    @Test
    void shouldFindASoundLogSound() throws IOException
    {
        final Path partition = StoredLogs.write(dir, List.of(
            new StoredLogs.Batch(1, 0, "alpha", "beta"), new StoredLogs.Batch(1, 2, "gamma"),
            new StoredLogs.Batch(3, 3, "delta", "epsilon")));
        final LogCheck check = LogCheck.of(partition);
        assertThat(check.defects()).isEmpty();
        assertThat(check.batches()).isEqualTo(3);
        assertThat(check.records()).isEqualTo(5);
        assertThat(check.logStart()).isZero();
        assertThat(check.logEnd()).isEqualTo(5);
        assertThat(Syncline.execute("log", "verify", "--dir", dir.toString())).isEqualTo(ExitCode.OK);
        assertThat(Syncline.execute("log", "verify", "--dir", partition.toString(), "--format", "json"))
            .isEqualTo(ExitCode.OK);
        assertThat(Syncline.execute("log", "dump", "--dir", dir.toString(), "--format", "json")).isEqualTo(ExitCode.OK);
    }

    @Test
    void r8_1_shouldFindADamagedBatchAndGoOnBehindIt() throws IOException
    {
        final Path partition = StoredLogs.write(dir, List.of(
            new StoredLogs.Batch(1, 0, "alpha", "beta"), new StoredLogs.Batch(1, 2, "gamma"),
            new StoredLogs.Batch(1, 3, "delta")));
        StoredLogs.damage(partition, "gamma");
        final LogCheck check = LogCheck.of(partition);
        assertThat(check.defects()).anySatisfy((defect) ->
        {
            assertThat(defect.offset()).isEqualTo(2);
            assertThat(defect.what()).startsWith("CORRUPT_BATCH");
        });
        assertThat(check.batches()).isEqualTo(3);
        assertThat(check.records()).isEqualTo(3);
        assertThat(Syncline.execute("log", "verify", "--dir", dir.toString())).isEqualTo(ExitCode.CHECK_FAILED);
    }

    @Test
    void i13_shouldFindAGapInAProducersSequences() throws IOException
    {
        final Path partition = StoredLogs.write(dir, List.of(
            new StoredLogs.Batch(1, 0, "alpha", "beta"), new StoredLogs.Batch(1, 5, "gamma")));
        assertThat(LogCheck.of(partition).defects())
            .extracting(LogCheck.Defect::what).containsExactly("producer 7 has sequence 5 where 2 must come");
    }

    @Test
    void shouldFindADamagedManifest() throws IOException
    {
        final Path partition = StoredLogs.write(dir, List.of(new StoredLogs.Batch(1, 0, "alpha")));
        final Path manifest = partition.resolve("manifest");
        final byte[] bytes = Files.readAllBytes(manifest);
        bytes[9] ^= 4;
        Files.write(manifest, bytes);
        assertThat(LogCheck.of(partition).defects()).hasSize(1);
        assertThat(Syncline.execute("log", "dump", "--dir", dir.toString())).isEqualTo(ExitCode.CHECK_FAILED);
    }

    @Test
    void aPartitionThatHasLostItsManifestShouldNotBePassedOver() throws IOException
    {
        final Path partition = StoredLogs.write(dir, List.of(new StoredLogs.Batch(1, 0, "alpha")));
        Files.delete(partition.resolve("manifest"));

        assertThat(Syncline.execute("log", "verify", "--dir", dir.toString())).isEqualTo(ExitCode.CHECK_FAILED);
        assertThat(LogCheck.of(partition).defects()).singleElement().extracting(LogCheck.Defect::what).asString()
            .contains("manifest is missing");
    }

    @Test
    void shouldSayWhereThereIsNothingToCheck()
    {
        assertThat(Syncline.execute("log", "verify", "--dir", dir + "/none")).isEqualTo(ExitCode.USAGE);
        assertThat(Syncline.execute("log", "dump", "--dir", dir.toString())).isEqualTo(ExitCode.USAGE);
    }
}
