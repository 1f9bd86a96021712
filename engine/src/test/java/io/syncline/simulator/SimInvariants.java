package io.syncline.simulator;

import io.syncline.metadata.ClusterState;
import io.syncline.metadata.ControllerRequest;
import io.syncline.metadata.Decision;
import io.syncline.metadata.PartitionState;
import io.syncline.stream.StreamIds;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * When each invariant of PROTOCOL.md is asked. Each is a class that is named after it; the rules of histories (H1 to
 * H10) are in {@link io.syncline.history}.
 *
 * <pre>
 *   every append, truncation        I3 I4 I11                 (through SimTruth, which watches the logs)
 *   every frame on a control stream, every turn of an acks agent      R2.3
 *   every decision                  I2 I8 R4.4 R5.7
 *     that changes a partition      I1 I2 I5 I7 I8
 *   every turn of an agent, for     I1 I2 I6 I9 I10 I12
 *     each replica that changed    (I4 and R2.4 of leaders, I8 of its broker)
 *     and commits                   I5 I9 I10 I13
 *   every ack, every record read    I10, I12                  (through SimHistory)
 *   every {@link #INTERVAL}th change       I3 I4 I13 of the replica that changed: whole logs, sequences built anew; I14 of its broker
 *   quiet points                    I3 I4 I5 I13 I14 of everything
 *   seeds run twice                 I15
 * </pre>
 */
final class SimInvariants
{
    /** Changes of replicas between two expensive looks. */
    static final int INTERVAL = 512;

    private final SimNodes nodes;
    private final SimTruth truth;
    private final R2LeaderKnowsItsFollowers r2;
    private final R2AckIsOfItsSession r23 = new R2AckIsOfItsSession();
    private final R4IsrChangesInOrder r4 = new R4IsrChangesInOrder();
    private final R5HandedOverWhole r5;
    private final I1OneLeaderAnEpoch i1 = new I1OneLeaderAnEpoch();
    private final I2NothingGoesBack i2 = new I2NothingGoesBack();
    private final I5MembersHoldTheTruth i5;
    private final I6MaximalIsrHoldsAll i6 = new I6MaximalIsrHoldsAll();
    private final I7IsrIsWellFormed i7 = new I7IsrIsWellFormed();
    private final I8LossyReplicaStaysOut i8;
    private final I9HighWatermarkIsHeld i9;
    private final I10AcksAreCommitted i10;
    private final I12ReadersSeeCommitted i12;
    private final I14BoundsAreKept i14 = new I14BoundsAreKept();
    private final Long2ObjectHashMap<PartitionState> lastStates = new Long2ObjectHashMap<>();
    private final Long2ObjectHashMap<SimReplica> replicas = new Long2ObjectHashMap<>();
    private int changes;

    SimInvariants(final SimNodes nodes, final SimTruth truth)
    {
        this.nodes = nodes;
        this.truth = truth;
        r5 = new R5HandedOverWhole(nodes);
        r2 = new R2LeaderKnowsItsFollowers(nodes);
        i5 = new I5MembersHoldTheTruth(nodes, truth);
        i8 = new I8LossyReplicaStaysOut(nodes, truth);
        i9 = new I9HighWatermarkIsHeld(nodes, truth);
        i10 = new I10AcksAreCommitted(nodes, truth, i9);
        i12 = new I12ReadersSeeCommitted(truth);
    }

    I10AcksAreCommitted acks()
    {
        return i10;
    }

    I12ReadersSeeCommitted readers()
    {
        return i12;
    }

    /** After every decision of the controller. */
    void onDecision(final ClusterState state, final ControllerRequest request, final Decision decision)
    {
        final ControllerRequest.RegisterBroker register =
            request instanceof ControllerRequest.RegisterBroker r && decision.isAccepted() ? r : null;
        if (register != null)
        {
            i8.onRegistered(register);
            if (register.lossy())
            {
                i8.onLossyRestart(state, register);
            }
            nodes.onRegistered(register);
        }
        if (request instanceof ControllerRequest.ReplicaLost lost && decision.isAccepted())
        {
            i8.onReplicaLost(state.partition(lost.key()), lost.brokerId());
        }
        if (request instanceof ControllerRequest.AlterIsr altered && decision.isAccepted())
        {
            i7.onAltered(state, altered);
            r4.onAltered(lastStates.get(altered.key()), altered);
        }
        if (request instanceof ControllerRequest.HandOver handOver && decision.isAccepted())
        {
            r5.onHandedOver(lastStates.get(handOver.key()), state.partition(handOver.key()), handOver);
        }
        if (decision.events().isEmpty())
        {
            return;
        }
        i2.onState(state);
        for (final PartitionState partition : state.partitions())
        {
            final PartitionState before = lastStates.put(partition.key(), partition);
            if (before != partition && !partition.equals(before))
            {
                i1.onPartition(partition);
                i2.onPartition(before, partition);
                i7.onPartition(state, before, partition);
                i8.onPartition(partition);
                i9.onPartition(before, partition);
                i5.onPartition(partition);
            }
        }
        if (register != null)
        {
            i7.onBroker(state, register.brokerId());
        }
    }

    /** Somebody wrote a frame. */
    void onWritten(final int streamId, final byte[] frame)
    {
        if (streamId == StreamIds.CONTROL)
        {
            r23.onWritten(frame);
        }
    }

    /** After each turn of an acks agent, for each of its broker's replicas. */
    void onAcksTurn(final SimNodes.SimNode node, final long key)
    {
        r23.onReplica(node, key);
    }

    /** After each turn of a broker, for each of its replicas. */
    void onReplica(
        final ClusterState state, final SimNodes.SimNode node, final long key, final boolean isLeading, final int leaderEpoch,
        final long highWatermark)
    {
        i8.onNode(node);
        final PartitionState partition = state.partition(key);
        final SimLog log = nodes.log(node.id, key);
        if (partition == null || log == null)
        {
            return;
        }
        r2.onReplica(node, partition);
        final SimReplica replica = replica(node, key);
        if (replica.look(partition, log, isLeading, leaderEpoch, highWatermark))
        {
            i1.onReplica(replica);
            i2.onReplica(replica);
            i6.onReplica(state, replica);
            if (replica.leaderHighWatermark > truth.end(key))
            {
                i9.onCommit(state, replica, replica.leaderHighWatermark);
                i10.onCommit(state, replica, replica.leaderHighWatermark);
                i5.onCommit(replica, replica.leaderHighWatermark);
                truth.commit(
                    node.id, replica.leadingEpoch, whole(log, partition, replica.leaderHighWatermark), replica.leaderHighWatermark);
            }
            if (replica.leadingEpoch >= 0)
            {
                truth.onLeading(replica);
            }
            i9.onReplica(replica);
            i10.onReplica(replica);
            i12.onReplica(replica);
            if (++changes % INTERVAL == 0)
            {
                onInterval(replica);
            }
        }
    }

    /** @return true when no broker has anything left that somebody waits for */
    boolean isNothingLeft()
    {
        for (final SimNodes.SimNode node : nodes.all())
        {
            if (!i14.isNothingLeft(node))
            {
                return false;
            }
        }
        return true;
    }

    /**
     * Everything is whole, and nobody has anything left to do.
     *
     * @param state   of the controller
     * @param history takes what the replicas hold (H10)
     */
    void onQuiet(final ClusterState state, final SimHistory history)
    {
        nodes.all().forEach((node) -> i14.onNode(node, true));
        for (final PartitionState partition : state.partitions())
        {
            i5.onPartition(partition);
            for (int i = 0; i < partition.replicas().size(); i++)
            {
                final SimNodes.SimNode node = nodes.get(partition.replicas().get(i));
                final SimLog log = nodes.log(node.id, partition.key());
                truth.onLog(log);
                truth.onReplicas(nodes.get(partition.leader()), node, partition.key());
                history.onReplica(partition.key(), node.id, log.logStart(), log.logEnd(), log.chainAt(log.logEnd()));
            }
        }
    }

    private void onInterval(final SimReplica replica)
    {
        i14.onNode(replica.node, false);
        if (replica.log.isDamaged)
        {
            // Whether what is bad reaches anybody is I12's; that nothing bad is left, onQuiet's.
            return;
        }
        truth.onLog(replica.log);
        if (replica.isLeading)
        {
            truth.onSequences(replica);
        }
    }

    /** What a device spoiled is read where it is whole: fewer replicas are bad at once than a commit has. */
    private SimLog whole(final SimLog log, final PartitionState partition, final long highWatermark)
    {
        for (int i = 0; log.isDamaged && i < partition.replicas().size(); i++)
        {
            final SimLog other = nodes.log(partition.replicas().get(i), log.key);
            if (other != null && !other.isDamaged && other.logEnd() >= highWatermark &&
                other.chainAt(highWatermark) == log.chainAt(highWatermark))
            {
                return other;
            }
        }
        return log;
    }

    private SimReplica replica(final SimNodes.SimNode node, final long key)
    {
        final long place = key << 4 | node.id;
        SimReplica replica = replicas.get(place);
        if (replica == null)
        {
            replica = new SimReplica(node, key);
            replicas.put(place, replica);
        }
        return replica;
    }
}
