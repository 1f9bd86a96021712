package io.syncline.metadata;

import io.syncline.metadata.MetadataEvent.BrokerFenced;
import io.syncline.metadata.MetadataEvent.BrokerRegistered;
import io.syncline.metadata.MetadataEvent.BrokerShuttingDown;
import io.syncline.metadata.MetadataEvent.PartitionChanged;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A decision while it is being made: the state as it will be once the events so far are applied. The state itself is
 * only read.
 */
final class Draft
{
    private final ClusterState state;
    private final long nowMs;
    private final List<MetadataEvent> events = new ArrayList<>();
    private final Map<Integer, BrokerState> brokers = new HashMap<>();
    private final Map<Long, PartitionState> partitions = new HashMap<>();

    Draft(final ClusterState state, final long nowMs)
    {
        this.state = state;
        this.nowMs = nowMs;
    }

    ClusterState state()
    {
        return state;
    }

    long nowMs()
    {
        return nowMs;
    }

    List<MetadataEvent> events()
    {
        return events;
    }

    void add(final MetadataEvent event)
    {
        events.add(event);
    }

    BrokerState broker(final int brokerId)
    {
        final BrokerState drafted = brokers.get(brokerId);
        return drafted != null ? drafted : state.broker(brokerId);
    }

    boolean isAlive(final int brokerId)
    {
        final BrokerState broker = broker(brokerId);
        return broker != null && !broker.fenced();
    }

    boolean isEligible(final int brokerId)
    {
        final BrokerState broker = broker(brokerId);
        return broker != null && broker.isEligible();
    }

    void register(final BrokerRegistered event)
    {
        brokers.put(event.brokerId(), new BrokerState(
            event.brokerId(),
            event.incarnation(),
            event.sessionId(),
            event.directoryId(),
            event.start(),
            event.clientEndpoint(),
            event.replicationEndpoint(),
            event.rack(),
            false,
            false));
        events.add(event);
    }

    /** Marks the broker, so that the elections which follow pass it over; the event comes with {@link #fenced(int)}. */
    void fencing(final int brokerId)
    {
        brokers.put(brokerId, broker(brokerId).asFenced());
    }

    void fenced(final int brokerId)
    {
        events.add(new BrokerFenced(brokerId, broker(brokerId).incarnation()));
    }

    void shuttingDown(final int brokerId)
    {
        brokers.put(brokerId, broker(brokerId).asShuttingDown());
        events.add(new BrokerShuttingDown(brokerId, broker(brokerId).incarnation()));
    }

    PartitionState partition(final long key)
    {
        final PartitionState drafted = partitions.get(key);
        return drafted != null ? drafted : state.partition(key);
    }

    void put(final PartitionState partition)
    {
        partitions.put(partition.key(), partition);
        events.add(new PartitionChanged(partition));
    }
}
