package io.syncline.metadata;

import io.syncline.metadata.ControllerRequest.ElectLeader;
import io.syncline.metadata.ControllerRequest.Reassign;
import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;

import java.util.ArrayList;
import java.util.List;

/**
 * Moves an operator asks for (R5.7): of a leadership, and of replicas. New replicas are added first; the old ones leave
 * in the change of the ISR that makes every new one a member.
 */
final class Reassignment
{
    private Reassignment()
    {
    }

    static Decision electLeader(final ElectLeader request, final ClusterState state, final long nowMs)
    {
        final PartitionState partition = find(state, request.topic(), request.partition());
        if (partition == null)
        {
            return unknown(state, request.topic(), request.partition());
        }
        final String name = "partition " + request.topic() + "-" + request.partition();
        final int to = request.to() < 0 ? partition.replicas().get(0) : request.to();
        if (!partition.replicas().contains(to))
        {
            return Decision.refused(Codes.INVALID_REQUEST, "broker " + to + " holds no replica of " + name +
                ", its replicas are " + partition.replicas() + ": elect one of them or reassign the partition first");
        }
        if (!state.isEligible(to))
        {
            return Decision.refused(Codes.INELIGIBLE_REPLICA, "broker " + to + " cannot lead " + name + ": it is " +
                (state.broker(to) == null || state.broker(to).fenced() ? "fenced" : "shutting down") +
                "; elect another of " + partition.replicas() + " or start it");
        }
        final boolean clean = partition.isr().contains(to) ||
            (partition.leader() < 0 && partition.isr().isEmpty() && partition.elr().contains(to));
        if (!clean && !request.unclean())
        {
            return Decision.refused(Codes.INELIGIBLE_REPLICA, "broker " + to + " is not in sync for " + name + ": ISR " +
                partition.isr() + ", ELR " + partition.elr() +
                "; wait until it has caught up, or ask for an unclean election and lose what it does not hold");
        }
        final Draft draft = new Draft(state, nowMs);
        if (partition.leader() == to)
        {
            if (partition.successor() < 0)
            {
                return Decision.accepted(List.of(), partition.leaderEpoch());
            }
            // A leader that is to leave stays for one more epoch: the reassignment names its successor anew.
            draft.put(completed(draft, partition.ledBy(to)).raised());
            return Decision.accepted(draft.events(), partition.leaderEpoch() + 1);
        }
        if (clean && !request.unclean() && partition.leader() >= 0)
        {
            if (partition.successor() != to)
            {
                draft.put(partition.withSuccessor(to).raised());
            }
            return Decision.accepted(draft.events(), partition.leaderEpoch() + 1);
        }
        PartitionState led = LeaderElector.lead(draft, partition, to);
        if (!clean)
        {
            // Whoever held more than the new leader has to cut its log back to it: no one is eligible beside it.
            led = completed(draft, led.withMembers(List.of(to), List.of()));
        }
        draft.put(led.raised());
        return Decision.accepted(draft.events(), led.leaderEpoch());
    }

    static Decision reassign(final Reassign request, final ClusterState state, final long nowMs)
    {
        final PartitionState partition = find(state, request.topic(), request.partition());
        if (partition == null)
        {
            return unknown(state, request.topic(), request.partition());
        }
        final String name = "partition " + request.topic() + "-" + request.partition();
        final List<Integer> target = request.replicas();
        if (target.isEmpty() || target.size() != target.stream().distinct().count())
        {
            return Decision.refused(Codes.INVALID_REQUEST, "replicas " + target + " of " + name +
                " must be one or more different brokers");
        }
        for (final int brokerId : target)
        {
            if (!partition.replicas().contains(brokerId) && !state.isEligible(brokerId))
            {
                return Decision.refused(Codes.INELIGIBLE_REPLICA, "broker " + brokerId + " cannot take a replica of " + name +
                    ": it is " + (state.broker(brokerId) == null ? "unknown" : "not alive") + "; start it first");
            }
        }
        final TopicState topic = state.topic(request.topic());
        final int configured = TopicConfig.minInsyncReplicas(topic.config());
        if (topic.config().containsKey(TopicConfig.MIN_INSYNC_REPLICAS) && configured > target.size())
        {
            return Decision.refused(Codes.INVALID_REQUEST, name + " would have " + target.size() + " replicas, below " +
                TopicConfig.MIN_INSYNC_REPLICAS + "=" + configured + " of its topic: name more replicas");
        }
        final List<Integer> all = new ArrayList<>(target);
        for (final Integer replica : partition.replicas())
        {
            if (!all.contains(replica))
            {
                all.add(replica);
            }
        }
        final PartitionState begun = partition
            .withReplicas(all, target)
            .withMembers(inOrder(all, partition.isr()), inOrder(all, partition.elr()));
        final Draft draft = new Draft(state, nowMs);
        final PartitionState moved = LeaderElector.elect(draft, completed(draft, begun)).raised();
        draft.put(moved);
        return Decision.accepted(draft.events(), moved.partitionEpoch());
    }

    /**
     * @param draft     knows the topic's min ISR and who is alive
     * @param partition with a new ISR, or a new leader
     * @return the partition without its old replicas if the reassignment under way is done, otherwise unchanged. A
     * leader that is to leave, and is alive, hands over before that (R5.7): then one of the new replicas is its
     * successor. One that is not alive is to be elected anew
     */
    static PartitionState completed(final Draft draft, final PartitionState partition)
    {
        if (!partition.isReassigning() || !partition.isr().containsAll(partition.target()))
        {
            return partition;
        }
        final int leader = partition.leader();
        if (leader >= 0 && !partition.target().contains(leader) && partition.isr().contains(leader) && draft.isAlive(leader))
        {
            return HandOvers.begun(draft, partition, partition.target());
        }
        final PartitionState kept = partition
            .withReplicas(partition.target(), List.of())
            .withMembers(inOrder(partition.target(), partition.isr()), List.of());
        return InSyncReplicas.withIsr(kept, kept.isr(), draft.state().minIsr(kept));
    }

    private static List<Integer> inOrder(final List<Integer> order, final List<Integer> members)
    {
        return order.stream().filter(members::contains).toList();
    }

    private static PartitionState find(final ClusterState state, final String topicName, final int number)
    {
        final TopicState topic = state.topic(topicName);
        return topic == null ? null : state.partition(PartitionKey.of(topic.topicId(), number));
    }

    private static Decision unknown(final ClusterState state, final String topicName, final int number)
    {
        final TopicState topic = state.topic(topicName);
        return topic == null ?
            Decision.refused(Codes.UNKNOWN_TOPIC, "there is no topic '" + topicName + "': create it, or check the name") :
            Decision.refused(Codes.UNKNOWN_PARTITION, "topic '" + topicName + "' has partitions 0 to " +
                (topic.partitions() - 1) + ", not " + number);
    }
}
