package io.syncline.simulator;

import io.syncline.client.Acks;
import io.syncline.metadata.ClusterState;
import io.syncline.metadata.PartitionState;
import org.agrona.collections.Long2LongHashMap;

import java.util.List;

/**
 * I10: every ack came from the leader of the then current epoch, below its HW, held by every maximal-ISR member and at
 * least m. What holds of the high watermark as it moves (I9, and m holders, and what a newer leadership starts with)
 * holds of every ack below it; so an ack is asked for the high watermark of its own epoch.
 */
final class I10AcksAreCommitted extends SimInvariant
{
    private final SimNodes nodes;
    private final SimTruth truth;
    private final I9HighWatermarkIsHeld held;
    private final Long2LongHashMap highWatermarkOfEpoch = new Long2LongHashMap(-1);

    I10AcksAreCommitted(final SimNodes nodes, final SimTruth truth, final I9HighWatermarkIsHeld held)
    {
        super("I10");
        this.nodes = nodes;
        this.truth = truth;
        this.held = held;
    }

    void onReplica(final SimReplica replica)
    {
        if (replica.acknowledgedTo >= 0)
        {
            final long epoch = replica.key << 20 | replica.leadingEpoch;
            if (highWatermarkOfEpoch.get(epoch) < replica.acknowledgedTo)
            {
                highWatermarkOfEpoch.put(epoch, replica.acknowledgedTo);
            }
        }
    }

    void onCommit(final ClusterState state, final SimReplica leader, final long highWatermark)
    {
        final PartitionState partition = leader.partition;
        require(leader.leadingEpoch <= partition.leaderEpoch(), () -> leader + " commits in an epoch to come: " + partition);
        int holders = 0;
        for (int i = 0; i < partition.replicas().size(); i++)
        {
            final int replica = partition.replicas().get(i);
            holders += held.holds(leader.log, nodes.log(replica, leader.key), highWatermark) || nodes.isLossy(replica, partition) ? 1 : 0;
        }
        final int count = holders;
        require(count >= state.minIsr(partition), () -> leader + " commits up to " + highWatermark + " with " + count +
            " holders: " + partition + " " + leader.log);
        if (leader.leadingEpoch < partition.leaderEpoch())
        {
            // Its epoch has ended and it has not heard; that is the same commit only where those who go on hold it.
            heirs(leader, highWatermark, partition.isr());
            heirs(leader, highWatermark, partition.elr());
        }
    }

    private void heirs(final SimReplica leader, final long highWatermark, final List<Integer> members)
    {
        for (int i = 0; i < members.size(); i++)
        {
            final int member = members.get(i);
            final SimLog log = nodes.log(member, leader.key);
            require(nodes.isLossUntold(member) || nodes.isGone(member, leader.key) || log != null && (log.isLossy || log.logEnd() >= highWatermark &&
                log.chainAt(highWatermark) == leader.log.chainAt(highWatermark)), () -> leader + " commits up to " + highWatermark +
                " after its epoch has ended, and member " + member + " does not hold that: " + log + ", " + leader.partition);
        }
    }

    /** A producer was told that its record is at an offset. */
    void onAck(final SimHistory.Offered record, final long offset, final int leaderEpoch)
    {
        if (record.acks != Acks.ALL)
        {
            return;
        }
        final long end = truth.end(record.key);
        require(offset >= 0 && offset < end, () -> "acknowledged at " + offset + ", true HW " + end + ": " + record);
        require(truth.recordId(record.key, offset) == record.id, () -> "acknowledged at " + offset + ", where record " +
            truth.recordId(record.key, offset) + " is committed: " + record);
        final long highWatermark = highWatermarkOfEpoch.get(record.key << 20 | leaderEpoch);
        require(offset < highWatermark, () -> "acknowledged at " + offset + " in epoch " + leaderEpoch +
            ", whose leader's high watermark was " + highWatermark + ": " + record);
    }
}
