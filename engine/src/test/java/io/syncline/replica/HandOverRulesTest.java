package io.syncline.replica;

import io.syncline.protocol.Codes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.concurrent.TimeUnit;

import static io.syncline.replica.ReplicaCluster.ALL;
import static io.syncline.replica.ReplicaCluster.LEADER;
import static org.assertj.core.api.Assertions.assertThat;

/** PROTOCOL R5.7: planned moves, as the leader carries them out. */
@Timeout(10)
class HandOverRulesTest
{
    private final ReplicaCluster cluster = ReplicaCluster.started(3, 2);

    @Test
    void r5_7_recordsOfAcksLeaderAreAtTheSuccessorBeforeItLeads()
    {
        cluster.held = (message) -> message.is("Append");
        cluster.produce(1, LEADER, 3);
        cluster.run(2);
        assertThat(cluster.acks).hasSize(3).allMatch((ack) -> ack.code() == Codes.OK);

        name(2);
        cluster.run(50);
        assertThat(cluster.controller.leader).as("the successor holds nothing yet").isEqualTo(1);

        cluster.held = (message) -> message.is("Append") && message.to() == 3;
        cluster.run(10);
        assertThat(cluster.controller.leader).isEqualTo(2);
        assertThat(cluster.node(2).log.logEnd()).isEqualTo(3);
        cluster.held = (message) -> false;
        cluster.run(200);
        assertThat(cluster.node(3).log.logEnd()).isEqualTo(3);
        assertThat(cluster.node(2).acks.highWatermark()).isEqualTo(3);
    }

    @Test
    void r5_7_aLeaderThatHandsOverTakesNothingMoreInItsEpoch()
    {
        cluster.held = (message) -> message.is("Append");
        cluster.produce(LEADER);
        cluster.run(2);
        name(2);
        cluster.run(2);

        assertThat(cluster.produce(LEADER)).isEqualTo(Codes.LEADER_NOT_AVAILABLE);
        assertThat(cluster.lastAck().code()).isEqualTo(Codes.LEADER_NOT_AVAILABLE);
        assertThat(cluster.node(1).log.logEnd()).isEqualTo(1);
    }

    @Test
    void r5_7_whoWaitsForACommitIsAnsweredByTheLeaderItAsked()
    {
        cluster.held = (message) -> message.is("Append") && message.to() == 3;
        cluster.produce(1, ALL, 1);
        name(2);
        cluster.run(100);
        assertThat(cluster.controller.leader).as("broker 3 holds the high watermark back").isEqualTo(1);

        cluster.held = (message) -> false;
        cluster.run(10);
        assertThat(cluster.controller.leader).isEqualTo(2);
        assertThat(cluster.acks).hasSize(1);
        assertThat(cluster.lastAck().broker()).isEqualTo(1);
        assertThat(cluster.lastAck().code()).isEqualTo(Codes.OK);
    }

    @Test
    void r5_7_aCommitThatDoesNotComeHoldsTheMoveUpForALimitedTime()
    {
        cluster.held = (message) -> message.is("Append") && message.to() == 3;
        cluster.produce(1, ALL, 1);
        name(2);
        cluster.run(TimeUnit.NANOSECONDS.toMillis(HandOver.FROZEN_LIMIT_NS) + 20);
        assertThat(cluster.controller.leader).isEqualTo(2);
        assertThat(cluster.lastAck().code()).isEqualTo(Codes.NOT_LEADER);
        assertThat(cluster.node(2).log.logEnd()).as("and can still commit (R5.6)").isEqualTo(1);
    }

    @Test
    void r5_7_aSuccessorThatDoesNotCatchUpDoesNotLead()
    {
        cluster.held = (message) -> message.is("Append") && message.to() == 2;
        cluster.produce(1, LEADER, 1);
        name(2);
        cluster.run(TimeUnit.NANOSECONDS.toMillis(HandOver.FROZEN_LIMIT_NS) - 20);
        assertThat(cluster.controller.leaderEpoch).isEqualTo(1);
        cluster.run(40);
        assertThat(cluster.controller.leader).isEqualTo(1);
        assertThat(cluster.controller.leaderEpoch).isEqualTo(2);
        assertThat(cluster.produce(LEADER)).as("it takes produces again").isEqualTo(2);
    }

    @Test
    void r5_7_noProducerIsPutOffWhileTheSuccessorIsFarBehind()
    {
        cluster.crash(2);
        name(2);
        cluster.node(1).leader.onFollow(2, 1, Integer.MAX_VALUE, cluster.node(2).incarnation, Long.MAX_VALUE, 0, 7, cluster.nowNs);
        cluster.run(5_000);
        assertThat(cluster.produce(LEADER)).isPositive();
        cluster.run(TimeUnit.NANOSECONDS.toMillis(HandOver.APPROACH_LIMIT_NS));
        assertThat(cluster.controller.leaderEpoch).as("given up").isEqualTo(2);
        assertThat(cluster.controller.leader).isEqualTo(1);
    }

    @Test
    void r5_7_theControllerIsToldAgainUntilTheEpochEnds()
    {
        cluster.isControllerReachable = false;
        name(2);
        cluster.run(350);
        assertThat(cluster.controller.handOvers).hasSizeBetween(3, 5);
        cluster.isControllerReachable = true;
        cluster.run(5);
        assertThat(cluster.controller.leader).isEqualTo(2);
        assertThat(cluster.controller.leaderEpoch).as("said often, done once").isEqualTo(2);
    }

    private void name(final int successor)
    {
        cluster.controller.name(successor);
        cluster.announce();
    }
}
