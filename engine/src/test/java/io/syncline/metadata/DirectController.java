package io.syncline.metadata;

import io.syncline.metadata.ControllerRequest.RegisterBroker;
import io.syncline.protocol.Codes;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A controller in the same process for tests: {@link Decider} and {@link ClusterState} behind {@link ControllerSession}
 * ports.
 * <p>
 * Requests are decided in the order in which they are sent; each session hears of them, in that order, when it is
 * polled. Time is the highest {@code nowNs} any session was polled with, so sessions expire only while somebody polls.
 * May be used from several threads.
 */
public final class DirectController
{
    private final ClusterState state = new ClusterState();
    private final List<MetadataEvent> history = new ArrayList<>();
    private final List<DirectSession> sessions = new ArrayList<>();
    private final long sessionTimeoutNs;
    private long nextSessionId = 1;
    private long nowNs;

    /** Sessions expire after two seconds without a keep-alive. */
    public DirectController()
    {
        this(2_000_000_000L);
    }

    /**
     * @param sessionTimeoutNs after which a session without a keep-alive ends
     */
    public DirectController(final long sessionTimeoutNs)
    {
        this.sessionTimeoutNs = sessionTimeoutNs;
    }

    /**
     * @param listener hears what the controller says, on the thread that polls the session
     * @return a session that connects when it is first polled
     */
    public synchronized DirectSession connect(final ControllerSession.Listener listener)
    {
        return new DirectSession(listener);
    }

    /** @return the authority; read it only while no other thread uses the controller */
    public ClusterState state()
    {
        return state;
    }

    /** @return every event decided so far */
    public synchronized List<MetadataEvent> history()
    {
        return List.copyOf(history);
    }

    /**
     * Asks without a session, as a tool would.
     *
     * @param request to decide
     * @return the decision, applied and told
     */
    public synchronized Decision request(final ControllerRequest request)
    {
        return carryOut(Decider.decide(request, -1, state, nowNs / 1_000_000));
    }

    private Decision carryOut(final Decision decision)
    {
        for (final MetadataEvent event : decision.events())
        {
            state.apply(event);
            history.add(event);
            final long version = state.version();
            for (final DirectSession session : sessions)
            {
                if (session.subscribed)
                {
                    session.tell(() -> session.listener.onEvent(version, event));
                }
            }
        }
        return decision;
    }

    private void advance(final long now)
    {
        nowNs = Math.max(nowNs, now);
        for (final DirectSession session : List.copyOf(sessions))
        {
            if (nowNs - session.keepAliveNs > sessionTimeoutNs)
            {
                end(session, "the session expired");
            }
        }
    }

    private void end(final DirectSession session, final String reason)
    {
        if (sessions.remove(session))
        {
            session.inbound.clear();
            session.endReason = reason;
            carryOut(Decider.sessionClosed(session.sessionId, state, nowNs / 1_000_000));
        }
    }

    /** The port, with faults to set. */
    public final class DirectSession implements ControllerSession
    {
        private final ControllerSession.Listener listener;
        private final Deque<Message> inbound = new ArrayDeque<>();
        private long sessionId = -1;
        private long keepAliveNs;
        private long delayNs;
        private boolean subscribed;
        private boolean connected;
        private boolean cut;
        private boolean closed;
        private String endReason;

        private DirectSession(final ControllerSession.Listener listener)
        {
            this.listener = listener;
        }

        /**
         * @param cut true: nothing passes in either direction, so that the session expires; false: the link is whole
         *            again
         */
        public void cut(final boolean cut)
        {
            synchronized (DirectController.this)
            {
                this.cut = cut;
            }
        }

        /**
         * @param delayNs from now on, between what the controller says and this session's hearing it
         */
        public void delay(final long delayNs)
        {
            synchronized (DirectController.this)
            {
                this.delayNs = delayNs;
            }
        }

        /** The controller ends the session; the next poll says so and connects anew. */
        public void disconnect()
        {
            synchronized (DirectController.this)
            {
                end(this, "disconnected by the test");
            }
        }

        @Override
        public int poll(final long now)
        {
            int work = 0;
            for (Runnable next = next(now); next != null; next = next(now))
            {
                next.run();
                work++;
            }
            return work;
        }

        /** What to tell the listener next; outside the lock, since the listener may send. */
        private Runnable next(final long now)
        {
            synchronized (DirectController.this)
            {
                advance(now);
                if (closed || cut)
                {
                    return null;
                }
                if (endReason != null)
                {
                    final String reason = endReason;
                    endReason = null;
                    connected = false;
                    subscribed = false;
                    return () -> listener.onDisconnected(reason);
                }
                if (!connected)
                {
                    sessionId = nextSessionId++;
                    keepAliveNs = nowNs;
                    connected = true;
                    sessions.add(this);
                    return listener::onConnected;
                }
                final Message first = inbound.peek();
                return first != null && nowNs - first.dueNs >= 0 ? inbound.poll().action : null;
            }
        }

        @Override
        public void keepAlive(final long now)
        {
            synchronized (DirectController.this)
            {
                if (!cut && !closed)
                {
                    nowNs = Math.max(nowNs, now);
                    keepAliveNs = nowNs;
                }
            }
        }

        @Override
        public boolean isConnected()
        {
            synchronized (DirectController.this)
            {
                return connected && !closed;
            }
        }

        @Override
        public long send(final long correlationId, final ControllerRequest request)
        {
            synchronized (DirectController.this)
            {
                if (closed)
                {
                    return Codes.CLOSED;
                }
                if (!connected || endReason != null)
                {
                    return Codes.NOT_CONNECTED;
                }
                if (cut)
                {
                    return Codes.OK;
                }
                final Decision decision = carryOut(Decider.decide(request, sessionId, state, nowNs / 1_000_000));
                if (request instanceof RegisterBroker && decision.isAccepted())
                {
                    subscribe();
                }
                tell(() ->
                    listener.onReply(correlationId, decision.code(), decision.value(), decision.message()));
                return Codes.OK;
            }
        }

        @Override
        public void close()
        {
            synchronized (DirectController.this)
            {
                closed = true;
                if (!cut)
                {
                    end(this, "closed");
                }
            }
        }

        @Override
        public void abandon()
        {
            synchronized (DirectController.this)
            {
                closed = true;
            }
        }

        private void subscribe()
        {
            subscribed = true;
            final long version = state.version();
            tell(() -> listener.onSnapshotBegin(version));
            state.forEachEvent((event) -> tell(() -> listener.onEvent(version, event)));
            tell(listener::onSnapshotEnd);
        }

        private void tell(final Runnable action)
        {
            inbound.add(new Message(nowNs + delayNs, action));
        }
    }

    private record Message(long dueNs, Runnable action)
    {
    }
}
