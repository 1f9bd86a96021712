package io.syncline.replica;

import io.syncline.protocol.Codes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.concurrent.TimeUnit;

import static io.syncline.replica.ReplicaCluster.ALL;
import static io.syncline.replica.ReplicaCluster.LEADER;
import static org.assertj.core.api.Assertions.assertThat;

/** PROTOCOL R3 (high watermark) and R4 (in-sync replicas), a test a rule. */
@Timeout(10)
class CommitRulesTest
{
    @Test
    void r3_1_theCandidateIsTheLowestEndOfTheMaximalIsr()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.held = (message) -> message.is("Append") && message.to() == 3;
        cluster.produce(1, ALL, 2);
        cluster.run(10);
        assertThat(cluster.node(1).acks.highWatermark()).isZero();

        cluster.held = (message) -> false;
        cluster.run(5);
        assertThat(cluster.node(1).acks.highWatermark()).isEqualTo(2);
    }

    @Test
    void r3_1_atLevelFsyncedTheSyncedEndTakesThePlaceOfTheEndTheLeadersIncluded()
    {
        final ReplicaCluster cluster = new ReplicaCluster(3, 2);
        cluster.controller.fsynced = true;
        cluster.elect(1);
        cluster.run(20);
        cluster.produce(1, ALL, 2);
        cluster.run(20);
        assertThat(cluster.node(1).acks.highWatermark()).isZero();

        cluster.node(2).log.sync();
        cluster.node(3).log.sync();
        cluster.run(20);
        assertThat(cluster.node(1).acks.highWatermark()).as("the leader itself has not synced").isZero();

        cluster.node(1).log.sync();
        cluster.node(1).acks.onSynced(1);
        assertThat(cluster.node(1).acks.highWatermark()).isEqualTo(1);
        cluster.node(1).acks.onSynced(2);
        assertThat(cluster.node(1).acks.highWatermark()).isEqualTo(2);
    }

    @Test
    void r3_1_atLevelFsyncedAFollowerThatHasNotSyncedHoldsBack()
    {
        final ReplicaCluster cluster = new ReplicaCluster(3, 2);
        cluster.controller.fsynced = true;
        cluster.elect(1);
        cluster.run(20);
        cluster.produce(1, ALL, 2);
        cluster.run(20);
        cluster.node(1).log.sync();
        cluster.node(1).acks.onSynced(2);
        cluster.node(2).log.sync();
        cluster.run(50);
        assertThat(cluster.node(1).acks.highWatermark()).as("broker 3 has not synced").isZero();

        cluster.node(3).log.sync();
        cluster.run(5);
        assertThat(cluster.node(1).acks.highWatermark()).isEqualTo(2);
    }

    @Test
    void r3_2_nothingCommitsWhileTheCommittedIsrIsBelowM()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.crash(2);
        cluster.crash(3);
        cluster.controller.fence(2);
        cluster.controller.fence(3);
        cluster.announce();
        cluster.produce(LEADER);
        cluster.run(10);

        assertThat(cluster.node(1).acks.highWatermark()).isZero();
        assertThat(cluster.lastAck().code()).isEqualTo(Codes.OK);
    }

    @Test
    void r3_2_anEarlierEpochsRecordsCommitOnlyTogetherWithTheWholeLogOfTheNewLeader()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.lost = (message) -> message.is("Append") && message.to() == 3 || message.is("AppendAck");
        cluster.produce(1, LEADER, 4);
        cluster.run(5);
        assertThat(cluster.node(2).log.logEnd()).isEqualTo(4);

        cluster.lost = (message) -> false;
        cluster.node(2).isSending = false;
        cluster.elect(2);
        final AcksReplica acks = cluster.node(2).acks;
        final long incarnation1 = cluster.node(1).incarnation;
        final long incarnation3 = cluster.node(3).incarnation;
        acks.onSessionStarted(2, Integer.MAX_VALUE, 1, incarnation1, 1, 4, cluster.nowNs);
        acks.onSessionStarted(2, Integer.MAX_VALUE, 3, incarnation3, 1, 2, cluster.nowNs);
        assertThat(acks.highWatermark()).as("candidate 2 is below LESO 4").isZero();
        assertThat(acks.isHighWatermarkKnown()).isFalse();
    }

    @Test
    void r3_3_itIsReconsideredWhenAShrinkIsConfirmed()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.lost = (message) -> message.to() == 3 || message.from() == 3;
        cluster.produce(ALL);
        cluster.run(20);
        assertThat(cluster.node(1).acks.highWatermark()).isZero();

        cluster.controller.fence(3);
        cluster.announce(1);
        assertThat(cluster.node(1).acks.highWatermark()).isEqualTo(1);
        assertThat(cluster.lastAck().code()).isZero();
    }

    @Test
    void r3_4_itIsPushedAtOnceToAFollowerThatConsumersReadFrom()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.node(2).follower.read(true);
        cluster.run(3);
        cluster.produce(ALL);
        cluster.run(3);

        assertThat(cluster.node(2).follower.highWatermark()).isEqualTo(1);
        assertThat(cluster.node(3).follower.highWatermark()).as("nobody reads there").isZero();
    }

    @Test
    void r3_4_whereNobodyReadsItRidesOnTheNextAppend()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.produce(ALL);
        cluster.run(3);
        cluster.lost = (message) -> message.is("HighWatermark");
        cluster.produce(ALL);
        cluster.run(3);

        assertThat(cluster.node(2).follower.highWatermark()).isEqualTo(1);
        assertThat(cluster.node(3).follower.highWatermark()).isEqualTo(1);
    }

    @Test
    void r3_4_whereNobodyReadsItGoesByItselfBeforeLong()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.produce(ALL);
        cluster.run(TimeUnit.NANOSECONDS.toMillis(ReplicaConfig.DEFAULT.ackIntervalNs()) + 3);

        assertThat(cluster.node(2).follower.highWatermark()).isEqualTo(1);
        assertThat(cluster.node(3).follower.highWatermark()).isEqualTo(1);
    }

    @Test
    void r3_4_itIsNotPushedAnyMoreWhenTheLastConsumerHasLeft()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.node(2).follower.read(true);
        cluster.run(3);
        cluster.node(2).follower.read(false);
        cluster.run(3);
        cluster.produce(ALL);
        cluster.run(3);

        assertThat(cluster.node(2).follower.highWatermark()).isZero();
    }

    @Test
    void r3_4_aNewSessionSaysAnewThatConsumersRead()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.node(2).follower.read(true);
        cluster.run(3);
        cluster.node(2).follower.onStreamLost(cluster.nowNs);
        cluster.run(10);
        cluster.produce(ALL);
        cluster.run(3);

        assertThat(cluster.node(2).follower.highWatermark()).isEqualTo(1);
    }

    @Test
    void r3_5_aFollowersIsItsOwnEndAtMost()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        final FollowerReplica follower = cluster.node(2).follower;
        cluster.produce(ALL);
        cluster.run(5);

        follower.onHighWatermark(1, follower.sessionId(), 50, 0, cluster.nowNs);
        assertThat(follower.highWatermark()).isEqualTo(1);
        follower.onHighWatermark(1, follower.sessionId(), 0, 0, cluster.nowNs);
        assertThat(follower.highWatermark()).isEqualTo(1);
    }

    @Test
    void r3_5_aNewLeaderAnswersNotKnownYetUntilItReachesLeso()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.produce(ALL);
        cluster.run(2);
        cluster.lost = (message) -> message.is("AppendAck");
        cluster.produce(LEADER);
        cluster.run(5);
        cluster.lost = (message) -> message.is("Follow");
        cluster.elect(2);
        cluster.run(5);
        assertThat(cluster.node(2).log.logEnd()).isEqualTo(2);
        assertThat(cluster.node(2).acks.isHighWatermarkKnown()).isFalse();

        cluster.lost = (message) -> false;
        cluster.run(300);
        assertThat(cluster.node(2).acks.isHighWatermarkKnown()).isTrue();
        assertThat(cluster.node(2).acks.highWatermark()).isEqualTo(2);
    }

    @Test
    void r3_6_aReplicaOutsideTheMaximalIsrNeverHoldsACommitBack()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.controller.fence(3);
        cluster.announce();
        cluster.lost = (message) -> message.is("Append") && message.to() == 3;
        cluster.produce(ALL);
        cluster.run(5);

        assertThat(cluster.node(1).acks.highWatermark()).isEqualTo(1);
    }

    @Test
    void r4_1_aMemberThatWasNotOnceCaughtUpForTheLagTimeIsOut()
    {
        final ReplicaCluster cluster = laggy();
        cluster.lost = (message) -> message.is("Append") && message.to() == 3;
        cluster.produce(LEADER);
        cluster.run(90);
        assertThat(cluster.controller.isr).containsExactly(1, 2, 3);
        cluster.run(20);
        assertThat(cluster.controller.isr).containsExactly(1, 2);
        assertThat(cluster.node(1).acks.highWatermark()).isEqualTo(1);
    }

    @Test
    void r4_1_equalEndsAreInSyncHoweverLongNothingHappens()
    {
        final ReplicaCluster cluster = laggy();
        cluster.produce(LEADER);
        cluster.run(20);
        cluster.lost = (message) -> message.is("AppendAck");
        cluster.run(220);
        cluster.produce(LEADER);
        cluster.run(50);

        assertThat(cluster.controller.isr).containsExactly(1, 2, 3);
    }

    @Test
    void r4_1_aFollowerThatIsAlwaysABitBehindIsInSync()
    {
        final ReplicaCluster cluster = laggy();
        cluster.held = (message) -> message.is("AppendAck") && cluster.nowNs / 1_000_000 % 7 != 0;
        for (int i = 0; i < 300; i++)
        {
            cluster.produce(LEADER);
            cluster.run(1);
        }

        assertThat(cluster.controller.isr).containsExactly(1, 2, 3);
    }

    @Test
    void r4_1_timeInWhichTheLeaderItselfStoodStillDoesNotCount()
    {
        final ReplicaCluster cluster = laggy();
        cluster.lost = (message) -> message.is("Append");
        cluster.produce(LEADER);
        cluster.run(50);
        cluster.nowNs += TimeUnit.SECONDS.toNanos(5);
        cluster.node(1).stalledNs = TimeUnit.SECONDS.toNanos(5);
        cluster.run(10);
        assertThat(cluster.controller.isr).containsExactly(1, 2, 3);

        cluster.run(60);
        assertThat(cluster.controller.isr).containsExactly(1);
    }

    @Test
    void r4_2_aFollowerJoinsWhenItReachedTheHighWatermarkAndLeso()
    {
        final ReplicaCluster cluster = withoutThird();
        cluster.held = (message) -> message.is("Append") && message.to() == 3;
        cluster.restart(3);
        cluster.run(20);
        assertThat(cluster.controller.isr).containsExactly(1, 2);

        cluster.held = (message) -> false;
        cluster.run(5);
        assertThat(cluster.controller.isr).containsExactly(1, 2, 3);
    }

    @Test
    void r4_2_atLevelFsyncedAFollowerJoinsOnlyOnceItHasSyncedWhatIsCommitted()
    {
        final ReplicaCluster cluster = withoutThird();
        cluster.controller.fsynced = true;
        cluster.controller.partitionEpoch++;
        cluster.announce();
        cluster.restart(3);
        cluster.run(20);
        assertThat(cluster.node(1).acks.logEnd(2)).isEqualTo(5);
        assertThat(cluster.controller.isr).as("broker 3 has not synced").containsExactly(1, 2);

        cluster.node(3).log.sync();
        cluster.run(50);
        assertThat(cluster.controller.isr).containsExactly(1, 2, 3);
    }

    @Test
    void r4_2_neitherAFencedBrokerNorASessionOfAnotherIncarnationJoins()
    {
        final ReplicaCluster cluster = withoutThird();
        cluster.restart(3);
        cluster.controller.eligible[2] = false;
        cluster.controller.partitionEpoch++;
        cluster.announce();
        cluster.run(20);
        assertThat(cluster.node(1).acks.logEnd(2)).isEqualTo(5);
        assertThat(cluster.controller.requests).isEmpty();
        assertThat(cluster.controller.isr).containsExactly(1, 2);

        cluster.controller.register(3);
        cluster.announce();
        cluster.run(20);
        assertThat(cluster.controller.isr).as("its session is of the incarnation before").containsExactly(1, 2);

        cluster.node(3).incarnation = cluster.controller.incarnations[2];
        cluster.node(3).follower.onIncarnation(cluster.node(3).incarnation, cluster.nowNs);
        cluster.run(20);
        assertThat(cluster.controller.isr).containsExactly(1, 2, 3);
    }

    @Test
    void r4_2_aFencedBrokerIsNotEvenProposed()
    {
        final ReplicaCluster cluster = withoutThird();
        cluster.isControllerReachable = false;
        cluster.node(3).start(cluster.controller.register(3));
        cluster.controller.eligible[2] = false;
        cluster.announce();
        cluster.run(20);

        assertThat(cluster.node(1).acks.logEnd(2)).isEqualTo(5);
        assertThat(cluster.controller.requests).isEmpty();
    }

    @Test
    void r4_2_aSessionOfAnIncarnationTheLeaderHasNotHeardOfIsNotProposed()
    {
        final ReplicaCluster cluster = withoutThird();
        cluster.isControllerReachable = false;
        cluster.controller.register(3);
        cluster.announce(1);
        final long unheard = cluster.controller.incarnations[2] + 1;
        final AcksReplica acks = cluster.node(1).acks;
        acks.onSessionStarted(1, Integer.MAX_VALUE, 3, unheard, 1, 5, cluster.nowNs);
        acks.onTick(cluster.nowNs, 0);

        assertThat(acks.logEnd(2)).isEqualTo(5);
        assertThat(cluster.controller.requests).isEmpty();
    }

    @Test
    void r4_3_anExpansionCountsFromWhenItIsSent_andOneIsInFlightAtATime()
    {
        final ReplicaCluster cluster = withoutThird();
        cluster.isControllerReachable = false;
        cluster.restart(3);
        cluster.run(20);
        assertThat(cluster.controller.requests).hasSize(1);
        assertThat(cluster.node(1).acks.maximalIsr()).isEqualTo(0b111);

        cluster.lost = (message) -> message.is("Append") && message.to() == 3;
        cluster.produce(ALL);
        cluster.run(20);
        assertThat(cluster.node(1).acks.highWatermark()).as("the joiner counts already").isEqualTo(5);
        assertThat(cluster.controller.requests).hasSize(1);
    }

    @Test
    void r4_3_aShrinkCountsOnlyWhenItIsConfirmed()
    {
        final ReplicaCluster cluster = laggy();
        cluster.isControllerReachable = false;
        cluster.lost = (message) -> message.is("Append") && message.to() == 3;
        cluster.produce(ALL);
        cluster.run(200);
        assertThat(cluster.controller.requests).hasSize(1);
        assertThat(cluster.node(1).acks.highWatermark()).isZero();

        cluster.isControllerReachable = true;
        cluster.run(1);
        assertThat(cluster.node(1).acks.highWatermark()).isEqualTo(1);
    }

    @Test
    void r4_3_aDefiniteRefusalRollsBack_anUncertainOneKeepsTheLargerSetAndAsksAgain()
    {
        final ReplicaCluster cluster = withoutThird();
        cluster.isControllerReachable = false;
        cluster.restart(3);
        cluster.run(20);
        final ScriptedController.AlterIsr first = cluster.controller.requests.poll();

        cluster.refuse(first, Codes.TIMED_OUT);
        assertThat(cluster.node(1).acks.maximalIsr()).isEqualTo(0b111);
        cluster.run(100);
        final ScriptedController.AlterIsr second = cluster.controller.requests.poll();
        assertThat(second.isr()).isEqualTo(first.isr());
        assertThat(second.incarnations()).isEqualTo(first.incarnations());

        cluster.refuse(second, Codes.INELIGIBLE_REPLICA);
        assertThat(cluster.node(1).acks.maximalIsr()).isEqualTo(0b011);
    }

    @Test
    void r4_4_whatTheControllerRefusesForItsEpochWaitsForMetadata()
    {
        final ReplicaCluster cluster = withoutThird();
        cluster.isControllerReachable = false;
        cluster.restart(3);
        cluster.run(20);
        cluster.controller.partitionEpoch++;
        final ScriptedController.AlterIsr request = cluster.controller.requests.poll();
        assertThat(cluster.controller.decide(request)).isEqualTo(Codes.INVALID_PARTITION_EPOCH);
        cluster.refuse(request, Codes.INVALID_PARTITION_EPOCH);
        assertThat(cluster.node(1).acks.maximalIsr()).isEqualTo(0b111);

        cluster.announce();
        assertThat(cluster.node(1).acks.maximalIsr()).isEqualTo(0b011);
        cluster.isControllerReachable = true;
        cluster.run(100);
        assertThat(cluster.controller.isr).containsExactly(1, 2, 3);
    }

    /** Three replicas with a lag time of 100 ms. */
    private static ReplicaCluster laggy()
    {
        final ReplicaCluster cluster = new ReplicaCluster(
            3, 1, ReplicaConfig.DEFAULT.withLagTimeMaxNs(TimeUnit.MILLISECONDS.toNanos(100)));
        cluster.elect(1);
        cluster.run(50);
        return cluster;
    }

    /** Broker 3 is down and out of the ISR, five records are committed without it. */
    private static ReplicaCluster withoutThird()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.crash(3);
        cluster.controller.fence(3);
        cluster.announce();
        cluster.produce(1, ALL, 5);
        cluster.run(10);
        return cluster;
    }
}
