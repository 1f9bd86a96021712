package io.syncline.tools;

import io.syncline.stream.MediaDrivers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** What each process of a cluster takes while nobody uses it: sampled from /proc and from the files it has. */
final class SystemIdle
{
    private static final int SAMPLES = 20;
    /** By then the streams that are written to in an idle cluster (acks, 768 KiB at 5 KiB a second) were once gone through. */
    private static final Duration SETTLING = Duration.ofSeconds(240);
    private static final long TICKS_PER_SECOND = 100;
    private static final long KIB = 1024;
    /** What a JVM's own bookkeeping moves an idle process by. */
    private static final double RSS_GROWTH_MAX = 1.2;
    private static final int HANDLES_GROWTH_MAX = 5;
    /** What rare messages may still come to use. */
    private static final long SHM_GROWTH_MAX = 1024 * KIB;
    private static final long DISK_GROWTH_MAX = 1024 * KIB;

    /**
     * @param cpuTicks  of user and kernel so far
     * @param rss       bytes of resident memory, mapped files included
     * @param handles   open files
     * @param shm       bytes of the media drivers' files that are really there
     * @param disk      bytes of the node's files that are really there
     */
    private record Sample(long cpuTicks, long rss, long handles, long shm, long disk)
    {
    }

    private SystemIdle()
    {
    }

    /**
     * Prints a row a node, and checks that nothing grows.
     *
     * @param cluster that nobody uses, for four minutes already when it is looked at
     * @param time    to look at it
     */
    static void sample(final SystemCluster cluster, final Duration time) throws IOException
    {
        final List<List<Sample>> samples = new ArrayList<>();
        final long startNs = System.nanoTime() + SETTLING.toNanos();
        for (int i = 0; i <= SAMPLES; i++)
        {
            final long dueNs = startNs + time.toNanos() * i / SAMPLES;
            while (System.nanoTime() - dueNs < 0)
            {
                LockSupport.parkNanos(Math.min(TimeUnit.SECONDS.toNanos(1), dueNs - System.nanoTime()));
            }
            samples.add(cluster.nodes().stream().map((id) -> of(cluster.node(id))).toList());
        }
        SystemFigures.print("");
        SystemFigures.print("idle for %d s after the first %d s, at the begin and at the end", time.toSeconds(),
            SETTLING.toSeconds());
        SystemFigures.print("%-22s %6s %17s %15s %17s %17s", "node", "CPU %", "RSS MiB", "handles", "/dev/shm KiB", "disk KiB");
        for (int i = 0; i < cluster.nodes().size(); i++)
        {
            row(cluster.node(cluster.nodes().get(i)), samples.get(0).get(i), samples.get(SAMPLES).get(i),
                time.toNanos() / 1e9);
        }
        // After the last row: a node that grows is understood beside the others.
        for (int i = 0; i < cluster.nodes().size(); i++)
        {
            check(cluster.nodes().get(i), samples.get(0).get(i), samples.get(SAMPLES).get(i));
        }
    }

    private static void row(final ClusterNode node, final Sample begin, final Sample end, final double seconds) throws IOException
    {
        SystemFigures.print("%-22s %6.1f %8d -%7d %7d -%6d %8d -%7d %8d -%7d",
            node.id() + " " + String.join(",", node.roles()),
            100.0 * (end.cpuTicks - begin.cpuTicks) / TICKS_PER_SECOND / seconds,
            begin.rss / KIB / KIB, end.rss / KIB / KIB, begin.handles, end.handles,
            begin.shm / KIB, end.shm / KIB, begin.disk / KIB, end.disk / KIB);
    }

    private static void check(final int node, final Sample begin, final Sample end)
    {
        assertThat(end.handles).as("file handles of node " + node).isLessThanOrEqualTo(begin.handles + HANDLES_GROWTH_MAX);
        assertThat((double)end.rss).as("RSS of node " + node).isLessThanOrEqualTo(begin.rss * RSS_GROWTH_MAX);
        assertThat(end.shm).as("/dev/shm of node " + node).isLessThanOrEqualTo(begin.shm + SHM_GROWTH_MAX);
        assertThat(end.disk).as("disk of node " + node).isLessThanOrEqualTo(begin.disk + DISK_GROWTH_MAX);
    }

    private static Sample of(final ClusterNode node)
    {
        final long pid = node.process().pid();
        final Path proc = Path.of("/proc", Long.toString(pid));
        try
        {
            final String stat = Files.readString(proc.resolve("stat"));
            final String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            final long pages = Long.parseLong(Files.readString(proc.resolve("statm")).split(" ")[1]);
            try (Stream<Path> handles = Files.list(proc.resolve("fd")))
            {
                return new Sample(Long.parseLong(fields[11]) + Long.parseLong(fields[12]), pages * 4 * KIB, handles.count(),
                    (node.isBroker() ? used(Path.of(MediaDrivers.directoryFor("broker", node.data().toFile()))) : 0) +
                        (node.isController() ?
                            used(Path.of(MediaDrivers.directoryFor("controller", node.controllerDirectory()))) : 0),
                    used(node.directory()));
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("node " + node.id() + " of process " + pid, ex);
        }
    }

    /** Files are sparse: what counts is the blocks they have, which Java does not tell. */
    private static long used(final Path directory) throws IOException
    {
        final Process du = new ProcessBuilder("du", "-sk", directory.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        du.getOutputStream().close();
        final String output = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return output.isBlank() ? 0 : Long.parseLong(output.split("\\s+")[0]) * KIB;
    }
}
