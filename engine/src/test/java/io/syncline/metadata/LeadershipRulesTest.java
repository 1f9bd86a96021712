package io.syncline.metadata;

import io.syncline.metadata.ControllerRequest.AlterIsr;
import io.syncline.metadata.ControllerRequest.ElectLeader;
import io.syncline.metadata.ControllerRequest.LedPartition;
import io.syncline.metadata.ControllerRequest.RegisterBroker;
import io.syncline.metadata.ControllerRequest.ReportSilence;
import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(10)
class LeadershipRulesTest
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
    void r4_4_refusesALowerLeaderEpoch()
    {
        final AlterIsr stale = authority.wish(key, 2, 3);
        authority.kill(1);
        assertThat(authority.ask(authority.session(2), stale).code()).isEqualTo(Codes.FENCED_LEADER_EPOCH);
    }

    @Test
    void r4_4_refusesAnyoneButTheLeader()
    {
        assertThat(authority.ask(authority.session(2), authority.wish(key, 1, 2)).code()).isEqualTo(Codes.NOT_LEADER);
        assertThat(authority.ask(4711, authority.wish(key, 1, 2)).code()).isEqualTo(Codes.FENCED);
    }

    @Test
    void r4_4_refusesALowerPartitionEpoch()
    {
        final AlterIsr stale = authority.wish(key, 1, 2);
        assertThat(authority.alter(key, 1, 3).isAccepted()).isTrue();
        final Decision refused = authority.ask(authority.session(1), stale);
        assertThat(refused.code()).isEqualTo(Codes.INVALID_PARTITION_EPOCH);
        assertThat(refused.message()).contains("partition 1-0").contains("epoch 1").contains("0");
        assertThat(partition().isr()).containsExactly(1, 3);
    }

    @Test
    void r4_4_refusesAnIsrOutsideTheReplicasOrWithoutTheLeader()
    {
        authority.start(4);
        assertThat(authority.alter(key, 1, 4).code()).isEqualTo(Codes.INVALID_REQUEST);
        assertThat(authority.alter(key, 2, 3).code()).isEqualTo(Codes.INVALID_REQUEST);
        assertThat(authority.alter(key, 1, 1).code()).isEqualTo(Codes.INVALID_REQUEST);
    }

    @Test
    void r4_4_refusesFencedAndRestartedMembers()
    {
        authority.kill(3);
        assertThat(authority.alter(key, 1, 2, 3).code()).isEqualTo(Codes.INELIGIBLE_REPLICA);
        final AlterIsr before = authority.wish(key, 1, 2, 3);
        authority.start(3);
        assertThat(authority.ask(authority.session(1), before).code()).isEqualTo(Codes.INELIGIBLE_REPLICA);
        assertThat(authority.alter(key, 1, 2, 3).isAccepted()).isTrue();
        assertThat(partition().isr()).containsExactly(1, 2, 3);
    }

    @Test
    void r5_1_fencesABrokerWhoseSessionEnds()
    {
        authority.kill(1);
        assertThat(authority.state.broker(1).fenced()).isTrue();
        assertThat(partition().isr()).containsExactly(2, 3);
        assertThat(partition().leader()).isEqualTo(2);
        assertThat(authority.applied(Decider.sessionClosed(9999, authority.state, 0)).events()).isEmpty();
    }

    @Test
    void r5_1_electsAtOnceWhenEveryFollowerReportsSilence()
    {
        assertThat(authority.silent(2, key).value()).isZero();
        assertThat(partition().leader()).isEqualTo(1);
        assertThat(authority.silent(3, key).value()).isEqualTo(1);
        assertThat(partition().leader()).isEqualTo(2);
        assertThat(partition().leaderEpoch()).isEqualTo(1);
        assertThat(partition().isr()).containsExactly(2, 3);
        assertThat(authority.state.broker(1).fenced()).isFalse();
    }

    @Test
    void r5_1_doesNotWaitForFencedMembersNorCountOutsiders()
    {
        authority.kill(3);
        assertThat(authority.silent(2, key).value()).isEqualTo(1);
        assertThat(partition().isr()).containsExactly(2);
        assertThat(partition().elr()).containsExactly(1);

        authority.start(3);
        assertThat(authority.silent(3, key).value()).isZero();
        assertThat(partition().leader()).isEqualTo(2);
    }

    @Test
    void r5_1_doesNotCountReportsOfAnotherEpochOrOfLongAgo()
    {
        authority.silent(2, key);
        authority.nowMs += Silence.REPORT_VALID_MS + 1;
        assertThat(authority.silent(3, key).value()).isZero();
        assertThat(authority.ask(authority.session(2), new ReportSilence(1, List.of(new LedPartition(key, 7)))).value()).isZero();
        assertThat(authority.silent(2, key).value()).isEqualTo(1);
    }

    @Test
    void r5_1_aBrokerThatComesAndGoesMovesALeadershipTwiceAMinute()
    {
        int moves = 0;
        for (int i = 0; i < 20; i++)
        {
            authority.alter(key, 1, 2, 3);
            moves += silence();
            authority.nowMs += 100;
        }
        // Two each for brokers 1 and 2, which take turns because both come and go.
        assertThat(moves).isEqualTo(Silence.MAX_MOVES * 2);
        authority.nowMs += Silence.MOVE_WINDOW_MS;
        assertThat(silence()).isEqualTo(1);
    }

    @Test
    void r5_1_realDeathsAreAnsweredAtOnceHoweverMany()
    {
        for (int i = 0; i < 20; i++)
        {
            final int dead = partition().leader();
            assertThat(silence()).as("death %s of broker %s", i, dead).isEqualTo(1);
            authority.nowMs += 2_000;
            authority.kill(dead);
            authority.start(dead);
            authority.alter(key, 1, 2, 3);
            authority.nowMs += 3_000;
        }
        assertThat(authority.state.silence(key).moves()).hasSizeLessThan(20);
    }

    @Test
    void r5_2_keepsAValidLeaderAndTakesTheNextInAssignmentOrder()
    {
        authority.kill(2);
        assertThat(partition().leader()).isEqualTo(1);
        assertThat(partition().leaderEpoch()).isZero();
        authority.start(2);
        authority.alter(key, 1, 2, 3);
        authority.kill(1);
        assertThat(partition().leader()).isEqualTo(2);
        assertThat(partition().leaderEpoch()).isEqualTo(1);
    }

    @Test
    void r5_2_goesOfflineWithoutAnEligibleReplicaAndComesBackFromTheElr()
    {
        authority.kill(1);
        authority.kill(2);
        assertThat(partition().isr()).containsExactly(3);
        assertThat(partition().elr()).containsExactly(2);
        authority.kill(3);
        assertThat(partition().leader()).isEqualTo(PartitionState.NO_LEADER);
        assertThat(partition().leaderEpoch()).isEqualTo(3);
        assertThat(partition().elr()).containsExactly(2, 3);

        authority.start(1);
        assertThat(partition().leader()).isEqualTo(PartitionState.NO_LEADER);
        authority.start(3);
        assertThat(partition().leader()).isEqualTo(3);
        assertThat(partition().isr()).containsExactly(3);
        assertThat(partition().elr()).containsExactly(2);
        assertThat(partition().leaderEpoch()).isEqualTo(4);
    }

    @Test
    void r5_2_electsUncleanlyOnlyWhenAskedByName()
    {
        authority.kill(1);
        authority.kill(2);
        authority.kill(3);
        authority.start(1);
        assertThat(authority.ask(new ElectLeader("t1", 0, 1, false)).code()).isEqualTo(Codes.INELIGIBLE_REPLICA);
        assertThat(authority.ask(new ElectLeader("t1", 0, 1, true)).isAccepted()).isTrue();
        assertThat(partition().leader()).isEqualTo(1);
        assertThat(partition().isr()).containsExactly(1);
        assertThat(partition().elr()).isEmpty();
    }

    @Test
    void r5_3_fillsTheElrBelowMinIsrAndEmptiesItAtMinIsr()
    {
        authority.alter(key, 1, 2);
        assertThat(partition().elr()).isEmpty();
        authority.alter(key, 1);
        assertThat(partition().elr()).containsExactly(2);
        authority.alter(key, 1, 3);
        assertThat(partition().elr()).isEmpty();
    }

    @Test
    void r5_4_aLossyRestartIsInNeitherIsrNorElrBeforeItCounts()
    {
        authority.kill(1);
        authority.kill(2);
        authority.kill(3);
        final Decision decision = authority.register(3, "", "dir-3", true);
        assertThat(decision.isAccepted()).isTrue();
        assertThat(partition().elr()).containsExactly(2);
        assertThat(partition().leader()).isEqualTo(PartitionState.NO_LEADER);
        assertThat(decision.events().get(0)).isInstanceOf(MetadataEvent.PartitionChanged.class);
        authority.start(2);
        assertThat(partition().leader()).isEqualTo(2);
    }

    @Test
    void p3_ofATopicAtLevelFsyncedALossyRestartStaysInTheElrAndLeads()
    {
        final long fsynced = PartitionKey.of(authority.ask(new ControllerRequest.CreateTopic(
            "safe", 1, 3, Map.of("min.insync.replicas", "2", "durability", "fsynced"))).value(), 0);
        authority.kill(1);
        authority.kill(2);
        authority.kill(3);
        assertThat(authority.partition(fsynced).leader()).isNegative();
        assertThat(authority.partition(fsynced).elr()).isNotEmpty();
        final int last = authority.partition(fsynced).elr().get(0);

        assertThat(authority.register(last, "", "dir-" + last, true).isAccepted()).isTrue();

        assertThat(authority.partition(fsynced).leader()).isEqualTo(last);
        assertThat(partition().leader()).as("at level replicated").isNegative();
    }

    @Test
    void p3_anotherDirectoryLeavesTheElrAtAnyLevel()
    {
        final long fsynced = PartitionKey.of(authority.ask(new ControllerRequest.CreateTopic(
            "safe", 1, 3, Map.of("min.insync.replicas", "2", "durability", "fsynced"))).value(), 0);
        authority.kill(1);
        authority.kill(2);
        authority.kill(3);
        final int last = authority.partition(fsynced).elr().get(0);

        assertThat(authority.register(last, "", "another", true).isAccepted()).isTrue();

        assertThat(authority.partition(fsynced).elr()).doesNotContain(last);
        assertThat(authority.partition(fsynced).leader()).isNegative();
    }

    @Test
    void r5_4_aChangedDirectoryIsALossyRestart()
    {
        authority.kill(1);
        authority.kill(2);
        authority.kill(3);
        authority.register(3, "", "an empty disk", false);
        assertThat(partition().elr()).containsExactly(2);
    }

    @Test
    void r5_4_aRestartWithinTheSessionTimeoutEndsTheOldIncarnation()
    {
        final long before = authority.state.broker(1).incarnation();
        authority.start(1);
        assertThat(authority.state.broker(1).incarnation()).isGreaterThan(before);
        assertThat(partition().leader()).isEqualTo(2);
        assertThat(partition().isr()).containsExactly(2, 3);
    }

    @Test
    void r5_4_aLossyRestartWithinTheSessionTimeoutLeavesTheElrToo()
    {
        authority.alter(key, 1);
        authority.kill(2);
        authority.kill(3);
        authority.register(1, "", "dir-1", true);
        assertThat(partition().isr()).isEmpty();
        assertThat(partition().elr()).doesNotContain(1);
        assertThat(partition().leader()).isEqualTo(PartitionState.NO_LEADER);
    }

    @Test
    void shouldKeepIncarnationAndLeadershipOfAProcessThatOnlyLostItsSession()
    {
        final BrokerState before = authority.state.broker(1);
        final Decision decision = authority.ask(9001, new RegisterBroker(
            1, "cluster", "dir-1", false, "client-1", "peer-1", "", Map.of(), before.incarnation(),
            before.incarnation(), List.of()));
        assertThat(decision.value()).isEqualTo(before.incarnation());
        assertThat(partition().leader()).isEqualTo(1);
        assertThat(partition().partitionEpoch()).isZero();
        authority.applied(Decider.sessionClosed(before.sessionId(), authority.state, 0));
        assertThat(authority.state.broker(1).fenced()).isFalse();
    }

    @Test
    void shouldRefuseASecondNodeWithTheSameIdAndAForeignCluster()
    {
        final Decision twin = authority.register(1, "", "another directory", false);
        assertThat(twin.code()).isEqualTo(Codes.FENCED);
        assertThat(twin.message()).contains("dir-1").contains("another directory").contains("node.id");
        final Decision foreign = authority.ask(
            50, new RegisterBroker(9, "other", "d", false, "c", "r", "", Map.of()));
        assertThat(foreign.code()).isEqualTo(Codes.INVALID_REQUEST);
        assertThat(foreign.message()).contains("other").contains("cluster").contains("cluster.id");
        assertThat(partition().leader()).isEqualTo(1);
    }

    @Test
    void r8_5_shouldRefuseADirectoryThatWasRegisteredWithControllersThatKnewMore()
    {
        authority.kill(1);
        final long next = authority.state.nextIncarnation();
        final Decision stranger = registerRecorded(next);
        assertThat(stranger.code()).isEqualTo(Codes.FENCED);
        assertThat(stranger.message()).contains("incarnation " + next).contains("log.dir");
        assertThat(authority.state.broker(1).fenced()).isTrue();
        assertThat(authority.state.nextIncarnation()).as("asking again must not count it up").isEqualTo(next);

        assertThat(registerRecorded(next - 1).value()).isEqualTo(next);
    }

    @Test
    void r5_4_anOldCopyOfADirectoryShouldBeRefusedHoweverOftenItIsStarted()
    {
        authority.kill(1);
        assertThat(registerStarts(10L, 11L).isAccepted()).isTrue();
        authority.kill(1);
        final PartitionState before = partition();

        final Decision copy = registerStarts(10L, 12L);
        assertThat(copy.code()).isEqualTo(Codes.FENCED);
        assertThat(copy.message()).contains("dir-1").contains("older copy").contains("log.dir")
            .contains(Long.toHexString(11)).contains(Long.toHexString(10)).contains(Long.toHexString(12));
        assertThat(registerStarts(10L, 12L, 13L).code()).as("started again").isEqualTo(Codes.FENCED);
        assertThat(registerStarts().code()).as("of before starts were counted").isEqualTo(Codes.FENCED);
        assertThat(partition()).isEqualTo(before);
        assertThat(authority.state.broker(1).fenced()).isTrue();
    }

    @Test
    void r5_4_aStartWhoseRegistrationWasNotAnsweredShouldCostNothing()
    {
        authority.alter(key, 1);
        authority.kill(1);
        authority.kill(2);
        authority.kill(3);
        assertThat(registerStarts(10L, 11L).isAccepted()).isTrue();
        authority.kill(1);
        assertThat(registerStarts(10L, 11L, 12L).isAccepted()).as("11 has died before it heard the answer").isTrue();
        assertThat(partition().leader()).isEqualTo(1);
        assertThat(registerStarts(10L, 11L, 12L).isAccepted()).as("asked again").isTrue();
        assertThat(registerStarts(10L, 11L).code()).as("11 asked, and is heard only now").isEqualTo(Codes.FENCED);
        assertThat(partition().leader()).isEqualTo(1);
    }

    private Decision registerStarts(final Long... starts)
    {
        return authority.ask(9003, new RegisterBroker(
            1, "cluster", "dir-1", false, "client-1", "peer-1", "", Map.of(), -1, -1, List.of(starts)));
    }

    private Decision registerRecorded(final long recordedIncarnation)
    {
        return authority.ask(9002, new RegisterBroker(
            1, "cluster", "dir-1", false, "client-1", "peer-1", "", Map.of(), -1, recordedIncarnation, List.of()));
    }

    /** Every follower in sync reports the leader. */
    private int silence()
    {
        int moves = 0;
        final int leader = partition().leader();
        for (final int reporter : List.copyOf(partition().isr()))
        {
            if (reporter != leader && partition().leader() == leader)
            {
                moves += (int)authority.silent(reporter, key).value();
            }
        }
        return moves;
    }

    private PartitionState partition()
    {
        return authority.partition(key);
    }
}
