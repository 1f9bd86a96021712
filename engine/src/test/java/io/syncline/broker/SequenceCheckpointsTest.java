package io.syncline.broker;

import io.syncline.journal.JournalContext;
import io.syncline.journal.JournalLayout;
import io.syncline.journal.StateFile;
import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;
import io.syncline.record.BatchBuilder;
import io.syncline.replica.ProducerSequences;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Segments of 1 MiB and records of 100 KiB: ten or so in a segment. */
@Timeout(60)
class SequenceCheckpointsTest
{
    private static final long KEY = PartitionKey.of(7, 0);
    private static final int VALUE_BYTES = 100 * 1024;
    private static final int RECORDS = 60;
    private static final int TURNS = 2_000;
    private static final int PRODUCERS = 3;

    @TempDir
    Path directory;

    private final List<Throwable> errors = new ArrayList<>();
    private final Long2LongHashMap highWatermarks = new Long2LongHashMap(-1);
    private long nowNs = 1;
    private JournalStore store;
    private LogStore.Partition partition;

    @BeforeEach
    void fill()
    {
        open();
        partition.log().startEpoch(1);
        append(RECORDS);
    }

    @AfterEach
    void close()
    {
        partition.close(0, false);
        assertThat(errors).isEmpty();
    }

    @Test
    void r8_2_anOpenAfterAKillShouldNotReadWhatWasCheckpointedLongAgo() throws IOException
    {
        commit(RECORDS);
        final List<Long> snapshots = snapshots();
        assertThat(snapshots).isNotEmpty();
        assertThat(snapshots.get(snapshots.size() - 1)).as("no further than the last segment").isBetween(40L, 60L);
        partition.close(0, false);
        // Whoever reads the first segment meets this.
        damageTheFirstSegment();

        open();

        assertThat(partition.log().logEnd()).isEqualTo(RECORDS);
        assertThatAllProducersAreKnown(RECORDS);
    }

    @Test
    void r6_4_aTableFromASnapshotShouldBeTheTableOfTheWholeLog()
    {
        commit(RECORDS);
        append(15);
        partition.close(0, false);

        open();

        final ProducerSequences whole = new ProducerSequences(100);
        assertThat(whole.rebuild(partition.log(), 0)).isEqualTo(Codes.OK);
        assertThat(entries(partition.sequences())).hasSize(PRODUCERS).isEqualTo(entries(whole));
        assertThatAllProducersAreKnown(RECORDS + 15);
    }

    @Test
    void r1_7_nothingUncommittedShouldBeInASnapshot()
    {
        commit(25);

        assertThat(snapshots()).isNotEmpty().allMatch((offset) -> offset <= 25);
    }

    @Test
    void nothingThatIsNotSyncedShouldBeInASnapshot()
    {
        // The first turn syncs; from then on time stands still.
        assertThat(partition.log().synced()).isEqualTo(1);
        highWatermarks.put(KEY, RECORDS);
        store.checkpoint(highWatermarks);
        turn();
        assertThat(snapshots()).isEmpty();

        final long synced = turnAndSync();
        append(40);
        highWatermarks.put(KEY, RECORDS + 40);
        store.checkpoint(highWatermarks);
        turn();

        assertThat(synced).isEqualTo(RECORDS);
        assertThat(snapshots()).isNotEmpty().allMatch((offset) -> offset <= synced);
    }

    @Test
    void aLogThatIsCutWhileItIsReadShouldGetItsSnapshotLater()
    {
        turnAndSync();
        highWatermarks.put(KEY, RECORDS);
        store.checkpoint(highWatermarks);
        store.doWork(nowNs);
        store.doWork(nowNs);
        assertThat(snapshots()).as("still reading").isEmpty();

        partition.truncateTo(35);
        turn();
        assertThat(snapshots()).as("nobody has said what is committed since").isEmpty();
        commit(35);

        assertThat(snapshots()).isNotEmpty().allMatch((offset) -> offset <= 35);
        partition.close(0, false);
        open();
        assertThat(partition.log().logEnd()).isEqualTo(35);
        assertThatAllProducersAreKnown(35);
    }

    @Test
    void aSnapshotThatCannotBeSavedShouldBeToldOnceAndCostALongerWalkOnly() throws IOException
    {
        for (int offset = 1; offset <= RECORDS; offset++)
        {
            Files.createDirectories(JournalLayout.partition(directory, KEY).resolve("producers-" + offset).resolve("in-the-way"));
        }
        turnAndSync();
        highWatermarks.put(KEY, RECORDS);
        store.checkpoint(highWatermarks);

        assertThatThrownBy(this::turn).isInstanceOf(UncheckedIOException.class).hasMessageContaining("producer snapshot");
        turn();
        partition.close(0, false);
        open();

        assertThat(partition.log().logEnd()).isEqualTo(RECORDS);
        assertThatAllProducersAreKnown(RECORDS);
    }

    private void open()
    {
        store = new JournalStore(
            new JournalContext().directory(directory).segmentBytes(JournalContext.SEGMENT_BYTES_MIN)
                .groupCommitNs(1_000).errorHandler(errors::add).conclude(),
            StateFile.open(directory));
        partition = store.open(KEY);
        partition.fsynced(true);
    }

    private void append(final int count)
    {
        final UnsafeBuffer value = new UnsafeBuffer(new byte[VALUE_BYTES]);
        final UnsafeBuffer batch = new UnsafeBuffer(new byte[VALUE_BYTES + 1024]);
        for (int i = 0; i < count; i++)
        {
            final long offset = partition.log().logEnd();
            final int producer = (int)(offset % PRODUCERS);
            final int sequence = (int)(offset / PRODUCERS);
            final BatchBuilder builder =
                new BatchBuilder().wrap(batch, 0, batch.capacity()).producer(producer, 0, sequence);
            builder.append(value, 0, VALUE_BYTES, offset);
            final int length = builder.finish();
            assertThat(partition.log().appendAsLeader(batch, 0, length, 1)).isEqualTo(offset + 1);
            partition.sequences().onAppended(producer, 0, sequence, 1, offset);
            store.doWork(nowNs);
        }
    }

    private void commit(final long highWatermark)
    {
        turnAndSync();
        highWatermarks.put(KEY, highWatermark);
        store.checkpoint(highWatermarks);
        turn();
    }

    private long turnAndSync()
    {
        nowNs += 1_000_000;
        store.doWork(nowNs);
        return partition.log().synced();
    }

    private void turn()
    {
        for (int i = 0; i < TURNS; i++)
        {
            store.doWork(nowNs);
        }
    }

    private void assertThatAllProducersAreKnown(final int records)
    {
        assertThat(partition.sequences().size()).isEqualTo(PRODUCERS);
        for (int producer = 0; producer < PRODUCERS; producer++)
        {
            final int next = (records - producer + PRODUCERS - 1) / PRODUCERS;
            assertThat(partition.sequences().check(producer, 0, next, 1)).as("next of " + producer).isEqualTo(Codes.OK);
            assertThat(partition.sequences().check(producer, 0, next - 1, 1)).isEqualTo(ProducerSequences.DUPLICATE);
        }
    }

    /** A table's order is no part of it. */
    private static Set<String> entries(final ProducerSequences sequences)
    {
        final byte[] bytes = new byte[sequences.encodedLength()];
        sequences.encode(new UnsafeBuffer(bytes), 0);
        final int header = 3 * Integer.BYTES;
        final int length = (bytes.length - header) / sequences.size();
        final Set<String> entries = new TreeSet<>();
        for (int at = header; at < bytes.length; at += length)
        {
            entries.add(HexFormat.of().formatHex(bytes, at, at + length));
        }
        return entries;
    }

    private List<Long> snapshots()
    {
        final String[] names = JournalLayout.partition(directory, KEY).toFile()
            .list((unused, name) -> name.matches("producers-\\d+"));
        return Arrays.stream(names).map((name) -> Long.parseLong(name.substring("producers-".length()))).sorted().toList();
    }

    private void damageTheFirstSegment() throws IOException
    {
        final File[] segments = JournalLayout.partition(directory, KEY).toFile().listFiles((unused, name) -> name.endsWith(".cq4"));
        Arrays.sort(segments);
        try (RandomAccessFile file = new RandomAccessFile(segments[0], "rw"))
        {
            file.seek(500_000);
            file.write(77);
        }
    }
}
