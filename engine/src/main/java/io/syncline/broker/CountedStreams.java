package io.syncline.broker;

import io.syncline.protocol.Codes;
import io.syncline.stream.Endpoint;
import io.syncline.stream.FrameHandler;
import io.syncline.stream.Inbound;
import io.syncline.stream.Outbound;
import io.syncline.stream.StreamIds;
import io.syncline.stream.Streams;
import io.syncline.stream.StreamsAround;
import org.agrona.DirectBuffer;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.concurrent.status.AtomicCounter;

/**
 * A broker's streams, counted by conversation: frames sent, offers refused because the stream was full, frames
 * received. Each conversation has one user in a broker, and so each counter one writer.
 */
final class CountedStreams extends StreamsAround
{
    private static final int[] OUTBOUND = {
        StreamIds.LIVE, StreamIds.BULK, StreamIds.CONTROL, StreamIds.HEARTBEAT, StreamIds.RESPONSE, StreamIds.PRODUCE_ACK,
        StreamIds.DELIVER};
    private static final int[] INBOUND = {
        StreamIds.REQUEST, StreamIds.PRODUCE, StreamIds.FETCH, StreamIds.LIVE, StreamIds.BULK, StreamIds.CONTROL,
        StreamIds.HEARTBEAT};

    private final Int2ObjectHashMap<AtomicCounter> sent = new Int2ObjectHashMap<>();
    private final Int2ObjectHashMap<AtomicCounter> refused = new Int2ObjectHashMap<>();
    private final Int2ObjectHashMap<AtomicCounter> received = new Int2ObjectHashMap<>();

    /**
     * @param streams  counted; closed with this
     * @param counters of the broker
     */
    CountedStreams(final Streams streams, final BrokerCounters counters)
    {
        super(streams);
        for (final int id : OUTBOUND)
        {
            sent.put(id, counters.stream("sent " + name(id), BrokerCounters.SENT_TYPE_ID, id));
            refused.put(id, counters.stream("refused " + name(id), BrokerCounters.REFUSED_TYPE_ID, id));
        }
        for (final int id : INBOUND)
        {
            received.put(id, counters.stream("received " + name(id), BrokerCounters.RECEIVED_TYPE_ID, id));
        }
    }

    @Override
    public Outbound connect(final Endpoint to, final int streamId)
    {
        final Outbound outbound = super.connect(to, streamId);
        return sent.containsKey(streamId) ?
            new CountedOutbound(outbound, sent.get(streamId), refused.get(streamId)) : outbound;
    }

    @Override
    public Inbound listen(final Endpoint at, final int streamId)
    {
        final Inbound inbound = super.listen(at, streamId);
        return received.containsKey(streamId) ? new CountedInbound(inbound, received.get(streamId)) : inbound;
    }

    /**
     * @param streamId one of {@link StreamIds}
     * @return its name for people
     */
    static String name(final int streamId)
    {
        return switch (streamId)
        {
            case StreamIds.REQUEST -> "request";
            case StreamIds.PRODUCE -> "produce";
            case StreamIds.FETCH -> "fetch";
            case StreamIds.RESPONSE -> "response";
            case StreamIds.PRODUCE_ACK -> "produce-ack";
            case StreamIds.DELIVER -> "deliver";
            case StreamIds.LIVE -> "live";
            case StreamIds.BULK -> "bulk";
            case StreamIds.CONTROL -> "control";
            case StreamIds.HEARTBEAT -> "heartbeat";
            default -> Integer.toString(streamId);
        };
    }

    private record CountedOutbound(Outbound outbound, AtomicCounter sent, AtomicCounter refused) implements Outbound
    {
        @Override
        public long offer(final DirectBuffer buffer, final int offset, final int length)
        {
            return count(outbound.offer(buffer, offset, length));
        }

        @Override
        public long offer(
            final DirectBuffer head, final int headOffset, final int headLength,
            final DirectBuffer body, final int bodyOffset, final int bodyLength)
        {
            return count(outbound.offer(head, headOffset, headLength, body, bodyOffset, bodyLength));
        }

        @Override
        public int maxFrameLength()
        {
            return outbound.maxFrameLength();
        }

        @Override
        public boolean isConnected()
        {
            return outbound.isConnected();
        }

        @Override
        public long refusals()
        {
            return outbound.refusals();
        }

        @Override
        public void close()
        {
            outbound.close();
        }

        private long count(final long result)
        {
            if (result >= 0)
            {
                sent.incrementRelease();
            }
            else if (result == Codes.BACK_PRESSURED || result == Codes.ADMIN_ACTION)
            {
                refused.incrementRelease();
            }
            return result;
        }
    }

    private record CountedInbound(Inbound inbound, AtomicCounter received) implements Inbound
    {
        @Override
        public int poll(final FrameHandler handler, final int limit)
        {
            final int frames = inbound.poll(handler, limit);
            if (frames > 0)
            {
                received.getAndAddRelease(frames);
            }
            return frames;
        }

        @Override
        public int connectedCount()
        {
            return inbound.connectedCount();
        }

        @Override
        public void close()
        {
            inbound.close();
        }
    }
}
