package io.syncline.embedded;

import io.syncline.broker.Broker;
import io.syncline.broker.Threading;
import io.syncline.metadata.ControllerSession;
import io.syncline.stream.AeronStreams;
import io.syncline.stream.Endpoint;
import io.syncline.stream.GatedStreams;
import io.syncline.stream.StreamsContext;
import org.agrona.ErrorHandler;

import java.io.File;
import java.util.List;
import java.util.function.Function;

/** One broker of an embedded cluster, through its lives. Used by one thread at a time; {@link EmbeddedCluster} sees to it. */
final class EmbeddedNode
{
    private final int nodeId;
    private final File directory;
    private final EmbeddedContext<?> ctx;
    private final Function<ControllerSession.Listener, ControllerSession> controllerSessions;
    private final ClusterTurns turns;
    private final ErrorHandler errorHandler;
    private final NodeGate gate = new NodeGate();
    private Endpoint clientEndpoint;
    private Endpoint replicationEndpoint;
    private GatedControllerSession session;
    private volatile ClusterWatch watch;
    private volatile Broker broker;

    EmbeddedNode(
        final int nodeId,
        final File directory,
        final EmbeddedContext<?> ctx,
        final ClusterTurns turns,
        final Function<ControllerSession.Listener, ControllerSession> controllerSessions,
        final ErrorHandler errorHandler)
    {
        this.nodeId = nodeId;
        this.directory = directory;
        this.ctx = ctx;
        this.turns = turns;
        this.controllerSessions = controllerSessions;
        this.errorHandler = errorHandler;
        clientEndpoint = ctx.transport() == Transport.IPC ? new Endpoint(null, 2 * nodeId) : new Endpoint("localhost", 0);
        replicationEndpoint =
            ctx.transport() == Transport.IPC ? new Endpoint(null, 2 * nodeId + 1) : new Endpoint("localhost", 0);
    }

    int nodeId()
    {
        return nodeId;
    }

    File directory()
    {
        return directory;
    }

    NodeGate gate()
    {
        return gate;
    }

    Endpoint clientEndpoint()
    {
        return clientEndpoint;
    }

    boolean isRunning()
    {
        return broker != null;
    }

    /** @return true once this broker serves */
    boolean isReady()
    {
        final Broker running = broker;
        return running != null && running.isReady();
    }

    /** @return what this broker hears from the controller, null while it does not run */
    ClusterWatch watch()
    {
        return broker == null ? null : watch;
    }

    /** Starts the broker; it registers and takes up its roles while the cluster turns. */
    void start()
    {
        final AeronStreams streams = AeronStreams.connect(new StreamsContext()
            .aeronDirectoryName(turns.aeronDirectoryName())
            .errorHandler(errorHandler));
        // Found free once, kept through every life: the cluster's bootstrap stays as it is.
        clientEndpoint = streams.resolve(clientEndpoint);
        replicationEndpoint = streams.resolve(replicationEndpoint);
        release();
        gate.isOpen(true);
        final Broker.Context context = new Broker.Context();
        ctx.settings().forEach(context::set);
        context
            .nodeId(nodeId)
            .directory(directory)
            .listeners(clientEndpoint, replicationEndpoint)
            .threading(ctx.threading() == Threading.SHARED ? Threading.INVOKER : ctx.threading())
            .streams(() -> new GatedStreams(streams, gate))
            .controllerSession(this::controllerSession)
            .syncExecutor(turns.syncs())
            .errorHandler(errorHandler);
        if (ctx.idleStrategy() != null)
        {
            context.idleStrategy(ctx.idleStrategy());
        }
        final Broker launched = Broker.launch(context);
        broker = launched;
        join(launched);
    }

    /** Ends the broker without a word, as SIGKILL would. */
    void kill()
    {
        final Broker killed = broker;
        if (killed != null)
        {
            leave(killed);
            broker = null;
            killed.kill();
        }
    }

    /** Begins to hand over what the broker leads. */
    void startShutDown()
    {
        final Broker stopping = broker;
        if (stopping != null)
        {
            stopping.startShutDown();
        }
    }

    /** @return true when the broker has nothing left to hand over, or does not run */
    boolean isHandedOver()
    {
        final Broker stopping = broker;
        return stopping == null || stopping.isHandedOver();
    }

    /** Ends the broker and makes its logs durable. */
    void stop()
    {
        final Broker stopped = broker;
        if (stopped != null)
        {
            leave(stopped);
            broker = null;
            stopped.close();
        }
    }

    /** Gives back what a broker that was killed has left open. */
    void release()
    {
        if (session != null && broker == null)
        {
            session.release();
            session = null;
        }
    }

    private ControllerSession controllerSession(final ControllerSession.Listener listener)
    {
        watch = new ClusterWatch(listener);
        session = new GatedControllerSession(controllerSessions.apply(watch), gate);
        return session;
    }

    private void join(final Broker joining)
    {
        if (joining.dataInvoker() != null)
        {
            turns.data().add(joining.dataInvokers());
            turns.logs().add(List.of(joining.logInvoker()));
            turns.conductors().add(List.of(joining.sessionInvoker()));
        }
    }

    private void leave(final Broker leaving)
    {
        if (leaving.dataInvoker() != null)
        {
            turns.conductors().remove(List.of(leaving.sessionInvoker()));
            turns.data().remove(leaving.dataInvokers());
            turns.logs().remove(List.of(leaving.logInvoker()));
        }
    }
}
