package io.syncline.stream;

import io.syncline.simulator.SimulatedStreams;

/** Holds the simulator's network to what Aeron does, where nothing is broken. */
class SimulatedStreamsTest extends StreamsContract
{
    private static final int WINDOW_FRAMES = 600;

    @Override
    Streams open()
    {
        return new SimulatedStreams(WINDOW_FRAMES);
    }

    @Override
    Endpoint anyEndpoint()
    {
        return new Endpoint("simulated", 0);
    }
}
