package io.syncline.tools;

import io.syncline.broker.AeronControllerSession;
import io.syncline.broker.AeronControllerSessionContext;
import io.syncline.broker.Broker;
import io.syncline.broker.BrokerContext;
import io.syncline.controller.Controller;
import io.syncline.controller.ControllerContext;
import io.syncline.metadata.ControllerSession;
import org.agrona.CloseHelper;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.File;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** {@code syncline node}: one node in the foreground. */
@Command(name = "node", mixinStandardHelpOptions = true,
    description = {
        "Runs one node in the foreground: a broker and, where process.roles says so, the controller beside it.",
        "Prints READY when it serves; SIGTERM and SIGINT are a controlled shutdown and exit 0."},
    footer = {"", "Example:", "  syncline node --config node1.properties",
        "with at least",
        "  node.id=1",
        "  process.roles=broker,controller",
        "  log.dir=/var/lib/syncline/node1"})
final class NodeCommand implements Callable<Integer>
{
    private static final String BROKER = "broker";
    private static final String CONTROLLER = "controller";
    private static final long READY_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long POLL_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(5);

    @Option(names = "--config", paramLabel = "FILE", required = true,
        description = "Properties of the node; the README lists them. Each is also -Dsyncline.KEY in SYNCLINE_OPTS.")
    private Path config;

    private Controller controller;

    @Override
    public Integer call() throws InterruptedException
    {
        final Properties properties = NodeFile.load(config);
        final BrokerContext settings = checked(properties);
        final List<String> roles = roles(settings);
        final boolean isController = roles.contains(CONTROLLER);
        final Broker.Context context = new Broker.Context();
        context.properties(properties, config.toString());
        if (isController)
        {
            context.controllerSession((listener) -> session(settings, listener));
        }
        try (StopSignal stop = new StopSignal())
        {
            try (Broker broker = launch(context))
            {
                awaitReady(broker, stop);
                if (!stop.isRaised())
                {
                    System.out.println("READY node=" + settings.nodeId() + " roles=" + String.join(",", roles) +
                        " bootstrap=" + advertised(settings, broker));
                    System.out.flush();
                    stop.await();
                }
            }
            finally
            {
                CloseHelper.close(controller);
            }
            return ExitCode.OK;
        }
    }

    /** Everything is checked once before anything is opened or started. */
    private BrokerContext checked(final Properties properties)
    {
        return new BrokerContext()
            .properties(properties, config.toString())
            .controllerSession((listener) -> null)
            .conclude();
    }

    private static List<String> roles(final BrokerContext settings)
    {
        final List<String> roles =
            Arrays.stream(settings.get("process.roles").split(",")).map(String::trim).sorted().distinct().toList();
        if (!roles.contains(BROKER) || !List.of(BROKER, CONTROLLER).containsAll(roles))
        {
            throw CommandFailure.usage("process.roles is '" + settings.get("process.roles") +
                "'; this version runs 'broker' and 'broker,controller'");
        }
        if (!roles.contains(CONTROLLER) && settings.controllerQuorumVoters().isEmpty())
        {
            throw CommandFailure.usage("process.roles is 'broker' and controller.quorum.voters is empty: name the " +
                "controllers, or set process.roles=broker,controller");
        }
        return roles;
    }

    private ControllerSession session(final BrokerContext settings, final ControllerSession.Listener listener)
    {
        if (controller == null)
        {
            controller = Controller.launch(new ControllerContext()
                .directory(new File(settings.directory(), CONTROLLER))
                .sessionTimeoutNs(settings.sessionTimeoutNs()));
        }
        return new AeronControllerSession(
            new AeronControllerSessionContext()
                .aeronDirectoryName(controller.aeronDirectoryName())
                .sessionTimeoutNs(settings.sessionTimeoutNs()),
            listener);
    }

    private static Broker launch(final BrokerContext context)
    {
        try
        {
            return Broker.launch(context);
        }
        catch (final IllegalStateException | UncheckedIOException ex)
        {
            throw new CommandFailure(ExitCode.USAGE, ex.getMessage(), ex);
        }
    }

    private static void awaitReady(final Broker broker, final StopSignal stop)
    {
        final long deadlineNs = System.nanoTime() + READY_TIMEOUT_NS;
        while (!broker.isReady() && !stop.isRaised())
        {
            if (System.nanoTime() - deadlineNs > 0)
            {
                throw new CommandFailure(ExitCode.UNHEALTHY, "the broker is not registered with a controller after " +
                    TimeUnit.NANOSECONDS.toSeconds(READY_TIMEOUT_NS) + " s; check controller.quorum.voters");
            }
            LockSupport.parkNanos(POLL_INTERVAL_NS);
        }
    }

    private static String advertised(final BrokerContext settings, final Broker broker)
    {
        return settings.advertisedHost().isEmpty() ?
            broker.clientEndpoint().toString() : settings.advertisedHost() + ":" + broker.clientEndpoint().port();
    }
}
