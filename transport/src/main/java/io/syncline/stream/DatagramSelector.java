package io.syncline.stream;

import io.aeron.CommonContext;
import io.aeron.driver.DataPacketDispatcher;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.media.ReceiveChannelEndpoint;
import io.aeron.driver.media.SendChannelEndpoint;
import io.aeron.driver.media.UdpChannel;
import org.agrona.concurrent.status.AtomicCounter;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Knows which sockets of an invoked driver hold a datagram, and sleeps until one does. A driver reads a socket only
 * when it was found to hold something, one datagram each time: a call into the kernel for all sockets instead of one
 * for each.
 * <p>
 * Sockets register as the driver opens them and leave as it closes them. Everything belongs to the thread that turns
 * the driver, but for {@link #wake}.
 */
final class DatagramSelector implements AutoCloseable
{
    private static final Consumer<SelectionKey> HOLDS_DATAGRAM = (key) -> ((Readiness)key.attachment()).isReadable = true;

    /** Of one socket, as of the last poll and until it was read. */
    private static final class Readiness
    {
        private boolean isReadable;

        boolean take()
        {
            final boolean wasReadable = isReadable;
            isReadable = false;
            return wasReadable;
        }
    }

    private final Selector selector;
    private final Refusals refusals;
    private boolean isLookDue;
    private boolean hasAwaited;

    /** @param refusals counted here */
    DatagramSelector(final Refusals refusals)
    {
        this.refusals = refusals;
        try
        {
            selector = Selector.open();
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("no selector for a driver's sockets", ex);
        }
    }

    /** @return the context, whose driver will open sockets that this one watches */
    MediaDriver.Context watch(final MediaDriver.Context context)
    {
        return context.receiveChannelEndpointSupplier(Receiving::new).sendChannelEndpointSupplier(Sending::new);
    }

    /**
     * The driver is about to be turned. Which sockets hold a datagram is looked up when it comes to its first socket,
     * which is after it has sent: what it sends to a socket of its own is received in the same turn. What
     * {@link #await} has found is not looked up again.
     */
    void beginTurn()
    {
        isLookDue = !hasAwaited;
        hasAwaited = false;
    }

    /** Sleeps until one of the sockets holds a datagram, or somebody wakes it. */
    void await(final long timeoutNs)
    {
        try
        {
            selector.select(HOLDS_DATAGRAM, Math.max(1, TimeUnit.NANOSECONDS.toMillis(timeoutNs)));
            hasAwaited = true;
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot wait for datagrams", ex);
        }
    }

    /** Ends {@link #await}, or the next one. Any thread, also when closed. */
    void wake()
    {
        selector.wakeup();
    }

    @Override
    public void close()
    {
        try
        {
            selector.close();
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot close the selector of a driver's sockets", ex);
        }
    }

    private boolean holdsDatagram(final Readiness readiness)
    {
        if (isLookDue)
        {
            isLookDue = false;
            look("cannot look for datagrams");
        }
        return readiness.take();
    }

    private void look(final String failure)
    {
        try
        {
            selector.selectNow(HOLDS_DATAGRAM);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(failure, ex);
        }
    }

    private void register(final DatagramChannel channel, final Readiness readiness)
    {
        try
        {
            channel.register(selector, SelectionKey.OP_READ, readiness);
        }
        catch (final ClosedChannelException ex)
        {
            throw new UncheckedIOException("a socket of the driver was closed as it was opened", ex);
        }
    }

    /** Until the selector has, the kernel keeps a closed socket's port. */
    private void letGo()
    {
        look("cannot let go of a closed socket");
    }

    private final class Receiving extends ReceiveChannelEndpoint
    {
        private final Readiness readiness = new Readiness();

        Receiving(
            final UdpChannel channel, final DataPacketDispatcher dispatcher, final AtomicCounter statusIndicator,
            final MediaDriver.Context context)
        {
            super(channel, dispatcher, statusIndicator, context);
        }

        @Override
        public void openDatagramChannel(final AtomicCounter statusIndicator)
        {
            super.openDatagramChannel(statusIndicator);
            register(receiveDatagramChannel, readiness);
        }

        @Override
        public InetSocketAddress receive(final ByteBuffer buffer)
        {
            return holdsDatagram(readiness) ? super.receive(buffer) : null;
        }

        @Override
        public void close()
        {
            super.close();
            letGo();
        }
    }

    /**
     * Connected to the other end, and so the kernel tells it when nobody listens there: once, to whichever call comes
     * next. Aeron passes over that, in both.
     */
    private final class Sending extends SendChannelEndpoint
    {
        private final Readiness readiness = new Readiness();
        private final String endpoint;
        private AtomicLong refused;

        Sending(final UdpChannel channel, final AtomicCounter statusIndicator, final MediaDriver.Context context)
        {
            super(channel, statusIndicator, context);
            endpoint = channel.channelUri().get(CommonContext.ENDPOINT_PARAM_NAME, "");
        }

        @Override
        public void openDatagramChannel(final AtomicCounter statusIndicator)
        {
            super.openDatagramChannel(statusIndicator);
            register(receiveDatagramChannel, readiness);
            refused = refusals.open(endpoint);
        }

        @Override
        public InetSocketAddress receive(final ByteBuffer buffer)
        {
            if (!holdsDatagram(readiness) || !receiveDatagramChannel.isOpen())
            {
                return null;
            }
            buffer.clear();
            try
            {
                return (InetSocketAddress)receiveDatagramChannel.receive(buffer);
            }
            catch (final PortUnreachableException ex)
            {
                refused.incrementAndGet();
                return null;
            }
            catch (final IOException ex)
            {
                throw new UncheckedIOException("cannot read from " + endpoint, ex);
            }
        }

        @Override
        public int send(final ByteBuffer buffer)
        {
            if (!sendDatagramChannel.isConnected())
            {
                // Several destinations, or none yet: Aeron's own affair.
                return super.send(buffer);
            }
            sendHook(buffer, connectAddress);
            try
            {
                return sendDatagramChannel.write(buffer);
            }
            catch (final PortUnreachableException ex)
            {
                refused.incrementAndGet();
            }
            catch (final IOException ex)
            {
                onSendError(ex, connectAddress, errorHandler);
            }
            return 0;
        }

        @Override
        public void close()
        {
            super.close();
            if (refused != null)
            {
                refusals.close(endpoint, refused);
            }
            letGo();
        }
    }
}
