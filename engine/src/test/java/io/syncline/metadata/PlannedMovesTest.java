package io.syncline.metadata;

import io.syncline.metadata.ControllerRequest.ElectLeader;
import io.syncline.metadata.ControllerRequest.HandOver;
import io.syncline.metadata.ControllerRequest.Reassign;
import io.syncline.metadata.ControllerRequest.ReplicaLost;
import io.syncline.metadata.ControllerRequest.ShutDownBroker;
import io.syncline.protocol.Codes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** R5.7 as the controller keeps it. */
@Timeout(10)
class PlannedMovesTest
{
    private final Authority authority = new Authority();
    private long key;

    @BeforeEach
    void startThreeBrokersAndAPartition()
    {
        authority.start(1, 2, 3);
        key = authority.topic(3, 2);
        assertThat(partition().replicas()).containsExactly(1, 2, 3);
    }

    @Test
    void r5_7_aLeadershipMovesWhenTheLeaderSaysThatTheSuccessorHasCaughtUp()
    {
        assertThat(elect(3).value()).isEqualTo(1);
        assertThat(partition().leader()).isEqualTo(1);
        assertThat(partition().leaderEpoch()).isZero();
        assertThat(partition().successor()).isEqualTo(3);

        assertThat(handOver(1, true).value()).isEqualTo(1);
        assertThat(partition().leader()).isEqualTo(3);
        assertThat(partition().leaderEpoch()).isEqualTo(1);
        assertThat(partition().successor()).isEqualTo(PartitionState.NO_LEADER);
        assertThat(partition().isr()).containsExactly(1, 2, 3);

        assertThat(elect(-1).value()).isEqualTo(2);
        handOver(3, true);
        assertThat(partition().leader()).isEqualTo(1);
        assertThat(elect(-1).events()).isEmpty();
    }

    @Test
    void r5_7_refusesMovesThatCannotBe()
    {
        assertThat(elect(7).code()).isEqualTo(Codes.INVALID_REQUEST);
        assertThat(authority.ask(new ElectLeader("t1", 1, 1, false)).code()).isEqualTo(Codes.UNKNOWN_PARTITION);
        assertThat(authority.ask(new ElectLeader("none", 0, 1, false)).code()).isEqualTo(Codes.UNKNOWN_TOPIC);
        authority.alter(key, 1, 2);
        assertThat(elect(3).code()).isEqualTo(Codes.INELIGIBLE_REPLICA);
        assertThat(authority.ask(new Reassign("t1", 0, List.of(2, 9))).code()).isEqualTo(Codes.INELIGIBLE_REPLICA);
        assertThat(authority.ask(new Reassign("t1", 0, List.of(2, 2))).code()).isEqualTo(Codes.INVALID_REQUEST);
        assertThat(authority.ask(new Reassign("t1", 0, List.of(2))).code()).isEqualTo(Codes.INVALID_REQUEST);
    }

    @Test
    void r5_7_onlyTheLeaderOfThatEpochHandsOver()
    {
        elect(3);
        final HandOver word = new HandOver(key, 0, 3, incarnation(3), true);
        assertThat(authority.ask(authority.session(2), word).code()).isEqualTo(Codes.FENCED_LEADER_EPOCH);
        assertThat(authority.ask(4711, word).code()).isEqualTo(Codes.FENCED);
        assertThat(authority.ask(authority.session(1), word).isAccepted()).isTrue();
        // The same word once more, late or doubled, says nothing about the next epoch.
        assertThat(authority.ask(authority.session(1), word).code()).isEqualTo(Codes.FENCED_LEADER_EPOCH);
        assertThat(partition().leaderEpoch()).isEqualTo(1);
    }

    @Test
    void r5_7_aMoveThatIsGivenUpEndsTheEpochAllTheSame()
    {
        elect(3);
        assertThat(handOver(1, false).isAccepted()).isTrue();
        assertThat(partition().leader()).isEqualTo(1);
        assertThat(partition().leaderEpoch()).as("a frozen epoch takes no produce again (R6.5)").isEqualTo(1);
        assertThat(partition().successor()).isEqualTo(PartitionState.NO_LEADER);
    }

    @Test
    void r5_7_aSuccessorThatRestartedHasToCatchUpAgain()
    {
        elect(3);
        final long before = incarnation(3);
        authority.start(3);
        authority.alter(key, 1, 2, 3);
        elect(3);
        assertThat(authority.ask(
            authority.session(1), new HandOver(key, partition().leaderEpoch(), 3, before, true)).isAccepted()).isTrue();
        assertThat(partition().leader()).isEqualTo(1);
    }

    @Test
    void r5_7_aSuccessorThatLeavesTheIsrEndsTheMoveAndTheEpoch()
    {
        elect(3);
        authority.alter(key, 1, 2);
        assertThat(partition().leader()).isEqualTo(1);
        assertThat(partition().leaderEpoch()).isEqualTo(1);
        assertThat(partition().successor()).isEqualTo(PartitionState.NO_LEADER);

        elect(2);
        authority.kill(2);
        assertThat(partition().leader()).isEqualTo(1);
        assertThat(partition().leaderEpoch()).isEqualTo(2);
        assertThat(partition().successor()).isEqualTo(PartitionState.NO_LEADER);
    }

    @Test
    void r5_7_theDeathOfALeaderEndsTheMove()
    {
        elect(3);
        authority.kill(1);
        assertThat(partition().leader()).isEqualTo(2);
        assertThat(partition().successor()).isEqualTo(PartitionState.NO_LEADER);
    }

    @Test
    void r5_7_anotherWishReplacesTheFirst()
    {
        elect(3);
        elect(2);
        assertThat(partition().successor()).isEqualTo(2);
        assertThat(partition().leaderEpoch()).isZero();
        assertThat(elect(1).value()).isEqualTo(1);
        assertThat(partition().leader()).isEqualTo(1);
        assertThat(partition().leaderEpoch()).isEqualTo(1);
    }

    @Test
    void r5_7_aControlledShutdownHandsItsLeadershipsOverAndJoinsNoIsr()
    {
        assertThat(authority.ask(authority.session(1), new ShutDownBroker(1)).value()).isEqualTo(1);
        assertThat(partition().leader()).isEqualTo(1);
        assertThat(partition().successor()).isEqualTo(2);
        handOver(1, true);
        assertThat(partition().leader()).isEqualTo(2);
        assertThat(partition().isr()).containsExactly(2, 3);
        assertThat(authority.ask(authority.session(1), new ShutDownBroker(1)).value()).isZero();
        assertThat(authority.alter(key, 1, 2, 3).code()).isEqualTo(Codes.INELIGIBLE_REPLICA);
        assertThat(authority.ask(authority.session(2), new ShutDownBroker(3)).code()).isEqualTo(Codes.INVALID_REQUEST);
    }

    @Test
    void r5_7_aFollowerThatShutsDownLeavesTheIsrAndIsNobodysSuccessor()
    {
        elect(3);
        assertThat(authority.ask(authority.session(3), new ShutDownBroker(3)).value()).isZero();
        assertThat(partition().isr()).containsExactly(1, 2);
        assertThat(partition().leader()).isEqualTo(1);
        assertThat(partition().successor()).isEqualTo(PartitionState.NO_LEADER);
        assertThat(elect(3).code()).isEqualTo(Codes.INELIGIBLE_REPLICA);
    }

    @Test
    void r5_7_theLastInSyncReplicaLeadsUntilItStops()
    {
        authority.alter(key, 1);
        assertThat(authority.ask(authority.session(1), new ShutDownBroker(1)).value()).isEqualTo(1);
        assertThat(partition().leader()).isEqualTo(1);
        assertThat(partition().successor()).isEqualTo(PartitionState.NO_LEADER);
        // The first follower to catch up is the successor, on the next time of asking.
        assertThat(authority.alter(key, 1, 2).isAccepted()).isTrue();
        assertThat(authority.ask(authority.session(1), new ShutDownBroker(1)).value()).isEqualTo(1);
        assertThat(partition().successor()).isEqualTo(2);
        handOver(1, true);
        assertThat(partition().leader()).isEqualTo(2);
    }

    @Test
    void r5_7_aShutdownThatIsNotCaughtUpWithIsTriedAgainUntilTheSessionEnds()
    {
        authority.ask(authority.session(1), new ShutDownBroker(1));
        handOver(1, false);
        assertThat(partition().leader()).isEqualTo(1);
        assertThat(authority.ask(authority.session(1), new ShutDownBroker(1)).value()).isEqualTo(1);
        assertThat(partition().successor()).isEqualTo(2);
        authority.kill(1);
        assertThat(partition().leader()).isEqualTo(2);
    }

    @Test
    void r5_7_reassignsByAddingFirstAndRemovingTheLeaderLast()
    {
        authority.start(4);
        assertThat(authority.ask(new Reassign("t1", 0, List.of(4, 2, 3))).isAccepted()).isTrue();
        assertThat(partition().replicas()).containsExactly(4, 2, 3, 1);
        assertThat(partition().leader()).isEqualTo(1);
        assertThat(authority.alter(key, 1, 2, 3, 4).isAccepted()).isTrue();
        assertThat(partition().replicas()).containsExactly(4, 2, 3, 1);
        assertThat(partition().successor()).isEqualTo(4);

        handOver(1, true);
        assertThat(partition().replicas()).containsExactly(4, 2, 3);
        assertThat(partition().isr()).containsExactly(4, 2, 3);
        assertThat(partition().isReassigning()).isFalse();
        assertThat(partition().leader()).isEqualTo(4);
        assertThat(partition().leaderEpoch()).isEqualTo(1);
    }

    @Test
    void r5_7_reassignsAtOnceWhereTheLeaderStays()
    {
        authority.start(4);
        authority.ask(new Reassign("t1", 0, List.of(1, 2, 4)));
        authority.alter(key, 1, 2, 3, 4);
        assertThat(partition().replicas()).containsExactly(1, 2, 4);
        assertThat(partition().leaderEpoch()).isZero();
    }

    @Test
    void r5_7_aReassignmentWhoseHandOverFailsIsTriedAgain()
    {
        authority.start(4);
        authority.ask(new Reassign("t1", 0, List.of(4, 2, 3)));
        authority.alter(key, 1, 2, 3, 4);
        handOver(1, false);
        assertThat(partition().leader()).isEqualTo(1);
        assertThat(partition().leaderEpoch()).isEqualTo(1);
        assertThat(partition().isReassigning()).isTrue();
        assertThat(partition().successor()).isEqualTo(4);
    }

    @Test
    void r5_7_aReassignmentIsCompletedByTheDeathOfTheLeaderThatWasToLeave()
    {
        authority.start(4);
        authority.ask(new Reassign("t1", 0, List.of(4, 2, 3)));
        authority.alter(key, 1, 2, 3, 4);
        authority.kill(1);
        assertThat(partition().replicas()).containsExactly(4, 2, 3);
        assertThat(partition().leader()).isEqualTo(4);
        assertThat(partition().isReassigning()).isFalse();
    }

    @Test
    void r5_7_aReassignmentToADeadBrokerIsReplacedOrTakenBack()
    {
        authority.start(4, 5);
        authority.ask(new Reassign("t1", 0, List.of(4, 2, 3)));
        authority.kill(4);
        assertThat(partition().isReassigning()).isTrue();
        assertThat(partition().leader()).isEqualTo(1);

        assertThat(authority.ask(new Reassign("t1", 0, List.of(1, 2, 3))).isAccepted()).isTrue();
        assertThat(partition().replicas()).containsExactly(1, 2, 3);
        assertThat(partition().isReassigning()).isFalse();
        assertThat(partition().leaderEpoch()).isZero();

        authority.start(4);
        authority.ask(new Reassign("t1", 0, List.of(4, 2, 3)));
        authority.ask(new Reassign("t1", 0, List.of(5, 2, 3)));
        authority.alter(key, 1, 2, 3, 5);
        handOver(1, true);
        assertThat(partition().replicas()).containsExactly(5, 2, 3);
    }

    @Test
    void r5_7_aReassignmentOfAnOfflinePartitionIsCompletedByItsElectionFromTheElr()
    {
        authority.start(4);
        key = authority.topic(1, 1);
        final int only = partition().leader();
        authority.kill(only);
        assertThat(partition().elr()).containsExactly(only);
        assertThat(authority.ask(new Reassign("t2", 0, List.of(only))).isAccepted()).isTrue();
        assertThat(partition().isReassigning()).isTrue();
        // Alone and in sync it has no change of the ISR to ask for: nothing after its election would end the move.
        authority.start(only);
        assertThat(partition().leader()).isEqualTo(only);
        assertThat(partition().isr()).containsExactly(only);
        assertThat(partition().isReassigning()).isFalse();
    }

    @Test
    void r5_7_aReassignmentIsCompletedByAnUncleanElectionOfItsOnlyReplica()
    {
        key = authority.topic(3, 1);
        authority.kill(3);
        authority.kill(2);
        authority.kill(1);
        authority.start(3);
        assertThat(partition().elr()).containsExactly(1);
        assertThat(authority.ask(new Reassign("t2", 0, List.of(3))).isAccepted()).isTrue();
        assertThat(authority.ask(new ElectLeader("t2", 0, 3, true)).isAccepted()).isTrue();
        assertThat(partition().leader()).isEqualTo(3);
        assertThat(partition().replicas()).containsExactly(3);
        assertThat(partition().isReassigning()).isFalse();
    }

    @Test
    void r5_7_aReassignmentIsCompletedByAnElectionThatDoesNotWaitForTheHandOver()
    {
        authority.start(4);
        authority.ask(new Reassign("t1", 0, List.of(4, 2, 3)));
        authority.alter(key, 1, 2, 3, 4);
        assertThat(partition().successor()).isEqualTo(4);
        assertThat(authority.ask(new ElectLeader("t1", 0, 4, true)).isAccepted()).isTrue();
        assertThat(partition().leader()).isEqualTo(4);
        assertThat(partition().replicas()).containsExactly(4, 2, 3);
        assertThat(partition().isReassigning()).isFalse();
    }

    @Test
    void r5_7_aReassignmentGoesOnAfterItsLeaderWasAskedToStay()
    {
        authority.start(4);
        authority.ask(new Reassign("t1", 0, List.of(4, 2, 3)));
        authority.alter(key, 1, 2, 3, 4);
        assertThat(elect(1).isAccepted()).isTrue();
        assertThat(partition().leader()).isEqualTo(1);
        assertThat(partition().leaderEpoch()).isEqualTo(1);
        assertThat(partition().successor()).as("nobody else would ever end the reassignment").isEqualTo(4);
        handOver(1, true);
        assertThat(partition().replicas()).containsExactly(4, 2, 3);
        assertThat(partition().isReassigning()).isFalse();
    }

    @Test
    void r5_7_aReassignmentGoesOnAfterAReplicaThatIsToLeaveWasLost()
    {
        authority.start(4);
        authority.ask(new Reassign("t1", 0, List.of(4, 2)));
        authority.alter(key, 1, 2, 3, 4);
        assertThat(partition().successor()).isEqualTo(4);
        assertThat(authority.ask(authority.session(3), new ReplicaLost(
            3, incarnation(3), key, partition().leaderEpoch(), true)).isAccepted()).isTrue();
        assertThat(partition().leader()).isEqualTo(1);
        assertThat(partition().leaderEpoch()).isEqualTo(1);
        // Its log may never be whole again: the reassignment does not wait for it to come back into the ISR.
        assertThat(partition().successor()).isEqualTo(4);
        handOver(1, true);
        assertThat(partition().replicas()).containsExactly(4, 2);
    }

    private PartitionState partition()
    {
        return authority.partition(key);
    }

    private long incarnation(final int brokerId)
    {
        return authority.state.broker(brokerId).incarnation();
    }

    private Decision elect(final int to)
    {
        return authority.ask(new ElectLeader("t1", 0, to, false));
    }

    /** The leader says that the successor it was told of has caught up, or has not. */
    private Decision handOver(final int leader, final boolean caughtUp)
    {
        final int successor = partition().successor();
        return authority.ask(
            authority.session(leader),
            new HandOver(key, partition().leaderEpoch(), successor, incarnation(successor), caughtUp));
    }
}
