package io.syncline.broker;

import io.syncline.protocol.Codes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;

/** Three brokers turned by hand: the agents, their rings and the conductor together. */
@Timeout(60)
class BrokerTest
{
    private static final int ACKS_ALL = -1;

    @TempDir
    Path directory;

    private HandDrivenCluster cluster;
    private long key;

    @BeforeEach
    void launch()
    {
        cluster = new HandDrivenCluster(directory, 3);
        key = HandDrivenCluster.key(cluster.createTopic("trades", 1, 3), 0);
        cluster.brokers.values().forEach(cluster.client()::connect);
        cluster.until(() -> cluster.client().connected.size() == 3);
    }

    @AfterEach
    void close()
    {
        cluster.close();
        assertThat(cluster.errors).isEmpty();
    }

    @Test
    void shouldAcknowledgeARecordThatAllThreeBrokersHold()
    {
        produce(0, "first");

        cluster.until(() -> cluster.client().acks.size() == 1);

        final TestClient.Ack ack = cluster.client().acks.get(0);
        assertThat(ack.code()).isEqualTo(Codes.OK);
        assertThat(ack.baseOffset()).isZero();
        assertThat(ack.fromSequence()).isZero();
        for (int id = 1; id <= 3; id++)
        {
            final int broker = id;
            assertThat(cluster.log(id, key).logEnd()).isEqualTo(1);
            cluster.until(() -> cluster.highWatermark(broker, key) == 1);
        }
    }

    private void produce(final long sequence, final String value)
    {
        final Broker leader = cluster.brokers.get(cluster.leaderOf(key));
        assertThat(cluster.client().produce(leader, key, ACKS_ALL, sequence, value)).isNotNegative();
    }
}
