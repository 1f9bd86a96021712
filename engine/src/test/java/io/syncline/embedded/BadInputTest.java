package io.syncline.embedded;

import io.syncline.client.Acks;
import io.syncline.client.Admin;
import io.syncline.client.ClientException;
import io.syncline.client.Consumer;
import io.syncline.client.Producer;
import io.syncline.client.TopicPartition;
import io.syncline.junit.SynclineTest;
import io.syncline.protocol.Codes;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** What a user can get wrong, through the public API: a clear error, and nothing lost. */
@Timeout(60)
@SynclineTest(brokers = 3)
class BadInputTest
{
    @Test
    void shouldNameATopicThatDoesNotExist(final EmbeddedCluster cluster)
    {
        try (Producer producer = Producer.connect(
            cluster.producer().metadataTimeoutNs(TimeUnit.MILLISECONDS.toNanos(200))))
        {
            assertThatExceptionOfType(ClientException.class).isThrownBy(() -> producer.handle("nowhere", 0))
                .withMessageContaining("nowhere")
                .satisfies((ex) -> assertThat(ex.code()).isEqualTo(Codes.UNKNOWN_TOPIC));
        }
    }

    @Test
    void shouldNameAPartitionThatDoesNotExist(final EmbeddedCluster cluster)
    {
        cluster.createTopic("two", 2, 3);
        try (Consumer consumer = Consumer.connect(
            cluster.consumer().metadataTimeoutNs(TimeUnit.MILLISECONDS.toNanos(200))))
        {
            assertThatExceptionOfType(ClientException.class).isThrownBy(() -> consumer.assign("two", 2))
                .withMessageContaining("two")
                .satisfies((ex) -> assertThat(ex.code()).isEqualTo(Codes.UNKNOWN_PARTITION));
        }
    }

    @Test
    void shouldRefuseARecordThatIsTooLargeBeforeItIsSent(final EmbeddedCluster cluster, final Producer producer)
    {
        cluster.createTopic("large", 1, 3);
        final int handle = producer.handle("large", 0);
        final UnsafeBuffer value = new UnsafeBuffer(new byte[256 * 1024]);

        assertThat(producer.offer(handle, value, 0, value.capacity())).isEqualTo(Codes.RECORD_TOO_LARGE);
        assertThat(producer.offer(handle, value, 0, 1000)).isZero();
        assertThat(producer.flush(TimeUnit.SECONDS.toNanos(10))).isTrue();
    }

    @Test
    void shouldRefuseMoreInSyncReplicasThanReplicas(final Admin admin)
    {
        assertThatExceptionOfType(ClientException.class)
            .isThrownBy(() -> admin.createTopic("strict", 1, 2, Map.of("min.insync.replicas", "3")))
            .withMessageContaining("min.insync.replicas")
            .satisfies((ex) -> assertThat(ex.code()).isEqualTo(Codes.INVALID_REQUEST));
    }

    @Test
    void shouldRefuseMoreReplicasThanBrokers(final Admin admin)
    {
        assertThatExceptionOfType(ClientException.class)
            .isThrownBy(() -> admin.createTopic("wide", 1, 4))
            .satisfies((ex) -> assertThat(ex.code()).isEqualTo(Codes.NOT_ENOUGH_BROKERS));
    }

    @Test
    void shouldRefuseATopicTwiceAndANameThatCannotBe(final EmbeddedCluster cluster, final Admin admin)
    {
        cluster.createTopic("once", 1, 1);
        assertThatExceptionOfType(ClientException.class)
            .isThrownBy(() -> admin.createTopic("once", 1, 1))
            .satisfies((ex) -> assertThat(ex.code()).isEqualTo(Codes.TOPIC_EXISTS));
        assertThatExceptionOfType(ClientException.class)
            .isThrownBy(() -> admin.createTopic("not a name", 1, 1))
            .satisfies((ex) -> assertThat(ex.code()).isEqualTo(Codes.INVALID_REQUEST));
    }

    @Test
    void shouldSayThatTheProducerIsClosed(final EmbeddedCluster cluster)
    {
        cluster.createTopic("closed", 1, 3);
        final Producer producer = Producer.connect(cluster.producer());
        final int handle = producer.handle("closed", 0);
        producer.close();
        assertThat(producer.offer(handle, new UnsafeBuffer(new byte[8]), 0, 8)).isEqualTo(Codes.CLOSED);
    }

    @Test
    @SynclineTest(brokers = 3)
    void r6_2_shouldRefuseBeforeTheAppendWithTooFewReplicasInSync(final EmbeddedCluster cluster)
    {
        cluster.createTopic("safe", 1, 3, Map.of("min.insync.replicas", "2"));
        final TopicPartition partition = new TopicPartition("safe", 0);
        final int leader = cluster.leaderOf(partition);
        try (Producer producer = Producer.connect(cluster.producer()
            .acks(Acks.ALL).deliveryTimeoutNs(TimeUnit.SECONDS.toNanos(4))))
        {
            assertThat(producer.send("safe", 0, null, new byte[]{ 1 })).satisfies((f) -> complete(producer, f));
            cluster.replicasOf(partition).stream().filter((replica) -> replica != leader).forEach(cluster::kill);
            org.awaitility.Awaitility.await().atMost(Duration.ofSeconds(10))
                .until(() -> cluster.isrOf(partition).size() == 1);

            final CompletableFuture<?> refused = producer.send("safe", 0, null, new byte[]{ 2 });
            complete(producer, refused);
            assertThat(refused).isCompletedExceptionally();
            assertThatExceptionOfType(ExecutionException.class).isThrownBy(refused::get)
                .satisfies((ex) -> assertThat(((ClientException)ex.getCause()).code())
                    .isEqualTo(Codes.NOT_ENOUGH_REPLICAS));
        }
    }

    @Test
    void shouldRefuseADirectoryThatIsInUse(@TempDir final File directory)
    {
        try (EmbeddedCluster first = EmbeddedCluster.launch(
            new EmbeddedCluster.Context().brokers(1).directory(directory)))
        {
            assertThatIllegalStateException().isThrownBy(() -> EmbeddedCluster.launch(
                new EmbeddedCluster.Context().brokers(1).directory(directory)))
                .withMessageContaining(directory.getPath());
            assertThat(first.isRunning(1)).isTrue();
        }
    }

    @Test
    void shouldRefuseSettingsThatCannotBe(@TempDir final File directory)
    {
        assertThatIllegalArgumentException().isThrownBy(() -> new EmbeddedCluster.Context().set("no.such.key", "1"))
            .withMessageContaining("no.such.key");
        assertThatIllegalArgumentException().isThrownBy(() -> EmbeddedCluster.launch(
            new EmbeddedCluster.Context().brokers(0)));
        assertThatIllegalArgumentException().isThrownBy(() -> EmbeddedCluster.launch(
            new EmbeddedCluster.Context().directory(directory).set("min.insync.replicas", "4")))
            .withMessageContaining("min.insync.replicas");
        assertThat(directory).isEmptyDirectory();
    }

    private static void complete(final Producer producer, final CompletableFuture<?> future)
    {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!future.isDone() && System.nanoTime() - deadlineNs < 0)
        {
            if (producer.poll() == 0)
            {
                Thread.yield();
            }
        }
    }
}
