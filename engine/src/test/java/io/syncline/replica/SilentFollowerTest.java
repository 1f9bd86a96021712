package io.syncline.replica;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.concurrent.TimeUnit;

import static io.syncline.replica.ReplicaCluster.ALL;
import static org.assertj.core.api.Assertions.assertThat;

/** PROTOCOL R4.1: a follower that died is not waited for as long as one that is slow. */
@Timeout(10)
class SilentFollowerTest
{
    private static final long SILENCE_MS = TimeUnit.NANOSECONDS.toMillis(ReplicaConfig.DEFAULT.silenceTimeNs());

    private final ReplicaCluster cluster = ReplicaCluster.started(3, 2);

    @Test
    void r4_1_theDeathOfAFollowerHoldsCommitsBackForTheSilenceOnly()
    {
        cluster.crash(3);
        cluster.produce(1, ALL, 1);
        cluster.run(SILENCE_MS - 20);
        assertThat(cluster.acks).isEmpty();
        cluster.run(40);
        assertThat(cluster.acks).hasSize(1);
        assertThat(cluster.controller.isr).containsExactly(1, 2);

        cluster.restart(3);
        cluster.run(100);
        assertThat(cluster.controller.isr).containsExactly(1, 2, 3);
    }

    @Test
    void r4_1_aFollowerWhoseMachineRefusesIsWaitedForAQuarterOfTheSilence()
    {
        cluster.crash(3);
        cluster.produce(1, ALL, 1);
        cluster.node(1).acks.onFollowerPortRefused(3);
        cluster.run(SILENCE_MS / 4 - 10);
        assertThat(cluster.acks).isEmpty();
        cluster.run(20);
        assertThat(cluster.acks).hasSize(1);
        assertThat(cluster.controller.isr).containsExactly(1, 2);
    }

    @Test
    void r4_1_refusalsOfOneSilenceCountOnce()
    {
        cluster.held = (message) -> message.from() == 3;
        cluster.produce(1, ALL, 1);
        for (int i = 0; i < 10; i++)
        {
            cluster.node(1).acks.onFollowerPortRefused(3);
        }
        cluster.run(SILENCE_MS / 4 - 10);
        assertThat(cluster.controller.isr).containsExactly(1, 2, 3);
    }

    @Test
    void r4_1_aRefusalOlderThanAnAckIsForgotten()
    {
        cluster.node(1).acks.onFollowerPortRefused(3);
        cluster.produce(1, ALL, 1);
        cluster.run(20);
        assertThat(cluster.acks).hasSize(1);
        cluster.held = (message) -> message.from() == 3;
        cluster.produce(1, ALL, 1);
        cluster.run(SILENCE_MS - 40);
        assertThat(cluster.controller.isr).as("silent for less than the whole time").containsExactly(1, 2, 3);
    }

    @Test
    void r4_1_aSilentFollowerThatHasEverythingStays()
    {
        cluster.crash(3);
        cluster.run(10 * SILENCE_MS);
        assertThat(cluster.controller.isr).containsExactly(1, 2, 3);
        cluster.produce(1, ALL, 1);
        cluster.run(20);
        assertThat(cluster.controller.isr).as("known to be silent when a commit waits for it").containsExactly(1, 2);
        assertThat(cluster.acks).hasSize(1);
    }

    @Test
    void r4_1_aSlowFollowerThatAnswersIsNotSilent()
    {
        cluster.held = (message) -> message.is("Append") && message.to() == 3;
        cluster.produce(1, ALL, 1);
        cluster.run(5 * SILENCE_MS);
        assertThat(cluster.controller.isr).containsExactly(1, 2, 3);
    }

    @Test
    void r4_1_nobodyLeavesInSilenceWhereTheIsrWouldFallBelowM()
    {
        cluster.crash(2);
        cluster.crash(3);
        cluster.produce(1, ALL, 1);
        cluster.run(5 * SILENCE_MS);
        assertThat(cluster.controller.isr).hasSize(2).contains(1);
        assertThat(cluster.acks).isEmpty();
    }

    @Test
    void r4_1_aLeaderThatHearsNobodyDoesNotGoOnAlone()
    {
        cluster.controller.minIsr = 1;
        cluster.controller.elect(1);
        cluster.announce();
        cluster.run(50);
        cluster.lost = (message) -> true;
        cluster.produce(1, ALL, 1);
        cluster.run(5 * SILENCE_MS);
        assertThat(cluster.controller.isr).hasSize(2).contains(1);
        assertThat(cluster.acks).isEmpty();
    }

    @Test
    void r4_1_aLeaderThatDidNotRunBlamesNobody()
    {
        cluster.produce(1, ALL, 1);
        cluster.held = (message) -> message.to() == 1;
        cluster.node(1).isPaused = true;
        cluster.run(5 * SILENCE_MS);
        cluster.node(1).isPaused = false;
        cluster.node(1).stalledNs = TimeUnit.MILLISECONDS.toNanos(5 * SILENCE_MS);
        cluster.run(SILENCE_MS / 2);
        assertThat(cluster.controller.isr).containsExactly(1, 2, 3);
        cluster.held = (message) -> false;
        cluster.run(50);
        assertThat(cluster.acks).hasSize(1);
        assertThat(cluster.controller.isr).containsExactly(1, 2, 3);
    }

    @Test
    void r4_1_aLinkThatComesAndGoesMovesTheIsrTwiceAMinute()
    {
        int evictions = 0;
        for (int i = 0; i < 20; i++)
        {
            cluster.lost = (message) -> message.to() == 3 || message.from() == 3;
            cluster.produce(1, ALL, 1);
            cluster.run(2 * SILENCE_MS);
            evictions += cluster.controller.isr.length == 2 ? 1 : 0;
            cluster.lost = (message) -> false;
            cluster.run(1_500);
            assertThat(cluster.controller.isr).hasSize(3);
        }
        assertThat(evictions).isEqualTo(SilenceBudget.MAX_EVICTIONS);
    }

    @Test
    void r4_1_everyDeathOfARestartedFollowerCounts()
    {
        for (int i = 0; i < 10; i++)
        {
            cluster.crash(3);
            cluster.produce(1, ALL, 1);
            cluster.run(SILENCE_MS + 20);
            assertThat(cluster.acks).as("death " + i).hasSize(i + 1);
            cluster.restart(3);
            cluster.run(500);
            assertThat(cluster.controller.isr).hasSize(3);
        }
    }
}
