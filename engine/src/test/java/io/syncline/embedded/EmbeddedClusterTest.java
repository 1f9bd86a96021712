package io.syncline.embedded;

import io.syncline.broker.Threading;
import io.syncline.client.Admin;
import io.syncline.client.Consumer;
import io.syncline.client.Producer;
import io.syncline.client.ReadFrom;
import io.syncline.client.ReplicaComparison;
import io.syncline.client.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

@Timeout(90)
class EmbeddedClusterTest
{
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);

    private final Ledger ledger = new Ledger();
    private EmbeddedCluster cluster;

    @AfterEach
    void close()
    {
        if (cluster != null)
        {
            cluster.close();
        }
    }

    @Test
    void shouldAcknowledgeAtEveryReplicaAndReadFromLeaderAndFollowers()
    {
        cluster = EmbeddedCluster.launch(new EmbeddedCluster.Context().brokers(3));
        cluster.createTopic("orders", 1, 3);

        try (Producer producer = Producer.connect(cluster.producer().ackListener(ledger)))
        {
            ledger.produce(producer, producer.handle("orders", 0), 5_000);
            ledger.awaitAcked(producer, PATIENCE);
        }

        verifyFrom(ReadFrom.LEADER);
        cluster.replicasOf(ORDERS).forEach((replica) -> verifyFrom(ReadFrom.broker(replica)));
        verifyIdentical();
    }

    @Test
    void shouldGoOnAndLoseNothingWhenTheLeaderIsKilledAndComesBack()
    {
        cluster = EmbeddedCluster.launch(new EmbeddedCluster.Context().brokers(3));
        cluster.createTopic("orders", 1, 3);
        final int leader = cluster.leaderOf(ORDERS);
        final int epoch = cluster.leaderEpochOf(ORDERS);

        try (Producer producer = Producer.connect(cluster.producer().ackListener(ledger)))
        {
            final int handle = producer.handle("orders", 0);
            ledger.produce(producer, handle, 2_000);
            cluster.kill(leader);
            ledger.produce(producer, handle, 2_000);
            ledger.awaitAcked(producer, PATIENCE);
            assertThat(Duration.ofNanos(ledger.longestGapNs())).isLessThan(Duration.ofSeconds(2));

            assertThat(cluster.leaderOf(ORDERS)).isNotEqualTo(leader).isPositive();
            assertThat(cluster.leaderEpochOf(ORDERS)).isGreaterThan(epoch);
            verifyFrom(ReadFrom.LEADER);

            cluster.restart(leader);
            cluster.awaitInSync(ORDERS, PATIENCE);
            ledger.produce(producer, handle, 1_000);
            ledger.awaitAcked(producer, PATIENCE);
        }
        verifyFrom(ReadFrom.broker(leader));
        verifyIdentical();
    }

    @Test
    void shouldFollowTheMajorityWhenTheLeaderIsCutOffAndRejoinWhenHealed()
    {
        cluster = EmbeddedCluster.launch(new EmbeddedCluster.Context().brokers(3));
        cluster.createTopic("orders", 1, 3);
        final int leader = cluster.leaderOf(ORDERS);

        try (Producer producer = Producer.connect(cluster.producer().ackListener(ledger)))
        {
            final int handle = producer.handle("orders", 0);
            ledger.produce(producer, handle, 1_000);
            cluster.isolate(leader);
            ledger.produce(producer, handle, 1_000);
            ledger.awaitAcked(producer, PATIENCE);
            assertThat(cluster.leaderOf(ORDERS)).isNotEqualTo(leader);

            cluster.heal();
            cluster.awaitInSync(ORDERS, PATIENCE);
            ledger.produce(producer, handle, 1_000);
            ledger.awaitAcked(producer, PATIENCE);
        }
        verifyFrom(ReadFrom.broker(leader));
        verifyIdentical();
    }

    @Test
    void r5_7_shouldHandOverWhenTheLeaderIsStopped()
    {
        cluster = EmbeddedCluster.launch(new EmbeddedCluster.Context().brokers(3));
        cluster.createTopic("orders", 1, 3);
        final int leader = cluster.leaderOf(ORDERS);

        try (Producer producer = Producer.connect(cluster.producer().ackListener(ledger)))
        {
            final int handle = producer.handle("orders", 0);
            ledger.produce(producer, handle, 1_000);
            cluster.stop(leader);
            assertThat(cluster.leaderOf(ORDERS)).isNotEqualTo(leader).isPositive();
            ledger.produce(producer, handle, 1_000);
            ledger.awaitAcked(producer, PATIENCE);
            cluster.restart(leader);
            cluster.awaitInSync(ORDERS, PATIENCE);
        }
        verifyFrom(ReadFrom.LEADER);
        verifyIdentical();
    }

    @Test
    void shouldCarryEverythingOverUdp()
    {
        cluster = EmbeddedCluster.launch(new EmbeddedCluster.Context().brokers(3).transport(Transport.UDP));
        cluster.createTopic("orders", 1, 3);
        try (Producer producer = Producer.connect(cluster.producer().ackListener(ledger)))
        {
            ledger.produce(producer, producer.handle("orders", 0), 2_000);
            ledger.awaitAcked(producer, PATIENCE);
        }
        verifyFrom(ReadFrom.LEADER);
        verifyIdentical();
    }

    @Test
    void shouldRunWithAThreadForEachAgent()
    {
        cluster = EmbeddedCluster.launch(new EmbeddedCluster.Context().brokers(3).threading(Threading.DEDICATED));
        cluster.createTopic("orders", 1, 3);
        try (Producer producer = Producer.connect(cluster.producer().ackListener(ledger)))
        {
            ledger.produce(producer, producer.handle("orders", 0), 1_000);
            ledger.awaitAcked(producer, PATIENCE);
        }
        verifyFrom(ReadFrom.LEADER);
    }

    @Test
    void shouldRunWithoutAnyThreadOfItsOwn()
    {
        cluster = EmbeddedCluster.launch(new EmbeddedCluster.Context().brokers(3).threading(Threading.INVOKER));
        cluster.createTopic("orders", 1, 3);
        try (Producer producer = Producer.connect(cluster.producer().ackListener(ledger)))
        {
            final int handle = producer.handle("orders", 0);
            for (int i = 0; i < 1_000; i++)
            {
                ledger.produce(producer, handle, 1);
                cluster.doWork();
            }
            ledger.awaitAcked(producer, PATIENCE);
        }
    }

    @Test
    void aClientShouldNeedTheBootstrapAndNothingElse()
    {
        cluster = EmbeddedCluster.launch(new EmbeddedCluster.Context().brokers(1));
        try (Admin admin = Admin.connect(cluster.bootstrap()))
        {
            admin.createTopic("orders", 1, 1, Map.of());
        }
        try (Producer producer = Producer.connect(new Producer.Context().bootstrap(cluster.bootstrap())))
        {
            assertThat(producer.send("orders", 0, null, new byte[8]).join().offset()).isZero();
        }
    }

    @Test
    void theApplicationShouldOwnEveryThreadButTheControllersWhenItSaysSo()
    {
        final Set<String> before = threads();
        cluster = EmbeddedCluster.launch(
            new EmbeddedCluster.Context().brokers(3).threading(Threading.INVOKER).logThread(false));
        cluster.createTopic("orders", 1, 3);
        cluster.restart(2);
        cluster.awaitInSync(ORDERS, PATIENCE);
        try (Producer producer = Producer.connect(cluster.producer().ackListener(ledger)))
        {
            ledger.produce(producer, producer.handle("orders", 0), 1_000);
            ledger.awaitAcked(producer, PATIENCE);
        }
        assertThat(threads()).filteredOn((name) -> !before.contains(name))
            .noneMatch((name) -> name.startsWith("logs") || name.startsWith("data") || name.startsWith("conductors"));
        assertThatThrownBy(() -> EmbeddedCluster.launch(new EmbeddedCluster.Context().logThread(false)))
            .hasMessageContaining("threading INVOKER");
    }

    @Test
    void shouldFindItsRecordsAgainInAGivenDirectory(@TempDir final File directory)
    {
        cluster = EmbeddedCluster.launch(new EmbeddedCluster.Context().brokers(3).directory(directory));
        cluster.createTopic("orders", 1, 3);
        try (Producer producer = Producer.connect(cluster.producer().ackListener(ledger)))
        {
            ledger.produce(producer, producer.handle("orders", 0), 1_000);
            ledger.awaitAcked(producer, PATIENCE);
        }
        cluster.close();

        cluster = EmbeddedCluster.launch(new EmbeddedCluster.Context().brokers(3).directory(directory));
        cluster.awaitInSync(ORDERS, PATIENCE);
        verifyFrom(ReadFrom.LEADER);
        verifyIdentical();
    }

    @Test
    void shouldLeaveNoThreadNoFileAndNoDirectoryBehind()
    {
        final Set<String> threads = threads();
        cluster = EmbeddedCluster.launch(new EmbeddedCluster.Context().brokers(3));
        cluster.createTopic("orders", 2, 3);
        cluster.kill(cluster.leaderOf(ORDERS));
        final List<String> directories = List.of(
            cluster.directory().getPath(), cluster.aeronDirectoryName(), cluster.controllerAeronDirectoryName());
        directories.forEach((directory) -> assertThat(new File(directory)).isDirectory());
        assertThat(openFilesBelow(directories)).isNotEmpty();
        cluster.close();

        directories.forEach((directory) -> assertThat(new File(directory)).doesNotExist());
        assertThat(openFilesBelow(directories)).isEmpty();
        await().untilAsserted(() -> assertThat(threads()).filteredOn((name) ->
            !threads.contains(name) && !name.startsWith("awaitility")).isEmpty());
    }

    private void verifyFrom(final ReadFrom readFrom)
    {
        try (Consumer consumer = Consumer.connect(cluster.consumer().readFrom(readFrom)))
        {
            ledger.verify(consumer, consumer.assign("orders", 0), PATIENCE);
        }
    }

    private void verifyIdentical()
    {
        try (Admin admin = Admin.connect(cluster.admin()))
        {
            await().atMost(PATIENCE).untilAsserted(() ->
            {
                final ReplicaComparison comparison = admin.verifyReplicas("orders", 0);
                assertThat(comparison.differences()).isEmpty();
                assertThat(comparison.toOffset()).isEqualTo(ledger.acked());
            });
        }
    }

    private static Set<String> threads()
    {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).collect(Collectors.toSet());
    }

    /** Open descriptors and mappings of this process. */
    private static List<String> openFilesBelow(final List<String> directories)
    {
        final List<String> open = new ArrayList<>();
        for (final File descriptor : new File("/proc/self/fd").listFiles())
        {
            try
            {
                open.add(Files.readSymbolicLink(descriptor.toPath()).toString());
            }
            catch (final IOException ignore)
            {
                // closed since it was listed
            }
        }
        try
        {
            open.addAll(Files.readAllLines(Path.of("/proc/self/maps")));
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
        return open.stream().filter((file) -> directories.stream().anyMatch(file::contains)).toList();
    }
}
