package io.syncline.broker;

import io.syncline.journal.RollListener;
import io.syncline.metadata.ControllerRequest;
import io.syncline.metadata.ControllerSession;
import io.syncline.metadata.QuorumVoters;
import io.syncline.metadata.TopicConfig;
import io.syncline.replica.ReplicaConfig;
import io.syncline.stage.Happening;
import io.syncline.stage.StageFile;
import io.syncline.stream.Endpoint;
import io.syncline.stream.StreamIds;
import io.syncline.stream.Streams;
import org.agrona.CloseHelper;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemNanoClock;
import org.agrona.concurrent.status.AtomicCounter;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * A broker in this process: launch and close. What it does is done by its agents, see {@code package-info}.
 * <p>
 * Close and kill must not run while somebody turns the invokers of a broker with threading {@code invoker}.
 */
public final class Broker implements AutoCloseable
{
    /** How long a thread that turns {@link #logInvoker()} may sleep when there was nothing to do; in {@code parkNanos} alone. */
    public static final long LOG_INVOKER_SLEEP_NS = TimeUnit.MILLISECONDS.toNanos(2);
    /** How many of {@link #dataInvokers()}, the first ones, a record may wait for; the others look after the streams. */
    public static final int AGENTS_ON_PATH = 4;

    private static final long HAND_OVER_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(5);
    private static final long PAUSE_NS = 200_000;

    private final BrokerContext context;
    private final Deque<AutoCloseable> resources = new ArrayDeque<>();
    private NodeState state;
    private ControllerLink controller;
    private BrokerConductor conductor;
    private LogKeeper keeper;
    private AgentScheduler scheduler;
    private List<Agent> dataAgents;
    private Endpoint clientEndpoint;
    private Endpoint replicationEndpoint;
    private boolean isClosed;

    /** A broker's configuration; everything is in {@link BrokerContext}. */
    public static final class Context extends BrokerContext
    {
    }

    private Broker(final BrokerContext context)
    {
        this.context = context;
    }

    /**
     * Opens the node's directory and starts its agents.
     *
     * @param context concluded here
     * @return the broker, registering
     * @throws IllegalArgumentException for a wrong configuration; nothing was touched
     * @throws IllegalStateException    when the directory is in use, or belongs to another node
     */
    public static Broker launch(final BrokerContext context)
    {
        context.conclude();
        NodePreflight.check(context);
        final Broker broker = new Broker(context);
        try
        {
            broker.start();
            return broker;
        }
        catch (final RuntimeException | LinkageError ex)
        {
            // The latter where the process is told to end while it starts: classes that want a hook for that fail.
            broker.release();
            throw ex;
        }
    }

    /** @return the configuration it runs with */
    public BrokerContext context()
    {
        return context;
    }

    /** @return where clients reach it, port bound */
    public Endpoint clientEndpoint()
    {
        return clientEndpoint;
    }

    /** @return where peers reach it, port bound */
    public Endpoint replicationEndpoint()
    {
        return replicationEndpoint;
    }

    /** @return true once it is registered with the controller and serves; any thread */
    public boolean isReady()
    {
        return conductor.isReady();
    }

    /** @return why the controller does not take this broker in, "" while it does not refuse it; any thread */
    public String refusal()
    {
        return controller.refusal();
    }

    /** @return turns the data agents once; null unless threading is {@code invoker} */
    public AgentInvoker dataInvoker()
    {
        return scheduler.dataInvoker();
    }

    /**
     * For an application that turns several brokers on one thread: all first agents, then all second ones and so on,
     * and a record is on its way through leader and followers within one turn. Instead of {@link #dataInvoker()}, not
     * beside it.
     *
     * @return turn the data agents one by one, in the order of a record's life, as many for every broker; empty unless
     * threading is {@code invoker}
     */
    public List<AgentInvoker> dataInvokers()
    {
        return scheduler.dataInvokers();
    }

    /**
     * Turns everything that is not on the data path, {@link #sessionInvoker()} and {@link #logInvoker()}, for an
     * application with a single thread: the controller session may lapse while a log is recovered. Instead of those
     * two, not beside them.
     *
     * @return turns both once; null unless threading is {@code invoker}
     */
    public AgentInvoker conductorInvoker()
    {
        return scheduler.conductorInvoker();
    }

    /** @return turns the agent that keeps the controller session, and never blocks; null unless threading is {@code invoker} */
    public AgentInvoker sessionInvoker()
    {
        return scheduler.sessionInvoker();
    }

    /**
     * A thread that turns it may sleep {@link #LOG_INVOKER_SLEEP_NS} between turns: commands wake it up.
     *
     * @return turns the agent that opens logs and looks after them, and waits for the disk; null unless threading is
     * {@code invoker}
     */
    public AgentInvoker logInvoker()
    {
        return scheduler.logInvoker();
    }

    /**
     * Begins a controlled stop (R5.7): leaderships are handed over while the agents go on turning. Returns at once; any
     * thread.
     */
    public void startShutDown()
    {
        conductor.startShutDown();
    }

    /** @return true once there is nothing left to hand over, and {@link #close()} has nothing to wait for; any thread */
    public boolean isHandedOver()
    {
        return conductor.isHandedOver();
    }

    /**
     * A controlled stop: leaderships are handed over, logs made durable and closed, the clean mark written. On return
     * no thread, file handle or stream is left.
     */
    @Override
    public void close()
    {
        if (isClosed)
        {
            return;
        }
        startShutDown();
        final long deadlineNs = System.nanoTime() + HAND_OVER_TIMEOUT_NS;
        while (!isHandedOver() && System.nanoTime() - deadlineNs < 0)
        {
            if (conductorInvoker() != null)
            {
                conductorInvoker().invoke();
                dataInvoker().invoke();
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
        stop(true);
    }

    /** Stops as a killed process would: no hand-over, no goodbye, no clean mark. Gives every resource of the process back. */
    public void kill()
    {
        if (!isClosed)
        {
            stop(false);
        }
    }

    /** @return the conductor, for whoever turns agents one by one */
    BrokerConductor conductor()
    {
        return conductor;
    }

    /** @return the agent that waits for the disk, for whoever turns agents one by one */
    LogKeeper logKeeper()
    {
        return keeper;
    }

    /** @return the agents of the data path in the order of a record's life, for whoever turns agents one by one */
    List<Agent> dataAgents()
    {
        return dataAgents;
    }

    private void start()
    {
        final NodeFiles files = context.nodeFiles();
        state = opened(files.openState(context));
        final BrokerCounters counters = opened(files.openCounters(context));
        final BrokerErrors errors = opened(files.openErrors(context, counters.errors()));
        final BrokerEvents events = opened(files.openEvents(context));
        final StageFile stages = files.openStages(context);
        if (stages != null)
        {
            opened(stages);
            opened(files.watchPauses(context, stages));
        }
        final OwnStreams ownStreams = context.streams() == null ? opened(OwnStreams.launch(context, errors)) : null;
        final Streams streams = new CountedStreams(
            ownStreams == null ? opened(context.streams().get()) : ownStreams, counters);
        clientEndpoint = streams.resolve(context.clientEndpoint());
        replicationEndpoint = streams.resolve(context.replicationEndpoint());
        final LogStore logs = opened(context.logStore() == null ?
            new JournalStore(context, state, errors, rollListener(counters, stages)) : context.logStore().open(context));

        final BrokerQueues queues = new BrokerQueues();
        final DutyCycle leaderCycle = counters.dutyCycle("leader");
        final DutyCycle followerCycle = counters.dutyCycle("follower");
        final DutyCycle acksCycle = counters.dutyCycle("acks");
        final DutyCycle deliveryCycle = counters.dutyCycle("delivery");
        if (stages != null)
        {
            leaderCycle.happenings(stages, StageAgents.LEADER);
            if (context.threading() == Threading.DEDICATED)
            {
                followerCycle.happenings(stages, StageAgents.FOLLOWER);
                acksCycle.happenings(stages, StageAgents.ACKS);
            }
        }
        controller =
            new ControllerLink(context, controllerSession(ownStreams, errors), this::registration, state::registered, events);
        keeper = new LogKeeper(context, logs, queues.conductor(), errors);
        conductor = new BrokerConductor(
            context, streams, keeper, counters, queues, controller,
            new AgentWatch(context.sessionTimeoutNs() / 2, leaderCycle, followerCycle, acksCycle, deliveryCycle),
            events, errors, stages);
        conductor.desk(new RequestDesk(
            conductor, streams, streams.listen(clientEndpoint, StreamIds.REQUEST), DeskLimits.DEFAULT));

        final ReplicaConfig config = ReplicaConfig.DEFAULT
            .withLagTimeMaxNs(context.replicaLagTimeMaxNs())
            .withMaxBatchBytes(context.maxBatchBytes())
            // Longer than followers wait for a leader: where both are cut off from each other, they elect.
            .withSilenceTimeNs(context.leaderSilenceTimeoutNs() * 3 / 2)
            .withAckIntervalNs(2 * context.heartbeatIntervalNs());
        // A clock that was brought along may be read by agents that are turned, or stand still, one by one.
        final TurnClock turn = new TurnClock(
            context.nanoClock(),
            context.threading() != Threading.DEDICATED && context.nanoClock() == SystemNanoClock.INSTANCE);
        final LeaderAgent leader = new LeaderAgent(
            context, config, streams.listen(clientEndpoint, StreamIds.PRODUCE), queues, leaderCycle, turn);
        final FollowerAgent follower = new FollowerAgent(
            context, config, streams.listen(replicationEndpoint, StreamIds.LIVE),
            streams.listen(replicationEndpoint, StreamIds.BULK), streams.listen(replicationEndpoint, StreamIds.HEARTBEAT),
            queues, followerCycle, stages, turn);
        final AcksAgent acks = new AcksAgent(
            context, config, streams.listen(replicationEndpoint, StreamIds.CONTROL), queues, acksCycle, leaderCycle,
            stages, turn);
        final Agent delivery = new WatchedAgent(
            new DeliveryAgent(
                context.nodeId(), turn,
                DeliveryLimits.DEFAULT.withFeedBytesPerSecond(context.catchupBytesPerSecond()), queues.delivery(), queues.feeds(),
                streams.listen(clientEndpoint, StreamIds.FETCH),
                new BulkStreams((peerId) -> queues.conductor().wish(() -> conductor.peers().openBulk(peerId)))),
            deliveryCycle, turn);
        dataAgents = List.of(leader, follower, acks, delivery, new StreamsAgent(context.nodeId(), streams));
        scheduler = new AgentScheduler(context);
        scheduler.start(conductor, keeper, dataAgents, streams, leaderCycle, errors);
    }

    private RollListener rollListener(final BrokerCounters counters, final StageFile stages)
    {
        final AtomicCounter rolls = counters.rolls();
        final AtomicCounter unprepared = counters.unpreparedRolls();
        final NanoClock clock = context.nanoClock();
        return (key, isPrepared, durationNs) ->
        {
            rolls.increment();
            if (!isPrepared)
            {
                unprepared.increment();
            }
            if (stages != null)
            {
                stages.happened(
                    isPrepared ? Happening.ROLL : Happening.UNPREPARED_ROLL, -1, clock.nanoTime(), durationNs);
            }
        };
    }

    private void stop(final boolean clean)
    {
        isClosed = true;
        if (!clean)
        {
            conductor.abandon();
        }
        scheduler.close();
        conductor.close(clean);
        if (clean)
        {
            state.markClean();
        }
        release();
    }

    private ControllerRequest registration()
    {
        return new ControllerRequest.RegisterBroker(
            context.nodeId(),
            context.clusterId(),
            state.directoryId(),
            state.isLossy() && controller.lastIncarnation() < 0,
            advertised(clientEndpoint).toString(),
            advertised(replicationEndpoint).toString(),
            context.rack(),
            topicDefaults(),
            controller.lastIncarnation(),
            state.incarnation(),
            state.starts());
    }

    /** What a topic that does not say gets when it is created. */
    private Map<String, String> topicDefaults()
    {
        final Map<String, String> defaults = new TreeMap<>(Map.of(
            TopicConfig.DEFAULT_REPLICATION_FACTOR, Integer.toString(context.defaultReplicationFactor()),
            TopicConfig.MIN_INSYNC_REPLICAS, Integer.toString(context.minInsyncReplicas()),
            TopicConfig.DURABILITY, context.get("durability")));
        if (!BrokerConfiguration.LOG_RETENTION_DEFAULT.equals(context.get("log.retention.bytes")))
        {
            defaults.put(TopicConfig.RETENTION_BYTES, context.get("log.retention.bytes"));
        }
        if (!BrokerConfiguration.LOG_RETENTION_DEFAULT.equals(context.get("log.retention.time")))
        {
            defaults.put(TopicConfig.RETENTION_TIME, context.get("log.retention.time"));
        }
        return defaults;
    }

    /** Over Aeron Cluster, through the broker's own media driver, unless the configuration brings a session. */
    private Function<ControllerSession.Listener, ControllerSession> controllerSession(
        final OwnStreams ownStreams, final ErrorHandler errors)
    {
        if (context.controllerSession() != null)
        {
            return context.controllerSession();
        }
        return (listener) -> new AeronControllerSession(
            new AeronControllerSessionContext()
                .aeronDirectoryName(ownStreams == null ? context.aeronDirectoryName() : ownStreams.aeronDirectoryName())
                .ingressEndpoints(QuorumVoters.parse(context.controllerQuorumVoters()).ingressEndpoints())
                .egressHost(advertised(clientEndpoint).host())
                .clientName("broker-" + context.nodeId())
                .sessionTimeoutNs(context.sessionTimeoutNs())
                .errorHandler(errors),
            listener);
    }

    private Endpoint advertised(final Endpoint endpoint)
    {
        final String host = context.advertisedHost();
        return host.isEmpty() || endpoint.isIpc() ? endpoint : new Endpoint(host, endpoint.port());
    }

    private <T extends AutoCloseable> T opened(final T resource)
    {
        resources.push(resource);
        return resource;
    }

    private void release()
    {
        isClosed = true;
        CloseHelper.quietCloseAll(resources);
        resources.clear();
    }
}
