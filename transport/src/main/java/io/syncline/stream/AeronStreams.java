package io.syncline.stream;

import io.aeron.Aeron;
import org.agrona.collections.ArrayListUtil;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.ManyToOneConcurrentLinkedQueue;
import org.agrona.concurrent.NanoClock;

import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Streams over Aeron: an exclusive publication for each {@link Outbound}, a subscription for each {@link Inbound}.
 * <p>
 * Threads. {@link #doWork()} belongs to one thread, and so does everything that talks to Aeron's client conductor:
 * streams are asked for, opened, reopened and closed there. Any thread may call {@link #connect}, {@link #listen} and
 * {@link #resolve}; what they return is handed to the one thread that uses it, which never waits for the other. {@link
 * #close()} comes last, when {@link #doWork()} and the users of the streams have stopped.
 * <p>
 * Reopening. A publication that was connected and no longer is starts again as a new session: subscriptions do not let
 * the old one back in (it would return with a gap). A stream that the driver refuses is reported and tried again every
 * second.
 */
public final class AeronStreams implements Streams
{
    /** Pause between attempts to open a stream that the driver has refused. */
    static final long RETRY_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    private static final long WATCH_INTERVAL_NS = MediaDrivers.LIVENESS_TIMEOUT_NS / 5;
    /** While nothing is opened or closed, Aeron's client needs no more than to be kept alive: no frame passes through it. */
    private static final int CONDUCTOR_TURNS_MASK = 0x7;
    private static final int WATCH_TURNS_MASK = 15;

    private final StreamsContext ctx;
    private final Aeron aeron;
    private final AgentInvoker driverInvoker;
    private final AgentInvoker conductorInvoker;
    private final NanoClock nanoClock;
    private final int driverInvocationsMax;
    private final ManyToOneConcurrentLinkedQueue<AeronStream> added = new ManyToOneConcurrentLinkedQueue<>();
    private final ArrayList<AeronStream> streams = new ArrayList<>();
    /** Raised by a stream's user when the stream wants something done; the streams are looked at only then. */
    private final AtomicInteger attention = new AtomicInteger();
    private int attentionSeen;
    private int turns;
    private long nextWatchNs;
    private int pendingCount;
    private boolean wasBusy;
    private volatile boolean isClosed;

    private AeronStreams(final StreamsContext ctx)
    {
        this.ctx = ctx;
        aeron = ctx.aeron();
        driverInvoker = ctx.driverAgentInvoker();
        conductorInvoker = aeron.conductorAgentInvoker();
        nanoClock = ctx.nanoClock();
        driverInvocationsMax = ctx.driverInvocationsMax();
        nextWatchNs = nanoClock.nanoTime();
    }

    /**
     * @param ctx settings, concluded here
     * @return streams of the driver that the settings name; starts no thread
     */
    public static AeronStreams connect(final StreamsContext ctx)
    {
        ctx.conclude();
        return new AeronStreams(ctx);
    }

    @Override
    public Outbound connect(final Endpoint to, final int streamId)
    {
        final AeronOutbound outbound = new AeronOutbound(
            attention, Channels.publication(to, ctx.termLength(streamId), ctx.mtuLength()), to.streamId(streamId),
            ctx.refusals(), to.toString());
        add(outbound);
        return outbound;
    }

    @Override
    public Inbound listen(final Endpoint at, final int streamId)
    {
        final AeronInbound inbound = new AeronInbound(attention, Channels.subscription(at), at.streamId(streamId));
        add(inbound);
        return inbound;
    }

    @Override
    public Endpoint resolve(final Endpoint endpoint)
    {
        return Channels.resolve(endpoint);
    }

    /**
     * {@inheritDoc}
     *
     * @throws AgentTerminationException when Aeron's client has closed itself (the driver is gone, or this thread stood
     * still
     *                                   for longer than the driver's client timeout): these streams are dead
     */
    @Override
    public int doWork()
    {
        int workCount = 0;
        if (driverInvoker != null)
        {
            int turns = 0;
            int work;
            do
            {
                work = driverInvoker.invoke();
                workCount += work;
            }
            while (work > 0 && ++turns < driverInvocationsMax);
        }
        if (conductorInvoker != null && (wasBusy || pendingCount > 0 || (turns & CONDUCTOR_TURNS_MASK) == 0))
        {
            final int work = conductorInvoker.invoke();
            wasBusy = work > 0;
            workCount += work;
        }
        if (!added.isEmpty())
        {
            workCount += admit();
        }
        if (pendingCount > 0 || attention.get() != attentionSeen)
        {
            workCount += serve();
        }
        if ((++turns & WATCH_TURNS_MASK) == 0)
        {
            watch();
        }
        if (aeron.isClosed() && !isClosed)
        {
            isClosed = true;
            throw new AgentTerminationException("Aeron's client has closed itself: the driver is gone or stood still");
        }
        return workCount;
    }

    /** @return true when closed, by {@link #close()} or because Aeron's client died */
    public boolean isClosed()
    {
        return isClosed;
    }

    @Override
    public void close()
    {
        isClosed = true;
        admit();
        for (final AeronStream stream : streams)
        {
            stream.release(aeron);
        }
        streams.clear();
        if (ctx.ownsAeron())
        {
            aeron.close();
        }
    }

    private void add(final AeronStream stream)
    {
        if (isClosed)
        {
            throw new IllegalStateException("streams are closed");
        }
        added.offer(stream);
    }

    private int admit()
    {
        int count = 0;
        AeronStream stream;
        while ((stream = added.poll()) != null)
        {
            streams.add(stream);
            pendingCount++;
            count++;
        }
        return count;
    }

    /** Often enough to see every connection: one lasts for its liveness time-out at least. */
    private void watch()
    {
        final long nowNs = nanoClock.nanoTime();
        if (nowNs - nextWatchNs >= 0)
        {
            nextWatchNs = nowNs + WATCH_INTERVAL_NS;
            for (int i = 0; i < streams.size(); i++)
            {
                streams.get(i).watch();
            }
        }
    }

    /** Takes every stream a step further: asked for, opened, reopened, closed. */
    private int serve()
    {
        if (aeron.isClosed())
        {
            return 0;
        }
        attentionSeen = attention.get();
        final long nowNs = nanoClock.nanoTime();
        int workCount = 0;
        int pending = 0;
        for (int i = streams.size() - 1; i >= 0; i--)
        {
            final AeronStream stream = streams.get(i);
            try
            {
                workCount += stream.doConductorWork(aeron, nowNs);
            }
            catch (final RuntimeException ex)
            {
                stream.retryAfter(nowNs + RETRY_INTERVAL_NS);
                ctx.errorHandler().onError(new IllegalStateException("cannot open " + stream + ", trying again", ex));
            }
            switch (stream.state())
            {
                case CLOSED -> ArrayListUtil.fastUnorderedRemove(streams, i);
                case OPEN ->
                {
                }
                default -> pending++;
            }
        }
        pendingCount = pending;
        return workCount;
    }
}
