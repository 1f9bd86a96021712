package io.syncline.simulator;

import io.syncline.protocol.Codes;
import io.syncline.stream.Endpoint;
import io.syncline.stream.StreamIds;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A network within one thread, ordered per session as Aeron is. Frames take time; sessions may break anywhere, and what
 * an old session carried may arrive late, beside its successor, or twice; links are cut in either direction.
 */
final class SimNetwork
{
    static final int MAX_FRAME_LENGTH = 512 * 1024;
    private static final int MAX_HOSTS = 64;

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

    /** A stream at an endpoint. */
    record ListenerId(Endpoint at, int streamId)
    {
    }

    /** Sees what is written, also what will be lost. */
    @FunctionalInterface
    interface Watcher
    {
        void onWritten(int streamId, byte[] frame);
    }

    private final SimClock clock;
    private final SimRandom random;
    private final SimTrace trace;
    private final Map<ListenerId, SimInbound> listeners = new HashMap<>();
    private final List<SimInbound> all = new ArrayList<>();
    private final Map<String, Integer> hosts = new HashMap<>();
    private final Set<Integer> plain = new HashSet<>();
    private final Cut[][] cuts = new Cut[MAX_HOSTS][MAX_HOSTS];
    private int cutCount;
    private long latencyMinNs = 50_000;
    private long latencyMaxNs = 500_000;
    private int lossPerMillion;
    private int refusePerMillion;
    private int corruptPerMillion;
    private int shortenPerMillion;
    private int windowFrames = 1024;
    private int nextPort = 20_000;
    private Watcher watcher = (streamId, frame) -> { };

    SimNetwork(final SimClock clock, final SimRandom random, final SimTrace trace)
    {
        this.clock = clock;
        this.random = random;
        this.trace = trace;
    }

    void watch(final Watcher newWatcher)
    {
        watcher = newWatcher;
    }

    void onWritten(final int streamId, final byte[] frame)
    {
        watcher.onWritten(streamId, frame);
    }

    /** @return the bit that stands for a stream */
    static long bit(final int streamId)
    {
        return 1L << streamId;
    }

    /**
     * @param name  of a node
     * @param waker told when frames will arrive at it
     * @return the node's face of the network; its streams lead to hosts named as nodes
     */
    SimStreams node(final String name, final SimStreams.Waker waker)
    {
        return new SimStreams(this, indexOf(name), waker);
    }

    /** What this host produces comes once at most: nobody could tell a second copy from a second record. */
    void plain(final String host)
    {
        plain.add(indexOf(host));
    }

    int indexOf(final String host)
    {
        return hosts.computeIfAbsent(host, (unused) -> hosts.size());
    }

    long nowNs()
    {
        return clock.nowNs();
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

    void corrupt(final int perMillion)
    {
        corruptPerMillion = perMillion;
    }

    void shorten(final int perMillion)
    {
        shortenPerMillion = perMillion;
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
    void cut(final String fromHost, final String toHost)
    {
        final Cut how = Cut.values()[random.nextInt(3)];
        final int from = indexOf(fromHost);
        final int to = indexOf(toHost);
        cutCount += cuts[from][to] == null ? 1 : 0;
        cuts[from][to] = how;
        if (how != Cut.STALLED)
        {
            for (final SimInbound listener : all)
            {
                for (final SimChannel channel : listener.channels())
                {
                    if (channel.from == from && listener.index() == to)
                    {
                        channel.frames.clear();
                    }
                }
            }
        }
    }

    void heal(final String fromHost, final String toHost)
    {
        final int from = indexOf(fromHost);
        final int to = indexOf(toHost);
        if (cuts[from][to] != null)
        {
            cuts[from][to] = null;
            cutCount--;
            for (final SimInbound listener : all)
            {
                if (listener.index() == to)
                {
                    listener.lookAgain();
                }
            }
        }
    }

    /** Whole again, quick and without loss. */
    void healAll()
    {
        for (final Cut[] row : cuts)
        {
            Arrays.fill(row, null);
        }
        cutCount = 0;
        all.forEach(SimInbound::lookAgain);
        healFrames();
    }

    /** What is not cut is quick and loses nothing. */
    void healFrames()
    {
        lossPerMillion = 0;
        refusePerMillion = 0;
        corruptPerMillion = 0;
        shortenPerMillion = 0;
        latency(50_000, 500_000);
    }

    /** Sessions between two nodes break: what was under way is lost, late or doubled, so late at most. */
    void breakSessions(final String fromHost, final String toHost, final long lateNs)
    {
        final int from = indexOf(fromHost);
        final int to = indexOf(toHost);
        for (final SimInbound listener : all)
        {
            if (listener.index() != to)
            {
                continue;
            }
            for (final SimChannel channel : List.copyOf(listener.channels()))
            {
                if (channel.from == from && !channel.isOld)
                {
                    breakSession(listener, channel, lateNs);
                }
            }
        }
    }

    private void breakSession(final SimInbound listener, final SimChannel channel, final long lateNs)
    {
        channel.isOld = true;
        final SimChannel next = new SimChannel(channel.from, channel.writer);
        final long laterNs = random.nextLong(lateNs + 1);
        switch (listener.streamId() == StreamIds.PRODUCE && plain.contains(channel.from) ? random.nextInt(2) : random.nextInt(3))
        {
            case 0 -> channel.frames.clear();
            case 1 ->
            {
                // Late: the old session's frames come beside the new one's.
                channel.frames.forEach((frame) -> frame.dueNs += laterNs);
            }
            default ->
            {
                // Doubled.
                for (final SimChannel.Frame frame : channel.frames)
                {
                    next.add(frame.dueNs, frame.bytes);
                    frame.dueNs += laterNs;
                }
            }
        }
        listener.add(next);
        if (channel.writer.channel == channel)
        {
            channel.writer.channel = next;
        }
    }

    SimInbound listen(final SimStreams node, final Endpoint at, final int streamId)
    {
        final ListenerId id = new ListenerId(at, streamId);
        final SimInbound listener = new SimInbound(this, node, id);
        if (listeners.putIfAbsent(id, listener) != null)
        {
            throw new IllegalStateException(id + " has a listener already");
        }
        all.add(listener);
        return listener;
    }

    SimInbound listener(final ListenerId id)
    {
        return listeners.get(id);
    }

    void onClosed(final SimInbound listener, final ListenerId id)
    {
        listeners.remove(id);
        all.remove(listener);
    }

    Endpoint resolve(final Endpoint endpoint)
    {
        return endpoint.port() != 0 ? endpoint : new Endpoint(endpoint.host(), nextPort++);
    }

    boolean isCut(final int from, final int to)
    {
        return cutCount > 0 && cuts[from][to] != null;
    }

    boolean isDisconnected(final int from, final int to)
    {
        return cutCount > 0 && cuts[from][to] == Cut.DISCONNECTED;
    }

    /** @return true when what is written now will never arrive */
    boolean isLost(final int from, final int to)
    {
        return cutCount > 0 && cuts[from][to] == Cut.LOST || random.chance(lossPerMillion);
    }

    /** @return a code where a frame is not taken now, else 0 */
    int refusal(final SimChannel channel)
    {
        if (channel.frames.size() >= windowFrames || random.chance(refusePerMillion))
        {
            return random.nextInt(4) == 0 ? Codes.ADMIN_ACTION : Codes.BACK_PRESSURED;
        }
        return 0;
    }

    /** Flips a bit now and then, in what CRCs protect: Aeron's own checksum found nothing wrong. */
    void corrupt(final byte[] bytes, final int batchOffset)
    {
        if (batchOffset < bytes.length && random.chance(corruptPerMillion))
        {
            bytes[batchOffset + random.nextInt(bytes.length - batchOffset)] ^= (byte)(1 << random.nextInt(8));
        }
    }

    /** @return what arrives of a frame: all of it, or now and then its beginning (Z1) */
    byte[] shortened(final byte[] bytes)
    {
        if (!random.chance(shortenPerMillion))
        {
            return bytes;
        }
        final int length = random.nextInt(bytes.length);
        trace.line("of a frame of " + bytes.length + " bytes arrive " + length);
        return Arrays.copyOf(bytes, length);
    }

    /** @return when it arrives */
    long send(final SimChannel channel, final byte[] bytes)
    {
        return channel.add(clock.nowNs() + random.between(latencyMinNs, latencyMaxNs), bytes);
    }

    void onTaken(final byte[] bytes)
    {
        trace.add(bytes);
    }
}
