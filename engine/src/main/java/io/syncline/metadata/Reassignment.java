package io.syncline.metadata;

import io.syncline.metadata.ControllerRequest.ElectLeader;
import io.syncline.metadata.ControllerRequest.Reassign;
import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;

import java.util.ArrayList;
import java.util.List;

/**
 * Moves an operator asks for (R5.7): of a leadership, and of replicas. New replicas are added first; the old ones leave in the
 * change of the ISR that makes every new one a member.
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
        if (partition.leader() == to)
        {
            return Decision.accepted(List.of(), partition.leaderEpoch());
        }
        final Draft draft = new Draft(state, nowMs);
        PartitionState led = LeaderElector.lead(draft, partition, to);
        if (!clean)
        {
            // Whoever held more than the new leader has to cut its log back to it: no one is eligible beside it.
            led = new PartitionState(
                led.key(),
                led.replicas(),
                led.target(),
                List.of(to),
                List.of(),
                to,
                led.leaderEpoch(),
                led.partitionEpoch());
        }
        led = InSyncReplicas.raised(led);
        draft.put(led);
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
        final PartitionState begun = new PartitionState(
            partition.key(),
            all,
            target,
            inOrder(all, partition.isr()),
            inOrder(all, partition.elr()),
            partition.leader(),
            partition.leaderEpoch(),
            partition.partitionEpoch());
        final Draft draft = new Draft(state, nowMs);
        final PartitionState moved = InSyncReplicas.raised(LeaderElector.elect(draft, completed(begun, state)));
        draft.put(moved);
        return Decision.accepted(draft.events(), moved.partitionEpoch());
    }

    /**
     * @param partition with a new ISR
     * @param state     knows the topic's min ISR
     * @return the partition without its old replicas if the reassignment under way is done, otherwise unchanged. Its leader may
     * be one of those that left: to be elected anew
     */
    static PartitionState completed(final PartitionState partition, final ClusterState state)
    {
        if (!partition.isReassigning() || !partition.isr().containsAll(partition.target()))
        {
            return partition;
        }
        final PartitionState kept = new PartitionState(
            partition.key(),
            partition.target(),
            List.of(),
            inOrder(partition.target(), partition.isr()),
            List.of(),
            partition.leader(),
            partition.leaderEpoch(),
            partition.partitionEpoch());
        return InSyncReplicas.withIsr(kept, kept.isr(), state.minIsr(kept));
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
