package io.syncline.embedded;

import io.syncline.client.Admin;
import io.syncline.client.Consumer;
import io.syncline.client.Producer;
import io.syncline.client.TopicPartition;
import io.syncline.journal.JournalLayout;
import org.agrona.IoUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** RELIABILITY D3: a log directory that was put back from an old copy is never led from. */
@Timeout(90)
class RestoredDirectoryTest
{
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);
    private static final int OLD_RECORDS = 100;

    private final Ledger ledger = new Ledger();
    private EmbeddedCluster cluster;
    private Path directory;
    private Path newest;
    private CompletableFuture<Void> served;

    /** The broker that has the only replica starts on a copy of its directory that lacks half of what was acknowledged. */
    @BeforeEach
    void putAnOldCopyBack(@TempDir final Path copies) throws IOException
    {
        newest = copies.resolve("newest");
        cluster = EmbeddedCluster.launch(new EmbeddedCluster.Context().brokers(1));
        directory = cluster.directoryOf(1).toPath();
        cluster.createTopic("orders", 1, 1);
        try (Producer producer = Producer.connect(cluster.producer().ackListener(ledger)))
        {
            final int handle = producer.handle("orders", 0);
            ledger.produce(producer, handle, OLD_RECORDS);
            ledger.awaitAcked(producer, PATIENCE);
            cluster.stop(1);
            copy(directory, copies.resolve("old"));
            cluster.restart(1);
            ledger.produce(producer, handle, OLD_RECORDS);
            ledger.awaitAcked(producer, PATIENCE);
        }
        cluster.stop(1);
        copy(directory, newest);
        replace(directory, copies.resolve("old"));
        served = CompletableFuture.runAsync(() -> cluster.restart(1));
        await().atMost(PATIENCE).until(() -> served.isDone() || events().contains("registration refused"));
    }

    @AfterEach
    void close()
    {
        cluster.close();
    }

    @Test
    void d3_theOldCopyShouldBeRefusedAndTheNewestShouldHaveLostNothing() throws Exception
    {
        assertThat(served).as("an old copy serves").isNotDone();
        assertThat(events()).contains("older copy").contains("log.dir");
        assertThat(cluster.leaderOf(ORDERS)).isNegative();

        cluster.stop(1);
        replace(directory, newest);
        cluster.restart(1);

        served.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        cluster.awaitInSync(ORDERS, PATIENCE);
        try (Consumer consumer = Consumer.connect(cluster.consumer()))
        {
            ledger.verify(consumer, consumer.assign("orders", 0), PATIENCE);
        }
    }

    /** Where the newest is lost for good: what the refusal tells a person to do. */
    @Test
    void d3_theOldCopyShouldLeadWhenItsIdentityIsDeletedAndAnOperatorElectsIt() throws Exception
    {
        cluster.stop(1);
        Files.delete(JournalLayout.stateFile(directory));
        cluster.restart(1);
        served.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(cluster.leaderOf(ORDERS)).as("without an operator's hand").isNegative();

        try (Admin admin = Admin.connect(cluster.admin()))
        {
            admin.elect("orders", 0, 1, true);
            cluster.awaitInSync(ORDERS, PATIENCE);
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                admin.describe("orders").partitions().get(0).highWatermark()).isEqualTo(OLD_RECORDS));
        }
    }

    private String events() throws IOException
    {
        final Path file = directory.resolve("events.log");
        return Files.exists(file) ? Files.readString(file) : "";
    }

    private static void replace(final Path directory, final Path copy) throws IOException
    {
        IoUtil.delete(directory.toFile(), false);
        copy(copy, directory);
    }

    private static void copy(final Path from, final Path to) throws IOException
    {
        try (Stream<Path> found = Files.walk(from))
        {
            for (final Path each : (Iterable<Path>)found::iterator)
            {
                Files.copy(each, to.resolve(from.relativize(each)));
            }
        }
    }
}
