package io.syncline.simulator;

import io.syncline.metadata.ClusterState;
import io.syncline.metadata.ControllerRequest;
import io.syncline.metadata.ControllerSession;
import io.syncline.metadata.Decider;
import io.syncline.metadata.Decision;
import io.syncline.metadata.MetadataCodec;
import io.syncline.metadata.MetadataEvent;
import io.syncline.protocol.Codes;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayList;
import java.util.List;

/**
 * The controller's log: a total order of requests, decided as production decides them, told to every session in that
 * order through the production codec. Proposals may be late, lost with their session, or committed twice; the
 * controller may be away for a while.
 */
final class SimController
{
    /** Sees every decision. */
    interface Watcher
    {
        /**
         * @param request  decided; null for the end of a session
         * @param decision applied
         */
        void onDecision(ControllerRequest request, Decision decision);
    }

    private static final long LATE_NS = 1_000_000_000L;
    private static final long NO_CORRELATION = -2;

    private final SimClock clock;
    private final SimRandom random;
    private final SimTrace trace;
    private final Watcher watcher;
    private ClusterState state = new ClusterState();
    private final List<Session> sessions = new ArrayList<>();
    private final MetadataCodec codec = new MetadataCodec();
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
    private final SimTurns turns;
    private final long sessionTimeoutNs;
    private long nextSessionId = 1;
    private long latencyMinNs = 200_000;
    private long latencyMaxNs = 2_000_000;
    private int doublePerMillion;
    private int lostPerMillion;
    private int answerPerMillion;
    private int unheard;
    private long awayUntilNs;

    SimController(
        final SimClock clock, final SimRandom random, final SimTrace trace, final Watcher watcher, final SimTurns turns,
        final long sessionTimeoutNs)
    {
        this.clock = clock;
        this.random = random;
        this.trace = trace;
        this.watcher = watcher;
        this.turns = turns;
        this.sessionTimeoutNs = sessionTimeoutNs;
    }

    ClusterState state()
    {
        return state;
    }

    /** From now on, each way. */
    void latency(final long minNs, final long maxNs)
    {
        latencyMinNs = minNs;
        latencyMaxNs = maxNs;
    }

    /** Proposals that are never committed, while their session goes on. */
    void loses(final int perMillion)
    {
        lostPerMillion = perMillion;
    }

    /** Answers that are lost, come twice, or come late and behind others. */
    void spoilsAnswers(final int perMillion)
    {
        answerPerMillion = perMillion;
    }

    void doubles(final int perMillion)
    {
        doublePerMillion = perMillion;
    }

    /** So many requests are committed, each by a leader that is gone before anybody has heard of it. */
    void unheard(final int count)
    {
        unheard = count;
    }

    /** Nothing is decided for so long; sessions do not end meanwhile, as in a cluster without a leader. */
    void away(final long forNs)
    {
        awayUntilNs = clock.nowNs() + forNs;
        restart();
        for (final Session session : sessions)
        {
            session.keepAliveNs += forNs;
            switch (random.nextInt(3))
            {
                case 0 -> session.dropFromClient("the controller went away");
                case 1 -> session.loseUnderWay();
                default -> session.isLeaderNew = true;
            }
        }
    }

    /** The next leader begins with a snapshot, as production writes and reads it. */
    private void restart()
    {
        final ClusterState loaded = new ClusterState();
        final MetadataCodec loader = new MetadataCodec();
        final UnsafeBuffer frame = new UnsafeBuffer(0, 0);
        state.forEachEvent((event) ->
        {
            frame.wrap(bytes(codec.encodeEvent(buffer, 0, event)));
            loader.decode(frame, 0, frame.capacity(), new SnapshotEvents(loaded));
        });
        loaded.version(state.version());
        SimTruth.require(events(loaded).equals(events(state)), "SNAPSHOT", () -> "a controller that begins with a snapshot knows " +
            events(loaded) + ", it was " + events(state));
        state = loaded;
    }

    private static List<MetadataEvent> events(final ClusterState state)
    {
        final List<MetadataEvent> events = new ArrayList<>();
        state.forEachEvent(events::add);
        return events;
    }

    boolean isAway()
    {
        return clock.nowNs() < awayUntilNs;
    }

    void heal()
    {
        awayUntilNs = 0;
        unheard = 0;
        doublePerMillion = 0;
        lostPerMillion = 0;
        answerPerMillion = 0;
        latency(200_000, 2_000_000);
    }

    Session connect(final int brokerId, final ControllerSession.Listener listener)
    {
        return new Session(brokerId, listener);
    }

    /** Asks as an operator would. */
    Decision request(final ControllerRequest request)
    {
        return carryOut(request, Decider.decide(request, -1, state, nowMs()));
    }

    /** Decides what has arrived, ends sessions whose time is up. */
    int doWork()
    {
        if (isAway())
        {
            return 0;
        }
        int work = 0;
        for (int i = 0; i < sessions.size(); i++)
        {
            final Session session = sessions.get(i);
            while (!session.isCut && !session.ingress.isEmpty() && session.ingress.peek().dueNs() <= clock.nowNs())
            {
                session.decide(session.ingress.poll());
                work++;
            }
            if (clock.nowNs() - session.keepAliveNs > sessionTimeoutNs && session.isOpenHere ||
                session.isClosing && session.ingress.isEmpty())
            {
                end(session, "the session expired");
                i--;
                work++;
            }
        }
        return work;
    }

    /** @return when something that is under way arrives, or the controller is back */
    long nextDueNs()
    {
        if (isAway())
        {
            return awayUntilNs;
        }
        long nextNs = Long.MAX_VALUE;
        for (int i = 0; i < sessions.size(); i++)
        {
            final Session session = sessions.get(i);
            if (!session.isCut && !session.ingress.isEmpty())
            {
                nextNs = Math.min(nextNs, session.ingress.peek().dueNs());
            }
        }
        return nextNs;
    }

    private long nowMs()
    {
        return clock.nowNs() / 1_000_000;
    }

    private Decision carryOut(final ControllerRequest request, final Decision decision)
    {
        for (final MetadataEvent event : decision.events())
        {
            state.apply(event);
            final long version = state.version();
            for (final Session session : sessions)
            {
                if (session.isSubscribed)
                {
                    session.tell(encodeEvent(version, event));
                }
            }
        }
        if (trace.isRead())
        {
            trace.line("controller: " + request + " -> " + Codes.describe(decision.code()) + " " + decision.value() +
                " " + decision.events() + " " + decision.message());
        }
        trace.add(decision.value() + decision.code() * 31L + state.version() * 1009);
        watcher.onDecision(request, decision);
        return decision;
    }

    private byte[] encodeEvent(final long version, final MetadataEvent event)
    {
        int length = codec.encodeChanges(buffer, 0, version);
        length += codec.encodeEvent(buffer, length, event);
        return bytes(length);
    }

    private byte[] bytes(final int length)
    {
        final byte[] bytes = new byte[length];
        buffer.getBytes(0, bytes);
        return bytes;
    }

    private void end(final Session session, final String reason)
    {
        if (sessions.remove(session))
        {
            session.isOpenHere = false;
            session.isSubscribed = false;
            session.egress.clear();
            session.ingress.clear();
            session.endReason = reason;
            carryOut(null, Decider.sessionClosed(session.sessionId, state, nowMs()));
        }
    }

    /** A broker's session, with both ends in one object. */
    final class Session implements ControllerSession
    {
        private final int brokerId;
        private final ControllerSession.Listener listener;
        private final MetadataCodec clientCodec = new MetadataCodec();
        private final SimMailbox egress = new SimMailbox();
        private final SimMailbox ingress = new SimMailbox();
        private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
        private long sessionId = -1;
        private long keepAliveNs;
        private long lastIngressNs;
        private long lastEgressNs;
        private long cutSinceNs;
        private boolean isLeaderNew;
        private boolean isOpenHere;
        private boolean isSubscribed;
        private boolean isConnected;
        private boolean isClosing;
        private boolean isCut;
        private boolean isClosed;
        private String endReason;

        private Session(final int brokerId, final ControllerSession.Listener listener)
        {
            this.brokerId = brokerId;
            this.listener = listener;
        }

        void cut(final boolean cut)
        {
            isCut = cut;
            cutSinceNs = clock.nowNs();
        }

        /** @return when something that is under way arrives */
        long nextDueNs()
        {
            return isCut || egress.isEmpty() ? Long.MAX_VALUE : egress.peek().dueNs();
        }

        /** Proposals that were not committed and answers that were not sent are lost with the leader; the session is not. */
        void loseUnderWay()
        {
            isLeaderNew = true;
            while (!ingress.isEmpty() && random.nextBoolean())
            {
                ingress.removeLast();
            }
            while (!egress.isEmpty() && random.nextBoolean())
            {
                egress.removeLast();
            }
        }

        /** The broker's side gives the session up while the controller still holds it. */
        void dropFromClient(final String reason)
        {
            if (isConnected)
            {
                isConnected = false;
                endReason = reason;
                egress.clear();
            }
        }

        @Override
        public int poll(final long unused)
        {
            int work = 0;
            if (isClosed)
            {
                return 0;
            }
            if (isCut && isConnected && clock.nowNs() - cutSinceNs > sessionTimeoutNs * 3 / 2)
            {
                dropFromClient("nothing heard of the controller");
            }
            if (endReason != null)
            {
                final String reason = endReason;
                endReason = null;
                isConnected = false;
                abandonHere();
                clientCodec.reset();
                egress.clear();
                ingress.clear();
                listener.onDisconnected(reason);
                return 1;
            }
            if (isCut || isAway())
            {
                return 0;
            }
            if (!isConnected)
            {
                sessionId = nextSessionId++;
                keepAliveNs = clock.nowNs();
                isConnected = true;
                isOpenHere = true;
                sessions.add(this);
                listener.onConnected();
                return 1;
            }
            if (isLeaderNew)
            {
                isLeaderNew = false;
                while (!egress.isEmpty())
                {
                    view.wrap(egress.poll().bytes());
                    clientCodec.decode(view, 0, view.capacity(), listener);
                }
                clientCodec.reset();
                listener.onDisconnected("another controller leads");
                listener.onConnected();
                return 1;
            }
            while (!egress.isEmpty() && egress.peek().dueNs() <= clock.nowNs() && endReason == null && isConnected)
            {
                view.wrap(egress.poll().bytes());
                clientCodec.decode(view, 0, view.capacity(), listener);
                work++;
            }
            return work;
        }

        /** The controller goes on holding the old session until it runs out; a stand-in keeps it. */
        private void abandonHere()
        {
            final int index = sessions.indexOf(this);
            if (index >= 0)
            {
                final Session old = new Session(brokerId, null);
                old.sessionId = sessionId;
                old.keepAliveNs = keepAliveNs;
                old.isOpenHere = true;
                old.ingress.addAll(ingress);
                sessions.set(index, old);
                isOpenHere = false;
                isSubscribed = false;
            }
        }

        @Override
        public void keepAlive(final long unused)
        {
            if (isConnected && !isCut && !isClosed)
            {
                keepAliveNs = Math.max(keepAliveNs, clock.nowNs());
            }
        }

        @Override
        public boolean isConnected()
        {
            return isConnected && !isClosed;
        }

        @Override
        public long send(final long correlationId, final ControllerRequest request)
        {
            if (isClosed)
            {
                return Codes.CLOSED;
            }
            if (!isConnected || endReason != null)
            {
                return Codes.NOT_CONNECTED;
            }
            final int length = codec.encodeRequest(buffer, 0, correlationId, request);
            final long dueNs = Math.max(lastIngressNs, clock.nowNs() + random.between(latencyMinNs, latencyMaxNs));
            lastIngressNs = dueNs;
            if (random.chance(lostPerMillion))
            {
                return Codes.OK;
            }
            ingress.add(new SimMailbox.Message(dueNs, bytes(length)));
            turns.wake(SimTurns.CONTROLLER, dueNs);
            return Codes.OK;
        }

        @Override
        public void close()
        {
            isClosed = true;
            if (isOpenHere && !isCut)
            {
                // Behind what was sent before it.
                isClosing = true;
            }
            isSubscribed = false;
        }

        @Override
        public void abandon()
        {
            isClosed = true;
            isSubscribed = false;
        }

        private void decide(final SimMailbox.Message message)
        {
            view.wrap(message.bytes());
            codec.decodeRequest(view, 0, view.capacity(), this::onRequest);
        }

        private void onRequest(final long correlationId, final ControllerRequest request)
        {
            if (unheard > 0)
            {
                unheard--;
                onUnheard(request);
                return;
            }
            final Decision decision = carryOut(request, Decider.decide(request, sessionId, state, nowMs()));
            if (request instanceof ControllerRequest.RegisterBroker && decision.isAccepted() && !isClosed)
            {
                isSubscribed = true;
                tell(bytes(codec.encodeSnapshotBegin(buffer, 0, state.version())));
                final ArrayList<byte[]> events = new ArrayList<>();
                state.forEachEvent((event) -> events.add(bytes(codec.encodeEvent(buffer, 0, event))));
                events.forEach(this::tell);
                tell(bytes(codec.encodeSnapshotEnd(buffer, 0, state.version())));
            }
            answer(bytes(codec.encodeReply(
                buffer, 0, correlationId, decision.code(), decision.value(), decision.message())));
            if (random.chance(doublePerMillion) && !(request instanceof ControllerRequest.RegisterBroker))
            {
                doubled(request);
            }
        }

        private void onUnheard(final ControllerRequest request)
        {
            sessions.forEach((session) -> session.isSubscribed = false);
            carryOut(request, Decider.decide(request, sessionId, state, nowMs()));
            trace.line("controller: nobody hears of that, another leads");
            restart();
            for (final Session session : sessions)
            {
                session.isLeaderNew = true;
                turns.wakeSoon(SimTurns.agent(session.brokerId, SimTurns.CONDUCTOR));
            }
        }

        /** Committed once more: at once, or when nobody expects it any more. */
        private void doubled(final ControllerRequest request)
        {
            if (random.nextBoolean())
            {
                carryOut(request, Decider.decide(request, sessionId, state, nowMs()));
            }
            else
            {
                final long dueNs = clock.nowNs() + random.nextLong(LATE_NS);
                ingress.add(new SimMailbox.Message(dueNs, bytes(codec.encodeRequest(buffer, 0, NO_CORRELATION, request))));
                turns.wake(SimTurns.CONTROLLER, dueNs);
            }
        }

        private void answer(final byte[] bytes)
        {
            final int fate = random.chance(answerPerMillion) ? random.nextInt(3) : -1;
            if (fate > 0 && !isClosed && isConnected)
            {
                final long dueNs = clock.nowNs() + random.nextLong(LATE_NS);
                egress.add(new SimMailbox.Message(dueNs, bytes));
                turns.wake(SimTurns.agent(brokerId, SimTurns.CONDUCTOR), dueNs);
            }
            if (fate < 0 || fate == 1)
            {
                tell(bytes);
            }
        }

        private void tell(final byte[] bytes)
        {
            if (!isClosed && isConnected)
            {
                final long dueNs = Math.max(lastEgressNs, clock.nowNs() + random.between(latencyMinNs, latencyMaxNs));
                lastEgressNs = dueNs;
                egress.add(new SimMailbox.Message(dueNs, bytes));
                turns.wake(SimTurns.agent(brokerId, SimTurns.CONDUCTOR), dueNs);
            }
        }
    }
}
