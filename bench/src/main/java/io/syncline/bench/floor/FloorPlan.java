package io.syncline.bench.floor;

import io.aeron.ChannelUriStringBuilder;
import io.syncline.bench.targets.Layout;
import io.syncline.stream.StreamsContext;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Who sends to whom: records from the client to the leader and on to each follower, cumulative acks back the same way. Each
 * arrow is a channel and a stream of its own, with the lengths Syncline gives its streams.
 *
 * @param layout of the hops
 * @param ports  one for each arrow over UDP: leader, client, then each follower; the leader's for acks last
 */
record FloorPlan(Layout layout, List<Integer> ports)
{
    static final int FOLLOWERS = 2;
    /** Client to leader. */
    static final int PRODUCE = 101;
    /** Leader to follower; plus the follower's number. */
    static final int LIVE = 110;
    /** Follower to leader; plus the follower's number. */
    static final int FOLLOWER_ACK = 120;
    /** Leader to client. */
    static final int ACK = 130;

    private static final String HOST = "localhost";
    private static final int PORTS = FOLLOWERS + 3;
    private static final int ACK_TERM_LENGTH = 256 * 1024;

    static FloorPlan of(final Layout layout)
    {
        final List<Integer> ports = new ArrayList<>();
        final List<DatagramSocket> sockets = new ArrayList<>();
        try
        {
            for (int i = 0; i < PORTS; i++)
            {
                sockets.add(new DatagramSocket(0, InetAddress.getLoopbackAddress()));
                ports.add(sockets.get(i).getLocalPort());
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("no free UDP port", ex);
        }
        finally
        {
            sockets.forEach(DatagramSocket::close);
        }
        return new FloorPlan(layout, ports);
    }

    String publication(final int stream)
    {
        final ChannelUriStringBuilder channel = new ChannelUriStringBuilder()
            .termLength(stream < FOLLOWER_ACK ? StreamsContext.BATCH_TERM_LENGTH_DEFAULT : ACK_TERM_LENGTH);
        return layout == Layout.IPC ? channel.media("ipc").build() : channel.media("udp").endpoint(endpoint(stream))
            .mtu(StreamsContext.MTU_LENGTH_LOOPBACK).build();
    }

    String subscription(final int stream)
    {
        return layout == Layout.IPC ? "aeron:ipc" :
            new ChannelUriStringBuilder().media("udp").endpoint(endpoint(stream)).build();
    }

    private String endpoint(final int stream)
    {
        final int port = stream == PRODUCE ? 0 : stream == ACK ? 1 : stream < FOLLOWER_ACK ? 2 + stream - LIVE : PORTS - 1;
        return HOST + ":" + ports.get(port);
    }
}
