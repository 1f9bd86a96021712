package io.syncline.stream;

/** Streams that do something around others, and else are those. */
public abstract class StreamsAround implements Streams
{
    private final Streams streams;

    /** @param streams around which; closed with this */
    protected StreamsAround(final Streams streams)
    {
        this.streams = streams;
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
        return streams.doWork();
    }

    @Override
    public void await(final long timeoutNs)
    {
        streams.await(timeoutNs);
    }

    @Override
    public boolean isWokenByArrivals()
    {
        return streams.isWokenByArrivals();
    }

    @Override
    public void wake()
    {
        streams.wake();
    }

    @Override
    public void close()
    {
        streams.close();
    }
}
