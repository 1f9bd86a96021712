package io.syncline.tools;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** What {@code syncline cluster} does to nodes: one, several, or all at once. */
abstract class ClusterNodeCommand implements Callable<Integer>
{
    private static final String ALL = "all";

    @Option(names = "--dir", paramLabel = "DIR", required = true, description = "Where the cluster lives.")
    private Path dir;

    @Option(names = "--node", paramLabel = "ID[,ID]", required = true, split = ",",
        description = "Which nodes: ids as status shows them, or 'all'.")
    private List<String> ids;

    @Override
    public final Integer call() throws Exception
    {
        final ClusterDirectory cluster = ClusterDirectory.open(dir);
        final List<ClusterNode> nodes = new ArrayList<>();
        for (final String id : ids)
        {
            if (ALL.equals(id.trim()))
            {
                nodes.addAll(cluster.nodes());
                continue;
            }
            try
            {
                nodes.add(cluster.node(Integer.parseInt(id.trim())));
            }
            catch (final NumberFormatException ex)
            {
                throw new CommandFailure(ExitCode.USAGE, "'" + id + "' is neither a node's id nor 'all' (--node)", ex);
            }
        }
        return call(cluster, nodes.stream().distinct().toList());
    }

    /**
     * @param cluster that the nodes belong to
     * @param nodes   each once
     * @return exit status
     */
    abstract int call(ClusterDirectory cluster, List<ClusterNode> nodes) throws Exception;

    /** Refuses what makes no sense for a node, before any node is touched. */
    static void require(final List<ClusterNode> nodes, final String what, final ProcessIdentity.State... allowed)
    {
        for (final ClusterNode node : nodes)
        {
            final ProcessIdentity.State state = node.state();
            if (!Arrays.asList(allowed).contains(state))
            {
                throw CommandFailure.usage("node " + node.id() + " is " + state.word() + " and cannot be " + what +
                    "; no node was touched");
            }
        }
    }

    private static void signal(final List<ClusterNode> nodes, final String signal)
    {
        for (final ClusterNode node : nodes)
        {
            final ProcessIdentity process = node.process();
            if (process != null)
            {
                process.signal(signal);
            }
        }
    }

    private static void awaitState(final List<ClusterNode> nodes, final ProcessIdentity.State state)
    {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        for (final ClusterNode node : nodes)
        {
            while (node.state() != state)
            {
                if (System.nanoTime() - deadlineNs > 0)
                {
                    throw new CommandFailure(ExitCode.TIMED_OUT,
                        "node " + node.id() + " is " + node.state().word() + " and not " + state.word() + " after 10 s");
                }
                Thread.onSpinWait();
            }
        }
    }

    private static void report(final List<ClusterNode> nodes, final String done)
    {
        nodes.forEach((node) -> System.out.println("node " + node.id() + " " + done));
    }

    @Command(name = "kill", mixinStandardHelpOptions = true, description = "Kills nodes without warning (SIGKILL).",
        footer = {"", "Example:", "  syncline cluster kill --dir /tmp/syncline --node 1"})
    static final class Kill extends ClusterNodeCommand
    {
        @Override
        int call(final ClusterDirectory cluster, final List<ClusterNode> nodes)
        {
            require(nodes, "killed", ProcessIdentity.State.RUNNING, ProcessIdentity.State.PAUSED);
            signal(nodes, "KILL");
            awaitState(nodes, ProcessIdentity.State.DEAD);
            report(nodes, "killed");
            return ExitCode.OK;
        }
    }

    @Command(name = "pause", mixinStandardHelpOptions = true, description = "Freezes nodes where they are (SIGSTOP).",
        footer = {"", "Example:", "  syncline cluster pause --dir /tmp/syncline --node 1"})
    static final class Pause extends ClusterNodeCommand
    {
        @Override
        int call(final ClusterDirectory cluster, final List<ClusterNode> nodes)
        {
            require(nodes, "paused", ProcessIdentity.State.RUNNING);
            signal(nodes, "STOP");
            awaitState(nodes, ProcessIdentity.State.PAUSED);
            report(nodes, "paused");
            return ExitCode.OK;
        }
    }

    @Command(name = "resume", mixinStandardHelpOptions = true, description = "Lets paused nodes go on (SIGCONT).",
        footer = {"", "Example:", "  syncline cluster resume --dir /tmp/syncline --node 1"})
    static final class Resume extends ClusterNodeCommand
    {
        @Override
        int call(final ClusterDirectory cluster, final List<ClusterNode> nodes)
        {
            require(nodes, "resumed", ProcessIdentity.State.PAUSED);
            signal(nodes, "CONT");
            awaitState(nodes, ProcessIdentity.State.RUNNING);
            report(nodes, "resumed");
            return ExitCode.OK;
        }
    }

    @Command(name = "stop", mixinStandardHelpOptions = true,
        description = "Shuts nodes down in a controlled way (SIGTERM) and waits for their end.",
        footer = {"", "Example:", "  syncline cluster stop --dir /tmp/syncline --node 1"})
    static final class Stop extends ClusterNodeCommand
    {
        @Option(names = "--timeout", paramLabel = "S", defaultValue = "60",
            description = "Seconds to wait for the end. Default: ${DEFAULT-VALUE}")
        private int timeoutS;

        @Override
        int call(final ClusterDirectory cluster, final List<ClusterNode> nodes)
        {
            require(nodes, "stopped", ProcessIdentity.State.RUNNING);
            signal(nodes, "TERM");
            final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(timeoutS);
            for (final ClusterNode node : nodes)
            {
                if (!NodeLauncher.awaitEnd(node, deadlineNs))
                {
                    throw new CommandFailure(ExitCode.TIMED_OUT, "node " + node.id() + " has not ended after " + timeoutS +
                        " s (--timeout); 'cluster kill' ends it at once");
                }
            }
            report(nodes, "stopped");
            return ExitCode.OK;
        }
    }

    @Command(name = "start", mixinStandardHelpOptions = true,
        description = "Starts nodes that do not run; returns when they are ready.",
        footer = {"", "Example:", "  syncline cluster start --dir /tmp/syncline --node 1"})
    static final class Start extends ClusterNodeCommand
    {
        @Option(names = "--timeout", paramLabel = "S", defaultValue = "60",
            description = "Seconds to wait for READY. Default: ${DEFAULT-VALUE}")
        private int timeoutS;

        @Override
        int call(final ClusterDirectory cluster, final List<ClusterNode> nodes) throws Exception
        {
            final List<NodeLauncher> launchers = cluster.locked(() ->
            {
                require(nodes, "started", ProcessIdentity.State.DEAD);
                return nodes.stream().map(NodeLauncher::start).toList();
            });
            final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(timeoutS);
            for (final NodeLauncher launcher : launchers)
            {
                launcher.awaitReady(deadlineNs);
            }
            report(nodes, "started");
            return ExitCode.OK;
        }
    }
}
