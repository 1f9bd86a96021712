package io.syncline.simulator;

import io.syncline.metadata.BrokerState;
import io.syncline.metadata.ClusterState;
import io.syncline.metadata.ControllerRequest;
import io.syncline.metadata.Decision;
import io.syncline.metadata.PartitionState;
import io.syncline.protocol.PartitionKey;

import java.util.HashMap;
import java.util.Map;

import static io.syncline.simulator.SimTruth.require;

/** What must hold between the controller's state, the brokers' roles and the logs (I1, I2, I5 to I9). */
final class SimInvariants
{
    private final SimNodes nodes;
    private final SimTruth truth;
    private final Map<Long, Integer> leaderOfEpoch = new HashMap<>();
    private final Map<Long, PartitionState> lastStates = new HashMap<>();
    private final Map<Integer, Long> incarnations = new HashMap<>();

    SimInvariants(final SimNodes nodes, final SimTruth truth)
    {
        this.nodes = nodes;
        this.truth = truth;
    }

    /** After every decision of the controller. */
    void onDecision(final ClusterState state, final ControllerRequest request, final Decision decision)
    {
        if (request instanceof ControllerRequest.RegisterBroker register && decision.isAccepted())
        {
            nodes.onRegistered(register);
            if (register.lossy())
            {
                for (final PartitionState partition : state.partitions())
                {
                    require(!partition.isr().contains(register.brokerId()) && !partition.elr().contains(register.brokerId()),
                        "I8", () -> "lossy restart of broker " + register.brokerId() + " is still in " + partition);
                }
            }
        }
        if (decision.events().isEmpty())
        {
            return;
        }
        for (final BrokerState broker : state.brokers())
        {
            final Long before = incarnations.put(broker.brokerId(), broker.incarnation());
            require(before == null || before <= broker.incarnation(), "I2", () -> "incarnation fell from " + before + ": " + broker);
        }
        for (final PartitionState partition : state.partitions())
        {
            final PartitionState before = lastStates.put(partition.key(), partition);
            if (before != partition)
            {
                changed(state, before, partition);
            }
        }
    }

    private void changed(final ClusterState state, final PartitionState before, final PartitionState now)
    {
        if (before != null)
        {
            require(now.leaderEpoch() >= before.leaderEpoch() && now.partitionEpoch() >= before.partitionEpoch(), "I2",
                () -> "epochs fell from " + before + " to " + now);
            require(now.leader() == before.leader() || now.leaderEpoch() > before.leaderEpoch(), "I1",
                () -> "another leader in the same epoch: " + before + ", " + now);
        }
        require(now.replicas().containsAll(now.isr()) && now.replicas().containsAll(now.elr()), "I7",
            () -> "members outside the replicas: " + now);
        require(now.elr().stream().noneMatch(now.isr()::contains), "I7", () -> "ELR and ISR overlap: " + now);
        require(now.isr().size() < state.minIsr(now) || now.elr().isEmpty(), "I7", () -> "ELR with a full ISR: " + now);
        require(now.leader() < 0 || now.isr().contains(now.leader()), "I7", () -> "leader outside the ISR: " + now);
        for (final int member : now.isr())
        {
            require(!state.broker(member).fenced(), "I7", () -> "fenced member " + member + ": " + now);
        }
        members(now);
    }

    /** I5 for every partition, with what is on disk of brokers that are down. */
    void members(final PartitionState partition)
    {
        for (final int member : partition.isr())
        {
            member(partition, member);
        }
        for (final int member : partition.elr())
        {
            member(partition, member);
        }
    }

    private void member(final PartitionState partition, final int member)
    {
        if (truth.end(partition.key()) == 0 || nodes.isLossUntold(member))
        {
            return;
        }
        final SimLog log = nodes.log(member, partition.key());
        require(log != null, "I5", () -> "member " + member + " has no log: " + partition);
        truth.holdsAll(log, partition);
        log.isLossy = false;
    }

    /** After each turn of a broker. */
    void onReplica(
        final ClusterState state, final SimNodes.SimNode node, final long key, final boolean isLeading, final int leaderEpoch,
        final long highWatermark)
    {
        require(!node.isLossUntold || node.node.incarnation() < 0, "I8", () -> "broker " + node.id +
            " lost what was not synced, and registered without a word of it");
        final PartitionState partition = state.partition(key);
        final SimLog log = nodes.log(node.id, key);
        if (partition == null || log == null)
        {
            return;
        }
        if (isLeading)
        {
            final Integer other = leaderOfEpoch.putIfAbsent(key << 20 | leaderEpoch, node.id);
            require(other == null || other == node.id, "I1", () -> "brokers " + other + " and " + node.id + " lead epoch " +
                leaderEpoch + " of " + PartitionKey.toString(key));
        }
        final Integer epochBefore = node.leaderEpochs.put(key, leaderEpoch);
        require(epochBefore == null || epochBefore <= leaderEpoch, "I2", () -> "leader epoch of broker " + node.id + " fell from " +
            epochBefore + " to " + leaderEpoch + " for " + PartitionKey.toString(key));
        final long leading = node.node.leaderHighWatermark(key);
        if (leading > truth.end(key))
        {
            final int epoch = node.node.leadingEpoch(key);
            checkCommit(state, partition, node, log, epoch, leading);
            truth.commit(node.id, log, leading);
        }
        if (highWatermark > log.agreedTo)
        {
            require(highWatermark <= truth.end(key), "I12", () -> "broker " + node.id + " shows readers a high watermark of " +
                highWatermark + ", the true one is " + truth.end(key) + ": " + log);
            truth.agree(log, highWatermark, "I12", "broker " + node.id + " shows readers other records than committed");
        }
        if (partition.leader() == node.id && node.node.leadingEpoch(key) == partition.leaderEpoch() &&
            partition.isr().size() >= state.minIsr(partition))
        {
            for (final int member : partition.isr())
            {
                require(node.node.isInMaximalIsr(key, member), "I6", () -> "leader " + node.id +
                    " does not count member " + member + ": " + partition);
            }
        }
    }

    /** I9, and with it what I10 asks of the moment of the commit. */
    private void checkCommit(
        final ClusterState state, final PartitionState partition, final SimNodes.SimNode node, final SimLog log, final int epoch,
        final long highWatermark)
    {
        require(epoch <= partition.leaderEpoch(), "I9", () -> "commit in epoch " + epoch + " of " + partition);
        final long leso = log.epochs().endOffset(epoch - 1, log.logEnd());
        require(highWatermark >= leso, "R3.2", () -> "broker " + node.id + " commits up to " + highWatermark +
            " in epoch " + epoch + ", which begins at " + leso + ": " + partition + " " + log);
        final boolean isFsynced = nodes.isFsynced(partition.key());
        int holders = 0;
        for (final int replica : partition.replicas())
        {
            final SimLog other = nodes.log(replica, partition.key());
            final long end = other == null ? -1 : isFsynced ? other.synced() : other.logEnd();
            if (end >= highWatermark && other.chainAt(highWatermark) == log.chainAt(highWatermark))
            {
                holders++;
            }
            else
            {
                require(!node.node.isInMaximalIsr(partition.key(), replica) || nodes.isLossUntold(replica) ||
                    other != null && other.isLossy, "I9", () -> "broker " + node.id + " commits up to " + highWatermark +
                    " in epoch " + epoch + ", which member " + replica + " does not hold: " + other + ", " + partition);
            }
        }
        final int held = holders + nodes.lossyCount();
        require(held >= state.minIsr(partition), "I10", () -> "broker " + node.id + " commits up to " + highWatermark +
            " with " + held + " holders: " + partition + " " + log);
    }
}
