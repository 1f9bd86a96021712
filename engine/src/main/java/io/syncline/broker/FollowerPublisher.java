package io.syncline.broker;

import io.syncline.protocol.Codes;
import io.syncline.replica.FollowerOutput;
import io.syncline.stream.Outbound;
import org.agrona.collections.Int2ObjectHashMap;

/** Everything that leaves the follower agent: control streams to the leaders, high watermarks, requests to the conductor. */
final class FollowerPublisher implements FollowerOutput
{
    private final int brokerId;
    private final ReplicationPublisher publisher = new ReplicationPublisher();
    private final Int2ObjectHashMap<Outbound> controls = new Int2ObjectHashMap<>();
    private final ConductorProxy conductor;
    private final HighWatermarks highWatermarks;

    /** Takes the high watermarks that moved. */
    @FunctionalInterface
    interface HighWatermarks
    {
        void onMoved(long key, long highWatermark);
    }

    FollowerPublisher(final int brokerId, final ConductorProxy conductor, final HighWatermarks highWatermarks)
    {
        this.brokerId = brokerId;
        this.conductor = conductor;
        this.highWatermarks = highWatermarks;
    }

    void onPeer(final int peerId, final Outbound control)
    {
        onPeerGone(peerId);
        controls.put(peerId, control);
    }

    void onPeerGone(final int peerId)
    {
        final Outbound control = controls.remove(peerId);
        if (control != null)
        {
            control.close();
        }
    }

    void close()
    {
        controls.values().forEach(Outbound::close);
        controls.clear();
    }

    @Override
    public long follow(
        final int leader, final long key, final int leaderEpoch, final int partitionEpoch, final long incarnation,
        final long sessionId, final long logEnd, final int lastEpoch)
    {
        final Outbound control = controls.get(leader);
        return control == null ? Codes.NOT_CONNECTED : publisher.follow(
            control, brokerId, key, leaderEpoch, partitionEpoch, incarnation, sessionId, logEnd, lastEpoch);
    }

    @Override
    public long appendAck(
        final int leader, final long key, final int leaderEpoch, final long incarnation, final long sessionId,
        final long logEnd, final long synced, final boolean isRead)
    {
        return appendAck(leader, key, leaderEpoch, incarnation, sessionId, logEnd, synced, isRead, null);
    }

    /** As {@link #appendAck}, with sampled batches that the ack covers; null for none. */
    long appendAck(
        final int leader, final long key, final int leaderEpoch, final long incarnation, final long sessionId,
        final long logEnd, final long synced, final boolean isRead, final AckSamples samples)
    {
        final Outbound control = controls.get(leader);
        return control == null ? Codes.NOT_CONNECTED : publisher.appendAck(
            control, brokerId, key, leaderEpoch, incarnation, sessionId, logEnd, synced, isRead, samples);
    }

    @Override
    public void highWatermark(final long key, final int leaderEpoch, final long highWatermark)
    {
        highWatermarks.onMoved(key, highWatermark);
    }

    @Override
    public void truncate(final long key, final int leaderEpoch, final long offset)
    {
        conductor.truncate(key, leaderEpoch, offset);
    }

    @Override
    public void restart(final long key, final int leaderEpoch, final long logStart)
    {
        conductor.restart(key, leaderEpoch, logStart);
    }

    @Override
    public void fault(final long key, final int leaderEpoch, final String reason)
    {
        conductor.fault(key, leaderEpoch, false, reason);
    }
}
