package io.syncline.embedded;

import io.syncline.metadata.BrokerState;
import io.syncline.metadata.ClusterState;
import io.syncline.metadata.ControllerSession;
import io.syncline.metadata.MetadataEvent;
import io.syncline.metadata.PartitionState;
import io.syncline.metadata.TopicState;
import io.syncline.protocol.PartitionKey;

/**
 * The cluster's metadata as one broker hears it from the controller, for whoever looks at an embedded cluster from
 * outside. Sits between the session and the broker; written by the conductor's thread, read by any.
 */
final class ClusterWatch implements ControllerSession.Listener
{
    private final ControllerSession.Listener next;
    private ClusterState state = new ClusterState();
    private ClusterState loading;
    private long loadingVersion;

    ClusterWatch(final ControllerSession.Listener next)
    {
        this.next = next;
    }

    synchronized long version()
    {
        return state.version();
    }

    /** @return the partition, or null where the topic is not known yet */
    synchronized PartitionState partition(final String topic, final int partition)
    {
        final TopicState known = state.topic(topic);
        return known == null ? null : state.partition(PartitionKey.of(known.topicId(), partition));
    }

    /** @return the broker, or null before its first registration */
    synchronized BrokerState broker(final int brokerId)
    {
        return state.broker(brokerId);
    }

    synchronized void describe(final StringBuilder text)
    {
        text.append("metadata version ").append(state.version()).append('\n');
        state.brokers().forEach((broker) -> text.append("  ").append(broker).append('\n'));
        for (final TopicState topic : state.topics())
        {
            text.append("  ").append(topic).append('\n');
            state.partitions(topic.topicId()).forEach((partition) ->
                text.append("    ").append(partition).append('\n'));
        }
    }

    @Override
    public void onConnected()
    {
        next.onConnected();
    }

    @Override
    public void onDisconnected(final String reason)
    {
        next.onDisconnected(reason);
    }

    @Override
    public void onSnapshotBegin(final long version)
    {
        loading = new ClusterState();
        loadingVersion = version;
        next.onSnapshotBegin(version);
    }

    @Override
    public void onEvent(final long version, final MetadataEvent event)
    {
        if (loading != null)
        {
            loading.apply(event);
        }
        else
        {
            synchronized (this)
            {
                state.apply(event);
            }
        }
        next.onEvent(version, event);
    }

    @Override
    public void onSnapshotEnd()
    {
        loading.version(loadingVersion);
        synchronized (this)
        {
            state = loading;
        }
        loading = null;
        next.onSnapshotEnd();
    }

    @Override
    public void onReply(final long correlationId, final int code, final long value, final String message)
    {
        next.onReply(correlationId, code, value, message);
    }
}
