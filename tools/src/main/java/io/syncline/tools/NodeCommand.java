package io.syncline.tools;

import io.syncline.broker.Broker;
import io.syncline.broker.BrokerContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** {@code syncline node}: one node in the foreground. */
@Command(name = "node", mixinStandardHelpOptions = true,
    description = {
        "Runs one node in the foreground: a broker, a member of the controller quorum, or both.",
        "Prints READY when it serves; SIGTERM and SIGINT are a controlled shutdown and exit 0."},
    footer = {"", "Example:", "  syncline node --config node1.properties",
        "with at least",
        "  node.id=1",
        "  process.roles=broker,controller",
        "  log.dir=/var/lib/syncline/node1",
        "or, where there are others,",
        "  process.roles=broker",
        "  controller.quorum.voters=101@host1:19200,102@host2:19200,103@host3:19200"})
final class NodeCommand implements Callable<Integer>
{
    private static final long NOTICE_NS = TimeUnit.SECONDS.toNanos(20);
    private static final long START_INTERVAL_MS = 5;
    /** Session time-outs for which a broker that is refused asks again. */
    private static final int REFUSALS = 3;
    private static final long RUN_INTERVAL_MS = 100;

    @Option(names = "--config", paramLabel = "FILE", required = true,
        description = "Properties of the node; the README lists them. Each is also -Dsyncline.KEY in SYNCLINE_OPTS.")
    private Path config;

    private ControllerMember controller;

    @Override
    public Integer call() throws InterruptedException
    {
        final NodeConfiguration configuration = NodeConfiguration.load(config);
        try (StopSignal stop = new StopSignal())
        {
            try
            {
                if (configuration.isBroker())
                {
                    runBroker(configuration, stop);
                }
                else
                {
                    runController(configuration, stop);
                }
            }
            catch (final RuntimeException | LinkageError ex)
            {
                // What it starts with refuses to be made in a process that ends: nothing was served, and nothing is wrong.
                if (!stop.isRaised())
                {
                    throw ex;
                }
                Syncline.debug(ex);
            }
            return ExitCode.OK;
        }
    }

    private void runBroker(final NodeConfiguration configuration, final StopSignal stop) throws InterruptedException
    {
        final Broker.Context context = new Broker.Context();
        context.properties(configuration.properties(), configuration.source());
        if (configuration.isController())
        {
            // Called once the broker holds the node's directory.
            context.controllerSession((listener) ->
            {
                controller = new ControllerMember(configuration);
                return controller.session(listener);
            });
        }
        try
        {
            try (Broker broker = launch(() -> Broker.launch(context)))
            {
                run(configuration, stop, broker::isReady, broker::refusal,
                    "the broker is not registered with a controller", advertised(configuration.settings(), broker));
            }
        }
        finally
        {
            if (controller != null)
            {
                controller.close();
            }
        }
    }

    private void runController(final NodeConfiguration configuration, final StopSignal stop) throws InterruptedException
    {
        controller = launch(() -> new ControllerMember(configuration));
        try (ControllerMember member = controller)
        {
            run(configuration, stop, member::isReady, () -> "", "the controller found no quorum",
                configuration.voters().voter(configuration.nodeId()).ingress());
        }
    }

    private void run(
        final NodeConfiguration configuration,
        final StopSignal stop,
        final BooleanSupplier isReady,
        final Supplier<String> refusal,
        final String trouble,
        final String endpoint)
        throws InterruptedException
    {
        long noticeNs = System.nanoTime() + NOTICE_NS;
        final long refusalNs = REFUSALS * configuration.settings().sessionTimeoutNs();
        long giveUpNs = System.nanoTime() + refusalNs;
        while (!isReady.getAsBoolean())
        {
            final String reason = refusal.get();
            if (reason.isEmpty())
            {
                giveUpNs = System.nanoTime() + refusalNs;
            }
            else if (System.nanoTime() - giveUpNs > 0)
            {
                // Longer than an earlier process of this node could stand in its way.
                throw CommandFailure.usage(reason);
            }
            if (System.nanoTime() - noticeNs > 0)
            {
                // The others may come later: a node that gave up would need a hand.
                noticeNs = System.nanoTime() + NOTICE_NS;
                System.err.println("syncline node: waiting, " + trouble + " yet; check controller.quorum.voters=" +
                    configuration.settings().controllerQuorumVoters() + " and that a majority of the controllers runs");
            }
            if (stop.await(START_INTERVAL_MS))
            {
                return;
            }
            keepRunning();
        }
        System.out.println("READY node=" + configuration.nodeId() + " roles=" + String.join(",", configuration.roles()) +
            " bootstrap=" + endpoint);
        System.out.flush();
        while (!stop.await(RUN_INTERVAL_MS))
        {
            keepRunning();
        }
    }

    private void keepRunning()
    {
        if (controller != null)
        {
            controller.keepRunning();
        }
    }

    private static <T> T launch(final Supplier<T> launch)
    {
        try
        {
            return launch.get();
        }
        catch (final IllegalStateException | UncheckedIOException ex)
        {
            throw new CommandFailure(ExitCode.USAGE, ex.getMessage(), ex);
        }
    }

    private static String advertised(final BrokerContext settings, final Broker broker)
    {
        return settings.advertisedHost().isEmpty() ?
            broker.clientEndpoint().toString() : settings.advertisedHost() + ":" + broker.clientEndpoint().port();
    }
}
