package io.syncline.tools;

import io.syncline.client.TopicPartition;
import io.syncline.embedded.EmbeddedCluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class DemoProducerTest
{
    private static final int LINES = 400;
    private static final int HOLD_AT = 300;
    private static final long SLOW_KILL_NS = TimeUnit.MILLISECONDS.toNanos(50);

    /** A kill that took its time let the old leader acknowledge everything, and the demo called that a failover. */
    @Test
    void linesThatAreHeldShouldNotGoToALeaderThatIsYetToBeKilled(@TempDir final Path dir) throws Exception
    {
        final TopicPartition partition = new TopicPartition("held", 0);
        try (EmbeddedCluster cluster = EmbeddedCluster.launch(new EmbeddedCluster.Context().brokers(3)))
        {
            cluster.createTopic(partition.topic(), 1, 3);
            final int leader = cluster.leaderOf(partition);
            final int epoch = cluster.leaderEpochOf(partition);
            final DemoProducer producer =
                new DemoProducer(cluster.producer(), partition.topic(), 1, lines(dir), 0, HOLD_AT);
            final Thread thread = new Thread(producer, "demo-producer");
            thread.start();
            while (producer.acked() < HOLD_AT && !producer.isDone())
            {
                Thread.onSpinWait();
            }

            producer.onKill(new int[]{ epoch });
            final long startNs = System.nanoTime();
            while (System.nanoTime() - startNs < SLOW_KILL_NS)
            {
                assertThat(producer.offered()).isEqualTo(HOLD_AT);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
            cluster.kill(leader);
            producer.onKilled();
            thread.join();

            assertThat(producer.failure()).isNull();
            assertThat(producer.acked()).isEqualTo(LINES);
            assertThat(producer.newEpoch()).isGreaterThan(epoch);
        }
    }

    private static LineFile lines(final Path dir) throws IOException
    {
        return LineFile.scan(Files.writeString(dir.resolve("input"),
            IntStream.range(0, LINES).mapToObj((i) -> "line " + i).collect(Collectors.joining("\n", "", "\n"))));
    }
}
