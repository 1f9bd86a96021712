package io.syncline.metadata;

import io.syncline.metadata.ControllerRequest.ReplicaLost;
import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;

import java.util.List;

/**
 * A replica whose log is damaged, missing or on a device that failed (R8.2). It is eligible for nothing until it has
 * caught up in a later leader epoch than the one it was lost in: a new epoch begins even where the leader stays and
 * where the replica was no member, because what the leader has heard from the lost log must count for nothing, and a
 * new epoch begins without that.
 */
final class LostReplica
{
    private LostReplica()
    {
    }

    static Decision lost(final ReplicaLost request, final BrokerState sender, final ClusterState state, final long nowMs)
    {
        final PartitionState partition = state.partition(request.key());
        final String name = PartitionKey.toString(request.key());
        if (partition == null || !partition.replicas().contains(request.brokerId()))
        {
            return Decision.refused(Codes.UNKNOWN_PARTITION, "broker " + request.brokerId() +
                " has no replica of partition " + name + ": it was deleted or moved away");
        }
        if (sender.brokerId() != request.brokerId() || sender.incarnation() != request.incarnation())
        {
            return Decision.refused(Codes.FENCED, "broker " + sender.brokerId() + " of incarnation " + sender.incarnation() +
                " cannot give up partition " + name + " for broker " + request.brokerId() + " of incarnation " +
                request.incarnation() + ": a broker speaks for itself");
        }
        if (request.leaderEpoch() != partition.leaderEpoch())
        {
            return Decision.refused(
                request.leaderEpoch() < partition.leaderEpoch() ? Codes.FENCED_LEADER_EPOCH : Codes.UNKNOWN_LEADER_EPOCH,
                "partition " + name + " is in leader epoch " + partition.leaderEpoch() + ", broker " + request.brokerId() +
                " lost its replica in epoch " + request.leaderEpoch() + ": wait for the newer assignment and look again");
        }
        final Draft draft = new Draft(state, nowMs);
        final List<Integer> rest = partition.isr().stream().filter((id) -> id != request.brokerId()).toList();
        final PartitionState without = InSyncReplicas.withoutElr(
            InSyncReplicas.withIsr(partition, rest, state.minIsr(partition)), request.brokerId());
        final PartitionState elected = LeaderElector.elect(draft, Reassignment.completed(draft, without));
        if (elected.leader() < 0 && !request.damaged() && partition.isr().contains(request.brokerId()))
        {
            return Decision.refused(Codes.INELIGIBLE_REPLICA, "partition " + name + " keeps broker " + request.brokerId() +
                ": its device failed, its log may be whole, and nobody alive holds what it holds (ISR " + partition.isr() +
                ", ELR " + partition.elr() + "); mend the device and start the broker again, or bring another member back");
        }
        // The new epoch of the same leader knows no successor: a reassignment that hands over names it anew.
        final PartitionState next = elected.leaderEpoch() > partition.leaderEpoch() ?
            elected : Reassignment.completed(draft, elected.ledBy(elected.leader()));
        draft.put(next.raised());
        return Decision.accepted(draft.events(), next.leaderEpoch());
    }
}
