package io.syncline.tools;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;

/**
 * A cluster of processes on this machine, as {@code cluster up --dir DIR} made it: {@code DIR/cluster.properties} names
 * the nodes, each of which has a directory {@link ClusterNode}.
 *
 * @param path      DIR
 * @param bootstrap of all brokers, comma-separated
 * @param nodes     in the order of their ids
 */
record ClusterDirectory(Path path, String bootstrap, List<ClusterNode> nodes)
{
    private static final String FILE_NAME = "cluster.properties";
    private static final String LOCK_NAME = "LOCK";
    private static final String NODES = "nodes";
    private static final String BOOTSTRAP = "bootstrap";
    private static final String ROLES = "process.roles";

    /**
     * @param path DIR
     * @return true where a cluster was made there
     */
    static boolean exists(final Path path)
    {
        return Files.exists(path.resolve(FILE_NAME));
    }

    /**
     * @param path DIR
     * @return the cluster
     */
    static ClusterDirectory open(final Path path)
    {
        final Path directory = path.toAbsolutePath().normalize();
        final Properties properties;
        try
        {
            properties = load(directory.resolve(FILE_NAME));
        }
        catch (final NoSuchFileException ex)
        {
            throw new CommandFailure(ExitCode.USAGE,
                "no cluster in " + directory + ": make one with 'syncline cluster up --dir " + path + "' (--dir)", ex);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot read " + directory.resolve(FILE_NAME), ex);
        }
        final List<ClusterNode> nodes = new ArrayList<>();
        for (final String id : properties.getProperty(NODES, "").split(","))
        {
            nodes.add(node(directory, Integer.parseInt(id.trim())));
        }
        return new ClusterDirectory(directory, properties.getProperty(BOOTSTRAP, ""), List.copyOf(nodes));
    }

    /**
     * Writes the configurations of a new cluster; {@code cluster.properties} last, so that half a cluster is none.
     *
     * @param path of a directory without a cluster
     * @param plan what shall be in it
     * @return the cluster
     */
    static ClusterDirectory create(final Path path, final ClusterPlan plan)
    {
        final Path directory = path.toAbsolutePath().normalize();
        try
        {
            for (final ClusterPlan.Node node : plan.nodes())
            {
                final Path own = directory.resolve(nameOf(node.id()));
                Files.createDirectories(own);
                final Properties properties = new Properties();
                properties.putAll(node.properties());
                properties.setProperty("log.dir", own.resolve("data").toString());
                store(properties, own.resolve("node.properties"), "A node of " + directory);
            }
            final Properties properties = new Properties();
            properties.setProperty(BOOTSTRAP, plan.bootstrap());
            properties.setProperty(NODES, String.join(",", plan.nodes().stream().map((n) -> Integer.toString(n.id())).toList()));
            store(properties, directory.resolve(FILE_NAME), "Written by 'syncline cluster up'");
        }
        catch (final IOException ex)
        {
            throw new CommandFailure(
                ExitCode.USAGE, "cannot write a cluster into " + directory + ": " + ex.getMessage() + " (--dir)", ex);
        }
        return open(directory);
    }

    /**
     * @param id of a node
     * @return the node
     */
    ClusterNode node(final int id)
    {
        return nodes.stream().filter((node) -> node.id() == id).findFirst().orElseThrow(() -> CommandFailure.usage(
            "no node " + id + " in " + path + ", which has " +
            String.join(", ", nodes.stream().map((node) -> Integer.toString(node.id())).toList()) + " (--node)"));
    }

    /**
     * Does something while nobody else starts nodes of this directory.
     *
     * @param work what to do
     * @param <T>  what comes of it
     * @return that
     */
    <T> T locked(final Callable<T> work) throws Exception
    {
        try (FileChannel channel = FileChannel.open(
            path.resolve(LOCK_NAME), StandardOpenOption.CREATE, StandardOpenOption.WRITE))
        {
            if (tryLock(channel) == null)
            {
                throw CommandFailure.usage("another command is starting nodes of " + path + ": wait for it");
            }
            return work.call();
        }
    }

    private static FileLock tryLock(final FileChannel channel) throws IOException
    {
        try
        {
            return channel.tryLock();
        }
        catch (final OverlappingFileLockException ex)
        {
            return null;
        }
    }

    private static ClusterNode node(final Path directory, final int id)
    {
        final Path own = directory.resolve(nameOf(id));
        try
        {
            final String roles = load(own.resolve("node.properties")).getProperty(ROLES, NodeConfiguration.BROKER);
            return new ClusterNode(id, Arrays.stream(roles.split(",")).map(String::trim).sorted().toList(), own);
        }
        catch (final IOException ex)
        {
            throw new CommandFailure(ExitCode.USAGE, "cannot read the configuration of node " + id + ": " + ex.getMessage(), ex);
        }
    }

    private static String nameOf(final int id)
    {
        return "node-" + id;
    }

    private static Properties load(final Path file) throws IOException
    {
        final Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(file))
        {
            properties.load(in);
        }
        return properties;
    }

    private static void store(final Properties properties, final Path file, final String comment) throws IOException
    {
        final Path next = file.resolveSibling(file.getFileName() + ".new");
        try (OutputStream out = Files.newOutputStream(next))
        {
            properties.store(out, comment);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
