package io.syncline.tools;

import io.syncline.broker.BrokerCounters;
import io.syncline.stage.StageLayout;
import io.syncline.stage.StageReader;
import org.agrona.CloseHelper;
import picocli.CommandLine.Option;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Where the files of running or stopped nodes are; every command that looks at a node from outside. */
final class AttachOptions
{
    private static final int MAX_DEPTH = 4;

    @Option(names = "--dir", paramLabel = "DIR",
        description = "A node's log.dir, a directory of several nodes, or of producers' stage files; may be given again.")
    private List<Path> directories = List.of();

    @Option(names = "--file", paramLabel = "FILE", description = "One file; may be given again.")
    private List<Path> files = List.of();

    @Option(names = "--node", paramLabel = "ID", description = "Only this node.")
    private Integer node;

    /**
     * @param node id of a node
     * @return false when another node was asked for
     */
    private boolean wants(final int node)
    {
        return this.node == null || this.node == node;
    }

    /** @return a reader for each stage file, those of producers last; the caller's to close */
    List<StageReader> stages()
    {
        final List<StageReader> readers = new ArrayList<>();
        final Set<Integer> nodes = new TreeSet<>();
        for (final Path file : find(
            (name) -> name.equals(StageLayout.BROKER_FILE_NAME) || name.endsWith(StageLayout.PRODUCER_FILE_SUFFIX),
            "stage file (" + StageLayout.BROKER_FILE_NAME + ", *" + StageLayout.PRODUCER_FILE_SUFFIX +
                "; a node with stage.sampling=0 has none)"))
        {
            final StageReader reader = new StageReader(file.toFile());
            if (reader.kind() != StageLayout.KIND_PRODUCER)
            {
                nodes.add(reader.nodeId());
            }
            if (reader.kind() == StageLayout.KIND_PRODUCER || wants(reader.nodeId()))
            {
                readers.add(reader);
            }
            else
            {
                reader.close();
            }
        }
        try
        {
            requireNode(nodes);
        }
        catch (final RuntimeException ex)
        {
            CloseHelper.closeAll(readers);
            throw ex;
        }
        readers.sort((a, b) -> a.kind() != b.kind() ? Integer.compare(a.kind(), b.kind()) :
            Integer.compare(a.nodeId(), b.nodeId()));
        return readers;
    }

    /** @return the counters of each node that was asked for; the caller's to close */
    List<NodeCounters> counters()
    {
        final List<NodeCounters> wanted = new ArrayList<>();
        final Set<Integer> nodes = new TreeSet<>();
        try
        {
            for (final Path file : find(
                (name) -> name.equals(BrokerCounters.FILE_NAME), "counters file (" + BrokerCounters.FILE_NAME + ")"))
            {
                final NodeCounters counters = new NodeCounters(file.toFile());
                wanted.add(counters);
                counters.read();
                nodes.add(counters.nodeId());
                if (!wants(counters.nodeId()))
                {
                    wanted.remove(counters);
                    counters.close();
                }
            }
            requireNode(nodes);
            return wanted;
        }
        catch (final RuntimeException ex)
        {
            CloseHelper.closeAll(wanted);
            throw ex;
        }
    }

    /** @return the error logs of nodes */
    List<File> errors()
    {
        return find((name) -> name.equals("errors.dat"), "error log (errors.dat)").stream().map(Path::toFile).toList();
    }

    private void requireNode(final Set<Integer> nodes)
    {
        if (node != null && !nodes.contains(node))
        {
            throw CommandFailure.usage("no node " + node + " in " + (directories.isEmpty() ? files : directories) +
                ", where there are " + nodes + " (--node)");
        }
    }

    private List<Path> find(final Predicate<String> wanted, final String what)
    {
        if (directories.isEmpty() && files.isEmpty())
        {
            throw CommandFailure.usage("say where to look: --dir DIR (a node's log.dir) or --file FILE");
        }
        final List<Path> found = new ArrayList<>(files);
        for (final Path directory : directories)
        {
            if (!Files.isDirectory(directory))
            {
                throw CommandFailure.usage("there is no directory " + directory + " (--dir)");
            }
            try (Stream<Path> paths = Files.walk(directory, MAX_DEPTH))
            {
                paths.filter((path) -> wanted.test(path.getFileName().toString())).sorted().forEach(found::add);
            }
            catch (final IOException ex)
            {
                throw CommandFailure.usage("cannot look into " + directory + ": " + ex.getMessage() + " (--dir)");
            }
            catch (final UncheckedIOException ex)
            {
                // A file that went while its directory was read: what is left is looked at.
                Syncline.debug(ex);
            }
        }
        if (found.isEmpty())
        {
            throw CommandFailure.usage("no " + what + " in " + directories + " (--dir)");
        }
        return found;
    }
}
