package io.syncline.simulator;

import io.syncline.stream.Endpoint;
import io.syncline.stream.Inbound;
import io.syncline.stream.Outbound;
import io.syncline.stream.Streams;

/** The simulated network as streams that pass time themselves, so that it can be held to the contract of all streams. */
public final class SimulatedStreams implements Streams
{
    /** Longer than any frame takes. */
    private static final long STEP_NS = 1_000_000;

    private final SimClock clock = new SimClock();
    private final Streams streams;

    /** @param windowFrames frames under way in a session at most */
    public SimulatedStreams(final int windowFrames)
    {
        final SimNetwork network = new SimNetwork(clock, new SimRandom(1, 5), new SimTrace(clock, null));
        network.windowFrames(windowFrames);
        streams = network.node("simulated", (streamId, dueNs) -> { });
    }

    @Override
    public Outbound connect(final Endpoint to, final int streamId)
    {
        return streams.connect(to, streamId);
    }

    @Override
    public Inbound listen(final Endpoint at, final int streamId)
    {
        return streams.listen(at, streamId);
    }

    @Override
    public Endpoint resolve(final Endpoint endpoint)
    {
        return streams.resolve(endpoint);
    }

    @Override
    public int doWork()
    {
        clock.advanceTo(clock.nowNs() + STEP_NS);
        return streams.doWork();
    }

    @Override
    public void close()
    {
        streams.close();
    }
}
