package io.syncline.simulator;

import io.syncline.protocol.Codes;
import io.syncline.stream.Endpoint;
import io.syncline.stream.FrameHandler;
import io.syncline.stream.Inbound;
import io.syncline.stream.Outbound;
import io.syncline.stream.Streams;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A network within one thread, ordered per session as Aeron is. Frames take time; sessions may break anywhere, and what an
 * old session carried may arrive late, beside its successor, or twice; links are cut in either direction.
 */
final class SimNetwork
{
    private static final int MAX_FRAME_LENGTH = 512 * 1024;
    private static final long NEVER_NS = Long.MAX_VALUE;

    /** How a cut shows to whoever writes. */
    private enum Cut
    {
        /** Repaired by the stream once the link is back. */
        STALLED,
        /** Taken and lost. */
        LOST,
        /** Known to be gone. */
        DISCONNECTED
    }

    private record ListenerId(Endpoint at, int streamId)
    {
    }

    private record Link(String from, String to)
    {
    }

    private final SimClock clock;
    private final SimRandom random;
    private final SimTrace trace;
    private final Map<ListenerId, Listener> listeners = new HashMap<>();
    private final Map<Link, Cut> cuts = new TreeMap<>(
        (a, b) -> a.from.equals(b.from) ? a.to.compareTo(b.to) : a.from.compareTo(b.from));
    private final List<Listener> all = new ArrayList<>();
    private long latencyMinNs = 50_000;
    private long latencyMaxNs = 500_000;
    private int lossPerMillion;
    private int refusePerMillion;
    private int windowFrames = 1024;
    private int nextPort = 20_000;
    private long nextDueNs = NEVER_NS;

    SimNetwork(final SimClock clock, final SimRandom random, final SimTrace trace)
    {
        this.clock = clock;
        this.random = random;
        this.trace = trace;
    }

    /** @return a node's face of the network; its streams lead to hosts named as nodes */
    Streams node(final String name)
    {
        return new Node(name);
    }

    void latency(final long minNs, final long maxNs)
    {
        latencyMinNs = minNs;
        latencyMaxNs = maxNs;
    }

    void loss(final int perMillion)
    {
        lossPerMillion = perMillion;
    }

    void refuse(final int perMillion)
    {
        refusePerMillion = perMillion;
    }

    void windowFrames(final int frames)
    {
        windowFrames = frames;
    }

    /** Cuts one direction. */
    void cut(final String from, final String to)
    {
        final Cut how = Cut.values()[random.nextInt(3)];
        cuts.put(new Link(from, to), how);
        if (how != Cut.STALLED)
        {
            for (final Listener listener : all)
            {
                for (final Channel channel : listener.channels)
                {
                    if (channel.from.equals(from) && listener.node.name.equals(to))
                    {
                        channel.frames.clear();
                    }
                }
            }
        }
    }

    void heal(final String from, final String to)
    {
        cuts.remove(new Link(from, to));
    }

    /** Whole again, quick and without loss. */
    void healAll()
    {
        cuts.clear();
        lossPerMillion = 0;
        refusePerMillion = 0;
        latency(50_000, 500_000);
    }

    /** Sessions between two nodes break: what was under way is lost, late or doubled. */
    void breakSessions(final String from, final String to)
    {
        for (final Listener listener : all)
        {
            if (!listener.node.name.equals(to))
            {
                continue;
            }
            for (final Channel channel : List.copyOf(listener.channels))
            {
                if (channel.from.equals(from) && !channel.isOld)
                {
                    breakSession(listener, channel);
                }
            }
        }
    }

    /** @return when the next frame arrives, as far as can be told cheaply */
    long nextDueNs()
    {
        return nextDueNs;
    }

    /** Called once each round, before anybody polls. */
    void beginRound()
    {
        nextDueNs = NEVER_NS;
        for (int i = 0, size = all.size(); i < size; i++)
        {
            final ArrayList<Channel> channels = all.get(i).channels;
            for (int j = 0, count = channels.size(); j < count; j++)
            {
                final Frame first = channels.get(j).frames.peekFirst();
                if (first != null)
                {
                    nextDueNs = Math.min(nextDueNs, Math.max(first.dueNs, clock.nowNs() + 20_000));
                }
            }
        }
    }

    private void breakSession(final Listener listener, final Channel channel)
    {
        channel.isOld = true;
        final Channel next = new Channel(channel.from, channel.writer);
        switch (random.nextInt(3))
        {
            case 0 -> channel.frames.clear();
            case 1 ->
            {
                // Late: the old session's frames come beside the new one's.
                final long laterNs = random.nextLong(200_000_000);
                channel.frames.forEach((frame) -> frame.dueNs += laterNs);
            }
            default ->
            {
                // Doubled.
                final long laterNs = random.nextLong(200_000_000);
                for (final Frame frame : channel.frames)
                {
                    next.frames.add(new Frame(frame.dueNs, frame.bytes));
                    next.lastDueNs = frame.dueNs;
                    frame.dueNs += laterNs;
                }
            }
        }
        listener.channels.add(next);
        if (channel.writer.channel == channel)
        {
            channel.writer.channel = next;
        }
    }

    private static final class Frame
    {
        private long dueNs;
        private final byte[] bytes;

        private Frame(final long dueNs, final byte[] bytes)
        {
            this.dueNs = dueNs;
            this.bytes = bytes;
        }
    }

    /** One session. */
    private static final class Channel
    {
        private final String from;
        private final Writer writer;
        private final ArrayDeque<Frame> frames = new ArrayDeque<>();
        private long lastDueNs;
        private boolean isOld;

        private Channel(final String from, final Writer writer)
        {
            this.from = from;
            this.writer = writer;
        }
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
            final ListenerId id = new ListenerId(at, streamId);
            final Listener listener = new Listener(this, id);
            if (listeners.putIfAbsent(id, listener) != null)
            {
                throw new IllegalStateException(id + " has a listener already");
            }
            all.add(listener);
            opened.add(listener);
            return listener;
        }

        @Override
        public Endpoint resolve(final Endpoint endpoint)
        {
            return endpoint.port() != 0 ? endpoint : new Endpoint(endpoint.host(), nextPort++);
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
                else
                {
                    ((Listener)stream).close();
                }
            }
        }
    }

    private final class Writer implements Outbound
    {
        private final Node node;
        private final Endpoint to;
        private final ListenerId id;
        private final Link link;
        private Listener listener;
        private Channel channel;
        private boolean isClosed;

        private Writer(final Node node, final Endpoint to, final int streamId)
        {
            this.node = node;
            this.to = to;
            this.id = new ListenerId(to, streamId);
            this.link = new Link(node.name, to.host());
        }

        @Override
        public long offer(final DirectBuffer buffer, final int offset, final int length)
        {
            return offer(buffer, offset, length, buffer, 0, 0);
        }

        @Override
        public long offer(
            final DirectBuffer head, final int headOffset, final int headLength,
            final DirectBuffer body, final int bodyOffset, final int bodyLength)
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
            if (channel.frames.size() >= windowFrames || random.chance(refusePerMillion))
            {
                return random.nextInt(4) == 0 ? Codes.ADMIN_ACTION : Codes.BACK_PRESSURED;
            }
            final Cut cut = cuts.isEmpty() ? null : cuts.get(link);
            if (cut == Cut.LOST || random.chance(lossPerMillion))
            {
                return length;
            }
            final byte[] bytes = new byte[length];
            head.getBytes(headOffset, bytes, 0, headLength);
            body.getBytes(bodyOffset, bytes, headLength, bodyLength);
            final long dueNs = Math.max(
                channel.lastDueNs, clock.nowNs() + random.between(latencyMinNs, latencyMaxNs));
            channel.lastDueNs = dueNs;
            channel.frames.add(new Frame(dueNs, bytes));
            nextDueNs = Math.min(nextDueNs, dueNs);
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
            if (isClosed || !cuts.isEmpty() && cuts.get(link) == Cut.DISCONNECTED)
            {
                return false;
            }
            if (listener == null || listener.isClosed)
            {
                listener = listeners.get(id);
                if (listener == null)
                {
                    return false;
                }
                channel = new Channel(node.name, this);
                listener.channels.add(channel);
            }
            return true;
        }

        @Override
        public void close()
        {
            isClosed = true;
            node.opened.remove(this);
        }
    }

    private final class Listener implements Inbound
    {
        private final Node node;
        private final ListenerId id;
        private final ArrayList<Channel> channels = new ArrayList<>();
        private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
        private int roundRobin;
        private boolean isClosed;

        private Listener(final Node node, final ListenerId id)
        {
            this.node = node;
            this.id = id;
        }

        @Override
        public int poll(final FrameHandler handler, final int limit)
        {
            int count = channels.size();
            if (count == 0)
            {
                return 0;
            }
            for (int i = count - 1; i >= 0; i--)
            {
                final Channel channel = channels.get(i);
                if (channel.frames.isEmpty() && (channel.isOld || channel.writer.isClosed))
                {
                    channels.remove(i);
                    count--;
                }
            }
            int taken = 0;
            final int start = roundRobin++;
            for (int i = 0; i < count && !isClosed; i++)
            {
                final Channel channel = channels.get((start + i) % count);
                if (channel.frames.isEmpty() || !cuts.isEmpty() && cuts.containsKey(new Link(channel.from, node.name)))
                {
                    continue;
                }
                while (taken < limit && !channel.frames.isEmpty() && channel.frames.peekFirst().dueNs <= clock.nowNs())
                {
                    final Frame frame = channel.frames.pollFirst();
                    view.wrap(frame.bytes);
                    trace.add(view, 0, frame.bytes.length);
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

        @Override
        public int connectedCount()
        {
            int count = 0;
            for (final Channel channel : channels)
            {
                count += !channel.writer.isClosed && !channel.isOld ? 1 : 0;
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
                listeners.remove(id);
                all.remove(this);
                node.opened.remove(this);
            }
        }
    }
}
