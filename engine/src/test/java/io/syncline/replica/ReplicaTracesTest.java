package io.syncline.replica;

import io.syncline.protocol.Codes;
import io.syncline.record.BatchFlyweight;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.concurrent.TimeUnit;

import static io.syncline.replica.ReplicaCluster.ALL;
import static io.syncline.replica.ReplicaCluster.LEADER;
import static org.assertj.core.api.Assertions.assertThat;

/** PROTOCOL, "Traces to keep as named tests": those that concern one partition. Numbers are Kafka's. */
@Timeout(10)
class ReplicaTracesTest
{
    private static final long PRODUCER = 4;

    @Test
    void kip101_1_truncateToHighWatermarkThenBecomeLeader()
    {
        // The follower holds record 1 but has not heard that it is committed. It restarts; then the leader dies.
        final ReplicaCluster cluster = ReplicaCluster.started(2, 1);
        cluster.produce(ALL);
        cluster.run(5);
        cluster.lost = (message) -> message.is("HighWatermark");
        cluster.produce(ALL);
        cluster.run(3);
        assertThat(cluster.node(1).highWatermark).isEqualTo(2);
        assertThat(cluster.node(2).highWatermark).isEqualTo(1);

        cluster.crash(2);
        cluster.restart(2);
        cluster.crash(1);
        cluster.controller.fence(1);
        cluster.elect(2);
        cluster.run(10);

        assertThat(cluster.node(2).log.logEnd()).isEqualTo(2);
        assertThat(cluster.node(2).acks.highWatermark()).isEqualTo(2);
    }

    @Test
    void kip101_2_divergentBytesAtOneOffsetAfterADoubleCrash()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(2, 1);
        cluster.produce(ALL);
        cluster.run(5);
        cluster.lost = (message) -> message.is("Append");
        cluster.produce(LEADER);
        cluster.run(2);
        cluster.crash(1);
        cluster.crash(2);
        cluster.lost = (message) -> false;
        cluster.controller.fence(1);
        cluster.node(2).start(cluster.controller.register(2));
        cluster.elect(2);
        cluster.produce(LEADER);
        cluster.run(2);
        cluster.restart(1);
        cluster.run(50);

        assertThat(cluster.node(1).log.epochs()).hasToString(cluster.node(2).log.epochs().toString());
        assertThat(cluster.node(1).log.logEnd()).isEqualTo(2);
        assertThat(cluster.controller.isr).contains(1, 2);
    }

    @Test
    void kip279_fastDoubleFailoverTakesSeveralRounds()
    {
        // Epochs of the follower and of the leader interleave: 1, 2, 5 against 1, 3, 4.
        final ReplicaCluster cluster = new ReplicaCluster(2, 1);
        cluster.lost = (message) -> true;
        fill(cluster.node(1), 1, 2, 2, 2);
        fill(cluster.node(2), 1, 2, 3, 1, 4, 1);
        cluster.controller.leaderEpoch = 5;
        cluster.controller.elect(1);
        cluster.announce(1);
        cluster.produce(1, LEADER, 1);
        cluster.controller.isr = new int[]{2};
        cluster.controller.leaderEpoch = 7;
        cluster.controller.elect(2);
        cluster.lost = (message) -> false;
        final int[] rounds = {0};
        cluster.held = (message) ->
        {
            rounds[0] += message.is("Diverged") ? 1 : 0;
            return false;
        };
        cluster.announce();
        cluster.run(100);

        assertThat(rounds[0]).isGreaterThan(1);
        assertThat(cluster.node(1).log.epochs()).hasToString("{1@0, 3@2, 4@3}");
        assertThat(cluster.node(1).log.logEnd()).isEqualTo(4);
    }

    @Test
    void kip279_theOwnEndOfAnEpochDecidesTooAfterAFastDoubleFailover()
    {
        // Epoch 1 reaches further at the leader than at the follower, which has epoch 2 there, and the leader epoch 3
        // behind it.
        final ReplicaCluster cluster = new ReplicaCluster(2, 1);
        cluster.lost = (message) -> true;
        fill(cluster.node(1), 1, 1, 2, 3);
        fill(cluster.node(2), 1, 3, 3, 1);
        cluster.controller.isr = new int[]{2};
        cluster.controller.leaderEpoch = 3;
        cluster.controller.elect(2);
        cluster.lost = (message) -> false;
        cluster.announce();
        cluster.run(100);

        assertThat(cluster.node(1).log.epochs()).hasToString("{1@0, 3@3}");
        assertThat(cluster.node(1).log.logEnd()).isEqualTo(4);
    }

    @Test
    void kafka7128_aJoinerBelowLesoDoesNotEnterTheIsr()
    {
        // The new leader's high watermark is still the old one's; a follower at that mark must not join before LESO.
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.produce(ALL);
        cluster.run(5);
        cluster.controller.fence(3);
        cluster.announce();
        cluster.lost = (message) -> message.is("Append") && message.to() == 3 || message.is("AppendAck");
        cluster.produce(LEADER);
        cluster.run(3);
        cluster.controller.eligible[2] = true;
        cluster.controller.elect(2);
        cluster.announce(2);
        final AcksReplica acks = cluster.node(2).acks;
        acks.onSessionStarted(2, Integer.MAX_VALUE, 3, cluster.node(3).incarnation, 1, 1, cluster.nowNs);
        acks.onTick(cluster.nowNs, 0);
        assertThat(acks.highWatermark()).isEqualTo(1);
        assertThat(cluster.controller.requests).isEmpty();

        acks.onAppendAck(3, 2, cluster.node(3).incarnation, 1, 2, 0, false, cluster.nowNs);
        assertThat(cluster.controller.requests).hasSize(1);
    }

    @Test
    void kafka7415_anEpochWithoutRecordsIsRecorded()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.produce(ALL);
        cluster.run(5);
        cluster.lost = (message) -> message.is("Append");
        cluster.produce(LEADER);
        cluster.run(2);
        cluster.lost = (message) -> false;
        cluster.elect(2);
        cluster.run(1);
        cluster.elect(3);
        assertThat(cluster.node(3).log.epochs()).hasToString("{1@0, 3@1}");
        cluster.run(50);

        assertThat(cluster.node(1).log.logEnd()).as("the record of epoch 1 that nobody else has is cut").isEqualTo(1);
        assertThat(cluster.node(2).faults).isEmpty();
        cluster.produce(ALL);
        cluster.run(10);
        assertThat(cluster.truth.end()).isEqualTo(2);
    }

    @Test
    void anEmptyEpochOfItsOwnDoesNotStopAFollowerFromTakingOlderEpochs()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 1);
        cluster.lost = (message) -> message.is("Append");
        cluster.produce(1, LEADER, 2);
        cluster.run(3);
        cluster.controller.elect(2);
        cluster.announce(2);
        cluster.controller.elect(1);
        cluster.lost = (message) -> false;
        cluster.announce();
        cluster.run(50);

        assertThat(cluster.node(2).faults).isEmpty();
        assertThat(cluster.node(2).log.logEnd()).isEqualTo(2);
        assertThat(cluster.node(2).log.epochs()).hasToString("{1@0}");
    }

    @Test
    void kafka14704_noHighWatermarkIsAdoptedTogetherWithADivergence()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.produce(ALL);
        cluster.run(5);
        cluster.lost = (message) -> message.is("Append");
        cluster.produce(1, LEADER, 3);
        cluster.run(2);
        cluster.lost = (message) -> false;
        cluster.elect(2);
        cluster.produce(2, ALL, 3);
        cluster.held = (message) -> message.is("Diverged");
        cluster.run(10);
        final FollowerReplica follower = cluster.node(1).follower;
        assertThat(cluster.underway("Diverged", 1)).isPositive();
        follower.onHighWatermark(2, follower.sessionId(), 4, 0, cluster.nowNs);

        assertThat(follower.highWatermark()).as("offset 1 to 4 here are other records").isEqualTo(1);
    }

    @Test
    void kafka18723_theStreamDoesNotContinueAcrossAnEpochChange()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.held = (message) -> message.is("Append") && message.to() == 3;
        cluster.produce(LEADER);
        cluster.run(3);
        cluster.controller.elect(1);
        cluster.announce(3);
        final int pending = cluster.network.size();
        cluster.held = (message) -> false;
        cluster.run(3);

        assertThat(pending).isPositive();
        assertThat(cluster.node(3).log.logEnd()).isZero();
        cluster.announce();
        cluster.run(150);
        assertThat(cluster.node(3).log.logEnd()).isEqualTo(1);
    }

    @Test
    void kafka18723_anAppendOfAnEndedEpochIsNotTakenByTheNextSession()
    {
        // What 1 sent in epoch 1 reaches 3 only when 3 follows 2, which never had it.
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.lost = (message) -> message.is("Append") && message.to() == 2;
        cluster.held = (message) -> message.is("Append") && message.to() == 3;
        cluster.produce(LEADER);
        cluster.run(3);
        final long late = cluster.underway("Append", 3);
        cluster.elect(2);
        cluster.run(20);
        assertThat(cluster.node(3).follower.state()).isEqualTo(FollowerReplica.State.STREAMING);
        cluster.held = (message) -> false;
        cluster.run(3);

        assertThat(late).isPositive();
        assertThat(cluster.node(3).log.logEnd()).isZero();
    }

    @Test
    void kafka14139_aRestartWithAnEmptyDiskBetweenAckAndAlterIsr()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.crash(3);
        cluster.controller.fence(3);
        cluster.announce();
        cluster.produce(1, ALL, 5);
        cluster.run(5);
        cluster.isControllerReachable = false;
        cluster.restart(3);
        cluster.run(20);
        assertThat(cluster.controller.requests).hasSize(1);

        cluster.crash(3);
        cluster.node(3).log = new MemoryLog(ReplicaCluster.KEY);
        cluster.node(3).highWatermark = 0;
        cluster.node(3).start(cluster.controller.register(3));
        cluster.controller.partitionEpoch--;
        assertThat(cluster.controller.decide(cluster.controller.requests.poll())).isEqualTo(Codes.INELIGIBLE_REPLICA);
        assertThat(cluster.controller.isr).containsExactly(1, 2);

        cluster.controller.partitionEpoch++;
        cluster.announce();
        assertThat(cluster.node(1).acks.logEnd(2)).as("said by an incarnation that is gone").isEqualTo(-1);
        cluster.isControllerReachable = true;
        cluster.run(50);
        assertThat(cluster.controller.isr).containsExactly(1, 2, 3);
        assertThat(cluster.node(3).log.logEnd()).isEqualTo(5);
    }

    @Test
    void kip966_lastReplicaStandingLosesItsPageCache()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.produce(1, ALL, 3);
        cluster.run(5);
        for (final int broker : new int[]{1, 2})
        {
            cluster.crash(broker);
            cluster.controller.fence(broker);
            cluster.announce();
        }
        cluster.crash(3);
        cluster.controller.fence(3);
        assertThat(cluster.controller.elr).contains(2, 3);
        cluster.node(3).log.losePageCache();
        cluster.controller.lossy(3);
        cluster.node(3).start(cluster.controller.register(3));
        assertThat(cluster.controller.electAny()).as("offline rather than shorter").isFalse();

        cluster.node(2).start(cluster.controller.register(2));
        assertThat(cluster.controller.electAny()).isTrue();
        cluster.announce();
        cluster.run(50);
        assertThat(cluster.controller.leader).isEqualTo(2);
        assertThat(cluster.node(3).log.logEnd()).isEqualTo(3);
        assertThat(cluster.truth.end()).isEqualTo(3);
    }

    @Test
    void r2_4_aLeaderThatSkipsAnEpochSomebodyElseLed()
    {
        // 1 leads epoch 1 and is paused; 2 leads epoch 2 and cuts what 3 had from 1; 1 leads again and knows only of
        // its own.
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.produce(ALL);
        cluster.run(5);
        cluster.lost = (message) -> message.is("Append") && message.to() == 2;
        cluster.produce(1, LEADER, 2);
        cluster.run(5);
        assertThat(cluster.node(3).log.logEnd()).isEqualTo(3);
        assertThat(cluster.node(1).acks.logEnd(2)).isEqualTo(3);

        cluster.node(1).isPaused = true;
        cluster.lost = (message) -> false;
        cluster.elect(2);
        cluster.run(20);
        assertThat(cluster.node(3).log.logEnd()).isEqualTo(1);

        cluster.node(1).isPaused = false;
        cluster.controller.fence(2);
        cluster.controller.elect(1);
        cluster.network.removeIf((message) -> message.to() == 1);
        cluster.announce(1);

        assertThat(cluster.node(1).acks.highWatermark()).as("3 no longer holds offsets 1 and 2").isEqualTo(1);
        cluster.announce();
        cluster.run(50);
        assertThat(cluster.node(3).log.logEnd()).isEqualTo(3);
        assertThat(cluster.node(1).acks.highWatermark()).isEqualTo(3);
    }

    @Test
    void kafka12686_anIsrShrinkThatRacesWithMetadata()
    {
        final ReplicaCluster cluster = new ReplicaCluster(
            3, 1, ReplicaConfig.DEFAULT.withLagTimeMaxNs(TimeUnit.MILLISECONDS.toNanos(100)));
        cluster.elect(1);
        cluster.run(20);
        cluster.isControllerReachable = false;
        cluster.lost = (message) -> message.is("Append") && message.to() == 3;
        cluster.produce(LEADER);
        cluster.run(150);
        final ScriptedController.AlterIsr shrink = cluster.controller.requests.poll();
        assertThat(shrink.isr()).containsExactly(1, 2);

        cluster.controller.fence(2);
        cluster.announce();
        assertThat(cluster.controller.decide(shrink)).isEqualTo(Codes.INVALID_PARTITION_EPOCH);
        cluster.refuse(shrink, Codes.INVALID_PARTITION_EPOCH);
        assertThat(cluster.node(1).acks.maximalIsr()).as("what the controller has, not what was wished for").isEqualTo(0b101);
    }

    @Test
    void kafka13091_theHighWatermarkMovesWithAConfirmedShrinkAlone()
    {
        final ReplicaCluster cluster = new ReplicaCluster(
            2, 1, ReplicaConfig.DEFAULT.withLagTimeMaxNs(TimeUnit.MILLISECONDS.toNanos(100)));
        cluster.elect(1);
        cluster.run(20);
        cluster.crash(2);
        cluster.produce(ALL);
        cluster.run(200);

        assertThat(cluster.lastAck().code()).isZero();
        assertThat(cluster.node(1).acks.highWatermark()).isEqualTo(1);
    }

    @Test
    void kafka15021_anIneligibleReplicaDoesNotHoldTheHighWatermarkBack()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.crash(3);
        cluster.controller.fence(3);
        cluster.announce();
        cluster.isControllerReachable = false;
        cluster.restart(3);
        cluster.run(20);
        cluster.lost = (message) -> message.is("Append") && message.to() == 3;
        cluster.produce(ALL);
        cluster.run(10);
        assertThat(cluster.node(1).acks.highWatermark()).isZero();

        cluster.refuse(cluster.controller.requests.poll(), Codes.INELIGIBLE_REPLICA);
        assertThat(cluster.node(1).acks.highWatermark()).isEqualTo(1);
    }

    @Test
    void aDuplicateFromALostAckAcrossAFailover()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.produce(PRODUCER, 0, 0, 2);
        cluster.run(1);
        cluster.acks.clear();
        cluster.crash(1);
        cluster.controller.fence(1);
        cluster.elect(2);
        cluster.produce(PRODUCER, 0, 0, 2);
        assertThat(cluster.acks).as("waits for the high watermark of the new leader").isEmpty();
        cluster.run(20);

        assertThat(cluster.acks).singleElement().satisfies((ack) -> assertThat(ack.baseOffset()).isZero());
        assertThat(cluster.node(2).log.logEnd()).isEqualTo(2);
    }

    @Test
    void theSequenceWraps()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        for (final ReplicaNode node : cluster.nodes)
        {
            final ProducerSequences sequences = node.sequences;
            sequences.onAppended(PRODUCER, 0, Integer.MAX_VALUE - 2, 1, 0);
            assertThat(sequences.check(PRODUCER, 0, Integer.MAX_VALUE - 1, 4)).isZero();
            sequences.onAppended(PRODUCER, 0, Integer.MAX_VALUE - 1, 4, 1);
            assertThat(sequences.check(PRODUCER, 0, 2, 1)).isZero();
            assertThat(sequences.check(PRODUCER, 0, 3, 1)).isEqualTo(Codes.OUT_OF_ORDER_SEQUENCE);
            assertThat(sequences.check(PRODUCER, 0, Integer.MAX_VALUE - 1, 4))
                .isEqualTo(ProducerSequences.DUPLICATE);
        }
    }

    @Test
    void aStaleClientFiveEpochsBehind()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.produce(PRODUCER, 0, 0, 1);
        cluster.run(5);
        for (int i = 0; i < 5; i++)
        {
            cluster.elect(1 + i % 2);
            cluster.run(20);
        }
        final UnsafeBuffer again = cluster.batch(PRODUCER, 0, 0, 1);

        assertThat(cluster.produce(cluster.leader(), ALL, 1, again)).isEqualTo(Codes.FENCED_LEADER_EPOCH);
        assertThat(cluster.produce(cluster.leader(), ALL, 6, again)).isEqualTo(1);
        cluster.run(5);
        assertThat(cluster.lastAck().baseOffset()).isZero();
        assertThat(cluster.truth.end()).isEqualTo(1);
    }

    @Test
    void aTopicRecreatedWhileAReplicaWasAwaySharesNothing()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        final UnsafeBuffer old = cluster.batch(-1, -1, -1, 1);
        BatchFlyweight.stampLeader(old, 0, ReplicaCluster.KEY - (1L << 20), 0, 1);
        final FollowerReplica follower = cluster.node(3).follower;
        follower.onAppend(1, follower.sessionId(), 1, 0, old, 0, old.capacity(), cluster.nowNs);

        assertThat(cluster.node(3).log.logEnd()).isZero();
        assertThat(follower.highWatermark()).isZero();
    }

    /** Writes (epoch, records) pairs straight into a log, as leaderships that nobody else saw. */
    private static void fill(final ReplicaNode node, final int... epochsAndCounts)
    {
        for (int i = 0; i < epochsAndCounts.length; i += 2)
        {
            for (int j = 0; j < epochsAndCounts[i + 1]; j++)
            {
                final UnsafeBuffer batch = node.cluster.batch(-1, -1, -1, 1);
                node.log.appendAsLeader(batch, 0, batch.capacity(), epochsAndCounts[i]);
            }
        }
    }
}
