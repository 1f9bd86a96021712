package io.syncline.embedded;

import io.syncline.broker.BrokerCounters;
import io.syncline.broker.Threading;
import io.syncline.client.Acks;
import io.syncline.client.Producer;
import io.syncline.client.TopicPartition;
import io.syncline.stage.Happening;
import io.syncline.stage.Stage;
import io.syncline.stage.StageHistogram;
import io.syncline.stage.StageLayout;
import io.syncline.stage.StageListener;
import io.syncline.stage.StageReader;
import io.syncline.stage.StageSample;
import org.agrona.BufferUtil;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.File;
import java.nio.MappedByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The stages of sampled records through a whole cluster. */
@Timeout(90)
class StagesTest
{
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int RECORDS = 400;
    private static final int SAMPLING = 4;

    private Ledger ledger = new Ledger();
    private final AddingUp samples = new AddingUp();
    private EmbeddedCluster cluster;

    /** Checks each sample as it comes: nothing of it may be kept. */
    private static final class AddingUp implements StageListener
    {
        int count;
        int withFollower;
        int wrong;
        int negative;
        long waited;
        String firstWrong = "";

        @Override
        public void onSample(final StageSample sample)
        {
            count++;
            withFollower += sample.follower() > 0 ? 1 : 0;
            waited += sample.stageNs(Stage.WAIT_PRODUCER);
            if (sample.sumNs() != sample.totalNs())
            {
                wrong++;
                firstWrong = sample.sumNs() + " != " + sample.totalNs();
            }
            for (int i = 0; i < Stage.COUNT; i++)
            {
                negative += sample.stageNs(Stage.at(i)) < 0 ? 1 : 0;
            }
        }
    }

    @AfterEach
    void close()
    {
        if (cluster != null)
        {
            cluster.close();
        }
    }

    @ParameterizedTest
    @EnumSource(Threading.class)
    void stagesOfEverySampledRecordShouldAddUpToItsTotalExactly(final Threading threading)
    {
        launch(3, threading);
        produce(Acks.ALL, 3);

        // What a busy machine made the producer send twice is not measured.
        assertThat(samples.count).as("one record in four").isBetween(RECORDS / SAMPLING * 9 / 10, RECORDS / SAMPLING);
        assertThat(samples.wrong).as(samples.firstWrong).isZero();
        assertThat(samples.negative).as("one machine, one clock: no stage is below zero").isZero();
        assertThat(samples.withFollower).isEqualTo(samples.count);
    }

    @Test
    void stagesShouldAddUpWithoutFollowersAndWithoutWaitingForThem()
    {
        launch(3, Threading.SHARED);
        produce(Acks.ALL, 1);
        assertThat(samples.count).isPositive();
        assertThat(samples.withFollower).isZero();

        final int before = samples.count;
        produce(Acks.LEADER, 3);
        assertThat(samples.count).isGreaterThan(before);
        assertThat(samples.withFollower).isZero();
        assertThat(samples.wrong).as(samples.firstWrong).isZero();
        assertThat(samples.negative).isZero();
    }

    @Test
    void stagesShouldAddUpAcrossAFailoverAndGoOnAfterIt()
    {
        launch(3, Threading.SHARED);
        final TopicPartition partition = new TopicPartition("acks-ALL-3", 0);
        cluster.createTopic(partition.topic(), 1, 3);
        try (Producer producer = Producer.connect(cluster.producer()
            .ackListener(ledger).stageSampling(SAMPLING).stageListener(samples)))
        {
            final int handle = producer.handle(partition.topic(), 0);
            produceOneByOne(producer, handle);
            final int before = samples.count;
            cluster.kill(cluster.leaderOf(partition));
            produceOneByOne(producer, handle);
            assertThat(samples.count).as("sampled by the next leader, too").isGreaterThan(before);
        }
        assertThat(samples.wrong).as(samples.firstWrong).isZero();
        assertThat(samples.negative).isZero();
    }

    @Test
    void filesShouldSayTheSameAsTheListener(@TempDir final Path producerDirectory)
    {
        launch(3, Threading.SHARED);
        cluster.createTopic("orders", 1, 3);
        final int leader = cluster.leaderOf(new TopicPartition("orders", 0));
        final long clientId;
        try (Producer producer = Producer.connect(cluster.producer()
            .ackListener(ledger).stageSampling(SAMPLING).stageListener(samples).stageDirectory(producerDirectory.toFile())))
        {
            clientId = producer.clientId();
            produceOneByOne(producer, producer.handle("orders", 0));
        }
        final File ofProducer =
            producerDirectory.resolve("producer-" + clientId + StageLayout.PRODUCER_FILE_SUFFIX).toFile();
        try (StageReader reader = new StageReader(ofProducer))
        {
            assertThat(reader.kind()).isEqualTo(StageLayout.KIND_PRODUCER);
            assertThat(reader.sections()).extracting(StageReader.Section::name).containsExactly("orders");
            for (int section = 0; section < 2; section++)
            {
                assertThat(reader.histogram(section, StageLayout.TOTAL).count()).isEqualTo(samples.count);
                assertThat(reader.rows(section).count()).isEqualTo(samples.count);
            }
            assertThat(sum(reader.rows(0).tailShares(0))).isCloseTo(1.0, org.assertj.core.data.Offset.offset(1e-9));
            assertThat(reader.exemplars()).isNotEmpty().allSatisfy((worst) ->
                assertThat(java.util.stream.LongStream.of(worst.stageNs()).sum()).isEqualTo(worst.totalNs()));
        }
        final File ofLeader = new File(cluster.directoryOf(leader), StageLayout.BROKER_FILE_NAME);
        try (StageReader reader = new StageReader(ofLeader))
        {
            assertThat(reader.kind()).isEqualTo(StageLayout.KIND_BROKER);
            assertThat(reader.nodeId()).isEqualTo(leader);
            final long led = reader.histogram(0, StageLayout.TOTAL).count();
            assertThat(led).as("those, and what was sent twice").isBetween((long)samples.count, (long)RECORDS / SAMPLING);
            assertThat(reader.histogram(0, Stage.WAIT_PRODUCER.ordinal()).count()).isZero();
            final List<StageHistogram> whatIf = List.of(
                reader.histogram(1, StageLayout.WHATIF), reader.histogram(1, StageLayout.WHATIF + 1),
                reader.histogram(1, StageLayout.WHATIF + 2));
            assertThat(whatIf.get(0).count()).isEqualTo(led);
            assertThat(whatIf.get(0).percentileNs(50)).isLessThanOrEqualTo(whatIf.get(1).percentileNs(50));
            assertThat(whatIf.get(1).percentileNs(50)).isLessThanOrEqualTo(whatIf.get(2).percentileNs(50));
        }
        long followed = 0;
        for (final int follower : cluster.replicasOf(new TopicPartition("orders", 0)))
        {
            try (StageReader reader =
                new StageReader(new File(cluster.directoryOf(follower), StageLayout.BROKER_FILE_NAME)))
            {
                followed += reader.histogram(0, StageLayout.FOLLOWED_APPEND).count();
            }
        }
        assertThat(followed).as("both followers timed each").isGreaterThanOrEqualTo(2L * samples.count);
    }

    @Test
    void rollsAndPausesShouldBeNotedAndFramesCounted()
    {
        cluster = EmbeddedCluster.launch(new EmbeddedCluster.Context().brokers(3).set("log.segment.bytes", "1m"));
        cluster.createTopic("orders", 1, 3);
        final int leader = cluster.leaderOf(new TopicPartition("orders", 0));
        try (Producer producer = Producer.connect(cluster.producer()))
        {
            final int handle = producer.handle("orders", 0);
            final UnsafeBuffer value = new UnsafeBuffer(new byte[64 * 1024]);
            for (int i = 0; i < 40; i++)
            {
                assertThat(producer.offer(handle, value, 0, value.capacity())).isEqualTo(i);
                assertThat(producer.flush(PATIENCE.toNanos())).isTrue();
            }
        }
        System.gc();
        try (StageReader reader = new StageReader(new File(cluster.directoryOf(leader), StageLayout.BROKER_FILE_NAME)))
        {
            await().atMost(PATIENCE).untilAsserted(() ->
                assertThat(reader.happenings()).extracting(StageReader.Event::what).contains(Happening.GC));
            assertThat(reader.happenings()).filteredOn((event) ->
                event.what() == Happening.ROLL || event.what() == Happening.UNPREPARED_ROLL).hasSize(2);
            assertThat(reader.happenings()).allSatisfy((event) -> assertThat(event.endNs()).isBetween(
                reader.startedNs(), TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis() + 5_000)));
        }
        final MappedByteBuffer mapped = IoUtil.mapExistingFile(
            new File(cluster.directoryOf(leader), BrokerCounters.FILE_NAME), "counters");
        try
        {
            final Map<String, Long> values = new HashMap<>();
            final CountersReader counters = BrokerCounters.reader(mapped);
            counters.forEach((id, label) -> values.put(label, counters.getCounterValue(id)));
            assertThat(values).containsEntry("segment rolls", 2L).containsEntry("leader orders-0", (long)leader)
                .containsEntry("isr orders-0", 0b1110L).containsEntry("log-end orders-0", 40L);
            assertThat(values.get("received produce")).isGreaterThanOrEqualTo(40);
            assertThat(values.get("sent live")).isGreaterThanOrEqualTo(80);
            assertThat(values).containsKeys("refused live", "refused produce-ack", "unprepared segment rolls");
        }
        finally
        {
            BufferUtil.free(mapped);
        }
    }

    @Test
    void samplingShouldBeOffWhereItIsTurnedOff()
    {
        cluster = EmbeddedCluster.launch(new EmbeddedCluster.Context().brokers(1).set("stage.sampling", "0")
            .set("min.insync.replicas", "1").set("default.replication.factor", "1"));
        produce(Acks.ALL, 1);

        assertThat(samples.count).isZero();
        assertThat(new File(cluster.directoryOf(1), StageLayout.BROKER_FILE_NAME)).doesNotExist();
    }

    private void launch(final int brokers, final Threading threading)
    {
        cluster = EmbeddedCluster.launch(new EmbeddedCluster.Context().brokers(brokers).threading(threading));
    }

    private void produce(final Acks acks, final int replicationFactor)
    {
        final String topic = "acks-" + acks + "-" + replicationFactor;
        cluster.createTopic(topic, 1, replicationFactor);
        ledger = new Ledger();
        try (Producer producer = Producer.connect(cluster.producer()
            .acks(acks).ackListener(ledger).stageSampling(SAMPLING).stageListener(samples)))
        {
            final int handle = producer.handle(topic, 0);
            produceOneByOne(producer, handle);
        }
    }

    /** A batch each, so that every fourth record is sampled. */
    private void produceOneByOne(final Producer producer, final int handle)
    {
        for (int i = 0; i < RECORDS; i++)
        {
            ledger.produce(producer, handle, 1);
            ledger.awaitAcked(producer, PATIENCE);
        }
    }

    private static double sum(final double[] values)
    {
        double sum = 0;
        for (final double value : values)
        {
            sum += value;
        }
        return sum;
    }
}
