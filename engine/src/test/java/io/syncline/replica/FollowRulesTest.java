package io.syncline.replica;

import io.syncline.record.BatchFlyweight;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.syncline.replica.ReplicaCluster.ALL;
import static io.syncline.replica.ReplicaCluster.LEADER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** PROTOCOL R1 and R2, a test a rule. */
@Timeout(10)
class FollowRulesTest
{
    @Test
    void r1_1_aFollowerAppendsNothingUntilTheLeaderAccepted()
    {
        final ReplicaCluster cluster = new ReplicaCluster(3, 2);
        cluster.held = (message) -> message.is("FollowAccepted") && message.to() == 2;
        cluster.elect(1);
        cluster.produce(ALL);
        cluster.run(20);

        assertThat(cluster.node(2).follower.state()).isEqualTo(FollowerReplica.State.ASKING);
        assertThat(cluster.node(2).log.logEnd()).isZero();

        cluster.held = (message) -> false;
        cluster.run(600);
        assertThat(cluster.node(2).log.logEnd()).isEqualTo(1);
    }

    @Test
    void r1_1_aNewLeaderEpochEndsTheOldSessionFirst()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.controller.elect(2);
        cluster.announce(3);

        cluster.produce(1, LEADER, 1);
        cluster.run(20);

        assertThat(cluster.node(1).log.logEnd()).isEqualTo(1);
        assertThat(cluster.node(3).log.logEnd()).as("of the deposed leader's records").isZero();
    }

    @Test
    void r1_2_theLeaderAnswersOnlyItsOwnEpoch()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.controller.elect(1);
        cluster.announce(1);
        cluster.nowNs += 1_000_000;
        cluster.node(2).follower.onStreamLost(cluster.nowNs);
        cluster.node(2).step();
        cluster.deliver(cluster.network.remove(cluster.network.size() - 1));
        assertThat(cluster.underway("FollowRefused FENCED_LEADER_EPOCH", 2)).isOne();

        cluster.network.clear();
        cluster.controller.elect(1);
        cluster.announce(2);
        cluster.node(2).step();
        cluster.deliver(cluster.network.remove(cluster.network.size() - 1));
        assertThat(cluster.underway("FollowRefused UNKNOWN_LEADER_EPOCH", 2)).isOne();
    }

    @Test
    void r1_3_aPrefixIsAccepted_aDivergedLogIsToldWhere_andTheLeadersViewDoesNotChange()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.produce(1, ALL, 3);
        cluster.run(10);
        cluster.lost = (message) -> message.is("Append");
        cluster.produce(1, LEADER, 2);
        cluster.run(5);
        cluster.lost = (message) -> false;
        cluster.elect(2);
        cluster.produce(2, ALL, 1);
        cluster.lost = (message) -> message.is("FollowAccepted") && message.to() == 1;
        cluster.held = (message) -> message.is("Diverged");
        cluster.run(3);

        assertThat(cluster.underway("Diverged", 1)).isOne();
        assertThat(cluster.node(2).acks.logEnd(0)).as("what the leader knows of broker 1").isEqualTo(-1);
        assertThat(cluster.node(1).log.logEnd()).isEqualTo(5);
    }

    @Test
    void r1_3_aFollowerBelowTheLogStartIsToldTheLogStart()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 1);
        cluster.crash(3);
        cluster.controller.fence(3);
        cluster.announce();
        cluster.produce(1, ALL, 10);
        cluster.run(10);
        cluster.node(1).log.trimTo(6);

        cluster.held = (message) -> message.is("OutOfRange");
        cluster.restart(3);
        cluster.run(5);

        assertThat(cluster.underway("OutOfRange", 3)).isOne();
    }

    @Test
    void r1_4_theFollowerTruncatesToTheSmallestOfTheThreeEndsAndFollowsAgain()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.produce(1, ALL, 2);
        cluster.run(10);
        cluster.lost = (message) -> message.is("Append");
        cluster.produce(1, LEADER, 4);
        cluster.run(3);
        cluster.lost = (message) -> false;
        cluster.elect(2);
        cluster.produce(2, ALL, 1);
        cluster.run(50);

        assertThat(cluster.node(1).log.logEnd()).isEqualTo(3);
        assertThat(cluster.node(1).log.epochs()).hasToString("{1@0, 2@2}");
        assertThat(cluster.node(1).faults).isEmpty();
    }

    @Test
    void r1_5_outOfRangeDropsTheLogAndRestartsAtTheLeadersLogStart()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 1);
        cluster.produce(1, ALL, 2);
        cluster.run(10);
        cluster.crash(3);
        cluster.controller.fence(3);
        cluster.announce();
        cluster.produce(1, ALL, 10);
        cluster.run(10);
        cluster.node(1).log.trimTo(6);

        cluster.restart(3);
        cluster.run(50);

        assertThat(cluster.node(3).log.logStart()).isEqualTo(6);
        assertThat(cluster.node(3).log.logEnd()).isEqualTo(12);
    }

    /** Nobody produces: the log start is told by itself. */
    @Test
    void r8_4_followersMoveTheirLogStartWithTheLeaders()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 1);
        cluster.produce(1, ALL, 10);
        cluster.run(10);
        cluster.node(1).log.trimTo(6);
        cluster.run(10);

        assertThat(cluster.node(2).log.logStart()).isEqualTo(6);
        assertThat(cluster.node(3).log.logStart()).isEqualTo(6);
        assertThat(cluster.node(3).log.logEnd()).isEqualTo(10);
    }

    @Test
    void r8_4_aFollowerDropsNothingThatItDoesNotKnowToBeCommitted()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 1);
        cluster.produce(1, ALL, 10);
        cluster.lost = (message) -> message.is("HighWatermark");
        cluster.run(10);
        final FollowerReplica follower = cluster.node(3).follower;
        final long known = follower.highWatermark();
        assertThat(known).isLessThan(6);

        follower.onHighWatermark(follower.leaderEpoch(), follower.sessionId(), known, 6, 0);

        assertThat(cluster.node(3).log.logStart()).isZero();
    }

    /** What it holds ends where the leader's log begins, in an epoch that the leader has forgotten with its records. */
    @Test
    void r1_5_aFollowerThatEndsAtTheLogStartInAForgottenEpochBeginsAnew()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 1);
        cluster.produce(1, ALL, 4);
        cluster.run(10);
        cluster.crash(3);
        cluster.controller.fence(3);
        cluster.announce();
        cluster.elect(2);
        cluster.run(10);
        cluster.produce(2, ALL, 4);
        cluster.run(10);
        cluster.node(2).log.trimTo(4);
        assertThat(cluster.node(2).log.epochs()).hasToString("{2@4}");

        cluster.restart(3);
        cluster.run(50);

        assertThat(cluster.node(3).faults).isEmpty();
        assertThat(cluster.node(3).log.logStart()).isEqualTo(4);
        assertThat(cluster.node(3).log.logEnd()).isEqualTo(8);
    }

    /** Everything went but the epoch of the last record; whoever leads next, that is what is asked with. */
    @Test
    void r8_4_logsOfWhichNothingIsLeftFollowAndLead()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 1);
        cluster.produce(1, ALL, 4);
        cluster.run(10);
        cluster.node(1).log.trimTo(4);
        cluster.run(10);
        assertThat(cluster.node(2).log.batchCount()).isZero();

        cluster.elect(2);
        cluster.run(50);
        cluster.produce(2, ALL, 2);
        cluster.run(50);

        for (int broker = 1; broker <= 3; broker++)
        {
            assertThat(cluster.node(broker).faults).isEmpty();
            assertThat(cluster.node(broker).log.logStart()).isEqualTo(4);
            assertThat(cluster.node(broker).log.logEnd()).isEqualTo(6);
        }
    }

    @Test
    void r1_6_anEpochIsDurableBeforeItsLeaderServes()
    {
        final ReplicaCluster cluster = new ReplicaCluster(1, 1);
        final ReplicaNode node = cluster.node(1);
        cluster.controller.elect(1);

        assertThatThrownBy(() -> node.leader.lead(cluster.controller.assignment(), 0, 0)).hasMessageContaining("R1.6");

        cluster.announce();
        assertThat(node.log.epochs()).hasToString("{1@0}");
    }

    @Test
    void r1_7_noReplicaTruncatesBelowWhatItKnowsToBeCommitted()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.produce(1, ALL, 3);
        cluster.run(30);
        final FollowerReplica follower = cluster.node(2).follower;
        assertThat(follower.highWatermark()).isEqualTo(3);

        follower.onStreamLost(cluster.nowNs);
        follower.doWork(cluster.nowNs);
        follower.onDiverged(1, sessionId(cluster, 2), 0, 2, cluster.nowNs);

        assertThat(cluster.node(2).faults).singleElement().asString().contains("R1.7");
        assertThat(follower.state()).isEqualTo(FollowerReplica.State.FAULTED);
        assertThat(cluster.node(2).log.logEnd()).isEqualTo(3);
    }

    @Test
    void r2_aLeaderIsNotAtRestBeforeEachBatchHasLeft()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        final ReplicaNode node = cluster.node(1);
        assertThat(node.leader.isAtRest()).isTrue();

        node.isSending = false;
        cluster.produce(ALL);
        node.step();
        assertThat(node.leader.isAtRest()).as("while its streams have no room").isFalse();

        node.isSending = true;
        node.step();
        assertThat(node.leader.isAtRest()).isTrue();
        cluster.run(10);
        assertThat(cluster.node(2).log.logEnd()).isOne();
    }

    @Test
    void r1_2_aLeaderIsNotAtRestBeforeEachFollowIsAnswered()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        final ReplicaNode node = cluster.node(1);
        node.isSending = false;
        cluster.node(2).follower.onStreamLost(cluster.nowNs);
        cluster.run(2);
        assertThat(node.leader.isAtRest()).isFalse();

        node.isSending = true;
        node.step();
        assertThat(node.leader.isAtRest()).isTrue();
        assertThat(cluster.underway("FollowAccepted", 2)).isOne();
    }

    @Test
    void r2_3_aFollowerIsNotAtRestBeforeItsAckHasLeft()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        final ReplicaNode node = cluster.node(2);
        assertThat(node.follower.isAtRest(cluster.nowNs)).isTrue();

        node.isSending = false;
        cluster.produce(ALL);
        cluster.run(1);
        assertThat(node.log.logEnd()).isOne();
        assertThat(node.follower.isAtRest(cluster.nowNs)).as("while its stream has no room").isFalse();

        node.isSending = true;
        node.step();
        assertThat(node.follower.isAtRest(cluster.nowNs)).isTrue();
    }

    @Test
    void r2_1_aGapOrAnOverlapMeansFollowAgain()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 3);
        final boolean[] lose = {true};
        cluster.lost = (message) ->
        {
            final boolean isLost = lose[0] && message.is("Append") && message.to() == 2;
            lose[0] &= !isLost;
            return isLost;
        };
        cluster.produce(1, ALL, 2);
        cluster.run(1);
        assertThat(cluster.node(2).log.logEnd()).as("the second of two, the first was lost").isZero();

        cluster.run(20);
        assertThat(cluster.node(2).log.logEnd()).isEqualTo(2);
        assertThat(cluster.leader().acks.highWatermark()).isEqualTo(2);
    }

    @Test
    void r2_1_aBatchOfAnEpochAboveTheSessionsIsNotAppended()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        final UnsafeBuffer batch = cluster.batch(-1, -1, -1, 1);
        BatchFlyweight.stampLeader(batch, 0, ReplicaCluster.KEY, 0, 9);
        final FollowerReplica follower = cluster.node(2).follower;

        follower.onAppend(1, sessionId(cluster, 2), 0, 0, batch, 0, batch.capacity(), cluster.nowNs);

        assertThat(cluster.node(2).log.logEnd()).isZero();
        assertThat(follower.state()).isEqualTo(FollowerReplica.State.ASKING);
    }

    @Test
    void r2_1_aDamagedBatchOrOneOfAnotherPartitionIsNotAppended()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        final UnsafeBuffer batch = cluster.batch(-1, -1, -1, 1);
        BatchFlyweight.stampLeader(batch, 0, ReplicaCluster.KEY + 1, 0, 1);

        cluster.node(2).follower.onAppend(
            1, sessionId(cluster, 2), 0, 0, batch, 0, batch.capacity(), cluster.nowNs);

        assertThat(cluster.node(2).log.logEnd()).isZero();
        cluster.produce(ALL);
        cluster.run(100);
        assertThat(cluster.node(2).log.logEnd()).isOne();
    }

    @Test
    void r2_1_aFrameOfAnOlderSessionIsIgnored()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.held = (message) -> message.is("Append") && message.to() == 2;
        cluster.produce(ALL);
        cluster.run(5);
        final ReplicaCluster.Message late = cluster.network.stream().filter((message) -> message.is("Append")).findFirst().orElseThrow();
        cluster.network.clear();
        cluster.held = (message) -> false;
        cluster.node(2).follower.onStreamLost(cluster.nowNs);
        cluster.run(1);
        final FollowerReplica.State before = cluster.node(2).follower.state();
        final long endBefore = cluster.node(2).log.logEnd();
        late.delivery().accept(cluster.node(2));

        assertThat(cluster.node(2).follower.state()).isEqualTo(before);
        assertThat(cluster.node(2).log.logEnd()).isEqualTo(endBefore);
        cluster.run(20);
        assertThat(cluster.node(2).log.logEnd()).isOne();
    }

    @Test
    void r2_2_aDeposedLeaderStopsSendingAtOnce()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.produce(LEADER);
        cluster.controller.elect(2);
        cluster.announce(1);
        cluster.network.clear();
        cluster.node(1).step();

        assertThat(cluster.underway("Append", 2)).isZero();
        assertThat(cluster.underway("Append", 3)).isZero();
    }

    @Test
    void r2_3_anAckOfAnotherSessionIncarnationOrEpochIsIgnored()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(2, 2);
        cluster.lost = (message) -> message.is("Append") || message.is("AppendAck");
        cluster.produce(ALL);
        cluster.run(5);
        final AcksReplica acks = cluster.node(1).acks;
        final long session = sessionId(cluster, 2);
        final long incarnation = cluster.node(2).incarnation;

        acks.onAppendAck(2, 1, incarnation, session + 1, 1, 1, false, cluster.nowNs);
        acks.onAppendAck(2, 1, incarnation - 1, session, 1, 1, false, cluster.nowNs);
        acks.onAppendAck(2, 0, incarnation, session, 1, 1, false, cluster.nowNs);
        acks.onAppendAck(2, 2, incarnation, session, 1, 1, false, cluster.nowNs);
        acks.onAppendAck(5, 1, incarnation, session, 1, 1, false, cluster.nowNs);

        assertThat(acks.highWatermark()).isZero();
        assertThat(acks.logEnd(1)).isZero();
    }

    @Test
    void r2_4_aChangeOfEpochForgetsEveryFollowersEndEvenWhenTheSameBrokerLeadsAgain()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.produce(1, ALL, 2);
        cluster.run(10);
        assertThat(cluster.node(1).acks.logEnd(1)).isEqualTo(2);

        cluster.controller.elect(1);
        cluster.announce(1);

        assertThat(cluster.node(1).acks.logEnd(1)).isEqualTo(-1);
        cluster.produce(ALL);
        cluster.run(30);
        assertThat(cluster.node(1).acks.highWatermark()).as("nobody follows this epoch yet").isEqualTo(2);
    }

    @Test
    void aFollowerThatIsFarBehindIsFedAndThenJoinsTheLiveStream()
    {
        final ReplicaConfig d = ReplicaConfig.DEFAULT;
        final ReplicaCluster cluster = new ReplicaCluster(3, 2, new ReplicaConfig(
            d.maxBatchBytes(), d.lagTimeMaxNs(), d.silenceTimeNs(), d.alterIsrRetryNs(), d.followTimeoutNs(), d.ackIntervalNs(),
            d.stallTimeoutNs(), 16 * 1024, d.pendingProduces(), d.maxProducers()));
        cluster.elect(1);
        cluster.run(20);
        cluster.crash(3);
        cluster.controller.fence(3);
        cluster.announce();
        for (int i = 0; i < 10; i++)
        {
            cluster.produce(1, ALL, 40);
            cluster.run(2);
        }
        assertThat(cluster.node(1).fed).isEmpty();

        cluster.restart(3);
        cluster.run(30);

        assertThat(cluster.node(1).fed).singleElement().satisfies((feed) ->
            assertThat(feed).containsExactly(3, sessionId(cluster, 3), 0, 400));
        assertThat(cluster.node(3).log.logEnd()).isEqualTo(400);
        assertThat(cluster.node(1).leader.isFeeding(3)).isFalse();
        cluster.produce(ALL);
        cluster.run(5);
        assertThat(cluster.node(3).log.logEnd()).isEqualTo(401);
        assertThat(cluster.controller.isr).contains(3);
    }

    /** Whoever feeds finds nothing there any more, and says nothing. */
    @Test
    void r1_5_aFollowerThatRetentionPassesWhileItIsFedBeginsAnew()
    {
        final ReplicaConfig d = ReplicaConfig.DEFAULT;
        final ReplicaCluster cluster = new ReplicaCluster(3, 2, new ReplicaConfig(
            d.maxBatchBytes(), d.lagTimeMaxNs(), d.silenceTimeNs(), d.alterIsrRetryNs(), d.followTimeoutNs(), d.ackIntervalNs(),
            d.stallTimeoutNs(), 16 * 1024, d.pendingProduces(), d.maxProducers()));
        cluster.elect(1);
        cluster.run(20);
        cluster.crash(3);
        cluster.controller.fence(3);
        cluster.announce();
        for (int i = 0; i < 10; i++)
        {
            cluster.produce(1, ALL, 40);
            cluster.run(2);
        }
        cluster.lost = (message) -> message.is("Append") && message.to() == 3;
        cluster.restart(3);
        cluster.run(30);
        assertThat(cluster.node(1).leader.isFeeding(3)).isTrue();

        cluster.node(1).log.trimTo(300);
        cluster.lost = (message) -> false;
        cluster.run(2 * d.stallTimeoutNs() / 1_000_000);

        assertThat(cluster.node(3).faults).isEmpty();
        assertThat(cluster.node(3).log.logStart()).isEqualTo(300);
        assertThat(cluster.node(3).log.logEnd()).isEqualTo(400);
    }

    /** D2. */
    @Test
    void aFollowerWithoutRoomIsASlowReplicaAndCatchesUpOnceThereIsSome()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 1);
        cluster.node(3).log.lowOnSpace(true);
        cluster.produce(1, ALL, 5);
        cluster.run(20);
        assertThat(cluster.node(3).log.logEnd()).isZero();
        assertThat(cluster.node(3).faults).isEmpty();
        assertThat(cluster.node(2).log.logEnd()).isEqualTo(5);

        cluster.node(3).log.lowOnSpace(false);
        cluster.run(3 * ReplicaConfig.DEFAULT.followTimeoutNs() / 1_000_000);
        assertThat(cluster.node(3).log.logEnd()).isEqualTo(5);
    }

    @Test
    void backPressureOfAFollowerMovesNothingAndLosesNothing()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(2, 2);
        cluster.node(1).isSending = false;
        cluster.produce(1, ALL, 3);
        cluster.run(10);
        assertThat(cluster.node(2).log.logEnd()).isZero();

        cluster.node(1).isSending = true;
        cluster.run(5);
        assertThat(cluster.node(2).log.logEnd()).isEqualTo(3);
        assertThat(cluster.node(1).acks.highWatermark()).isEqualTo(3);
    }

    @Test
    void aLostLastAppendIsSentAgainThoughNothingFollowsIt()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(2, 2);
        cluster.lost = (message) -> message.is("Append");
        cluster.produce(ALL);
        cluster.run(5);
        cluster.lost = (message) -> false;
        cluster.run(600);

        assertThat(cluster.node(2).log.logEnd()).isOne();
        assertThat(cluster.lastAck().code()).isZero();
    }

    private static long sessionId(final ReplicaCluster cluster, final int broker)
    {
        return cluster.node(broker).follower.sessionId();
    }
}
