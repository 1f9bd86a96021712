package io.syncline.metadata;

import io.syncline.metadata.ControllerRequest.ReplicaLost;
import io.syncline.protocol.Codes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(10)
class LostReplicaTest
{
    private final Authority authority = new Authority();
    private long key;

    @BeforeEach
    void startThreeBrokersAndAPartition()
    {
        authority.start(1, 2, 3);
        key = authority.topic(3, 2);
    }

    @Test
    void r8_2_aLostFollowerLeavesIsrAndElrAndANewEpochOfTheSameLeaderBegins()
    {
        final int epoch = partition().leaderEpoch();
        assertThat(authority.alter(key, 1).isAccepted()).isTrue();
        assertThat(partition().elr()).containsExactly(2, 3);

        assertThat(lost(2, true).isAccepted()).isTrue();

        assertThat(partition().isr()).containsExactly(1);
        assertThat(partition().elr()).containsExactly(3);
        assertThat(partition().leader()).isEqualTo(1);
        assertThat(partition().leaderEpoch()).isEqualTo(epoch + 1);
    }

    @Test
    void r8_2_aLostLeaderIsReplacedAndIsNotInTheElr()
    {
        assertThat(authority.alter(key, 1, 2).isAccepted()).isTrue();
        assertThat(lost(1, true).isAccepted()).isTrue();
        assertThat(partition().leader()).isEqualTo(2);
        assertThat(partition().isr()).containsExactly(2);
        assertThat(partition().elr()).isEmpty();
    }

    @Test
    void r8_2_aRequestThatComesTwiceOrLateDoesNotHitTheRepairedReplica()
    {
        final ReplicaLost request = request(2, true);
        assertThat(authority.ask(authority.session(2), request).isAccepted()).isTrue();
        assertThat(authority.alter(key, 1, 2, 3).isAccepted()).isTrue();
        assertThat(authority.ask(authority.session(2), request).code()).isEqualTo(Codes.FENCED_LEADER_EPOCH);
        assertThat(partition().isr()).containsExactly(1, 2, 3);
    }

    @Test
    void r8_2_aBrokerSpeaksForItselfAndItsIncarnation()
    {
        final ReplicaLost request = request(2, true);
        assertThat(authority.ask(authority.session(3), request).code()).isEqualTo(Codes.FENCED);
        authority.kill(2);
        authority.start(2);
        assertThat(authority.ask(authority.session(2), request).code()).isEqualTo(Codes.FENCED);
    }

    @Test
    void p4_aPartitionOfWhichEveryCopyIsDamagedIsOffline()
    {
        for (int id = 1; id <= 3; id++)
        {
            assertThat(lost(id, true).isAccepted()).isTrue();
        }
        assertThat(partition().leader()).isEqualTo(PartitionState.NO_LEADER);
        assertThat(partition().isr()).isEmpty();
        assertThat(partition().elr()).isEmpty();
    }

    @Test
    void d4_aFailedDeviceDoesNotTakeOutTheLastReplicaThatMayBeWhole()
    {
        assertThat(lost(1, false).isAccepted()).isTrue();
        assertThat(lost(2, false).isAccepted()).isTrue();
        final Decision refused = lost(3, false);
        assertThat(refused.code()).isEqualTo(Codes.INELIGIBLE_REPLICA);
        assertThat(refused.message()).contains("broker 3").contains("ISR [3]");
        assertThat(partition().isr()).containsExactly(3);
    }

    private Decision lost(final int brokerId, final boolean isDamaged)
    {
        return authority.ask(authority.session(brokerId), request(brokerId, isDamaged));
    }

    private ReplicaLost request(final int brokerId, final boolean isDamaged)
    {
        return new ReplicaLost(
            brokerId, authority.state.broker(brokerId).incarnation(), key, partition().leaderEpoch(), isDamaged);
    }

    private PartitionState partition()
    {
        return authority.partition(key);
    }
}
