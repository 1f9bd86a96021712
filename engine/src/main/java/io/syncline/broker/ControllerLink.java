package io.syncline.broker;

import io.syncline.metadata.BrokerState;
import io.syncline.metadata.ClusterState;
import io.syncline.metadata.ControllerRequest;
import io.syncline.metadata.ControllerSession;
import io.syncline.metadata.MetadataEvent;
import io.syncline.protocol.Codes;
import org.agrona.collections.Long2ObjectHashMap;

import java.util.ArrayList;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/**
 * The conductor's side of the controller session: registration, the image of the cluster, and who waits for which
 * answer. Belongs to the conductor.
 */
final class ControllerLink implements ControllerSession.Listener
{
    private static final long REGISTER_RETRY_NS = 200_000_000;
    private static final long GIVE_UP_INTERVAL_NS = 100_000_000;
    private static final long NULL_INCARNATION = -1;

    /** Takes the answer to one request. */
    @FunctionalInterface
    interface ReplyHandler
    {
        /** See {@link ClientDesk#onReply}. */
        void onReply(long correlationId, int code, long value, String message);
    }

    /** A request without its answer. */
    private record Waiting(ReplyHandler handler, long deadlineNs)
    {
    }

    private final BrokerContext context;
    private final ControllerSession session;
    private final Supplier<ControllerRequest> registration;
    private final LongConsumer registered;
    private final BrokerEvents events;
    private final Long2ObjectHashMap<Waiting> waiting = new Long2ObjectHashMap<>();
    private ClusterState image = new ClusterState();
    private ClusterState incoming;
    private long incomingVersion;
    private long nextCorrelationId = 1;
    private long incarnation = NULL_INCARNATION;
    private long nextRegisterNs;
    private long nextGiveUpNs;
    private long nowNs;
    private boolean isRegistering;
    private long lastIncarnation = NULL_INCARNATION;
    private boolean isChanged;
    private volatile String refusal = "";

    /**
     * @param context      of the broker
     * @param session      makes the session
     * @param registration makes the first request of a session
     * @param registered   told the incarnation each time the controller has accepted it
     * @param events       for people
     */
    ControllerLink(
        final BrokerContext context,
        final Function<ControllerSession.Listener, ControllerSession> session,
        final Supplier<ControllerRequest> registration,
        final LongConsumer registered,
        final BrokerEvents events)
    {
        this.context = context;
        this.nowNs = context.nanoClock().nanoTime();
        this.nextRegisterNs = nowNs;
        this.nextGiveUpNs = nowNs;
        this.registration = registration;
        this.registered = registered;
        this.events = events;
        this.session = session.apply(this);
    }

    /**
     * Reads what the controller says, and registers where that is due.
     *
     * @param nowNs   monotonic time
     * @param isAlive the data agents turn: a broker that could not keep its registration alive does not ask for one
     * @return work done
     */
    int doWork(final long nowNs, final boolean isAlive)
    {
        this.nowNs = nowNs;
        final int work = session.poll(nowNs) + giveUp();
        if (isAlive && session.isConnected() && incarnation == NULL_INCARNATION && !isRegistering && nowNs - nextRegisterNs >= 0)
        {
            nextRegisterNs = nowNs + REGISTER_RETRY_NS;
            isRegistering = request(registration.get(), this::onRegistered) >= 0;
        }
        return work;
    }

    /** R5.1: only while the data agents turn. */
    void keepAlive(final long nowNs)
    {
        session.keepAlive(nowNs);
    }

    /**
     * @param request to be asked
     * @param handler takes the answer; CONTROLLER_UNAVAILABLE when the session ends before it comes, TIMED_OUT when it
     *                does not come within {@code broker.session.timeout}: a late one is not passed on
     * @return correlation id, positive; or a code: nothing was sent and the handler is not called
     */
    long request(final ControllerRequest request, final ReplyHandler handler)
    {
        if (!session.isConnected())
        {
            return Codes.CONTROLLER_UNAVAILABLE;
        }
        final long correlationId = nextCorrelationId++;
        final long result = session.send(correlationId, request);
        if (result < 0)
        {
            return result;
        }
        waiting.put(correlationId, new Waiting(handler, nowNs + context.sessionTimeoutNs()));
        return correlationId;
    }

    /** @return requests that wait for an answer */
    int waitingCount()
    {
        return waiting.size();
    }

    /** @return the cluster as far as this broker knows */
    ClusterState image()
    {
        return image;
    }

    /** @return true once after each change of the image or of the registration */
    boolean takeChanged()
    {
        final boolean result = isChanged && incoming == null;
        isChanged &= !result;
        return result;
    }

    /** @return incarnation of the current registration, -1 while there is none */
    long incarnation()
    {
        return incarnation;
    }

    /** @return why the controller takes this broker for none of its own, "" while it does not say so; any thread */
    String refusal()
    {
        return refusal;
    }

    /** @return the incarnation this process was given last, -1 before the first: what it lost before is told by then (R5.4) */
    long lastIncarnation()
    {
        return lastIncarnation;
    }

    /** @return true while the image shows the registration of this very process: roles may be taken from it */
    boolean isRegistered()
    {
        final BrokerState self = image.broker(context.nodeId());
        return incarnation != NULL_INCARNATION && self != null && self.incarnation() == incarnation && !self.fenced();
    }

    /** A controlled stop's last step. */
    void close()
    {
        session.close();
    }

    /** Ends the session as a killed process would. */
    void abandon()
    {
        session.abandon();
    }

    @Override
    public void onConnected()
    {
        events.broker("controller session connected");
        incarnation = NULL_INCARNATION;
        isRegistering = false;
    }

    @Override
    public void onDisconnected(final String reason)
    {
        events.broker("controller session lost, incarnation " + incarnation + ": " + reason);
        incarnation = NULL_INCARNATION;
        isRegistering = false;
        isChanged = true;
        incoming = null;
        final ArrayList<Long> unanswered = new ArrayList<>(waiting.keySet());
        for (final long correlationId : unanswered)
        {
            onReply(correlationId, Codes.CONTROLLER_UNAVAILABLE, -1, reason);
        }
    }

    @Override
    public void onSnapshotBegin(final long version)
    {
        incoming = new ClusterState();
        incomingVersion = version;
    }

    @Override
    public void onEvent(final long version, final MetadataEvent event)
    {
        if (incoming != null)
        {
            incoming.apply(event);
        }
        else if (version == image.version() + 1)
        {
            image.apply(event);
            image.version(version);
            isChanged = true;
            checkSelf();
        }
        else if (version > image.version() && incarnation != NULL_INCARNATION)
        {
            events.broker("an event is missing before version " + version + ", known is " + image.version() +
                ": asking for all of them");
            incarnation = NULL_INCARNATION;
            isRegistering = false;
        }
    }

    @Override
    public void onSnapshotEnd()
    {
        incoming.version(incomingVersion);
        image = incoming;
        incoming = null;
        isChanged = true;
        checkSelf();
    }

    @Override
    public void onReply(final long correlationId, final int code, final long value, final String message)
    {
        final Waiting request = waiting.remove(correlationId);
        if (request != null)
        {
            request.handler.onReply(correlationId, code, value, message);
        }
    }

    /**
     * A registration of an earlier process that was still under way came after this one's and took its place. The
     * session that this process keeps alive would never end, so it has to say itself that it is here.
     */
    private void checkSelf()
    {
        final BrokerState self = image.broker(context.nodeId());
        if (incarnation != NULL_INCARNATION && self != null &&
            (self.incarnation() > incarnation || self.incarnation() == incarnation && self.fenced()))
        {
            events.broker("incarnation " + incarnation + " was replaced by " + self.incarnation() +
                (self.fenced() ? ", fenced" : "") + ": registering again");
            incarnation = NULL_INCARNATION;
            isRegistering = false;
        }
    }

    /** Nobody answers for what was lost on its way to a leader that is no more. */
    private int giveUp()
    {
        if (waiting.isEmpty() || nowNs - nextGiveUpNs < 0)
        {
            return 0;
        }
        nextGiveUpNs = nowNs + GIVE_UP_INTERVAL_NS;
        int work = 0;
        for (final long correlationId : new ArrayList<>(waiting.keySet()))
        {
            final Waiting request = waiting.get(correlationId);
            if (request != null && nowNs - request.deadlineNs >= 0)
            {
                onReply(correlationId, Codes.TIMED_OUT, -1, "the controller did not answer in time");
                work++;
            }
        }
        return work;
    }

    private void onRegistered(final long correlationId, final int code, final long value, final String message)
    {
        isRegistering = false;
        if (code >= 0)
        {
            incarnation = value;
            registered.accept(value);
            lastIncarnation = value;
            isChanged = true;
            refusal = "";
            events.broker("registered as incarnation " + value);
        }
        else if (code == Codes.TIMED_OUT || code == Codes.CONTROLLER_UNAVAILABLE)
        {
            events.broker("registration in doubt: " + Codes.describe(code) + " " + message);
        }
        else
        {
            final String text = Codes.describe(code) + " " + message;
            if (!text.equals(refusal))
            {
                // Asked again several times a second: said once.
                events.broker("registration refused: " + text);
            }
            refusal = text;
        }
    }
}
