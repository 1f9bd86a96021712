package io.syncline.broker;

import io.syncline.metadata.BrokerState;
import io.syncline.metadata.ClusterState;
import io.syncline.metadata.PartitionState;
import io.syncline.metadata.TopicConfig;
import io.syncline.metadata.TopicState;
import io.syncline.protocol.PartitionKey;
import io.syncline.replica.Assignment;
import io.syncline.replica.Retention;

import java.util.Arrays;
import java.util.List;

/** What the metadata says of a partition, in the words of its replicas. */
final class Assignments
{
    private static final long NULL_INCARNATION = -1;

    private Assignments()
    {
    }

    /**
     * @param state     the cluster
     * @param partition of that state
     * @return the partition as its replicas see it
     */
    static Assignment of(final ClusterState state, final PartitionState partition)
    {
        final int[] replicas = ints(partition.replicas());
        final long[] incarnations = new long[replicas.length];
        final boolean[] eligible = new boolean[replicas.length];
        for (int i = 0; i < replicas.length; i++)
        {
            final BrokerState broker = state.broker(replicas[i]);
            incarnations[i] = broker == null ? NULL_INCARNATION : broker.incarnation();
            eligible[i] = broker != null && broker.isEligible();
        }
        final TopicState topic = state.topic(PartitionKey.topicId(partition.key()));
        return new Assignment(
            partition.key(),
            partition.leader(),
            partition.leaderEpoch(),
            partition.partitionEpoch(),
            replicas,
            incarnations,
            eligible,
            ints(partition.isr()),
            ints(partition.elr()),
            state.minIsr(partition),
            topic != null && TopicConfig.isFsynced(topic.config()),
            partition.successor());
    }

    /**
     * @param topic a topic, null where it is not known
     * @return what is kept of its logs (R8.4)
     */
    static Retention retention(final TopicState topic)
    {
        return topic == null ? Retention.NONE :
            new Retention(TopicConfig.retentionBytes(topic.config()), TopicConfig.retentionTimeNs(topic.config()));
    }

    /**
     * @param one   an assignment
     * @param other another one of the same partition
     * @return true when replicas need not be told of the difference, because there is none
     */
    static boolean isSame(final Assignment one, final Assignment other)
    {
        return one.leaderEpoch() == other.leaderEpoch() &&
            one.partitionEpoch() == other.partitionEpoch() &&
            one.minIsr() == other.minIsr() &&
            one.fsynced() == other.fsynced() &&
            Arrays.equals(one.incarnations(), other.incarnations()) &&
            Arrays.equals(one.eligible(), other.eligible());
    }

    private static int[] ints(final List<Integer> list)
    {
        return list.stream().mapToInt(Integer::intValue).toArray();
    }
}
