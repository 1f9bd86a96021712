package io.syncline.metadata;

import io.syncline.metadata.ControllerRequest.AlterIsr;
import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;

import java.util.ArrayList;
import java.util.List;

/**
 * Changes of a committed ISR: at a leader's wish (R4.4), and because a broker left. The ELR follows from each of them
 * (R5.3).
 */
final class InSyncReplicas
{
    private InSyncReplicas()
    {
    }

    static Decision alter(final AlterIsr request, final BrokerState sender, final ClusterState state, final long nowMs)
    {
        final PartitionState partition = state.partition(request.key());
        final Decision refusal = refusal(request, sender, partition, state);
        if (refusal != null)
        {
            return refusal;
        }
        final Draft draft = new Draft(state, nowMs);
        final PartitionState altered =
            Reassignment.completed(draft, withIsr(partition, request.isr(), state.minIsr(partition)));
        final PartitionState elected = LeaderElector.elect(draft, altered).raised();
        draft.put(elected);
        return Decision.accepted(draft.events(), elected.partitionEpoch());
    }

    private static Decision refusal(
        final AlterIsr request, final BrokerState sender, final PartitionState partition, final ClusterState state)
    {
        final String name = PartitionKey.toString(request.key());
        if (partition == null)
        {
            return Decision.refused(Codes.UNKNOWN_PARTITION,
                "there is no partition " + name + ": its topic was deleted, close it");
        }
        if (request.leaderEpoch() < partition.leaderEpoch())
        {
            return Decision.refused(Codes.FENCED_LEADER_EPOCH, "partition " + name + " is in leader epoch " +
                partition.leaderEpoch() + ", broker " + sender.brokerId() + " speaks for epoch " + request.leaderEpoch() +
                ": wait for the newer assignment");
        }
        if (request.leaderEpoch() > partition.leaderEpoch())
        {
            return Decision.refused(Codes.UNKNOWN_LEADER_EPOCH, "partition " + name + " is in leader epoch " +
                partition.leaderEpoch() + ", broker " + sender.brokerId() + " speaks for epoch " + request.leaderEpoch() +
                ", which was never given: check what metadata that broker follows");
        }
        if (sender.brokerId() != partition.leader())
        {
            return Decision.refused(Codes.NOT_LEADER, "partition " + name + " is led by broker " + partition.leader() +
                ", not by broker " + sender.brokerId() + ": only the leader changes the ISR");
        }
        if (request.partitionEpoch() != partition.partitionEpoch())
        {
            return Decision.refused(Codes.INVALID_PARTITION_EPOCH, "partition " + name + " is at partition epoch " +
                partition.partitionEpoch() + ", the request at " + request.partitionEpoch() +
                ": wait for the newer assignment and ask again");
        }
        return refusalOfMembers(request, name, partition, state);
    }

    private static Decision refusalOfMembers(
        final AlterIsr request, final String name, final PartitionState partition, final ClusterState state)
    {
        if (request.isr().size() != request.incarnations().size() ||
            request.isr().size() != request.isr().stream().distinct().count())
        {
            return Decision.refused(Codes.INVALID_REQUEST, "the ISR " + request.isr() + " of partition " + name +
                " with incarnations " + request.incarnations() + " is not one incarnation for each of different members");
        }
        if (!partition.replicas().containsAll(request.isr()) || !request.isr().contains(partition.leader()))
        {
            return Decision.refused(Codes.INVALID_REQUEST, "the ISR " + request.isr() + " of partition " + name +
                " must lie within the replicas " + partition.replicas() + " and hold the leader " + partition.leader());
        }
        for (int i = 0; i < request.isr().size(); i++)
        {
            final int member = request.isr().get(i);
            final long incarnation = request.incarnations().get(i);
            final BrokerState broker = state.broker(member);
            if (broker == null || broker.fenced() || broker.incarnation() != incarnation)
            {
                return Decision.refused(Codes.INELIGIBLE_REPLICA, "broker " + member + " cannot be in the ISR of partition " +
                    name + ": the leader means incarnation " + incarnation + ", registered is " +
                    (broker == null ? "none" : broker.incarnation() + (broker.fenced() ? ", fenced" : "")) +
                    "; propose it again after it has caught up in its current incarnation");
            }
            if (broker.shuttingDown() && !partition.isr().contains(member))
            {
                return Decision.refused(Codes.INELIGIBLE_REPLICA, "broker " + member +
                    " is shutting down and cannot join the ISR of partition " + name);
            }
        }
        return null;
    }

    /**
     * Takes a broker out of the ISR, elects a leader where it led, and puts the change into the draft; nothing happens
     * where the broker was neither member nor leader.
     */
    static void remove(final Draft draft, final long key, final int brokerId)
    {
        final PartitionState partition = draft.partition(key);
        if (partition.isr().contains(brokerId))
        {
            final List<Integer> rest = new ArrayList<>(partition.isr());
            rest.remove((Integer)brokerId);
            final PartitionState without =
                Reassignment.completed(draft, withIsr(partition, rest, draft.state().minIsr(partition)));
            draft.put(LeaderElector.elect(draft, without).raised());
        }
    }

    /**
     * @param partition as it is
     * @param members   new ISR in any order
     * @param minIsr    m
     * @return the partition with that ISR in assignment order and the ELR that follows: empty with m members in the
     * ISR, otherwise joined by those who left (R5.3)
     */
    static PartitionState withIsr(final PartitionState partition, final List<Integer> members, final int minIsr)
    {
        final List<Integer> isr = new ArrayList<>();
        final List<Integer> elr = new ArrayList<>();
        for (final Integer replica : partition.replicas())
        {
            if (members.contains(replica))
            {
                isr.add(replica);
            }
            else if (members.size() < minIsr && (partition.isr().contains(replica) || partition.elr().contains(replica)))
            {
                elr.add(replica);
            }
        }
        return partition.withMembers(isr, elr);
    }

    static PartitionState withoutElr(final PartitionState partition, final int brokerId)
    {
        final List<Integer> elr = new ArrayList<>(partition.elr());
        elr.remove((Integer)brokerId);
        return partition.withMembers(partition.isr(), elr);
    }
}
