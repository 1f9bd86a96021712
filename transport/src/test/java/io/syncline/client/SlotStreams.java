package io.syncline.client;

import io.syncline.protocol.Codes;
import io.syncline.stream.Endpoint;
import io.syncline.stream.FrameHandler;
import io.syncline.stream.Inbound;
import io.syncline.stream.Outbound;
import io.syncline.stream.Streams;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.HashMap;
import java.util.Map;

/** Streams in fixed slots that allocate nothing once opened, to measure what clients allocate. */
final class SlotStreams implements Streams
{
    private static final int SLOTS = 64;
    private static final int SLOT_LENGTH = 64 * 1024;

    private final Map<String, Channel> channels = new HashMap<>();
    private int nextPort = 20_000;

    @Override
    public Outbound connect(final Endpoint to, final int streamId)
    {
        return channel(to, streamId);
    }

    @Override
    public Inbound listen(final Endpoint at, final int streamId)
    {
        return channel(at, streamId);
    }

    @Override
    public Endpoint resolve(final Endpoint endpoint)
    {
        return endpoint.port() == 0 ? new Endpoint(endpoint.host(), nextPort++) : endpoint;
    }

    @Override
    public int doWork()
    {
        return 0;
    }

    @Override
    public void close()
    {
    }

    private Channel channel(final Endpoint endpoint, final int streamId)
    {
        return channels.computeIfAbsent(endpoint + "/" + streamId, (name) -> new Channel());
    }

    private static final class Channel implements Inbound, Outbound
    {
        private final UnsafeBuffer[] slots = new UnsafeBuffer[SLOTS];
        private final int[] lengths = new int[SLOTS];
        private long head;
        private long tail;

        private Channel()
        {
            for (int i = 0; i < SLOTS; i++)
            {
                slots[i] = new UnsafeBuffer(new byte[SLOT_LENGTH]);
            }
        }

        @Override
        public int poll(final FrameHandler handler, final int limit)
        {
            int taken = 0;
            while (taken < limit && head < tail)
            {
                final int slot = (int)(head % SLOTS);
                if (!handler.onFrame(slots[slot], 0, lengths[slot]))
                {
                    break;
                }
                head++;
                taken++;
            }
            return taken;
        }

        @Override
        public long offer(final DirectBuffer buffer, final int offset, final int length)
        {
            return offer(buffer, offset, length, buffer, 0, 0);
        }

        @Override
        public long offer(final DirectBuffer first, final int firstOffset, final int firstLength,
            final DirectBuffer body, final int bodyOffset, final int bodyLength)
        {
            if (tail - head == SLOTS)
            {
                return Codes.BACK_PRESSURED;
            }
            final int slot = (int)(tail % SLOTS);
            slots[slot].putBytes(0, first, firstOffset, firstLength);
            slots[slot].putBytes(firstLength, body, bodyOffset, bodyLength);
            lengths[slot] = firstLength + bodyLength;
            return tail++;
        }

        @Override
        public int connectedCount()
        {
            return 1;
        }

        @Override
        public int maxFrameLength()
        {
            return SLOT_LENGTH;
        }

        @Override
        public boolean isConnected()
        {
            return true;
        }

        @Override
        public void close()
        {
        }
    }
}
