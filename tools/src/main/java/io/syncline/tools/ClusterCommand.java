package io.syncline.tools;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** {@code syncline cluster}: a cluster of processes on this machine, for trying what happens to processes. */
@Command(name = "cluster", mixinStandardHelpOptions = true, synopsisSubcommandLabel = "COMMAND",
    description = "Starts, shows, breaks and stops a cluster of processes on this machine.",
    subcommands = {
        ClusterCommand.Up.class, ClusterCommand.Status.class, ClusterCommand.Down.class, ClusterNodeCommand.Kill.class,
        ClusterNodeCommand.Pause.class, ClusterNodeCommand.Resume.class, ClusterNodeCommand.Stop.class,
        ClusterNodeCommand.Start.class},
    footer = {"", "Example:",
        "  syncline cluster up --dir /tmp/syncline",
        "  syncline cluster kill --dir /tmp/syncline --node 1",
        "  syncline cluster start --dir /tmp/syncline --node 1",
        "  syncline cluster down --dir /tmp/syncline"})
final class ClusterCommand implements Runnable
{
    @Spec
    private CommandSpec spec;

    @Override
    public void run()
    {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    @Command(name = "up", mixinStandardHelpOptions = true,
        description = {
            "Starts every node as a process of its own and waits until the cluster is healthy. The nodes outlive the command.",
            "In a directory that has a cluster, starts those of its nodes that do not run."},
        footer = {"", "Example:", "  syncline cluster up --dir /tmp/syncline --brokers 3 --controllers 3"})
    static final class Up implements Callable<Integer>
    {
        private static final int UNSET = -1;
        private static final int BROKERS = 3;
        private static final int CONTROLLERS = 3;
        private static final int BASE_PORT = 19_092;
        private static final long RETRY_MS = 50;

        @Option(names = "--dir", paramLabel = "DIR", required = true, description = "Where the cluster lives.")
        private Path dir;

        @Option(names = "--brokers", paramLabel = "N", defaultValue = "-1", description = "Brokers of a new cluster. Default: 3")
        private int brokers;

        @Option(names = "--controllers", paramLabel = "N", defaultValue = "-1",
            description = "Controllers of a new cluster, an odd number. Default: 3")
        private int controllers;

        @Option(names = "--combined", description = "The first brokers of a new cluster are its controllers as well.")
        private boolean combined;

        @Option(names = "--base-port", paramLabel = "P", defaultValue = "-1",
            description = "First UDP port of a new cluster: two for each broker, then five for each controller; 0: any free " +
                "ones. Default: 19092")
        private int basePort;

        @Option(names = "--config", paramLabel = "KEY=VALUE",
            description = "A setting of every node of a new cluster; may be repeated.")
        private Map<String, String> configs = Map.of();

        @Option(names = "--timeout", paramLabel = "S", defaultValue = "60",
            description = "Seconds to wait for health. Default: ${DEFAULT-VALUE}")
        private int timeoutS;

        @Mixin
        private FormatOptions format;

        @Override
        public Integer call() throws Exception
        {
            final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(timeoutS);
            final ClusterDirectory cluster = ClusterDirectory.exists(dir) ? existing() : ClusterDirectory.create(dir,
                ClusterPlan.of(
                    brokers == UNSET ? BROKERS : brokers,
                    controllers == UNSET ? CONTROLLERS : controllers,
                    combined,
                    basePort == UNSET ? BASE_PORT : basePort,
                    configs));
            try (StopSignal stop = new StopSignal())
            {
                return cluster.locked(() -> start(cluster, deadlineNs, stop));
            }
        }

        private int start(final ClusterDirectory cluster, final long deadlineNs, final StopSignal stop) throws Exception
        {
            final List<ClusterNode> started = new ArrayList<>();
            final List<NodeLauncher> launchers = new ArrayList<>();
            try
            {
                for (final ClusterNode node : cluster.nodes())
                {
                    if (node.state() == ProcessIdentity.State.DEAD)
                    {
                        started.add(node);
                        launchers.add(NodeLauncher.start(node));
                    }
                }
                final ClusterStatus status = awaitHealthy(cluster, launchers, deadlineNs, stop);
                status.print(System.out, format.isJson());
                return ExitCode.OK;
            }
            catch (final RuntimeException | IOException ex)
            {
                cleanUp(started);
                throw ex;
            }
        }

        private ClusterDirectory existing()
        {
            final ClusterDirectory cluster = ClusterDirectory.open(dir);
            final long existingBrokers = cluster.nodes().stream().filter(ClusterNode::isBroker).count();
            final long existingControllers = cluster.nodes().stream().filter(ClusterNode::isController).count();
            if (brokers != UNSET && brokers != existingBrokers || controllers != UNSET && controllers != existingControllers)
            {
                throw CommandFailure.usage("the cluster in " + cluster.path() + " has " + existingBrokers + " brokers and " +
                    existingControllers + " controllers: leave --brokers and --controllers away, or give another --dir");
            }
            if (basePort > 0 && !cluster.bootstrap().startsWith("localhost:" + basePort) || !configs.isEmpty())
            {
                throw CommandFailure.usage("the cluster in " + cluster.path() + " has its configuration already, at " +
                    cluster.bootstrap() + ": leave --base-port and --config away, or give another --dir");
            }
            return cluster;
        }

        private static ClusterStatus awaitHealthy(
            final ClusterDirectory cluster,
            final List<NodeLauncher> launchers,
            final long deadlineNs,
            final StopSignal stop)
            throws InterruptedException
        {
            for (final NodeLauncher launcher : launchers)
            {
                while (!launcher.isReady())
                {
                    if (stop.await(RETRY_MS))
                    {
                        throw new CommandFailure(ExitCode.INTERNAL, "interrupted; the nodes that were started are ended");
                    }
                    for (final NodeLauncher any : launchers)
                    {
                        any.checkStarting(deadlineNs);
                    }
                }
            }
            ClusterStatus status = ClusterStatus.of(cluster);
            while (!status.isHealthy())
            {
                if (System.nanoTime() - deadlineNs > 0)
                {
                    throw new CommandFailure(ExitCode.TIMED_OUT,
                        "the cluster is not healthy: " + String.join(", ", status.trouble()) + " (--timeout)");
                }
                if (stop.await(RETRY_MS))
                {
                    throw new CommandFailure(ExitCode.INTERNAL, "interrupted; the nodes that were started are ended");
                }
                status = ClusterStatus.of(cluster);
            }
            return status;
        }

        private static void cleanUp(final List<ClusterNode> started)
        {
            for (final ClusterNode node : started)
            {
                final ProcessIdentity process = node.process();
                if (process != null)
                {
                    process.signal("KILL");
                }
            }
            final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            for (final ClusterNode node : started)
            {
                if (NodeLauncher.awaitEnd(node, deadlineNs))
                {
                    NodeLauncher.deleteLeftovers(node);
                }
            }
        }
    }

    @Command(name = "status", mixinStandardHelpOptions = true,
        description = "Shows the nodes, the controllers' leader and whether the cluster is healthy; exits 10 where it is not.",
        footer = {"", "Example:", "  syncline cluster status --dir /tmp/syncline --format json"})
    static final class Status implements Callable<Integer>
    {
        @Option(names = "--dir", paramLabel = "DIR", required = true, description = "Where the cluster lives.")
        private Path dir;

        @Mixin
        private FormatOptions format;

        @Override
        public Integer call() throws IOException
        {
            final ClusterStatus status = ClusterStatus.of(ClusterDirectory.open(dir));
            status.print(System.out, format.isJson());
            return status.isHealthy() ? ExitCode.OK : ExitCode.UNHEALTHY;
        }
    }

    @Command(name = "down", mixinStandardHelpOptions = true,
        description = {
            "Stops every node, brokers first; nodes that do not end in time are killed. Data stays: up starts them again.",
            "Paused nodes are resumed for it."},
        footer = {"", "Example:", "  syncline cluster down --dir /tmp/syncline"})
    static final class Down implements Callable<Integer>
    {
        @Option(names = "--dir", paramLabel = "DIR", required = true, description = "Where the cluster lives.")
        private Path dir;

        @Option(names = "--timeout", paramLabel = "S", defaultValue = "30",
            description = "Seconds to wait before nodes are killed. Default: ${DEFAULT-VALUE}")
        private int timeoutS;

        @Override
        public Integer call()
        {
            final ClusterDirectory cluster = ClusterDirectory.open(dir);
            final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(timeoutS);
            final List<ClusterNode> killed = new ArrayList<>();
            end(cluster.nodes().stream().filter(ClusterNode::isBroker).toList(), deadlineNs, killed);
            end(cluster.nodes().stream().filter((node) -> !node.isBroker()).toList(), deadlineNs, killed);
            for (final ClusterNode node : killed)
            {
                System.err.println("node " + node.id() + " did not end within " + timeoutS + " s and was killed (--timeout)");
            }
            System.out.println("stopped " + cluster.nodes().size() + " nodes of " + cluster.path());
            return ExitCode.OK;
        }

        private static void end(final List<ClusterNode> nodes, final long deadlineNs, final List<ClusterNode> killed)
        {
            for (final ClusterNode node : nodes)
            {
                final ProcessIdentity process = node.process();
                if (process != null && process.signal("TERM"))
                {
                    process.signal("CONT");
                }
            }
            for (final ClusterNode node : nodes)
            {
                if (!NodeLauncher.awaitEnd(node, deadlineNs))
                {
                    killed.add(node);
                    node.process().signal("KILL");
                    NodeLauncher.awaitEnd(node, System.nanoTime() + TimeUnit.SECONDS.toNanos(10));
                }
                NodeLauncher.deleteLeftovers(node);
            }
        }
    }
}
