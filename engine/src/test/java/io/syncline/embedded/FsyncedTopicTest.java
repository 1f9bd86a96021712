package io.syncline.embedded;

import io.syncline.client.Acks;
import io.syncline.client.Admin;
import io.syncline.client.Producer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/** R3.1 at level fsynced by whole brokers: an acknowledgement waits for the devices, and for no interval. */
@Timeout(120)
class FsyncedTopicTest
{
    private static final int RECORDS = 30;

    @Test
    void r3_1_anAcknowledgementShouldWaitForADeviceAndNotForTheNextForceThatIsDue() throws Exception
    {
        try (EmbeddedCluster cluster = EmbeddedCluster.launch(new EmbeddedCluster.Context().brokers(3)))
        {
            cluster.createTopic("ledger", 1, 3, Map.of("durability", "fsynced"));
            try (Producer producer = Producer.connect(cluster.producer().acks(Acks.ALL));
                Admin admin = Admin.connect(cluster.admin()))
            {
                send(producer);
                final long startNs = System.nanoTime();
                for (int i = 1; i < RECORDS; i++)
                {
                    send(producer);
                }
                final long tookNs = System.nanoTime() - startNs;
                // Logs of the other level are forced once a second: one after the other these would take half a minute.
                assertThat(TimeUnit.NANOSECONDS.toMillis(tookNs)).as("ms for %d records, one after the other", RECORDS - 1)
                    .isLessThan(RECORDS * 500L);
                assertThat(admin.describe("ledger").partitions().get(0).replicaStates()).hasSize(3)
                    .allSatisfy((replica) -> assertThat(replica.synced()).isEqualTo(RECORDS));
            }
        }
    }

    private static void send(final Producer producer) throws Exception
    {
        producer.send("ledger", 0, null, "entry".getBytes(StandardCharsets.UTF_8)).get(30, TimeUnit.SECONDS);
    }
}
