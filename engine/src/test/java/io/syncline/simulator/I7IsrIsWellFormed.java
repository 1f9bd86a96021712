package io.syncline.simulator;

import io.syncline.metadata.ClusterState;
import io.syncline.metadata.ControllerRequest;
import io.syncline.metadata.PartitionState;
import org.agrona.collections.Long2LongHashMap;

/**
 * I7: ISR within replicas, ELR disjoint from ISR and empty when |ISR| >= m, leader in ISR, no fenced or outdated
 * incarnation in ISR. Outdated is a member that registered anew and kept its place all the same: it has to come in
 * again, or be elected.
 */
final class I7IsrIsWellFormed extends SimInvariant
{
    private static final long ABSENT = -1;

    private final Long2LongHashMap incarnationOfMember = new Long2LongHashMap(ABSENT);

    I7IsrIsWellFormed()
    {
        super("I7");
    }

    void onPartition(final ClusterState state, final PartitionState before, final PartitionState now)
    {
        require(now.replicas().containsAll(now.isr()) && now.replicas().containsAll(now.elr()),
            () -> "members outside the replicas: " + now);
        require(now.elr().stream().noneMatch(now.isr()::contains), () -> "ELR and ISR overlap: " + now);
        require(now.isr().size() < state.minIsr(now) || now.elr().isEmpty(), () -> "ELR with a full ISR: " + now);
        require(now.leader() < 0 || now.isr().contains(now.leader()), () -> "leader outside the ISR: " + now);
        final boolean isElected = before == null || before.leaderEpoch() != now.leaderEpoch();
        for (int i = 0; i < now.replicas().size(); i++)
        {
            final int replica = now.replicas().get(i);
            final long place = now.key() << 4 | replica;
            if (now.isr().contains(replica))
            {
                require(!state.broker(replica).fenced(), () -> "fenced member " + replica + ": " + now);
                final long incarnation = state.broker(replica).incarnation();
                final long came = incarnationOfMember.put(place, incarnation);
                require(came == ABSENT || came == incarnation || isElected, () -> "member " + replica + " came in as incarnation " +
                    came + " and is " + incarnation + " now: " + now);
            }
            else
            {
                incarnationOfMember.remove(place);
            }
        }
    }

    /** A leader's wish came true: it spoke of the incarnations that there are. */
    void onAltered(final ClusterState state, final ControllerRequest.AlterIsr altered)
    {
        for (int i = 0; i < altered.isr().size(); i++)
        {
            final int member = altered.isr().get(i);
            final long incarnation = altered.incarnations().get(i);
            require(state.broker(member).incarnation() == incarnation, () -> "member " + member + " came in as incarnation " +
                incarnation + ", registered is " + state.broker(member) + ": " + state.partition(altered.key()));
        }
    }

    /** A broker registered, or ended. */
    void onBroker(final ClusterState state, final int brokerId)
    {
        for (final PartitionState partition : state.partitions())
        {
            if (partition.isr().contains(brokerId))
            {
                onPartition(state, partition, partition);
            }
        }
    }
}
