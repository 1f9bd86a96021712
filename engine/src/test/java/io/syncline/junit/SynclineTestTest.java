package io.syncline.junit;

import io.syncline.client.Admin;
import io.syncline.client.Consumer;
import io.syncline.client.Producer;
import io.syncline.embedded.EmbeddedCluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
@SynclineTest(brokers = 2)
class SynclineTestTest
{
    private static EmbeddedCluster shared;

    @Test
    void shouldInjectAClusterAndItsClients(
        final EmbeddedCluster cluster, final Producer producer, final Consumer consumer, final Admin admin)
    {
        remember(cluster);
        cluster.createTopic("words", 1, 2);
        assertThat(admin.listTopics()).contains("words");

        producer.send("words", 0, null, "hello".getBytes(StandardCharsets.UTF_8));
        assertThat(producer.flush(TimeUnit.SECONDS.toNanos(10))).isTrue();

        final int handle = consumer.assign("words", 0);
        consumer.seekToBeginning(handle);
        final List<String> words = new ArrayList<>();
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (words.isEmpty() && System.nanoTime() - deadlineNs < 0)
        {
            consumer.poll((h, offset, epoch, timeNs, buffer, keyOffset, keyLength, at, length) ->
                words.add(buffer.getStringWithoutLengthAscii(at, length)), 10);
        }
        assertThat(words).containsExactly("hello");
    }

    @Test
    void shouldShareOneClusterAmongTheTestsOfAClass(final EmbeddedCluster cluster)
    {
        remember(cluster);
        assertThat(cluster.brokers()).containsExactly(1, 2);
    }

    @Test
    @SynclineTest(brokers = 1)
    void shouldGiveATestItsOwnClusterWhereItAsks(final EmbeddedCluster cluster)
    {
        assertThat(cluster.brokers()).containsExactly(1);
        assertThat(cluster).isNotSameAs(shared);
    }

    private static void remember(final EmbeddedCluster cluster)
    {
        if (shared == null)
        {
            shared = cluster;
        }
        assertThat(cluster).isSameAs(shared);
    }
}
