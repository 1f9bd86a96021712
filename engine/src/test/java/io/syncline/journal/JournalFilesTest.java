package io.syncline.journal;

import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import static io.syncline.journal.JournalFixture.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The small files around the logs. */
@Timeout(60)
class JournalFilesTest
{
    @TempDir
    private Path directory;

    @Test
    void r5_4_theStateFileIsFoundAgainWholeOrNotAtAll() throws IOException
    {
        final StateFile state = StateFile.open(directory);
        assertThat(state.found()).isEqualTo(StateFile.Found.MISSING);
        assertThat(state.incarnation()).isEqualTo(-1);
        assertThat(state.starts()).isEmpty();
        state.nodeId(3).clusterId("c").directoryId("d").bootId(StateFile.currentBootId()).incarnation(17)
            .starts(List.of(5L, Long.MAX_VALUE))
            .cleanShutdown(true).highWatermark(KEY, 42).highWatermark(KEY + 1, 7).remove(KEY + 1).save();

        final StateFile again = StateFile.open(directory);
        assertThat(again.found()).isEqualTo(StateFile.Found.GOOD);
        assertThat(again.nodeId()).isEqualTo(3);
        assertThat(again.clusterId()).isEqualTo("c");
        assertThat(again.directoryId()).isEqualTo("d");
        assertThat(again.bootId()).isEqualTo(StateFile.currentBootId());
        assertThat(again.incarnation()).isEqualTo(17);
        assertThat(again.starts()).containsExactly(5L, Long.MAX_VALUE);
        assertThat(again.cleanShutdown()).isTrue();
        assertThat(again.highWatermark(KEY)).isEqualTo(42);
        assertThat(again.highWatermark(KEY + 1)).isEqualTo(-1);

        flipBit(JournalLayout.stateFile(directory), 20);
        final StateFile damaged = StateFile.open(directory);
        assertThat(damaged.found()).isEqualTo(StateFile.Found.DAMAGED);
        assertThat(damaged.highWatermark(KEY)).isEqualTo(-1);
        assertThat(damaged.cleanShutdown()).isFalse();
        assertThat(damaged.starts()).isEmpty();
    }

    @Test
    void r6_4_producerSnapshotsAreFoundByOffset() throws IOException
    {
        final ChronicleLog log = open(directory);
        final ProducerSnapshots snapshots = log.producerSnapshots();
        final UnsafeBuffer table = new UnsafeBuffer("abcdef".getBytes());
        final ExpandableArrayBuffer loaded = new ExpandableArrayBuffer();
        fill(log, 100, 10, 1);
        assertThat(snapshots.load(100, loaded)).isEqualTo(ProducerSnapshots.NULL_OFFSET);
        snapshots.save(10, table, 0, 3);
        snapshots.save(20, table, 1, 3);
        snapshots.save(30, table, 2, 3);

        assertThat(snapshots.load(19, loaded)).isEqualTo(ProducerSnapshots.NULL_OFFSET);
        assertThat(snapshots.load(29, loaded)).isEqualTo(20);
        assertThat(loaded.getStringWithoutLengthAscii(0, 3)).isEqualTo("bcd");
        flipBit(log.directory().resolve("producers-30"), 5);
        assertThat(snapshots.load(100, loaded)).isEqualTo(20);

        log.truncateTo(15);
        assertThat(snapshots.load(100, loaded)).isEqualTo(ProducerSnapshots.NULL_OFFSET);
        log.close();
    }

    @Test
    void thisJvmHasAllItsFlags()
    {
        assertThat(JvmFlags.missing()).isEmpty();
        JvmFlags.check();
    }

    @Test
    void nothingPhonesHome()
    {
        assertThatThrownBy(() -> Class.forName("net.openhft.chronicle.analytics.Analytics"))
            .isInstanceOf(ClassNotFoundException.class);
    }

    @Test
    void theManifestIsRewrittenWhenItHasGrown() throws IOException
    {
        ChronicleLog log = open(directory);
        log.fsynced(true);
        fill(log, 1, 100, 1);
        final Path manifest = log.directory().resolve("manifest");
        long largest = 0;
        for (int i = 0; i < 4200; i++)
        {
            log.startEpoch(2 + i);
            if (i % 100 == 0)
            {
                fill(log, 1, 100, 2 + i);
                log.syncWhenDue(1 + i);
            }
            largest = Math.max(largest, Files.size(manifest));
        }
        assertThat(largest).isGreaterThan(4096 * Manifest.RECORD_LENGTH);
        assertThat(Files.size(manifest)).isLessThan(largest / 10);
        final String epochs = log.epochs().toString();
        log.kill();

        log = open(directory);
        assertThat(log.epochs().toString()).isEqualTo(epochs);
        check(log);
        log.close();
    }

    @Test
    void layoutNamesPartitionsByTopicId() throws IOException
    {
        assertThat(JournalLayout.partition(directory, KEY)).isEqualTo(directory.resolve("partitions/7-3"));
        assertThat(JournalLayout.keyOf(Path.of("7-3"))).isEqualTo(KEY);
        assertThat(JournalLayout.keyOf(Path.of("x-3"))).isEqualTo(-1);
        assertThat(JournalLayout.partitionKeys(directory)).isEmpty();
        Files.createDirectories(directory.resolve("partitions/7-3"));
        Files.createDirectories(directory.resolve("partitions/lost+found"));
        assertThat(JournalLayout.partitionKeys(directory)).containsExactly(KEY);
    }
}
