package io.syncline.broker;

import io.syncline.stream.Outbound;
import org.agrona.collections.IntArrayList;

import java.util.ArrayList;
import java.util.function.IntConsumer;

/**
 * Peers whose machine has just said that nobody listens there any more: their process has ended, where silence alone
 * might be a pause or a cut. Belongs to one agent, which reads what the streams of another have heard; allocates only
 * when a peer is new.
 */
final class PeerRefusals
{
    private final IntArrayList peers = new IntArrayList();
    private final ArrayList<Outbound> streams = new ArrayList<>();
    private long[] seen = new long[8];

    /**
     * @param peerId broker id
     * @param stream newest of the streams to it, whoever writes it
     */
    void onPeer(final int peerId, final Outbound stream)
    {
        final int known = peers.indexOf(peerId);
        if (known >= 0)
        {
            streams.set(known, stream);
            seen[known] = stream.refusals();
            return;
        }
        if (peers.size() == seen.length)
        {
            seen = java.util.Arrays.copyOf(seen, seen.length * 2);
        }
        seen[peers.size()] = stream.refusals();
        peers.addInt(peerId);
        streams.add(stream);
    }

    void onPeerGone(final int peerId)
    {
        final int index = peers.indexOf(peerId);
        if (index >= 0)
        {
            peers.fastUnorderedRemove(index);
            final Outbound last = streams.remove(streams.size() - 1);
            if (index < streams.size())
            {
                streams.set(index, last);
                seen[index] = seen[streams.size()];
            }
        }
    }

    /** @param refused gets each peer that was refused since the last call */
    void poll(final IntConsumer refused)
    {
        for (int i = 0, size = streams.size(); i < size; i++)
        {
            final long refusals = streams.get(i).refusals();
            if (refusals > seen[i])
            {
                refused.accept(peers.getInt(i));
            }
            // Lower where the connection is a new one.
            seen[i] = refusals;
        }
    }
}
