package io.syncline.client;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class ReplicaVerifierTest
{
    private final ScriptedCluster cluster = new ScriptedCluster(3, 1);
    private final List<Long> heard = new ArrayList<>();

    @Test
    void shouldCompareALongLogPieceByPieceAndTellHowFarItHasCome()
    {
        cluster.brokers.forEach((broker) -> broker.summedAtOnce = 30);
        final ReplicaComparison comparison = verify();

        assertThat(comparison.identical()).isTrue();
        assertThat(comparison.fromOffset()).isZero();
        assertThat(comparison.toOffset()).isEqualTo(100);
        assertThat(heard).containsExactly(0L, 30L, 60L, 90L, 100L);
        assertThat(cluster.brokers).allSatisfy((broker) ->
            assertThat(broker.checksums).containsExactly("0-30", "30-60", "60-90", "90-100"));
    }

    @Test
    void shouldNameTheFirstOffsetThatDiffersAndLookForItInOnePieceOnly()
    {
        cluster.brokers.forEach((broker) -> broker.summedAtOnce = 30);
        cluster.broker(3).differsAt = 47;
        final ReplicaComparison comparison = verify();

        assertThat(comparison.differences()).containsExactly(new ReplicaComparison.Difference(3, 47, 0));
        assertThat(comparison.toOffset()).isEqualTo(100);
        assertThat(cluster.broker(3).checksums.subList(2, cluster.broker(3).checksums.size()))
            .allSatisfy((range) -> assertThat(Integer.parseInt(range.split("-")[0])).isBetween(30, 59));
        assertThat(cluster.broker(2).checksums).contains("60-90", "90-100");
    }

    @Test
    void shouldWaitForAFollowerThatDoesNotKnowTheHighWatermarkYetAndSayWhereItEndsIfThatNeverComes()
    {
        cluster.brokers.forEach((broker) -> broker.summedAtOnce = 30);
        cluster.broker(2).summedEnd = 70;
        assertThat(verify().differences()).containsExactly(new ReplicaComparison.Difference(2, 70, 0));
    }

    @Test
    void shouldGiveTheSameChecksumForTheSameLog()
    {
        cluster.brokers.forEach((broker) -> broker.summedAtOnce = 30);
        final long checksum = verify().checksum();
        assertThat(verify().checksum()).isEqualTo(checksum);
        cluster.brokers.forEach((broker) -> broker.differsAt = 10);
        assertThat(verify().checksum()).isNotEqualTo(checksum);
    }

    private ReplicaComparison verify()
    {
        try (Admin admin = Admin.connect(cluster.configure(new Admin.Context())))
        {
            final List<ReplicaComparison> comparisons = admin.verifyReplicas(
                ScriptedCluster.TOPIC, (topic, partition, from, upTo, to) -> heard.add(upTo));
            assertThat(comparisons).hasSize(1);
            return comparisons.get(0);
        }
    }
}
