package io.syncline.stream;

import io.aeron.ChannelUriStringBuilder;
import io.aeron.CommonContext;
import io.aeron.logbuffer.FrameDescriptor;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** Builds Aeron's channels and finds free endpoints. */
final class Channels
{
    /** Below the range that kernels take ephemeral ports from: what is free here stays free until it is bound. */
    private static final int FIRST_PORT = 20000;
    private static final int PORTS = 12000;
    private static final int PORT_ATTEMPTS = 200;
    /** Numbers below are left to people who choose their own. */
    private static final int FIRST_IPC_NUMBER = 1000;
    private static final int IPC_NUMBERS = 9_000_000;

    private static final AtomicInteger NEXT_PORT = new AtomicInteger(ThreadLocalRandom.current().nextInt(PORTS));
    private static final AtomicInteger NEXT_IPC = new AtomicInteger(ThreadLocalRandom.current().nextInt(IPC_NUMBERS));

    private Channels()
    {
    }

    static String publication(final Endpoint to, final int termLength, final int mtuLength)
    {
        final int mtu = to.isIpc() ? StreamsContext.MTU_LENGTH_IPC : mtuLength > 0 ? mtuLength :
            isLoopback(to.host()) ? StreamsContext.MTU_LENGTH_LOOPBACK : StreamsContext.MTU_LENGTH_NETWORK;
        // A fragment must not be longer than the largest message, which is an eighth of a term.
        return builder(to)
            .termLength(termLength)
            .mtu(Math.min(mtu, FrameDescriptor.computeMaxMessageLength(termLength)))
            .sparse(true)
            .build();
    }

    static String subscription(final Endpoint at)
    {
        // An image that was lost must not come back under the same session: it would come back with a gap.
        return builder(at).rejoin(false).build();
    }

    static Endpoint resolve(final Endpoint endpoint)
    {
        if (endpoint.port() != 0)
        {
            return endpoint;
        }
        return endpoint.isIpc() ?
            new Endpoint(null, FIRST_IPC_NUMBER + Math.floorMod(NEXT_IPC.getAndIncrement(), IPC_NUMBERS)) :
            new Endpoint(endpoint.host(), freePort(endpoint.host()));
    }

    static boolean isLoopback(final String host)
    {
        return "localhost".equals(host) || host.startsWith("127.") || "::1".equals(host) || "[::1]".equals(host);
    }

    private static ChannelUriStringBuilder builder(final Endpoint endpoint)
    {
        return endpoint.isIpc() ?
            new ChannelUriStringBuilder().media(CommonContext.IPC_MEDIA) :
            new ChannelUriStringBuilder().media(CommonContext.UDP_MEDIA).endpoint(endpoint.host() + ":" + endpoint.port());
    }

    private static int freePort(final String host)
    {
        IOException last = null;
        for (int i = 0; i < PORT_ATTEMPTS; i++)
        {
            final int port = FIRST_PORT + Math.floorMod(NEXT_PORT.getAndIncrement(), PORTS);
            try (DatagramSocket socket = new DatagramSocket(null))
            {
                socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
                return port;
            }
            catch (final IOException ex)
            {
                last = ex;
            }
        }
        throw new IllegalStateException("no free UDP port for " + host + " after " + PORT_ATTEMPTS + " attempts", last);
    }
}
