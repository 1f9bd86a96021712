package io.syncline.broker;

import io.syncline.stream.Outbound;
import org.agrona.collections.Int2ObjectHashMap;

import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * BULK streams to peers, each there while the peer is fed: hardly any follower ever is, and a stream takes memory and a
 * visit of the driver in every turn at both ends. Belongs to the delivery agent; opened by the conductor, at its wish.
 */
final class BulkStreams
{
    /** A stream that nobody was fed over for so long is closed. */
    static final long UNUSED_NS = TimeUnit.SECONDS.toNanos(10);
    /** A wish that was not granted is uttered again after this. */
    static final long WISH_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    private static final long LOOK_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    private final IntConsumer onWish;
    private final Int2ObjectHashMap<Peer> peers = new Int2ObjectHashMap<>();
    private long lookedNs;

    /** A peer that is fed, or was not long ago. */
    private static final class Peer
    {
        private Outbound bulk;
        private long wishedNs;
        private long usedNs;
    }

    /** @param onWish told the broker id of a peer that a stream is to be opened to */
    BulkStreams(final IntConsumer onWish)
    {
        this.onWish = onWish;
    }

    /**
     * @param peerId to be fed
     * @param nowNs  time of this turn
     * @return the stream to it; null while there is none: it is wished for then
     */
    Outbound to(final int peerId, final long nowNs)
    {
        Peer peer = peers.get(peerId);
        if (peer == null)
        {
            peer = new Peer();
            peer.wishedNs = nowNs - WISH_INTERVAL_NS;
            peers.put(peerId, peer);
        }
        peer.usedNs = nowNs;
        if (peer.bulk == null && nowNs - peer.wishedNs >= WISH_INTERVAL_NS)
        {
            peer.wishedNs = nowNs;
            onWish.accept(peerId);
        }
        return peer.bulk;
    }

    /**
     * @param peerId of the peer
     * @param bulk   opened to it; closed at once where nobody wishes for it any more
     */
    void onOpened(final int peerId, final Outbound bulk)
    {
        final Peer peer = peers.get(peerId);
        if (peer == null || peer.bulk != null)
        {
            bulk.close();
            return;
        }
        peer.bulk = bulk;
    }

    /** @param peerId of a peer that left, or came back as another incarnation */
    void onPeerGone(final int peerId)
    {
        close(peers.remove(peerId));
    }

    /**
     * Closes what is not used; looks once a second.
     *
     * @param nowNs time of this turn
     */
    void closeUnused(final long nowNs)
    {
        if (!peers.isEmpty() && nowNs - lookedNs >= LOOK_INTERVAL_NS)
        {
            lookedNs = nowNs;
            peers.values().removeIf((peer) -> nowNs - peer.usedNs >= UNUSED_NS && close(peer));
        }
    }

    void close()
    {
        peers.values().forEach(BulkStreams::close);
        peers.clear();
    }

    private static boolean close(final Peer peer)
    {
        if (peer != null && peer.bulk != null)
        {
            peer.bulk.close();
        }
        return true;
    }
}
