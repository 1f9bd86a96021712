package io.syncline.stream;

import io.syncline.protocol.Codes;
import org.agrona.DirectBuffer;

import java.util.function.Predicate;

/**
 * Streams behind a gate, to cut a node off from others while it runs: an embedded cluster isolates a broker with it,
 * over IPC as well as over UDP.
 * <p>
 * The gate is asked per frame, by the thread that uses the stream, with the endpoint a stream leads to or listens at.
 * While it is closed, offers return NOT_CONNECTED and frames that arrive are lost: to isolate a node it is enough to
 * close its own gate for every endpoint; to cut one link, each side closes its gate for the other's endpoint.
 */
public final class GatedStreams extends StreamsAround
{
    private final Predicate<Endpoint> isOpen;

    /**
     * @param streams behind the gate; closed with this
     * @param isOpen  asked with the endpoint of a stream; any thread may change its answer at any time
     */
    public GatedStreams(final Streams streams, final Predicate<Endpoint> isOpen)
    {
        super(streams);
        this.isOpen = isOpen;
    }

    @Override
    public Outbound connect(final Endpoint to, final int streamId)
    {
        return new GatedOutbound(super.connect(to, streamId), isOpen, to);
    }

    @Override
    public Inbound listen(final Endpoint at, final int streamId)
    {
        return new GatedInbound(super.listen(at, streamId), isOpen, at);
    }

    private record GatedOutbound(Outbound outbound, Predicate<Endpoint> isOpen, Endpoint to) implements Outbound
    {
        @Override
        public long offer(final DirectBuffer buffer, final int offset, final int length)
        {
            return isOpen.test(to) ? outbound.offer(buffer, offset, length) : Codes.NOT_CONNECTED;
        }

        @Override
        public long offer(
            final DirectBuffer head,
            final int headOffset,
            final int headLength,
            final DirectBuffer body,
            final int bodyOffset,
            final int bodyLength)
        {
            return isOpen.test(to) ?
                outbound.offer(head, headOffset, headLength, body, bodyOffset, bodyLength) : Codes.NOT_CONNECTED;
        }

        @Override
        public int maxFrameLength()
        {
            return outbound.maxFrameLength();
        }

        @Override
        public boolean isConnected()
        {
            return isOpen.test(to) && outbound.isConnected();
        }

        @Override
        public long refusals()
        {
            return isOpen.test(to) ? outbound.refusals() : 0;
        }

        @Override
        public void close()
        {
            outbound.close();
        }
    }

    private record GatedInbound(Inbound inbound, Predicate<Endpoint> isOpen, Endpoint at) implements Inbound
    {
        private static final FrameHandler LOSE = (buffer, offset, length) -> true;

        @Override
        public int poll(final FrameHandler handler, final int limit)
        {
            if (isOpen.test(at))
            {
                return inbound.poll(handler, limit);
            }
            inbound.poll(LOSE, limit);
            return 0;
        }

        @Override
        public int connectedCount()
        {
            return isOpen.test(at) ? inbound.connectedCount() : 0;
        }

        @Override
        public void close()
        {
            inbound.close();
        }
    }
}
