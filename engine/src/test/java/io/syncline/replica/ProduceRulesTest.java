package io.syncline.replica;

import io.syncline.protocol.Codes;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.syncline.replica.ReplicaCluster.ALL;
import static io.syncline.replica.ReplicaCluster.LEADER;
import static io.syncline.replica.ReplicaCluster.NONE;
import static org.assertj.core.api.Assertions.assertThat;

/** PROTOCOL R5.6 and R6 (produce), a test a rule. */
@Timeout(10)
class ProduceRulesTest
{
    private static final long PRODUCER = 4;

    @Test
    void r5_5_aPausedLeaderThatWakesUpCannotCommit()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.node(1).isPaused = true;
        cluster.elect(2);
        cluster.run(20);
        cluster.node(1).isPaused = false;
        cluster.produce(1, ALL, 2);
        cluster.run(50);

        assertThat(cluster.node(1).acks.highWatermark()).isZero();
        assertThat(cluster.acks).isEmpty();
    }

    @Test
    void r5_6_onARoleChangeEveryPendingProduceFailsWithNotLeader()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.lost = (message) -> message.is("Append");
        cluster.produce(1, ALL, 3);
        cluster.run(5);
        assertThat(cluster.acks).isEmpty();

        cluster.controller.elect(2);
        cluster.announce(1);

        assertThat(cluster.acks).hasSize(3).allMatch((ack) -> ack.code() == Codes.NOT_LEADER && ack.baseOffset() == -1);
    }

    @Test
    void r5_6_soTheyDoWhenTheSameBrokerLeadsAgainWithoutAPause()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.lost = (message) -> message.is("Append");
        cluster.produce(1, ALL, 2);
        cluster.controller.elect(1);
        cluster.node(1).acks.lead(cluster.controller.assignment(), 2, 0, cluster.nowNs);

        assertThat(cluster.acks).hasSize(2).allMatch((ack) -> ack.code() == Codes.NOT_LEADER);
    }

    @Test
    void r5_6_soDoesOneWhoseAppendTheAcksSideLearnsOfOnlyAfterwards()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(1, 1);
        final AcksReplica acks = cluster.node(1).acks;
        cluster.elect(1);
        acks.onAppended(1, ALL, ReplicaCluster.CLIENT, 0, 0, 0, 1, 1, cluster.nowNs);

        assertThat(cluster.lastAck().code()).isEqualTo(Codes.NOT_LEADER);
        assertThat(acks.highWatermark()).isZero();
    }

    @Test
    void r6_1_theLevelDecidesWhenToAnswer()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.held = (message) -> message.is("AppendAck");
        cluster.produce(NONE);
        cluster.run(5);
        assertThat(cluster.acks).isEmpty();

        cluster.produce(LEADER);
        assertThat(cluster.lastAck().baseOffset()).isEqualTo(1);

        cluster.produce(ALL);
        cluster.run(5);
        assertThat(cluster.acks).hasSize(1);
        cluster.held = (message) -> false;
        cluster.run(2);
        assertThat(cluster.lastAck().baseOffset()).isEqualTo(2);
        assertThat(cluster.node(2).log.logEnd()).as("all replicate the same way").isEqualTo(3);
    }

    @Test
    void r6_2_acksAllBelowMIsRefusedBeforeTheAppend()
    {
        final ReplicaCluster cluster = belowM();
        assertThat(cluster.produce(ALL)).isEqualTo(Codes.NOT_ENOUGH_REPLICAS);

        assertThat(cluster.lastAck().code()).isEqualTo(Codes.NOT_ENOUGH_REPLICAS);
        assertThat(cluster.node(1).log.logEnd()).isZero();
        assertThat(cluster.produce(LEADER)).isEqualTo(1);
    }

    @Test
    void r6_2_whenTheIsrFallsBelowMAfterTheAppendTheAnswerSaysSo()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(2, 2);
        cluster.lost = (message) -> message.is("Append");
        cluster.produce(ALL);
        cluster.run(5);
        cluster.crash(2);
        cluster.controller.fence(2);
        cluster.announce();

        assertThat(cluster.lastAck().code()).isEqualTo(Codes.NOT_ENOUGH_REPLICAS_AFTER_APPEND);
        assertThat(cluster.node(1).log.logEnd()).isEqualTo(1);
    }

    @Test
    void r6_3_theSameBatchAgainIsAnsweredWithTheOldOffsetsAfterTheHighWatermark()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.held = (message) -> message.is("AppendAck");
        cluster.produce(PRODUCER, 0, 0, 3);
        cluster.produce(PRODUCER, 0, 3, 2);
        cluster.produce(PRODUCER, 0, 0, 3);
        cluster.run(5);
        assertThat(cluster.acks).isEmpty();
        assertThat(cluster.node(1).log.logEnd()).isEqualTo(5);

        cluster.held = (message) -> false;
        cluster.run(5);
        assertThat(cluster.acks).extracting(ReplicaCluster.Ack::baseOffset).containsExactly(0L, 3L, 0L);
    }

    @Test
    void r6_3_aGapIsOutOfOrder_alsoForTheVeryFirstBatchOfAWholeLog()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(1, 1);
        assertThat(cluster.produce(PRODUCER, 0, 2, 1)).isEqualTo(Codes.OUT_OF_ORDER_SEQUENCE);
        assertThat(cluster.produce(PRODUCER, 0, 0, 2)).isEqualTo(2);
        assertThat(cluster.produce(PRODUCER, 0, 3, 1)).isEqualTo(Codes.OUT_OF_ORDER_SEQUENCE);
        assertThat(cluster.produce(PRODUCER, 0, 2, 1)).isEqualTo(3);
    }

    @Test
    void r6_3_anUnknownProducerIsTakenAtAnySequenceWhereItsPastMayBeGone()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(1, 1);
        cluster.produce(1, ALL, 3);
        cluster.node(1).log.trimTo(2);
        cluster.node(1).sequences.rebuild(cluster.node(1).log, 2);

        assertThat(cluster.produce(PRODUCER, 0, 70, 1)).isEqualTo(4);
    }

    /** D2: refused, not failed; the leadership goes on, and so does producing once there is room. */
    @Test
    void aProduceThatThereIsNoRoomForIsRefusedAndHarmsNothing()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(1, 1);
        cluster.produce(PRODUCER, 0, 0, 2);
        cluster.node(1).log.lowOnSpace(true);

        assertThat(cluster.produce(PRODUCER, 0, 2, 1)).isEqualTo(Codes.NO_SPACE);
        assertThat(cluster.produce(PRODUCER, 0, 0, 2)).as("what is there is there").isEqualTo(2);
        assertThat(cluster.node(1).faults).isEmpty();
        assertThat(cluster.node(1).leader.isLeading()).isTrue();

        cluster.node(1).log.lowOnSpace(false);
        assertThat(cluster.produce(PRODUCER, 0, 2, 1)).isEqualTo(3);
    }

    /** Retention alone takes nothing from the table: what it removes is known to the one who saw it. */
    @Test
    void r8_4_retentionForgetsNoProducer()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(1, 1);
        cluster.produce(PRODUCER, 0, 0, 2);
        cluster.produce(1, ALL, 3);
        cluster.node(1).log.trimTo(5);

        assertThat(cluster.node(1).log.logStart()).isGreaterThan(1);
        assertThat(cluster.produce(PRODUCER, 0, 0, 2)).as("the same batch again").isEqualTo(5);
        assertThat(cluster.node(1).log.logEnd()).isEqualTo(5);
        assertThat(cluster.produce(PRODUCER, 0, 3, 1)).isEqualTo(Codes.OUT_OF_ORDER_SEQUENCE);
        assertThat(cluster.produce(PRODUCER + 1, 0, 70, 1)).as("nobody it has ever seen")
            .isEqualTo(Codes.OUT_OF_ORDER_SEQUENCE);
    }

    @Test
    void r6_3_aLowerProducerEpochIsRefusedAndAHigherOneRestartsAtZero()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(1, 1);
        cluster.produce(PRODUCER, 3, 0, 2);
        assertThat(cluster.produce(PRODUCER, 2, 2, 1)).isEqualTo(Codes.INVALID_PRODUCER_EPOCH);
        assertThat(cluster.produce(PRODUCER, 4, 2, 1)).isEqualTo(Codes.OUT_OF_ORDER_SEQUENCE);
        assertThat(cluster.produce(PRODUCER, 4, 0, 1)).isEqualTo(3);
        assertThat(cluster.produce(PRODUCER, 3, 2, 1)).isEqualTo(Codes.INVALID_PRODUCER_EPOCH);
    }

    @Test
    void r6_3_fiveBatchesAreRemembered()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(1, 1);
        for (int i = 0; i < 6; i++)
        {
            cluster.produce(PRODUCER, 0, i, 1);
        }
        assertThat(cluster.produce(PRODUCER, 0, 1, 1)).as("a duplicate").isEqualTo(6);
        assertThat(cluster.lastAck().baseOffset()).isEqualTo(1);
        assertThat(cluster.produce(PRODUCER, 0, 0, 1)).isEqualTo(Codes.OUT_OF_ORDER_SEQUENCE);
        assertThat(cluster.node(1).log.logEnd()).isEqualTo(6);
    }

    @Test
    void r6_4_aFollowerThatTakesOverKnowsWhatWasProduced()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.produce(PRODUCER, 0, 0, 3);
        cluster.run(5);
        cluster.crash(1);
        cluster.controller.fence(1);
        cluster.elect(2);
        cluster.run(20);

        assertThat(cluster.produce(PRODUCER, 0, 0, 3)).isEqualTo(3);
        assertThat(cluster.lastAck().baseOffset()).isZero();
        assertThat(cluster.produce(PRODUCER, 0, 3, 1)).isEqualTo(4);
    }

    @Test
    void r6_4_truncationForgetsWhatWasCut()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.produce(PRODUCER, 0, 0, 1);
        cluster.run(5);
        cluster.lost = (message) -> message.is("Append");
        cluster.produce(PRODUCER, 0, 1, 1);
        cluster.run(2);
        cluster.lost = (message) -> false;
        cluster.elect(2);
        cluster.run(30);
        cluster.elect(1);
        cluster.run(30);

        assertThat(cluster.produce(PRODUCER, 0, 1, 1)).isEqualTo(2);
        cluster.run(5);
        assertThat(cluster.lastAck().baseOffset()).isEqualTo(1);
    }

    @Test
    void r6_4_aSnapshotBringsTheTableBack()
    {
        final ProducerSequences sequences = new ProducerSequences(2);
        sequences.onAppended(1, 0, 0, 4, 0);
        sequences.onAppended(2, 5, 0, 1, 4);
        sequences.onAppended(2, 5, 1, 2, 5);
        final UnsafeBuffer snapshot = new UnsafeBuffer(new byte[sequences.encodedLength()]);
        assertThat(sequences.encode(snapshot, 0)).isEqualTo(snapshot.capacity());

        final ProducerSequences restored = new ProducerSequences(2);
        assertThat(restored.decode(snapshot, 0, snapshot.capacity())).isTrue();
        assertThat(restored.check(1, 0, 0, 4)).isEqualTo(ProducerSequences.DUPLICATE);
        assertThat(restored.check(2, 5, 1, 2)).isEqualTo(ProducerSequences.DUPLICATE);
        assertThat(restored.duplicateBaseOffset()).isEqualTo(5);
        assertThat(restored.check(2, 5, 3, 1)).isZero();
        assertThat(restored.decode(snapshot, 0, snapshot.capacity() - 1)).isFalse();
        assertThat(restored.size()).isZero();
    }

    @Test
    void theTableIsBoundedAndForgetsTheProducerThatWasSilentForLongest()
    {
        final ProducerSequences sequences = new ProducerSequences(2);
        sequences.onAppended(1, 0, 0, 1, 0);
        sequences.onAppended(2, 0, 0, 1, 1);
        sequences.onAppended(1, 0, 1, 1, 2);
        sequences.onAppended(3, 0, 0, 1, 3);

        assertThat(sequences.size()).isEqualTo(2);
        assertThat(sequences.check(1, 0, 1, 1)).isEqualTo(ProducerSequences.DUPLICATE);
        assertThat(sequences.check(2, 0, 8, 1)).as("may have been forgotten").isZero();
    }

    @Test
    void r6_5_aBatchSentToAnEarlierLeadershipDoesNotOvertakeOneThatFailedWithIt()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.elect(1);

        assertThat(cluster.produce(cluster.node(1), ALL, 1, cluster.batch(-1, -1, -1, 1)))
            .isEqualTo(Codes.FENCED_LEADER_EPOCH);
        assertThat(cluster.produce(cluster.node(1), ALL, 3, cluster.batch(-1, -1, -1, 1)))
            .isEqualTo(Codes.UNKNOWN_LEADER_EPOCH);
        assertThat(cluster.produce(cluster.node(1), ALL, 2, cluster.batch(-1, -1, -1, 1))).isEqualTo(1);
    }

    @Test
    void r6_5_offsetsFollowSequencesWithSeveralBatchesInFlight()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        for (int i = 0; i < 5; i++)
        {
            cluster.produce(PRODUCER, 0, i * 2, 2);
        }
        cluster.run(5);
        assertThat(cluster.acks).extracting(ReplicaCluster.Ack::baseOffset).containsExactly(0L, 2L, 4L, 6L, 8L);
    }

    @Test
    void aBatchThatIsDamagedTooLargeOrNoBatchIsRefusedByName()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(1, 1);
        final UnsafeBuffer damaged = cluster.batch(-1, -1, -1, 1);
        damaged.putByte(damaged.capacity() - 9, (byte)~damaged.getByte(damaged.capacity() - 9));
        assertThat(cluster.produce(cluster.node(1), ALL, -1, damaged)).isEqualTo(Codes.CORRUPT_BATCH);
        final LeaderReplica leader = cluster.node(1).leader;
        assertThat(leader.onProduce(1, ALL, -1, 0, damaged, 0, 8, 0)).isEqualTo(Codes.INVALID_BATCH);
        assertThat(leader.onProduce(1, ALL, -1, 0, new UnsafeBuffer(new byte[300_000]), 0, 300_000, 0))
            .isEqualTo(Codes.RECORD_TOO_LARGE);
        assertThat(cluster.node(1).log.logEnd()).isZero();
    }

    @Test
    void whoDoesNotLeadSaysSo()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.produce(2, ALL, 1);
        assertThat(cluster.lastAck().code()).isEqualTo(Codes.NOT_LEADER);
        assertThat(cluster.lastAck().broker()).isEqualTo(2);
    }

    @Test
    void aFullWindowHoldsProducesBackInsteadOfLosingTheirAnswers()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(2, 2);
        cluster.held = (message) -> message.is("AppendAck");
        for (int i = 0; i < ReplicaConfig.DEFAULT.pendingProduces(); i++)
        {
            assertThat(cluster.produce(ALL)).isPositive();
        }
        assertThat(cluster.produce(ALL)).isEqualTo(Codes.BACK_PRESSURED);
        cluster.held = (message) -> false;
        cluster.node(1).step();
        cluster.node(2).step();
        cluster.deliver();
        cluster.node(2).step();
        cluster.deliver();
        cluster.node(1).step();
        assertThat(cluster.produce(ALL)).isPositive();
    }

    @Test
    void anAnswerThatASlowClientDoesNotTakeIsOfferedAgainInOrder()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(1, 1);
        cluster.node(1).isAnswering = false;
        cluster.produce(1, ALL, 3);
        cluster.run(5);
        assertThat(cluster.acks).isEmpty();
        assertThat(cluster.node(1).acks.isIdle()).isFalse();

        cluster.node(1).isAnswering = true;
        cluster.run(1);
        assertThat(cluster.acks).extracting(ReplicaCluster.Ack::baseOffset).containsExactly(0L, 1L, 2L);
        assertThat(cluster.node(1).acks.isIdle()).isTrue();
    }

    private static ReplicaCluster belowM()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(2, 2);
        cluster.crash(2);
        cluster.controller.fence(2);
        cluster.announce();
        return cluster;
    }
}
