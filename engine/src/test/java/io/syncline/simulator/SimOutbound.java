package io.syncline.simulator;

import io.syncline.protocol.Codes;
import io.syncline.stream.Endpoint;
import io.syncline.stream.Outbound;
import org.agrona.DirectBuffer;

/** Writes to one endpoint and stream of a {@link SimNetwork}. */
final class SimOutbound implements Outbound
{
    private final SimNetwork network;
    private final SimStreams node;
    private final SimNetwork.ListenerId id;
    private final int to;
    SimChannel channel;
    private SimInbound listener;
    private boolean isClosed;
    private long refusals;

    SimOutbound(final SimNetwork network, final SimStreams node, final Endpoint to, final int streamId)
    {
        this.network = network;
        this.node = node;
        this.id = new SimNetwork.ListenerId(to, streamId);
        this.to = network.indexOf(to.host());
    }

    boolean isClosed()
    {
        return isClosed;
    }

    @Override
    public long offer(final DirectBuffer buffer, final int offset, final int length)
    {
        return offer(buffer, offset, length, buffer, 0, 0);
    }

    @Override
    public long offer(
        final DirectBuffer head, final int headOffset, final int headLength,
        final DirectBuffer body, final int bodyOffset, final int bodyLength)
    {
        final int length = headLength + bodyLength;
        if (length > SimNetwork.MAX_FRAME_LENGTH)
        {
            throw new IllegalArgumentException("frame of " + length + " exceeds " + SimNetwork.MAX_FRAME_LENGTH);
        }
        if (isClosed)
        {
            return Codes.CLOSED;
        }
        if (!isConnected())
        {
            return Codes.NOT_CONNECTED;
        }
        final int refused = network.refusal(channel);
        if (refused < 0)
        {
            return refused;
        }
        final byte[] bytes = new byte[length];
        head.getBytes(headOffset, bytes, 0, headLength);
        body.getBytes(bodyOffset, bytes, headLength, bodyLength);
        network.onWritten(id.streamId(), bytes);
        if (!network.isLost(node.index(), to))
        {
            network.corrupt(bytes, headLength);
            listener.onFrameUnderWay(network.send(channel, network.shortened(bytes)));
        }
        return length;
    }

    @Override
    public int maxFrameLength()
    {
        return SimNetwork.MAX_FRAME_LENGTH;
    }

    @Override
    public boolean isConnected()
    {
        if (isClosed || network.isDisconnected(node.index(), to))
        {
            return false;
        }
        if (listener == null || listener.isClosed())
        {
            listener = network.listener(id);
            if (listener == null)
            {
                // The host is there, and no process at that port.
                refusals += network.isCut(node.index(), to) || network.isCut(to, node.index()) ? 0 : 1;
                return false;
            }
            channel = new SimChannel(node.index(), this);
            listener.add(channel);
        }
        return true;
    }

    @Override
    public long refusals()
    {
        return refusals;
    }

    @Override
    public void close()
    {
        isClosed = true;
        node.onClosed(this);
    }
}
