package io.syncline.stream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/** A wire between one sender and one receiver that can be cut; whoever uses it turns it. */
final class UdpRelay implements AutoCloseable
{
    private final DatagramChannel front = open();
    private final DatagramChannel back = open();
    private final ByteBuffer buffer = ByteBuffer.allocate(65_536);
    private final SocketAddress receiver;
    private SocketAddress sender;
    private boolean isCut;

    UdpRelay(final Endpoint receiver) throws IOException
    {
        this.receiver = new InetSocketAddress(InetAddress.getByName(receiver.host()), receiver.port());
    }

    /** @return where the sender sends to */
    Endpoint endpoint() throws IOException
    {
        return new Endpoint("127.0.0.1", ((InetSocketAddress)front.getLocalAddress()).getPort());
    }

    void cut(final boolean cut)
    {
        isCut = cut;
    }

    /** Passes on, or drops, whatever has come. */
    boolean turn()
    {
        try
        {
            SocketAddress source = receive(front);
            while (source != null)
            {
                sender = source;
                send(back, receiver);
                source = receive(front);
            }
            while (receive(back) != null)
            {
                send(front, sender);
            }
            return true;
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    @Override
    public void close() throws IOException
    {
        front.close();
        back.close();
    }

    private SocketAddress receive(final DatagramChannel channel) throws IOException
    {
        buffer.clear();
        return channel.receive(buffer);
    }

    private void send(final DatagramChannel channel, final SocketAddress to) throws IOException
    {
        if (!isCut && to != null)
        {
            buffer.flip();
            channel.send(buffer, to);
        }
    }

    private static DatagramChannel open() throws IOException
    {
        final DatagramChannel channel = DatagramChannel.open();
        channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        channel.configureBlocking(false);
        return channel;
    }
}
