package io.syncline.broker;

import io.syncline.stream.Streams;
import org.agrona.concurrent.Agent;

/** Turns the streams' own housekeeping and, where it has no thread, the media driver. Last on a shared data thread. */
final class StreamsAgent implements Agent
{
    private final int brokerId;
    private final Streams streams;

    StreamsAgent(final int brokerId, final Streams streams)
    {
        this.brokerId = brokerId;
        this.streams = streams;
    }

    @Override
    public int doWork()
    {
        return streams.doWork();
    }

    @Override
    public String roleName()
    {
        return "streams-" + brokerId;
    }
}
