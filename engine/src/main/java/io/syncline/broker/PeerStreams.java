package io.syncline.broker;

import io.syncline.metadata.BrokerState;
import io.syncline.metadata.ClusterState;
import io.syncline.stream.Endpoint;
import io.syncline.stream.Outbound;
import io.syncline.stream.StreamIds;
import io.syncline.stream.Streams;

import java.util.HashMap;
import java.util.Map;

/**
 * Opens the streams to each peer and hands them to the agents that write them: live and heartbeat to Leader, control to
 * Follower, and bulk to Delivery when that has somebody to feed. A peer that comes back as another incarnation gets new
 * ones. Belongs to the conductor.
 */
final class PeerStreams
{
    private final int brokerId;
    private final Streams streams;
    private final BrokerQueues queues;
    private final Map<Integer, BrokerState> peers = new HashMap<>();

    PeerStreams(final int brokerId, final Streams streams, final BrokerQueues queues)
    {
        this.brokerId = brokerId;
        this.streams = streams;
        this.queues = queues;
    }

    /** Opens and closes streams until they fit the metadata. */
    void apply(final ClusterState state)
    {
        peers.keySet().removeIf((peerId) -> state.broker(peerId) == null && leave(peerId));
        for (final BrokerState peer : state.brokers())
        {
            final BrokerState known = peers.get(peer.brokerId());
            if (peer.brokerId() != brokerId &&
                (known == null || known.incarnation() != peer.incarnation() && !peer.fenced()))
            {
                peers.put(peer.brokerId(), peer);
                join(peer);
            }
        }
    }

    private void join(final BrokerState peer)
    {
        final int peerId = peer.brokerId();
        final Endpoint endpoint = Endpoint.parse(peer.replicationEndpoint());
        final Outbound live = streams.connect(endpoint, StreamIds.LIVE);
        final Outbound heartbeat = streams.connect(endpoint, StreamIds.HEARTBEAT);
        final Outbound control = streams.connect(endpoint, StreamIds.CONTROL);
        queues.leader().post((agent) -> agent.onPeer(peerId, live, heartbeat));
        queues.acks().post((agent) -> agent.onPeer(peerId, live));
        queues.follower().post((agent) -> agent.onPeer(peerId, control));
        queues.delivery().post((agent) -> agent.onPeerGone(peerId));
    }

    /**
     * The delivery agent's wish; a peer that is gone by now needs nothing.
     *
     * @param peerId of the peer
     */
    void openBulk(final int peerId)
    {
        final BrokerState peer = peers.get(peerId);
        if (peer != null)
        {
            final Outbound bulk = streams.connect(Endpoint.parse(peer.replicationEndpoint()), StreamIds.BULK);
            queues.delivery().post((agent) -> agent.onBulk(peerId, bulk));
        }
    }

    private boolean leave(final int peerId)
    {
        queues.leader().post((agent) -> agent.onPeerGone(peerId));
        queues.acks().post((agent) -> agent.onPeerGone(peerId));
        queues.follower().post((agent) -> agent.onPeerGone(peerId));
        queues.delivery().post((agent) -> agent.onPeerGone(peerId));
        return true;
    }
}
