package io.syncline.client;

import java.util.List;
import java.util.Map;

/** See package. */
public final class Admin implements AutoCloseable
{
    /** Settings of an admin. */
    public static final class Context extends ClientContext<Context>
    {
        @Override
        Context self()
        {
            return this;
        }
    }
    /** Published ahead of its body. */
    public static Admin connect(final String bootstrap)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public static Admin connect(final Context context)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public TopicInfo createTopic(final String name, final int partitions, final int replicationFactor)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public TopicInfo createTopic(final String name, final int partitions, final int replicationFactor, final Map<String, String> configs)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public void deleteTopic(final String name)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public List<String> listTopics()
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public TopicDescription describe(final String topic)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public ClusterDescription describeCluster()
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public int elect(final String topic, final int partition)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public int elect(final String topic, final int partition, final int to, final boolean unclean)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public void reassign(final String topic, final int partition, final List<Integer> replicas)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public ReplicaComparison verifyReplicas(final String topic, final int partition)
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public List<ReplicaComparison> verifyReplicas(final String topic)
    {
        throw new UnsupportedOperationException();
    }

    /** Ends. */
    @Override
    public void close()
    {
    }
}
