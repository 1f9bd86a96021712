package io.syncline.simulator;

import io.syncline.stream.FrameHandler;
import io.syncline.stream.Inbound;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayList;

/** Takes what is written to one endpoint and stream of a {@link SimNetwork}. */
final class SimInbound implements Inbound
{
    static final long NEVER_NS = Long.MAX_VALUE;

    private final SimNetwork network;
    private final SimStreams node;
    private final SimNetwork.ListenerId id;
    private final ArrayList<SimChannel> channels = new ArrayList<>();
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private long nextDueNs = NEVER_NS;
    private int roundRobin;
    private boolean isClosed;

    SimInbound(final SimNetwork network, final SimStreams node, final SimNetwork.ListenerId id)
    {
        this.network = network;
        this.node = node;
        this.id = id;
    }

    boolean isClosed()
    {
        return isClosed;
    }

    int index()
    {
        return node.index();
    }

    int streamId()
    {
        return id.streamId();
    }

    ArrayList<SimChannel> channels()
    {
        return channels;
    }

    /** @return when there is something to poll, perhaps; not later */
    long nextDueNs()
    {
        return nextDueNs;
    }

    void add(final SimChannel channel)
    {
        channels.add(channel);
    }

    void onFrameUnderWay(final long dueNs)
    {
        nextDueNs = Math.min(nextDueNs, dueNs);
        node.wake(id.streamId(), dueNs);
    }

    /** A cut was mended: what it held back is there. */
    void lookAgain()
    {
        onFrameUnderWay(network.nowNs());
    }

    @Override
    public int poll(final FrameHandler handler, final int limit)
    {
        if (nextDueNs > network.nowNs())
        {
            return 0;
        }
        nextDueNs = NEVER_NS;
        try
        {
            return take(handler, limit);
        }
        finally
        {
            lookAhead();
        }
    }

    private int take(final FrameHandler handler, final int limit)
    {
        int taken = 0;
        final int count = channels.size();
        final int start = roundRobin++;
        for (int i = 0; i < count && !isClosed; i++)
        {
            final SimChannel channel = channels.get((start + i) % count);
            if (network.isCut(channel.from, node.index()))
            {
                continue;
            }
            while (taken < limit && !channel.frames.isEmpty() && channel.frames.peekFirst().dueNs <= network.nowNs())
            {
                final SimChannel.Frame frame = channel.frames.pollFirst();
                network.onTaken(frame.bytes);
                view.wrap(frame.bytes);
                if (!handler.onFrame(view, 0, frame.bytes.length))
                {
                    channel.frames.addFirst(frame);
                    return taken;
                }
                taken++;
            }
        }
        return taken;
    }

    private void lookAhead()
    {
        for (int i = channels.size() - 1; i >= 0; i--)
        {
            final SimChannel channel = channels.get(i);
            final SimChannel.Frame first = channel.frames.peekFirst();
            if (first == null)
            {
                if (channel.isOld || channel.writer.isClosed())
                {
                    channels.remove(i);
                }
            }
            else if (!network.isCut(channel.from, node.index()))
            {
                nextDueNs = Math.min(nextDueNs, first.dueNs);
            }
        }
    }

    @Override
    public int connectedCount()
    {
        int count = 0;
        for (int i = 0; i < channels.size(); i++)
        {
            final SimChannel channel = channels.get(i);
            count += !channel.writer.isClosed() && !channel.isOld ? 1 : 0;
        }
        return count;
    }

    @Override
    public void close()
    {
        if (!isClosed)
        {
            isClosed = true;
            channels.clear();
            nextDueNs = NEVER_NS;
            network.onClosed(this, id);
            node.onClosed(this);
        }
    }
}
