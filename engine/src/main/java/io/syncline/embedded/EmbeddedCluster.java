package io.syncline.embedded;

import io.syncline.broker.AeronControllerSession;
import io.syncline.broker.AeronControllerSessionContext;
import io.syncline.broker.BrokerContext;
import io.syncline.broker.Threading;
import io.syncline.client.Admin;
import io.syncline.client.ClientContext;
import io.syncline.client.Consumer;
import io.syncline.client.Producer;
import io.syncline.client.TopicInfo;
import io.syncline.client.TopicPartition;
import io.syncline.controller.Controller;
import io.syncline.controller.ControllerContext;
import io.syncline.metadata.BrokerState;
import io.syncline.metadata.ControllerSession;
import io.syncline.metadata.PartitionState;
import org.agrona.CloseHelper;
import org.agrona.ErrorHandler;
import org.agrona.IoUtil;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.SystemNanoClock;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A cluster in one process, on real parts: journals, streams, a controller, N brokers with the node ids 1 to N and one
 * media driver. {@link #kill}, {@link #stop}, {@link #restart}, {@link #isolate} and {@link #heal} do to a node what
 * happens to nodes.
 * <p>
 * May be used from any thread, one at a time for the methods that change the cluster. {@link #close()} ends every
 * thread and deletes the Aeron directories, and the data unless its directory was given.
 */
public final class EmbeddedCluster implements AutoCloseable
{
    private static final Duration LAUNCH_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration HAND_OVER_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration TOPIC_TIMEOUT = Duration.ofSeconds(10);
    private static final long POLL_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int MAX_ERRORS_KEPT = 20;

    private final EmbeddedContext<?> ctx;
    private final List<EmbeddedNode> nodes = new ArrayList<>();
    private final List<Throwable> errors = new ArrayList<>();
    private final File directory;
    private final ClusterTurns turns;
    private Controller controller;
    private volatile boolean isClosed;

    /** Settings of an embedded cluster. */
    public static final class Context extends EmbeddedContext<Context>
    {
        @Override
        Context self()
        {
            return this;
        }
    }

    private EmbeddedCluster(final EmbeddedContext<?> ctx)
    {
        this.ctx = ctx;
        turns = new ClusterTurns(ctx);
        directory = ctx.directory() == null ? temporaryDirectory() : ctx.directory();
    }

    /**
     * Launches a cluster and waits until every broker serves; with threading INVOKER the caller's thread turns it
     * meanwhile.
     *
     * @param context settings; used once
     * @return the cluster, the caller's to close
     * @throws IllegalArgumentException for settings that cannot be, before anything is started
     * @throws IllegalStateException    when a directory is in use, or the brokers are not there in time; nothing is
     * left behind
     */
    public static EmbeddedCluster launch(final Context context)
    {
        context.conclude();
        final EmbeddedCluster cluster = new EmbeddedCluster(context);
        try
        {
            cluster.start();
            return cluster;
        }
        catch (final RuntimeException | Error ex)
        {
            try
            {
                cluster.close();
            }
            catch (final RuntimeException suppressed)
            {
                ex.addSuppressed(suppressed);
            }
            throw ex;
        }
    }

    /**
     * Enough for a client that is given nothing else, unless threading is INVOKER: then one made of {@link #producer()}
     * and its like turns the cluster while it waits.
     *
     * @return where clients begin: every broker's endpoint, comma-separated, over IPC with the Aeron directory; the same
     * through the life of the cluster
     */
    public String bootstrap()
    {
        return nodes.stream().map((node) -> node.clientEndpoint() + (node.clientEndpoint().isIpc() ?
            "@" + turns.aeronDirectoryName() : "")).collect(Collectors.joining(","));
    }

    /** @return node ids of all brokers, running or not */
    public List<Integer> brokers()
    {
        return nodes.stream().map(EmbeddedNode::nodeId).toList();
    }

    /**
     * @param node id of a broker
     * @return false after {@link #kill} or {@link #stop}, until {@link #restart}
     */
    public boolean isRunning(final int node)
    {
        return node(node).isRunning();
    }

    /** @return Aeron directory of the cluster's media driver, for clients */
    public String aeronDirectoryName()
    {
        return turns.aeronDirectoryName();
    }

    /** For tests: Aeron directory of the controller's media driver. */
    String controllerAeronDirectoryName()
    {
        return controller.aeronDirectoryName();
    }

    /** @return where all the nodes' data is */
    public File directory()
    {
        return directory;
    }

    /**
     * @param node id of a broker
     * @return where that broker's data is
     */
    public File directoryOf(final int node)
    {
        return node(node).directory();
    }

    /** @return settings of a producer of this cluster, for {@link Producer#connect} */
    public Producer.Context producer()
    {
        return client(new Producer.Context());
    }

    /** @return settings of a consumer of this cluster, for {@link Consumer#connect} */
    public Consumer.Context consumer()
    {
        return client(new Consumer.Context());
    }

    /** @return settings of an admin client of this cluster, for {@link Admin#connect} */
    public Admin.Context admin()
    {
        return client(new Admin.Context());
    }

    /**
     * Creates a topic and waits until each of its partitions has a leader and every replica is in sync.
     *
     * @param name              of the topic
     * @param partitions        number of partitions
     * @param replicationFactor replicas of each
     * @return the topic
     */
    public TopicInfo createTopic(final String name, final int partitions, final int replicationFactor)
    {
        return createTopic(name, partitions, replicationFactor, Map.of());
    }

    /**
     * As {@link #createTopic(String, int, int)}, with settings.
     *
     * @param name              of the topic
     * @param partitions        number of partitions
     * @param replicationFactor replicas of each
     * @param config            settings of the topic, such as {@code min.insync.replicas}
     * @return the topic
     */
    public TopicInfo createTopic(
        final String name, final int partitions, final int replicationFactor, final Map<String, String> config)
    {
        try (Admin admin = Admin.connect(admin()))
        {
            final TopicInfo topic = admin.createTopic(name, partitions, replicationFactor, config);
            for (int partition = 0; partition < partitions; partition++)
            {
                awaitInSync(new TopicPartition(name, partition), TOPIC_TIMEOUT);
            }
            return topic;
        }
    }

    /**
     * @param partition of a topic
     * @return node id of the leader; -1 while there is none, or the topic is not known
     */
    public int leaderOf(final TopicPartition partition)
    {
        final PartitionState state = state(partition);
        return state == null ? PartitionState.NO_LEADER : state.leader();
    }

    /**
     * @param partition of a topic
     * @return epoch of the current leadership; -1 while the topic is not known
     */
    public int leaderEpochOf(final TopicPartition partition)
    {
        final PartitionState state = state(partition);
        return state == null ? -1 : state.leaderEpoch();
    }

    /**
     * @param partition of a topic
     * @return node ids of its replicas in assignment order; empty while the topic is not known
     */
    public List<Integer> replicasOf(final TopicPartition partition)
    {
        final PartitionState state = state(partition);
        return state == null ? List.of() : state.replicas();
    }

    /**
     * @param partition of a topic
     * @return node ids of its in-sync replicas; empty while the topic is not known
     */
    public List<Integer> isrOf(final TopicPartition partition)
    {
        final PartitionState state = state(partition);
        return state == null ? List.of() : state.isr();
    }

    /**
     * Waits until a partition has a leader and all its replicas are in the ISR.
     *
     * @param partition of a topic
     * @param timeout   to wait at most
     * @throws IllegalStateException with the state of the cluster, when the time is up
     */
    public void awaitInSync(final TopicPartition partition, final Duration timeout)
    {
        await(partition + " to have every replica in sync", timeout, () ->
        {
            final PartitionState state = state(partition);
            return state != null && state.leader() >= 0 && state.isr().size() == state.replicas().size();
        });
    }

    /**
     * Ends a broker as SIGKILL would: no good-bye to the controller, nothing handed over, nothing made durable. Its
     * peers and the controller find out by themselves.
     *
     * @param node id of a broker
     */
    public void kill(final int node)
    {
        node(node).kill();
    }

    /**
     * Stops a broker as SIGTERM would: what it leads is handed over first.
     *
     * @param node id of a broker
     */
    public void stop(final int node)
    {
        final EmbeddedNode stopped = node(node);
        stopped.startShutDown();
        awaitQuietly(HAND_OVER_TIMEOUT, stopped::isHandedOver);
        stopped.stop();
    }

    /**
     * Starts a broker again, on the same directory and at the same endpoints, after stopping it where it runs; waits
     * until it serves.
     *
     * @param node id of a broker
     */
    public void restart(final int node)
    {
        final EmbeddedNode restarted = node(node);
        stop(node);
        restarted.start();
        await("broker " + node + " to serve", LAUNCH_TIMEOUT, restarted::isReady);
    }

    /**
     * Cuts a broker off from its peers, its clients and the controller; it goes on running.
     *
     * @param node id of a broker
     */
    public void isolate(final int node)
    {
        node(node).gate().isOpen(false);
    }

    /** Ends every isolation. */
    public void heal()
    {
        nodes.forEach((node) -> node.gate().isOpen(true));
    }

    /**
     * One turn of everything that never waits, for threading INVOKER. What waits for the disk is {@link #doLogWork()};
     * the controller's consensus has threads of its own in every threading.
     *
     * @return work done; 0 where threads of the cluster's own do it
     */
    public int doWork()
    {
        return turns.doWork();
    }

    /**
     * One turn of what waits for the disk, opening logs and making room ahead of them, for threading INVOKER and
     * {@code logThread(false)}. Called from the thread of {@link #doWork()}, or from another one of the application's
     * with no node started, stopped or killed meanwhile; a few hundred turns a second are enough.
     *
     * @return work done; 0 where a thread of the cluster's own does it
     */
    public int doLogWork()
    {
        return turns.doLogWork();
    }

    /** @return the cluster's state for a person: nodes, metadata, latest errors */
    public String describe()
    {
        final StringBuilder text = new StringBuilder("embedded cluster in ").append(directory).append('\n');
        for (final EmbeddedNode node : nodes)
        {
            text.append("  node ").append(node.nodeId())
                .append(node.isRunning() ? node.isReady() ? " serves" : " starts" : " is down")
                .append(node.gate().isOpen() ? "" : ", isolated")
                .append(" at ").append(node.clientEndpoint()).append('\n');
        }
        final ClusterWatch newest = newest();
        if (newest != null)
        {
            newest.describe(text);
        }
        synchronized (errors)
        {
            errors.forEach((error) -> text.append("  error: ").append(error).append('\n'));
        }
        return text.toString();
    }

    /** Ends everything, brokers first, the driver last. On return no thread, no open file and no Aeron directory is left. */
    @Override
    public void close()
    {
        if (isClosed)
        {
            return;
        }
        isClosed = true;
        final ErrorHandler handler = this::onError;
        final boolean isKept = ctx.directory() != null;
        if (isKept)
        {
            nodes.forEach(EmbeddedNode::startShutDown);
        }
        for (final EmbeddedNode node : nodes)
        {
            CloseHelper.close(handler, isKept ? node::stop : node::kill);
            CloseHelper.close(handler, node::release);
        }
        turns.stopTurning();
        CloseHelper.closeAll(handler, controller, turns);
        if (ctx.directory() == null)
        {
            IoUtil.delete(directory, false);
        }
    }

    private void start()
    {
        final BrokerContext settings = new BrokerContext();
        ctx.settings().forEach(settings::set);
        settings.nodeId(1).directory(directory).controllerSession(this::session).conclude();
        final Supplier<IdleStrategy> idleStrategy =
            ctx.idleStrategy() != null ? ctx.idleStrategy() : settings.idleStrategy();
        IoUtil.ensureDirectoryExists(directory, "directory of the cluster");
        controller = Controller.launch(new ControllerContext()
            .directory(new File(directory, "controller"))
            .sessionTimeoutNs(settings.sessionTimeoutNs())
            .errorHandler(this::onError));
        turns.start(idleStrategy, this::onError);
        for (int nodeId = 1; nodeId <= ctx.brokers(); nodeId++)
        {
            final EmbeddedNode node = new EmbeddedNode(
                nodeId, new File(directory, "broker-" + nodeId), ctx, turns, this::session, this::onError);
            nodes.add(node);
            node.start();
        }
        await(ctx.brokers() + " brokers to serve", LAUNCH_TIMEOUT, () ->
            nodes.stream().allMatch((node) -> node.isReady() && isEveryBrokerKnownTo(node)));
    }

    private boolean isEveryBrokerKnownTo(final EmbeddedNode node)
    {
        for (final int other : brokers())
        {
            final BrokerState state = node.watch().broker(other);
            if (state == null || state.fenced())
            {
                return false;
            }
        }
        return true;
    }

    private void await(final String what, final Duration timeout, final BooleanSupplier condition)
    {
        if (!awaitQuietly(timeout, condition))
        {
            throw new IllegalStateException("waited " + timeout.toMillis() + " ms for " + what + "\n" + describe());
        }
    }

    private boolean awaitQuietly(final Duration timeout, final BooleanSupplier condition)
    {
        final long deadlineNs = SystemNanoClock.INSTANCE.nanoTime() + timeout.toNanos();
        while (!condition.getAsBoolean())
        {
            if (SystemNanoClock.INSTANCE.nanoTime() - deadlineNs > 0)
            {
                return false;
            }
            if (doWork() + doLogWork() == 0)
            {
                LockSupport.parkNanos(POLL_INTERVAL_NS);
            }
        }
        return true;
    }

    private ControllerSession session(final ControllerSession.Listener listener)
    {
        return new AeronControllerSession(
            new AeronControllerSessionContext()
                .aeronDirectoryName(controller.aeronDirectoryName())
                .sessionTimeoutNs(controller.context().sessionTimeoutNs())
                .errorHandler(this::onError),
            listener);
    }

    private PartitionState state(final TopicPartition partition)
    {
        final ClusterWatch newest = newest();
        return newest == null ? null : newest.partition(partition.topic(), partition.partition());
    }

    private ClusterWatch newest()
    {
        ClusterWatch newest = null;
        for (final EmbeddedNode node : nodes)
        {
            final ClusterWatch watch = node.watch();
            if (watch != null && (newest == null || watch.version() > newest.version()))
            {
                newest = watch;
            }
        }
        return newest;
    }

    private EmbeddedNode node(final int nodeId)
    {
        if (nodeId < 1 || nodeId > nodes.size())
        {
            throw new IllegalArgumentException("node " + nodeId + " is not within 1 to " + nodes.size());
        }
        return nodes.get(nodeId - 1);
    }

    private <T extends ClientContext<T>> T client(final T context)
    {
        context.bootstrap(bootstrap()).aeronDirectoryName(turns.aeronDirectoryName());
        if (ctx.threading() == Threading.INVOKER)
        {
            context.idleStrategy(new TurningIdleStrategy(this));
        }
        return context;
    }

    private void onError(final Throwable error)
    {
        if (isClosed && error instanceof AgentTerminationException)
        {
            // The controller's parts tell each other that they stop.
            return;
        }
        synchronized (errors)
        {
            if (errors.size() < MAX_ERRORS_KEPT)
            {
                errors.add(error);
            }
        }
        if (ctx.errorHandler() != null)
        {
            ctx.errorHandler().onError(error);
        }
    }

    private static File temporaryDirectory()
    {
        try
        {
            return Files.createTempDirectory("syncline-").toFile();
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("no temporary directory for the cluster's data: give one", ex);
        }
    }
}
