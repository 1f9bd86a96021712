package io.syncline.broker;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/** R8.2 from the broker's side: what becomes of a partition when a replica's log is damaged or its device fails. */
@Timeout(60)
class LostLogTest
{
    private static final int ACKS_ALL = -1;

    @TempDir
    Path directory;

    private HandDrivenCluster cluster;
    private long key;
    private long sequence;

    @BeforeEach
    void launchAndCommitTen()
    {
        cluster = new HandDrivenCluster(directory, 3);
        key = HandDrivenCluster.key(cluster.createTopic("trades", 1, 3), 0);
        cluster.brokers.values().forEach(cluster.client()::connect);
        cluster.until(() -> cluster.client().connected.size() == 3);
        cluster.untilLed(key);
        produce(10);
        cluster.until(() -> IntStream.rangeClosed(1, 3).allMatch((id) -> cluster.highWatermark(id, key) == 10));
    }

    @AfterEach
    void close()
    {
        cluster.close();
    }

    @Test
    void aDamagedFollowerShouldLeaveThenRefetchAndComeBack()
    {
        final int leader = cluster.leaderOf(key);
        final int damaged = leader % 3 + 1;
        final int epoch = cluster.partition(key).leaderEpoch();
        lose(damaged, true);
        cluster.until(() -> !cluster.partition(key).isr().contains(damaged));

        assertThat(cluster.partition(key).elr()).doesNotContain(damaged);
        assertThat(cluster.partition(key).leaderEpoch()).as("nothing heard of the old log counts").isGreaterThan(epoch);
        assertThat(cluster.leaderOf(key)).isEqualTo(leader);
        cluster.until(() -> cluster.partition(key).isr().size() == 3);

        assertThat(cluster.stores.get(damaged).quarantined()).isEqualTo(1);
        assertThat(cluster.log(damaged, key).logEnd()).isEqualTo(10);
        produce(3);
        cluster.until(() -> cluster.log(damaged, key).logEnd() == 13);
        assertThat(cluster.errors).containsOnlyKeys(damaged);
        assertThat(cluster.errors.get(damaged)).hasMessageContaining("CRC at broker " + damaged)
            .hasMessageContaining("leaves ISR and ELR").hasMessageContaining("quarantine");
    }

    @Test
    void aDamagedLeaderShouldHandOverAndComeBackAsFollower()
    {
        final int damaged = cluster.leaderOf(key);
        lose(damaged, true);
        cluster.until(() -> cluster.leaderOf(key) != damaged);
        assertThat(cluster.leaderOf(key)).isPositive();
        cluster.untilLed(key);
        produce(2);
        cluster.until(() -> cluster.partition(key).isr().size() == 3);

        cluster.until(() -> cluster.log(damaged, key).logEnd() == 12);
        assertThat(cluster.stores.get(damaged).quarantined()).isEqualTo(1);
        assertThat(cluster.brokers.get(damaged).isReady()).as("it did not leave the cluster for one log").isTrue();
    }

    @Test
    void noLogShouldBeTouchedWhereAllCopiesAreDamagedAndThePartitionShouldBeOffline()
    {
        for (int id = 1; id <= 3; id++)
        {
            lose(id, true);
        }
        cluster.until(() -> cluster.partition(key).isr().isEmpty());
        cluster.run(2000);

        assertThat(cluster.leaderOf(key)).isEqualTo(-1);
        assertThat(cluster.partition(key).elr()).isEmpty();
        assertThat(cluster.errors).containsOnlyKeys(1, 2, 3);
        assertThat(List.of(1, 2, 3)).allSatisfy((id) ->
        {
            assertThat(cluster.stores.get(id).quarantined()).isLessThanOrEqualTo(id == lastLeader() ? 0 : 1);
            assertThat(cluster.errors.get(id)).hasMessageContaining("leaves ISR and ELR");
        });
        assertThat(cluster.log(lastLeader(), key).logEnd()).as("the last copy stays where it is").isEqualTo(10);
    }

    @Test
    void aProcessThatDiesBeforeItsLogIsMovedShouldFindItAgainAndRepairIt()
    {
        final int damaged = cluster.leaderOf(key) % 3 + 1;
        lose(damaged, true);
        cluster.kill(damaged);
        cluster.run(200);
        cluster.start(damaged);
        cluster.until(() -> cluster.stores.get(damaged).quarantined() == 1);
        cluster.until(() -> cluster.partition(key).isr().size() == 3);

        assertThat(cluster.log(damaged, key).logEnd()).isEqualTo(10);
    }

    @Test
    void aFailedDeviceShouldNotTakeTheLastReplicaOut()
    {
        final int leader = cluster.leaderOf(key);
        cluster.kill(leader % 3 + 1);
        cluster.kill((leader + 1) % 3 + 1);
        cluster.until(() -> cluster.partition(key).isr().equals(List.of(leader)));
        lose(leader, false);
        cluster.run(3000);

        assertThat(cluster.partition(key).isr()).containsExactly(leader);
        assertThat(cluster.stores.get(leader).quarantined()).isZero();
        assertThat(cluster.log(leader, key).logEnd()).isEqualTo(10);
    }

    private int lastLeader()
    {
        return IntStream.rangeClosed(1, 3).filter((id) -> cluster.stores.get(id).quarantined() == 0).max().orElse(-1);
    }

    private void lose(final int id, final boolean isDamaged)
    {
        cluster.stores.get(id).lose(key, new LogStore.Loss(isDamaged, "offset 4 does not pass its CRC at broker " + id));
    }

    private void produce(final int count)
    {
        final int before = cluster.client().acks.size();
        for (int i = 0; i < count; i++)
        {
            cluster.client().produce(
                cluster.brokers.get(cluster.leaderOf(key)), key, ACKS_ALL, sequence, "value " + sequence);
            sequence++;
        }
        cluster.until(() -> cluster.client().acks.size() == before + count);
        assertThat(cluster.client().acks).allMatch((ack) -> ack.code() == 0);
    }
}
