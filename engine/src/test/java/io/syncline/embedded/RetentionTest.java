package io.syncline.embedded;

import io.syncline.client.Admin;
import io.syncline.client.Consumer;
import io.syncline.client.PartitionDescription;
import io.syncline.client.Producer;
import io.syncline.client.ReadFrom;
import io.syncline.client.TopicPartition;
import io.syncline.journal.JournalLayout;
import io.syncline.journal.JournalView;
import io.syncline.protocol.PartitionKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** R8.4 by whole brokers: the leader drops what it need not keep, and everybody else goes along. */
@Timeout(180)
class RetentionTest
{
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);
    private static final int VALUE_BYTES = 16 * 1024;

    private EmbeddedCluster cluster;
    private long topicId;

    @AfterEach
    void close()
    {
        if (cluster != null)
        {
            cluster.close();
        }
    }

    @Test
    void shouldDropTheBeginningOfEveryReplicaAndLetAFollowerFromBeforeItCatchUp()
    {
        launch("retention.bytes", "2m");
        final int away = cluster.replicasOf(ORDERS).stream()
            .filter((broker) -> broker != cluster.leaderOf(ORDERS)).findFirst().orElseThrow();
        try (Producer producer = Producer.connect(cluster.producer()); Admin admin = Admin.connect(cluster.admin()))
        {
            produce(producer, 20);
            cluster.kill(away);
            produce(producer, 600);
            final long start = awaitLogStartAbove(admin, 300);

            try (Consumer consumer = Consumer.connect(cluster.consumer().readFrom(ReadFrom.LEADER)))
            {
                // Retention goes on meanwhile, as snapshots of the producers are taken.
                assertThat(firstOffset(consumer)).isBetween(start, awaitLogStartAbove(admin, start - 1));
            }
            cluster.restart(away);
            cluster.awaitInSync(ORDERS, PATIENCE);
            produce(producer, 20);
            try (Consumer consumer = Consumer.connect(cluster.consumer().readFrom(ReadFrom.broker(away))))
            {
                assertThat(firstOffset(consumer)).isGreaterThanOrEqualTo(start);
            }
        }
        final long leaders = logStartOn(cluster.leaderOf(ORDERS));
        assertThat(leaders).isGreaterThan(300);
        for (final int broker : cluster.replicasOf(ORDERS))
        {
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(logStartOn(broker)).as("of broker " + broker)
                .isEqualTo(logStartOn(cluster.leaderOf(ORDERS))));
        }
    }

    private void launch(final String key, final String value)
    {
        cluster = EmbeddedCluster.launch(
            new EmbeddedCluster.Context().brokers(3).set("log.segment.bytes", "1m").set("max.batch.bytes", "128k"));
        topicId = cluster.createTopic("orders", 1, 3, Map.of(key, value, "min.insync.replicas", "2")).topicId();
    }

    private static void produce(final Producer producer, final int records)
    {
        final byte[] value = new byte[VALUE_BYTES];
        for (int i = 0; i < records; i++)
        {
            producer.send("orders", 0, null, value).join();
        }
    }

    private static long awaitLogStartAbove(final Admin admin, final long offset)
    {
        final long[] start = { -1 };
        await().atMost(PATIENCE).until(() ->
        {
            final PartitionDescription described = admin.describe("orders").partitions().get(0);
            start[0] = described.logStart();
            return start[0] > offset;
        });
        return start[0];
    }

    private static long firstOffset(final Consumer consumer)
    {
        final long[] first = { -1 };
        consumer.seekToBeginning(consumer.assign("orders", 0));
        await().atMost(PATIENCE).until(() ->
        {
            consumer.poll((partition, offset, epoch, time, buffer, keyOffset, keyLength, valueOffset, valueLength) ->
                first[0] = first[0] < 0 ? offset : first[0], 10);
            return first[0] >= 0;
        });
        return first[0];
    }

    private long logStartOn(final int broker)
    {
        final Path partitions = cluster.directoryOf(broker).toPath();
        try (JournalView view = JournalView.open(JournalLayout.partition(partitions, PartitionKey.of(topicId, 0))))
        {
            return view.logStart();
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }
}
