package io.syncline.tools;

import io.syncline.stream.MediaDrivers;
import org.agrona.IoUtil;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Starts nodes as processes that outlive this one, and ends them. */
final class NodeLauncher
{
    /** Further JVM options of every node, for instance {@code -Xmx1g}. */
    static final String OPTIONS_VARIABLE = "SYNCLINE_NODE_OPTS";

    private static final List<String> PASSED_ON =
        List.of("--add-opens", "--add-exports", "--add-modules", "--enable-native-access", "--sun-misc-unsafe", "-Dchronicle.",
            "-Dsyncline.", "-Ddisable.perf.info", "-XX:SharedArchiveFile", "-Xlog:cds");
    /** Small heaps: logs and streams are mapped memory, what is on the heap is metadata. */
    private static final List<String> COMMON_OPTIONS = List.of("-XX:+UseSerialGC", "-Xss512k", "-XX:-UsePerfData");
    private static final List<String> BROKER_OPTIONS = List.of("-Xms16m", "-Xmx256m");
    private static final List<String> CONTROLLER_OPTIONS = List.of("-Xms8m", "-Xmx64m", "-XX:TieredStopAtLevel=1");
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private final ClusterNode node;
    private final long outputStart;

    private NodeLauncher(final ClusterNode node, final long outputStart)
    {
        this.node = node;
        this.outputStart = outputStart;
    }

    /**
     * Starts a node that has no living process, and remembers the process. The caller holds the cluster's lock.
     *
     * @param node to be started
     * @return for waiting until it is ready
     */
    static NodeLauncher start(final ClusterNode node)
    {
        try
        {
            final long outputStart = Files.exists(node.output()) ? Files.size(node.output()) : 0;
            final ProcessBuilder builder = new ProcessBuilder(command(node))
                .directory(node.directory().toFile())
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(node.output().toFile()))
                .redirectError(ProcessBuilder.Redirect.appendTo(node.errors().toFile()));
            node.process(ProcessIdentity.of(builder.start().pid()));
            return new NodeLauncher(node, outputStart);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("node " + node.id() + " could not be started", ex);
        }
    }

    /**
     * Waits for the line that says the node serves.
     *
     * @param deadlineNs of the monotonic clock
     * @throws CommandFailure when the node ended before, or did not say it in time
     */
    void awaitReady(final long deadlineNs)
    {
        while (!isReady())
        {
            checkStarting(deadlineNs);
            LockSupport.parkNanos(POLL_NS);
        }
    }

    /**
     * @param deadlineNs of the monotonic clock
     * @throws CommandFailure when the node ended before it was ready, or is not ready in time
     */
    void checkStarting(final long deadlineNs)
    {
        if (node.state() == ProcessIdentity.State.DEAD)
        {
            throw new CommandFailure(ExitCode.UNHEALTHY,
                "node " + node.id() + " ended before the start was complete: " + lastError() + " (" + node.errors() + ")");
        }
        if (System.nanoTime() - deadlineNs > 0 && !isReady())
        {
            throw new CommandFailure(ExitCode.TIMED_OUT, "node " + node.id() + " is not ready yet (--timeout); its last words: " +
                lastError() + " (" + node.errors() + ")");
        }
    }

    /** @return the node has said that it serves */
    boolean isReady()
    {
        try (RandomAccessFile file = new RandomAccessFile(node.output().toFile(), "r"))
        {
            file.seek(Math.min(outputStart, file.length()));
            final byte[] bytes = new byte[(int)Math.min(1 << 20, file.length() - file.getFilePointer())];
            file.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8).lines()
                .anyMatch((line) -> line.startsWith("READY node=" + node.id() + " "));
        }
        catch (final IOException ex)
        {
            return false;
        }
    }

    /**
     * Waits until a node's process has ended, and forgets it.
     *
     * @param node       that was told to end
     * @param deadlineNs of the monotonic clock
     * @return false where it still runs at the deadline
     */
    static boolean awaitEnd(final ClusterNode node, final long deadlineNs)
    {
        while (node.state() != ProcessIdentity.State.DEAD)
        {
            if (System.nanoTime() - deadlineNs > 0)
            {
                return false;
            }
            LockSupport.parkNanos(POLL_NS);
        }
        node.forgetProcess();
        return true;
    }

    /** Deletes the shared memory that the media drivers of a dead, killed node have left behind. */
    static void deleteLeftovers(final ClusterNode node)
    {
        if (node.isBroker())
        {
            IoUtil.delete(new File(MediaDrivers.directoryFor(NodeConfiguration.BROKER, node.data().toFile())), true);
        }
        if (node.isController())
        {
            IoUtil.delete(new File(MediaDrivers.directoryFor(NodeConfiguration.CONTROLLER, node.controllerDirectory())), true);
        }
    }

    private String lastError()
    {
        try
        {
            final List<String> lines = Files.readAllLines(node.errors()).stream().filter((line) -> !line.isBlank()).toList();
            return lines.isEmpty() ? "none" : lines.get(lines.size() - 1);
        }
        catch (final IOException ex)
        {
            return "none";
        }
    }

    private static List<String> command(final ClusterNode node)
    {
        final List<String> command = new ArrayList<>(detached());
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // What this JVM was given from tools/bin/jvm.flags, the nodes need as well.
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter((argument) -> PASSED_ON.stream().anyMatch(argument::startsWith))
            .forEach(command::add);
        command.addAll(COMMON_OPTIONS);
        command.addAll(node.isBroker() ? BROKER_OPTIONS : CONTROLLER_OPTIONS);
        final String options = System.getenv(OPTIONS_VARIABLE);
        if (options != null && !options.isBlank())
        {
            command.addAll(List.of(options.trim().split("\\s+")));
        }
        command.addAll(List.of(
            "-cp", classPath(), Syncline.class.getName(), "node", "--config", node.config().toString()));
        return command;
    }

    /** A session of its own: the terminal's interrupt and hang-up are not for the nodes. */
    private static List<String> detached()
    {
        for (final String directory : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        {
            final Path setsid = Path.of(directory, "setsid");
            if (Files.isExecutable(setsid))
            {
                return List.of(setsid.toString());
            }
        }
        return List.of("sh", "-c", "trap '' INT HUP; exec \"$@\"", "sh");
    }

    private static String classPath()
    {
        final List<String> absolute = new ArrayList<>();
        for (final String entry : System.getProperty("java.class.path").split(File.pathSeparator))
        {
            absolute.add(new File(entry).getAbsolutePath());
        }
        return String.join(File.pathSeparator, absolute);
    }
}
