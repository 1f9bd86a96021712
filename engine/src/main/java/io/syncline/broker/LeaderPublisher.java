package io.syncline.broker;

import io.syncline.protocol.Codes;
import io.syncline.record.BatchDescriptor;
import io.syncline.replica.LeaderOutput;
import io.syncline.stream.Outbound;
import org.agrona.DirectBuffer;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.concurrent.NanoClock;

/**
 * Everything that leaves the leader agent: live and heartbeat streams to the peers, rings to Acks and Delivery, faults
 * to the conductor.
 */
final class LeaderPublisher implements LeaderOutput
{
    private final int brokerId;
    private final ReplicationPublisher publisher = new ReplicationPublisher();
    private final Int2ObjectHashMap<Peer> peers = new Int2ObjectHashMap<>();
    private final LeaderToAcksRing acks;
    private final FeedRing feeds;
    private final ConductorProxy conductor;
    private final NanoClock clock;
    private final boolean isMeasured;
    private long incarnation;
    private long sampleReceivedNs = AckStages.NULL_NS;
    private long sampleBaseOffset;

    /** One peer's streams, and whether anything went over the live one since the last heartbeat was due. */
    private static final class Peer
    {
        final Outbound live;
        final Outbound heartbeat;
        boolean spoke;

        Peer(final Outbound live, final Outbound heartbeat)
        {
            this.live = live;
            this.heartbeat = heartbeat;
        }

        void close()
        {
            live.close();
            heartbeat.close();
        }

        long sent(final long result)
        {
            if (result >= 0)
            {
                spoke = true;
            }
            return result;
        }
    }

    LeaderPublisher(
        final int brokerId, final LeaderToAcksRing acks, final FeedRing feeds, final ConductorProxy conductor,
        final NanoClock clock, final boolean isMeasured)
    {
        this.clock = clock;
        this.isMeasured = isMeasured;
        this.brokerId = brokerId;
        this.acks = acks;
        this.feeds = feeds;
        this.conductor = conductor;
    }

    void onPeer(final int peerId, final Outbound live, final Outbound heartbeat)
    {
        onPeerGone(peerId);
        peers.put(peerId, new Peer(live, heartbeat));
    }

    void onPeerGone(final int peerId)
    {
        final Peer peer = peers.remove(peerId);
        if (peer != null)
        {
            peer.close();
        }
    }

    void onIncarnation(final long incarnation)
    {
        this.incarnation = incarnation;
    }

    /**
     * The append that comes next, if there is one, is a sampled batch's.
     *
     * @param receivedNs when it reached this agent
     * @param baseOffset it will have unless it is a duplicate, which is not measured
     */
    void beginSample(final long receivedNs, final long baseOffset)
    {
        sampleReceivedNs = receivedNs;
        sampleBaseOffset = baseOffset;
    }

    void endSample()
    {
        sampleReceivedNs = AckStages.NULL_NS;
    }

    /**
     * R5.1: to every peer that has heard nothing else since the last call. Over a stream of their own, and a short
     * one: an idle node would wrap through the megabytes of the live stream with nothing but heartbeats. A peer that
     * the live stream does not reach hears none, because a leader that cannot append there is as good as silent;
     * asking is what opens a live stream anew that was lost while nothing was written.
     */
    void heartbeats()
    {
        for (final Peer peer : peers.values())
        {
            if (peer.live.isConnected() && !peer.spoke)
            {
                publisher.heartbeat(peer.heartbeat, brokerId, incarnation);
            }
            peer.spoke = false;
        }
    }

    void close()
    {
        peers.values().forEach(Peer::close);
        peers.clear();
    }

    @Override
    public long append(
        final int follower, final long key, final int leaderEpoch, final long sessionId, final long highWatermark,
        final long logStart, final DirectBuffer batch, final int offset, final int length)
    {
        final Peer peer = peers.get(follower);
        if (peer == null)
        {
            return Codes.NOT_CONNECTED;
        }
        final long sentNs = isMeasured && BatchDescriptor.isSampled(batch, offset) ? clock.nanoTime() : AckStages.NULL_NS;
        return peer.sent(publisher.append(
            peer.live, key, leaderEpoch, sessionId, highWatermark, logStart, sentNs, batch, offset, length));
    }

    @Override
    public long highWatermark(
        final int follower, final long key, final int leaderEpoch, final long sessionId, final long highWatermark,
        final long logStart)
    {
        final Peer peer = peers.get(follower);
        return peer == null ? Codes.NOT_CONNECTED : peer.sent(publisher.highWatermark(
            peer.live, key, leaderEpoch, sessionId, highWatermark, logStart));
    }

    @Override
    public long followAccepted(
        final int follower, final long key, final int leaderEpoch, final long sessionId, final long logEnd,
        final long logStart)
    {
        final Peer peer = peers.get(follower);
        return peer == null ? Codes.NOT_CONNECTED : publisher.followAccepted(
            peer.live, key, leaderEpoch, sessionId, logEnd, logStart);
    }

    @Override
    public long diverged(
        final int follower, final long key, final int leaderEpoch, final long sessionId, final int epoch,
        final long endOffset)
    {
        final Peer peer = peers.get(follower);
        return peer == null ? Codes.NOT_CONNECTED : publisher.diverged(
            peer.live, key, leaderEpoch, sessionId, epoch, endOffset);
    }

    @Override
    public long outOfRange(
        final int follower, final long key, final int leaderEpoch, final long sessionId, final long logStart)
    {
        final Peer peer = peers.get(follower);
        return peer == null ? Codes.NOT_CONNECTED : publisher.outOfRange(
            peer.live, key, leaderEpoch, sessionId, logStart);
    }

    @Override
    public long followRefused(
        final int follower, final long key, final int leaderEpoch, final long sessionId, final int code)
    {
        final Peer peer = peers.get(follower);
        return peer == null ? Codes.NOT_CONNECTED : publisher.followRefused(
            peer.live, key, leaderEpoch, sessionId, code);
    }

    @Override
    public boolean sessionStarted(
        final long key, final int leaderEpoch, final int partitionEpoch, final int follower, final long incarnation,
        final long sessionId, final long logEnd)
    {
        return acks.sessionStarted(key, leaderEpoch, partitionEpoch, follower, incarnation, sessionId, logEnd);
    }

    @Override
    public void appended(
        final long key, final int leaderEpoch, final int level, final long clientId, final long fromSequence,
        final long toSequence, final long baseOffset, final long endOffset, final long logEnd)
    {
        final boolean isSampled = sampleReceivedNs != AckStages.NULL_NS && baseOffset == sampleBaseOffset;
        if (!acks.appended(
            key, leaderEpoch, level, clientId, fromSequence, toSequence, baseOffset, endOffset, logEnd,
            isSampled ? sampleReceivedNs : AckStages.NULL_NS, isSampled ? clock.nanoTime() : AckStages.NULL_NS))
        {
            // Room was made sure of before the append: without this event the high watermark would stand still.
            fault(key, leaderEpoch, "the ring to the acks agent is full behind an append at " + baseOffset);
        }
    }

    @Override
    public void refused(
        final long key, final int leaderEpoch, final long clientId, final long fromSequence, final long toSequence,
        final int code)
    {
        // Lost when the ring is full, which hasRoom() excludes: the client asks again with the same sequence.
        acks.refused(key, leaderEpoch, clientId, fromSequence, toSequence, code);
    }

    @Override
    public boolean frozen(final long key, final int leaderEpoch, final long logEnd)
    {
        return acks.hasRoom() && acks.frozen(key, leaderEpoch, logEnd);
    }

    @Override
    public boolean hasRoom()
    {
        return acks.hasRoom();
    }

    @Override
    public boolean feed(
        final int follower, final long key, final int leaderEpoch, final long sessionId, final long from, final long to)
    {
        return acks.watch(key, leaderEpoch, follower, sessionId, to) &&
            feeds.feed(follower, key, leaderEpoch, sessionId, from, to);
    }

    @Override
    public void fault(final long key, final int leaderEpoch, final String reason)
    {
        conductor.fault(key, leaderEpoch, true, reason);
    }
}
