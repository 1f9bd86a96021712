package io.syncline.tools;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** What {@code syncline cluster} does to nodes: one, several, or all at once. */
abstract class ClusterNodeCommand implements Callable<Integer>
{
    private static final String ALL = "all";

    @Option(names = "--dir", paramLabel = "DIR", required = true, description = "Where the cluster lives.")
    private Path dir;

    @Option(names = "--node", paramLabel = "ID[,ID]", required = true, split = ",",
        description = "Which nodes: ids as status shows them, or 'all' of those to which it can be done.")
    private List<String> ids;

    @Override
    public final Integer call() throws Exception
    {
        final ClusterDirectory cluster = ClusterDirectory.open(dir);
        final List<ClusterNode> nodes = new ArrayList<>();
        boolean isAll = false;
        for (final String id : ids)
        {
            if (ALL.equals(id.trim()))
            {
                isAll = true;
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
        if (isAll)
        {
            nodes.addAll(ableNodes(cluster));
        }
        return call(cluster, nodes.stream().distinct().toList());
    }

    /**
     * @param cluster that the nodes belong to
     * @param nodes   each once
     * @return exit status
     */
    abstract int call(ClusterDirectory cluster, List<ClusterNode> nodes) throws Exception;

    /**
     * @param cluster at this moment
     * @return those of its nodes to which it can be done
     */
    final List<ClusterNode> ableNodes(final ClusterDirectory cluster)
    {
        final List<ClusterNode> nodes = cluster.nodes().stream().filter((node) -> isAllowed(node.state())).toList();
        if (nodes.isEmpty())
        {
            throw CommandFailure.usage("no node of the cluster can be " + done() + ": none is " +
                Arrays.stream(allowed()).map(ProcessIdentity.State::word).collect(Collectors.joining(" or ")) +
                " (--node all)");
        }
        return nodes;
    }

    /** @return what has been done to a node, in a word */
    abstract String done();

    /** @return the states of a node to which it can be done */
    abstract ProcessIdentity.State[] allowed();

    private boolean isAllowed(final ProcessIdentity.State state)
    {
        return Arrays.asList(allowed()).contains(state);
    }

    /** Refuses what makes no sense for a node, before any node is touched. */
    final void require(final List<ClusterNode> nodes)
    {
        for (final ClusterNode node : nodes)
        {
            final ProcessIdentity.State state = node.state();
            if (!isAllowed(state))
            {
                throw CommandFailure.usage("node " + node.id() + " is " + state.word() + " and cannot be " + done() +
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

    final void report(final List<ClusterNode> nodes)
    {
        nodes.forEach((node) -> System.out.println("node " + node.id() + " " + done()));
    }

    @Command(name = "kill", mixinStandardHelpOptions = true, description = "Kills nodes without warning (SIGKILL).",
        footer = {"", "Example:", "  syncline cluster kill --dir /tmp/syncline --node 1"})
    static final class Kill extends ClusterNodeCommand
    {
        @Override
        String done()
        {
            return "killed";
        }

        @Override
        ProcessIdentity.State[] allowed()
        {
            return new ProcessIdentity.State[]{ProcessIdentity.State.RUNNING, ProcessIdentity.State.PAUSED};
        }

        @Override
        int call(final ClusterDirectory cluster, final List<ClusterNode> nodes)
        {
            require(nodes);
            signal(nodes, "KILL");
            awaitState(nodes, ProcessIdentity.State.DEAD);
            report(nodes);
            return ExitCode.OK;
        }
    }

    @Command(name = "pause", mixinStandardHelpOptions = true, description = "Freezes nodes where they are (SIGSTOP).",
        footer = {"", "Example:", "  syncline cluster pause --dir /tmp/syncline --node 1"})
    static final class Pause extends ClusterNodeCommand
    {
        @Override
        String done()
        {
            return "paused";
        }

        @Override
        ProcessIdentity.State[] allowed()
        {
            return new ProcessIdentity.State[]{ProcessIdentity.State.RUNNING};
        }

        @Override
        int call(final ClusterDirectory cluster, final List<ClusterNode> nodes)
        {
            require(nodes);
            signal(nodes, "STOP");
            awaitState(nodes, ProcessIdentity.State.PAUSED);
            report(nodes);
            return ExitCode.OK;
        }
    }

    @Command(name = "resume", mixinStandardHelpOptions = true, description = "Lets paused nodes go on (SIGCONT).",
        footer = {"", "Example:", "  syncline cluster resume --dir /tmp/syncline --node 1"})
    static final class Resume extends ClusterNodeCommand
    {
        @Override
        String done()
        {
            return "resumed";
        }

        @Override
        ProcessIdentity.State[] allowed()
        {
            return new ProcessIdentity.State[]{ProcessIdentity.State.PAUSED};
        }

        @Override
        int call(final ClusterDirectory cluster, final List<ClusterNode> nodes)
        {
            require(nodes);
            signal(nodes, "CONT");
            awaitState(nodes, ProcessIdentity.State.RUNNING);
            report(nodes);
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
        String done()
        {
            return "stopped";
        }

        @Override
        ProcessIdentity.State[] allowed()
        {
            return new ProcessIdentity.State[]{ProcessIdentity.State.RUNNING};
        }

        @Override
        int call(final ClusterDirectory cluster, final List<ClusterNode> nodes)
        {
            require(nodes);
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
            report(nodes);
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
        String done()
        {
            return "started";
        }

        @Override
        ProcessIdentity.State[] allowed()
        {
            return new ProcessIdentity.State[]{ProcessIdentity.State.DEAD};
        }

        @Override
        int call(final ClusterDirectory cluster, final List<ClusterNode> nodes) throws Exception
        {
            final List<NodeLauncher> launchers = cluster.locked(() ->
            {
                require(nodes);
                return nodes.stream().map(NodeLauncher::start).toList();
            });
            final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(timeoutS);
            for (final NodeLauncher launcher : launchers)
            {
                launcher.awaitReady(deadlineNs);
            }
            report(nodes);
            return ExitCode.OK;
        }
    }
}
