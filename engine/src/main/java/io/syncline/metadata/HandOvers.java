package io.syncline.metadata;

import io.syncline.metadata.ControllerRequest.HandOver;
import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;

import java.util.List;

/**
 * Planned moves of a leadership (R5.7), in three steps: the controller names a successor; the leader takes nothing more
 * once the successor is close, waits until it holds the whole log, and says so; the controller moves the leadership to
 * it.
 * <p>
 * Nothing that was acknowledged can be lost by it, at no level: what the leader ever appended in its epoch is below the
 * end that the successor has reached when it says so, and the leader appends nothing between that and the end of its
 * epoch. For that reason an epoch in which a successor was named ends either way: with the move, or with the same
 * leader in the next epoch. (The producers need it too: of one that was refused a batch, no later one may be taken in
 * the same epoch, R6.5.)
 */
final class HandOvers
{
    private HandOvers()
    {
    }

    /** The leader's word: the successor has caught up, or it will not. */
    static Decision handOver(final HandOver request, final BrokerState sender, final ClusterState state, final long nowMs)
    {
        final PartitionState partition = state.partition(request.key());
        final String name = PartitionKey.toString(request.key());
        if (partition == null)
        {
            return Decision.refused(Codes.UNKNOWN_PARTITION,
                "there is no partition " + name + ": its topic was deleted, close it");
        }
        if (sender.brokerId() != partition.leader() || request.leaderEpoch() != partition.leaderEpoch())
        {
            return Decision.refused(Codes.FENCED_LEADER_EPOCH, "partition " + name + " is led by broker " + partition.leader() +
                " in leader epoch " + partition.leaderEpoch() + ", broker " + sender.brokerId() + " speaks for epoch " +
                request.leaderEpoch() + ": wait for the newer assignment");
        }
        final Draft draft = new Draft(state, nowMs);
        final int successor = request.successor();
        final boolean isDone = request.caughtUp() && partition.successor() == successor &&
            partition.isr().contains(successor) && state.isEligible(successor) &&
            state.broker(successor).incarnation() == request.incarnation();
        PartitionState next = partition.ledBy(isDone ? successor : partition.leader());
        if (isDone && sender.shuttingDown())
        {
            next = InSyncReplicas.withIsr(
                next, next.isr().stream().filter((id) -> id != sender.brokerId()).toList(), state.minIsr(next));
        }
        next = LeaderElector.elect(draft, Reassignment.completed(draft, next)).raised();
        draft.put(next);
        return Decision.accepted(draft.events(), next.leaderEpoch());
    }

    /**
     * @param draft      says who is eligible
     * @param partition  with a leader
     * @param candidates in the order of preference
     * @return the partition with the first of them that is in sync as the successor; unchanged where there is a good
     * one already, or none to be had
     */
    static PartitionState begun(final Draft draft, final PartitionState partition, final List<Integer> candidates)
    {
        final int named = partition.successor();
        if (named >= 0 && candidates.contains(named) && isPossible(draft, partition, named))
        {
            return partition;
        }
        for (final int candidate : candidates)
        {
            if (isPossible(draft, partition, candidate))
            {
                return partition.withSuccessor(candidate);
            }
        }
        return partition;
    }

    /** @return the partition; in its next epoch, with the same leader, where the successor it has can no longer be one */
    static PartitionState checked(final Draft draft, final PartitionState partition)
    {
        return partition.successor() < 0 || isPossible(draft, partition, partition.successor()) ?
            partition : partition.ledBy(partition.leader());
    }

    private static boolean isPossible(final Draft draft, final PartitionState partition, final int successor)
    {
        return successor != partition.leader() && partition.isr().contains(successor) && draft.isEligible(successor);
    }
}
