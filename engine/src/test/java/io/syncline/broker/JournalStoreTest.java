package io.syncline.broker;

import io.syncline.journal.RollListener;
import io.syncline.journal.JournalLayout;
import io.syncline.journal.StateFile;
import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;
import io.syncline.replica.ReplicaLog;
import io.syncline.replica.TestBatch;
import io.syncline.stream.Endpoint;
import io.syncline.replica.Retention;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** What a broker knows of its logs after it was killed. Nothing is synced here: the disk has no time for housekeeping. */
@Timeout(60)
class JournalStoreTest
{
    private static final long KEY = PartitionKey.of(7, 0);
    private static final long SEED = 0x5EED_0000_0000L;
    private static final int RECORDS = 50;
    private static final long HIGH_WATERMARK = 43;

    @TempDir
    Path directory;

    private final List<LogStore.Loss> losses = new ArrayList<>();
    private final List<Throwable> errors = new ArrayList<>();
    private final ConductorProxy answers = new ConductorProxy();
    private long nowNs = 1_000_000_000L;
    private BrokerContext context;
    private NodeState state;
    private BrokerCounters counters;
    private PartitionCounters partitionCounters;
    private JournalStore store;
    private LogKeeper keeper;
    private LogStore.Partition opened;
    private RuntimeException failure;

    @AfterEach
    void close()
    {
        kill();
        assertThat(errors).isEmpty();
    }

    @Test
    void r8_2_damageBelowTheLastKnownHighWatermarkShouldBeReportedAfterAKillAndNothingCut() throws IOException
    {
        fillAndCheckpoint();
        kill();
        damage(SEED + HIGH_WATERMARK - 1);
        final Path manifest = JournalLayout.partition(directory, KEY).resolve("manifest");
        final byte[] before = Files.readAllBytes(manifest);

        open();

        assertThat(opened).isNull();
        assertThat(failure).hasMessageContaining("is damaged").hasMessageContaining("below its high watermark 43");
        assertThat(Files.readAllBytes(manifest)).isEqualTo(before);
        kill();
        open();
        assertThat(failure).hasMessageContaining("is damaged").hasMessageContaining("below its high watermark 43");
    }

    @Test
    void r8_2_aTornEndAboveTheLastKnownHighWatermarkShouldBeCut() throws IOException
    {
        fillAndCheckpoint();
        kill();
        damage(SEED + HIGH_WATERMARK);

        open();

        assertThat(failure).isNull();
        assertThat(opened.log().logEnd()).isEqualTo(HIGH_WATERMARK);
        assertThat(partitionCounters.highWatermark().get()).isEqualTo(HIGH_WATERMARK);
    }

    @Test
    void r5_4_whatALostPageCacheTookShouldBeLossAndNotDamage() throws IOException
    {
        fillAndCheckpoint();
        kill();
        StateFile.open(directory).bootId("another kernel").save();
        damage(SEED + HIGH_WATERMARK - 1);

        open();

        assertThat(state.isLossy()).isTrue();
        assertThat(failure).isNull();
        assertThat(opened.log().logEnd()).isEqualTo(HIGH_WATERMARK - 1);
        assertThat(partitionCounters.highWatermark().get()).isZero();
    }

    @Test
    void r8_2_aDamagedLogShouldBeMovedAsideAsItIsAndAnEmptyOneOpened() throws IOException
    {
        fillAndCheckpoint();
        kill();
        damage(SEED + HIGH_WATERMARK - 1);
        open();
        assertThat(failure).isInstanceOf(LogStore.DamagedException.class);
        final byte[] manifest = Files.readAllBytes(JournalLayout.partition(directory, KEY).resolve("manifest"));

        quarantine();

        final Path aside = JournalLayout.quarantine(directory).resolve("7-0-1");
        assertThat(failure).isNull();
        assertThat(Files.readAllBytes(aside.resolve("manifest"))).isEqualTo(manifest);
        assertThat(JournalLayout.partition(directory, KEY)).doesNotExist();
        assertThat(StateFile.open(directory).highWatermark(KEY)).isEqualTo(StateFile.NULL_VALUE);
        kill();
        open();
        assertThat(failure).isNull();
        assertThat(opened.log().logEnd()).isZero();
    }

    /** D3: acknowledged, and gone before the first checkpoint knew of it. */
    @Test
    void i8_aLogThatIsMissingBeforeItsFirstCheckpointShouldNotPassForAnEmptyOne() throws IOException
    {
        open();
        state.registered(1);
        kill();
        Files.move(JournalLayout.partition(directory, KEY), directory.resolve("taken-away"));

        open();

        assertThat(failure).isInstanceOf(LogStore.DamagedException.class).hasMessageContaining("is missing");
    }

    @Test
    void i8_aLogThatIsMissingWhereSomethingWasCommittedShouldNotPassForAnEmptyOne() throws IOException
    {
        fillAndCheckpoint();
        kill();
        Files.move(JournalLayout.partition(directory, KEY), directory.resolve("taken-away"));

        open();
        assertThat(failure).isInstanceOf(LogStore.DamagedException.class)
            .hasMessageContaining("is missing").hasMessageContaining("offset 43");
        kill();
        open();
        assertThat(failure).as("said again by the next process").isInstanceOf(LogStore.DamagedException.class);

        quarantine();
        kill();
        open();
        assertThat(failure).isNull();
        assertThat(opened.log().logEnd()).isZero();
    }

    @Test
    void r8_1_damageThatAReaderMeetsShouldBeToldOnceAndKnownToTheNextProcess() throws IOException
    {
        fillAndCheckpoint();
        damage(SEED + 10);
        try (PartitionReader reader = opened.newReader(() -> RECORDS))
        {
            final UnsafeBuffer view = new UnsafeBuffer(0, 0);
            assertThat(reader.read(9, view)).isPositive();
            assertThat(reader.read(10, view)).isEqualTo(Codes.CORRUPT_BATCH);
        }
        for (int i = 0; i < 3; i++)
        {
            nowNs += 1_000_000_000;
            keeper.doWork();
            answers.drain(null);
        }

        assertThat(losses).hasSize(1);
        assertThat(losses.get(0).isDamaged()).isTrue();
        assertThat(losses.get(0).reason()).contains("7-0").contains("offset 10 of [0, 50)").contains("CRC");
        kill();
        open();
        assertThat(failure).isInstanceOf(LogStore.DamagedException.class).hasMessageContaining("offset 10");
    }

    @Test
    void aLogCutBelowItsHighWatermarkShouldNotLookDamagedAfterAKill()
    {
        fillAndCheckpoint();
        keeper.change(opened, (partition) -> partition.truncateTo(10), (ex) -> failure = ex);
        keeper.doWork();
        answers.drain(null);
        assertThat(failure).isNull();
        kill();

        open();

        assertThat(failure).isNull();
        assertThat(opened.log().logEnd()).isEqualTo(10);
    }

    @Test
    void aDeletedLogShouldLeaveNothingBehind()
    {
        fillAndCheckpoint();
        keeper.delete(KEY, (ex) -> failure = ex);
        keeper.doWork();
        answers.drain(null);

        assertThat(failure).isNull();
        assertThat(JournalLayout.partition(directory, KEY)).doesNotExist();
        assertThat(StateFile.open(directory).highWatermark(KEY)).isEqualTo(StateFile.NULL_VALUE);
    }

    private void fillAndCheckpoint()
    {
        open();
        state.registered(1);
        final ReplicaLog log = opened.log();
        log.startEpoch(1);
        for (int i = 0; i < RECORDS; i++)
        {
            final UnsafeBuffer batch = TestBatch.of(1, 100, SEED + i);
            assertThat(log.appendAsLeader(batch, 0, batch.capacity(), 1)).isEqualTo(i + 1);
        }
        partitionCounters.highWatermark().setRelease(HIGH_WATERMARK);
        keeper.doWork();
        assertThat(StateFile.open(directory).highWatermark(KEY)).isNotEqualTo(HIGH_WATERMARK);
        nowNs += LogKeeper.CHECKPOINT_INTERVAL_NS;
        keeper.doWork();
        assertThat(StateFile.open(directory).highWatermark(KEY)).isEqualTo(HIGH_WATERMARK);
    }

    @Test
    void shouldSaveANewIncarnationWithTheNextCheckpoint()
    {
        open();
        keeper.doWork();
        state.registered(6);
        state.registered(7);
        assertThat(StateFile.open(directory).incarnation()).as("saved with the news of the loss").isEqualTo(6);
        nowNs += LogKeeper.CHECKPOINT_INTERVAL_NS;
        keeper.doWork();
        assertThat(StateFile.open(directory).incarnation()).isEqualTo(7);
    }

    private void open()
    {
        context = new Broker.Context()
            .nodeId(1)
            .directory(directory.toFile())
            .listeners(new Endpoint("localhost", 1), new Endpoint("localhost", 2))
            .set("log.segment.bytes", "1m")
            .controllerSession((listener) -> null)
            .nanoClock(() -> nowNs)
            .errorHandler(errors::add);
        context.conclude();
        state = NodeState.open(directory, 1, context.clusterId());
        counters = new BrokerCounters(1, new File(directory.toFile(), BrokerCounters.FILE_NAME));
        partitionCounters = counters.partition(KEY, "topic");
        store = new JournalStore(context, state, errors::add, RollListener.NONE);
        keeper = new LogKeeper(context, new WithoutHousekeeping(store), answers, errors::add);
        opened = null;
        failure = null;
        keeper.open(KEY, partitionCounters, Retention.NONE, (partition, ex) ->
        {
            opened = partition;
            failure = ex;
        }, (key, partition, loss) -> losses.add(loss));
        keeper.doWork();
        answers.drain(null);
    }

    private void quarantine()
    {
        keeper.quarantine(KEY, (where, ex) -> failure = ex);
        keeper.doWork();
        answers.drain(null);
    }

    private void kill()
    {
        if (keeper != null)
        {
            keeper.close(false);
            store.close();
            counters.close();
            state.close();
            keeper = null;
        }
    }

    /** Turns over a bit of the one value that begins with this number. */
    private void damage(final long valueSeed) throws IOException
    {
        final List<Path> segments;
        try (Stream<Path> files = Files.list(JournalLayout.partition(directory, KEY)))
        {
            segments = files.filter((file) -> file.toString().endsWith(".cq4")).toList();
        }
        for (final Path segment : segments)
        {
            final UnsafeBuffer bytes = new UnsafeBuffer(Files.readAllBytes(segment));
            for (int i = 0; i + Long.BYTES <= bytes.capacity(); i += Integer.BYTES)
            {
                if (bytes.getLong(i, ByteOrder.LITTLE_ENDIAN) == valueSeed)
                {
                    try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw"))
                    {
                        file.seek(i + 20);
                        file.write(bytes.getByte(i + 20) ^ 1);
                    }
                    return;
                }
            }
        }
        throw new AssertionError("no value " + valueSeed + " in " + segments);
    }

    private record WithoutHousekeeping(LogStore store) implements LogStore
    {
        @Override
        public Partition open(final long key)
        {
            return store.open(key);
        }

        @Override
        public void delete(final long key)
        {
            store.delete(key);
        }

        @Override
        public String quarantine(final long key)
        {
            return store.quarantine(key);
        }

        @Override
        public int doWork(final long nowNs)
        {
            return 0;
        }

        @Override
        public void checkpoint(final Long2LongHashMap highWatermarks)
        {
            store.checkpoint(highWatermarks);
        }

        @Override
        public void close()
        {
            store.close();
        }
    }
}
