package io.syncline.stream;

import io.syncline.protocol.Codes;
import org.agrona.DirectBuffer;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Streams within one thread, for tests: deterministic, without time, and with hooks for everything that a network does
 * to frames. One object stands for the whole network; every node under test gets its own face of it from {@link
 * #node(String)}, so that a hook can tell who sends. The object itself is the face of a node named "test".
 * <p>
 * A frame is taken by the network at once and waits at its listener, in the order of its writer; listeners serve their
 * writers in turn, in the order of their first frame. Frames kept back with {@link #holdBack} come when {@link
 * #release()} says so.
 */
public final class MemoryStreams implements Streams
{
    /** Largest frame of these streams. */
    public static final int MAX_FRAME_LENGTH = 512 * 1024;

    private static final int DEFAULT_WINDOW_FRAMES = 1024;

    /** Chooses frames or connections by who sends, to whom, on which stream. */
    @FunctionalInterface
    public interface Rule
    {
        /**
         * @param from     node that sends
         * @param to       where it sends to
         * @param streamId one of {@link StreamIds}
         * @return true when the rule applies
         */
        boolean test(String from, Endpoint to, int streamId);
    }

    private static final Rule NEVER = (from, to, streamId) -> false;

    private final Map<Endpoint, Int2ObjectHashMap<Listener>> listeners = new HashMap<>();
    private final List<Channel> heldBackChannels = new ArrayList<>();
    private final Node self = new Node("test");
    private int windowFrames = DEFAULT_WINDOW_FRAMES;
    private int nextPort = 20000;
    private int nextIpc = 1;
    private Rule cut = NEVER;
    private Rule drop = NEVER;
    private Rule refuse = NEVER;
    private Rule holdBack = NEVER;

    /**
     * @param name of a node
     * @return that node's face of this network; closing it closes the node's streams only
     */
    public Streams node(final String name)
    {
        return new Node(name);
    }

    /**
     * @param windowFrames frames of one writer that wait unread before it is told BACK_PRESSURED
     * @return this
     */
    public MemoryStreams windowFrames(final int windowFrames)
    {
        this.windowFrames = windowFrames;
        return this;
    }

    /**
     * Cuts connections: the writer is told NOT_CONNECTED, the listener no longer counts it, frames under way are lost.
     *
     * @param rule replaces the one before
     */
    public void cut(final Rule rule)
    {
        cut = rule;
        for (final Int2ObjectHashMap<Listener> byStream : listeners.values())
        {
            for (final Listener listener : byStream.values())
            {
                listener.loseCut();
            }
        }
    }

    /**
     * Loses frames silently: the writer believes they are on their way.
     *
     * @param rule replaces the one before
     */
    public void drop(final Rule rule)
    {
        drop = rule;
    }

    /**
     * Refuses frames with BACK_PRESSURED.
     *
     * @param rule replaces the one before
     */
    public void refuse(final Rule rule)
    {
        refuse = rule;
    }

    /**
     * Delays frames until {@link #release()}; a writer's later frames wait behind them.
     *
     * @param rule replaces the one before
     */
    public void holdBack(final Rule rule)
    {
        holdBack = rule;
    }

    /** Lets every frame kept back go on its way, and keeps no more. */
    public void release()
    {
        holdBack = NEVER;
        for (final Channel channel : heldBackChannels)
        {
            channel.frames.addAll(channel.heldBack);
            channel.heldBack.clear();
        }
        heldBackChannels.clear();
    }

    /** Takes all rules back. */
    public void heal()
    {
        cut = NEVER;
        drop = NEVER;
        refuse = NEVER;
        release();
    }

    @Override
    public Outbound connect(final Endpoint to, final int streamId)
    {
        return self.connect(to, streamId);
    }

    @Override
    public Inbound listen(final Endpoint at, final int streamId)
    {
        return self.listen(at, streamId);
    }

    @Override
    public Endpoint resolve(final Endpoint endpoint)
    {
        if (endpoint.port() != 0)
        {
            return endpoint;
        }
        return endpoint.isIpc() ? new Endpoint(null, nextIpc++) : new Endpoint(endpoint.host(), nextPort++);
    }

    @Override
    public int doWork()
    {
        return 0;
    }

    @Override
    public void close()
    {
        self.close();
    }

    private Listener find(final Endpoint at, final int streamId)
    {
        final Int2ObjectHashMap<Listener> byStream = listeners.get(at);
        return byStream == null ? null : byStream.get(streamId);
    }

    private final class Node implements Streams
    {
        private final String name;
        private final List<AutoCloseable> opened = new ArrayList<>();

        private Node(final String name)
        {
            this.name = name;
        }

        @Override
        public Outbound connect(final Endpoint to, final int streamId)
        {
            final Writer writer = new Writer(this, to, streamId);
            opened.add(writer);
            return writer;
        }

        @Override
        public Inbound listen(final Endpoint at, final int streamId)
        {
            final Int2ObjectHashMap<Listener> byStream = listeners.computeIfAbsent(at, (e) -> new Int2ObjectHashMap<>());
            if (byStream.containsKey(streamId))
            {
                throw new IllegalStateException(at + " stream " + streamId + " has a listener already");
            }
            final Listener listener = new Listener(this, at, streamId);
            byStream.put(streamId, listener);
            opened.add(listener);
            return listener;
        }

        @Override
        public Endpoint resolve(final Endpoint endpoint)
        {
            return MemoryStreams.this.resolve(endpoint);
        }

        @Override
        public int doWork()
        {
            return 0;
        }

        @Override
        public void close()
        {
            for (final AutoCloseable stream : List.copyOf(opened))
            {
                if (stream instanceof Writer writer)
                {
                    writer.close();
                }
                else if (stream instanceof Listener listener)
                {
                    listener.close();
                }
            }
        }
    }

    /** Frames of one writer at one listener. */
    private static final class Channel
    {
        private final Writer writer;
        private final ArrayDeque<byte[]> frames = new ArrayDeque<>();
        private final ArrayDeque<byte[]> heldBack = new ArrayDeque<>();

        private Channel(final Writer writer)
        {
            this.writer = writer;
        }
    }

    private final class Writer implements Outbound
    {
        private final Node node;
        private final Endpoint to;
        private final int streamId;
        private Listener listener;
        private Channel channel;
        private boolean isClosed;

        private Writer(final Node node, final Endpoint to, final int streamId)
        {
            this.node = node;
            this.to = to;
            this.streamId = streamId;
        }

        @Override
        public long offer(final DirectBuffer buffer, final int offset, final int length)
        {
            return offer(buffer, offset, length, buffer, 0, 0);
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
            final int length = headLength + bodyLength;
            if (length > MAX_FRAME_LENGTH)
            {
                throw new IllegalArgumentException("frame of " + length + " exceeds " + MAX_FRAME_LENGTH);
            }
            if (isClosed)
            {
                return Codes.CLOSED;
            }
            if (!isConnected())
            {
                return Codes.NOT_CONNECTED;
            }
            final int waiting = channel.frames.size() + channel.heldBack.size();
            if (waiting >= windowFrames || refuse.test(node.name, to, streamId))
            {
                return Codes.BACK_PRESSURED;
            }
            if (drop.test(node.name, to, streamId))
            {
                return length;
            }
            final byte[] frame = new byte[length];
            head.getBytes(headOffset, frame, 0, headLength);
            body.getBytes(bodyOffset, frame, headLength, bodyLength);
            if (!channel.heldBack.isEmpty() || holdBack.test(node.name, to, streamId))
            {
                if (channel.heldBack.isEmpty())
                {
                    heldBackChannels.add(channel);
                }
                channel.heldBack.add(frame);
            }
            else
            {
                channel.frames.add(frame);
            }
            return length;
        }

        @Override
        public int maxFrameLength()
        {
            return MAX_FRAME_LENGTH;
        }

        @Override
        public boolean isConnected()
        {
            if (isClosed || cut.test(node.name, to, streamId))
            {
                return false;
            }
            if (listener == null || listener.isClosed)
            {
                listener = find(to, streamId);
                if (listener == null)
                {
                    return false;
                }
                channel = new Channel(this);
                listener.channels.add(channel);
            }
            return true;
        }

        @Override
        public void close()
        {
            // What was accepted is still delivered, as Aeron does.
            isClosed = true;
            node.opened.remove(this);
        }
    }

    private final class Listener implements Inbound
    {
        private final Node node;
        private final Endpoint at;
        private final int streamId;
        private final List<Channel> channels = new ArrayList<>();
        private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
        private int roundRobin;
        private boolean isClosed;

        private Listener(final Node node, final Endpoint at, final int streamId)
        {
            this.node = node;
            this.at = at;
            this.streamId = streamId;
        }

        @Override
        public int poll(final FrameHandler handler, final int limit)
        {
            channels.removeIf((c) -> c.writer.isClosed && c.frames.isEmpty() && c.heldBack.isEmpty());
            final int channelCount = channels.size();
            int taken = 0;
            if (channelCount > 0)
            {
                final int start = roundRobin++ % channelCount;
                for (int i = 0; i < channelCount; i++)
                {
                    final Channel channel = channels.get((start + i) % channelCount);
                    while (taken < limit && !channel.frames.isEmpty())
                    {
                        // Off the queue before the call: a frame whose handler throws counts as taken.
                        final byte[] frame = channel.frames.poll();
                        view.wrap(frame);
                        if (!handler.onFrame(view, 0, frame.length))
                        {
                            channel.frames.addFirst(frame);
                            return taken;
                        }
                        taken++;
                    }
                }
            }
            return taken;
        }

        @Override
        public int connectedCount()
        {
            int count = 0;
            for (final Channel channel : channels)
            {
                final Writer writer = channel.writer;
                if (!writer.isClosed && !cut.test(writer.node.name, at, streamId))
                {
                    count++;
                }
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
                listeners.get(at).remove(streamId);
                node.opened.remove(this);
            }
        }

        private void loseCut()
        {
            for (final Channel channel : channels)
            {
                if (cut.test(channel.writer.node.name, at, streamId))
                {
                    channel.frames.clear();
                    channel.heldBack.clear();
                }
            }
        }
    }
}
