package io.syncline.simulator;

import io.syncline.stream.Endpoint;
import io.syncline.stream.Inbound;
import io.syncline.stream.Outbound;
import io.syncline.stream.Streams;

import java.util.ArrayList;
import java.util.List;

/** One node's face of a {@link SimNetwork}. */
final class SimStreams implements Streams
{
    /** Learns when frames arrive. */
    @FunctionalInterface
    interface Waker
    {
        void onFrame(int streamId, long dueNs);
    }

    private final SimNetwork network;
    private final int index;
    private final Waker waker;
    private final List<SimInbound> inbound = new ArrayList<>();
    private final List<SimOutbound> outbound = new ArrayList<>();

    SimStreams(final SimNetwork network, final int index, final Waker waker)
    {
        this.network = network;
        this.index = index;
        this.waker = waker;
    }

    int index()
    {
        return index;
    }

    void wake(final int streamId, final long dueNs)
    {
        waker.onFrame(streamId, dueNs);
    }

    /**
     * @param streamIds bits of the streams asked for, by {@link SimNetwork#bit}
     * @return when there is something to poll, perhaps; not later
     */
    long nextDueNs(final long streamIds)
    {
        long nextNs = SimInbound.NEVER_NS;
        for (int i = 0; i < inbound.size(); i++)
        {
            final SimInbound each = inbound.get(i);
            if ((SimNetwork.bit(each.streamId()) & streamIds) != 0)
            {
                nextNs = Math.min(nextNs, each.nextDueNs());
            }
        }
        return nextNs;
    }

    void onClosed(final SimInbound closed)
    {
        inbound.remove(closed);
    }

    void onClosed(final SimOutbound closed)
    {
        outbound.remove(closed);
    }

    @Override
    public Outbound connect(final Endpoint to, final int streamId)
    {
        final SimOutbound writer = new SimOutbound(network, this, to, streamId);
        outbound.add(writer);
        return writer;
    }

    @Override
    public Inbound listen(final Endpoint at, final int streamId)
    {
        final SimInbound listener = network.listen(this, at, streamId);
        inbound.add(listener);
        return listener;
    }

    @Override
    public Endpoint resolve(final Endpoint endpoint)
    {
        return network.resolve(endpoint);
    }

    @Override
    public int doWork()
    {
        return 0;
    }

    @Override
    public void close()
    {
        List.copyOf(outbound).forEach(SimOutbound::close);
        List.copyOf(inbound).forEach(SimInbound::close);
    }
}
