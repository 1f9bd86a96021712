package io.syncline.broker;

import io.aeron.CommonContext;
import io.syncline.journal.DirectoryLock;
import io.syncline.journal.StateFile;
import io.syncline.stream.Endpoint;
import io.syncline.stream.MediaDrivers;
import io.syncline.stream.StreamsContext;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * What the machine must give a node before the node touches anything: its directory, its ports, its media driver's
 * memory. Looks and creates nothing, so that a mistake in a configuration leaves no trace.
 */
public final class NodePreflight
{
    private static final long DRIVER_ACTIVE_TIMEOUT_MS = TimeUnit.SECONDS.toMillis(2);

    private NodePreflight()
    {
    }

    /**
     * @param context concluded, of a broker
     * @throws IllegalArgumentException in one line, with the key that governs it and what to do
     * @throws IllegalStateException    when another process has the directory, or another node or cluster owned it
     * before
     */
    static void check(final BrokerContext context)
    {
        if (context.nodeFiles() == NodeFiles.ON_DISK)
        {
            directory(context.directory().toPath());
            owner(context.directory().toPath(), context.nodeId(), context.clusterId());
        }
        if (context.streams() == null)
        {
            security(context);
            if (context.aeronDirectoryName().isEmpty())
            {
                port("listeners", context.clientEndpoint(), context.advertisedHost());
                port("listeners", context.replicationEndpoint(), context.advertisedHost());
                sharedMemory(context);
            }
            else
            {
                driver(context.aeronDirectoryName());
            }
        }
    }

    /**
     * @param logDir {@code log.dir}
     * @throws IllegalArgumentException when it is no directory, or cannot be written or made
     */
    public static void directory(final Path logDir)
    {
        Path existing = logDir.toAbsolutePath().normalize();
        while (existing.getParent() != null && !Files.exists(existing))
        {
            existing = existing.getParent();
        }
        final String asked = "log.dir=" + logDir;
        if (!Files.isDirectory(existing))
        {
            throw new IllegalArgumentException(asked + " is no directory: " + existing +
                " is a file; name a directory for this node's data");
        }
        if (!Files.isWritable(existing) || !Files.isExecutable(existing) || isReadOnly(existing))
        {
            throw new IllegalArgumentException(asked + " cannot be written: this process (user " +
                System.getProperty("user.name") + ") may not write to " + existing +
                "; change its owner, or name another directory");
        }
    }

    /**
     * @param key        of the configuration that names the endpoint
     * @param endpoint   to listen at
     * @param advertised host that others are told, "" for the endpoint's own
     * @throws IllegalArgumentException when this machine cannot listen there
     */
    public static void port(final String key, final Endpoint endpoint, final String advertised)
    {
        if (endpoint.isIpc())
        {
            return;
        }
        final InetAddress address = address(key, endpoint.host());
        if (address.isAnyLocalAddress() && advertised.isEmpty())
        {
            throw new IllegalArgumentException(key + " has " + endpoint +
                ", which others cannot be told: set advertised.host to this machine's name, or listen at one address");
        }
        try (DatagramSocket socket = new DatagramSocket(null))
        {
            socket.bind(new InetSocketAddress(address, endpoint.port()));
        }
        catch (final BindException ex)
        {
            throw new IllegalArgumentException(key + " has " + endpoint + ", but " +
                (String.valueOf(ex.getMessage()).contains("assign") ?
                    endpoint.host() + " (" + address.getHostAddress() + ") is no address of this machine: name one that is" :
                    "UDP port " + endpoint.port() + " is in use: stop what uses it, or choose another port") +
                " (" + ex.getMessage() + ")", ex);
        }
        catch (final SocketException ex)
        {
            throw new IllegalArgumentException(key + " has " + endpoint + ", where this process may not listen (" +
                ex.getMessage() + "): choose a port from 1024", ex);
        }
    }

    /**
     * @param key  of the configuration that names the endpoint
     * @param host of it
     * @param mode {@code security.mode}
     * @throws IllegalArgumentException when others could reach it, and nobody has written that they may
     */
    public static void security(final String key, final String host, final String mode)
    {
        if (!"insecure".equals(mode) && !address(key, host).isLoopbackAddress())
        {
            throw new IllegalArgumentException(key + " has host " + host +
                ", which others can reach, and there is no authentication: write security.mode=insecure where the network is " +
                "private, or use localhost");
        }
    }

    /**
     * @param aeronDirectory of a driver to be launched
     * @param neededBytes    what its streams can come to use
     * @param reason         where that comes from, with the keys that govern it
     * @throws IllegalArgumentException when the file system has less: a write into a page it cannot give ends the
     * process
     */
    public static void memory(final Path aeronDirectory, final long neededBytes, final String reason)
    {
        Path existing = aeronDirectory.toAbsolutePath();
        while (existing.getParent() != null && !Files.isDirectory(existing))
        {
            existing = existing.getParent();
        }
        try
        {
            // What a killed process left under the same name is deleted at the start.
            final long freeBytes = Files.getFileStore(existing).getUsableSpace() + sizeOf(aeronDirectory.toFile());
            if (freeBytes < neededBytes)
            {
                throw new IllegalArgumentException("the Aeron directory " + aeronDirectory + " has " + mebibytes(freeBytes) +
                    " free and needs " + mebibytes(neededBytes) + " for " + reason +
                    ": enlarge that file system (mount -o remount,size=4g /dev/shm; docker run --shm-size), or lower those keys");
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot look at " + existing + ", where the Aeron directory goes: " + ex, ex);
        }
    }

    private static void security(final BrokerContext context)
    {
        for (final Endpoint endpoint : new Endpoint[]{ context.clientEndpoint(), context.replicationEndpoint() })
        {
            if (!endpoint.isIpc())
            {
                security("listeners", endpoint.host(), context.get("security.mode"));
            }
        }
    }

    private static void sharedMemory(final BrokerContext context)
    {
        final int peers = context.expectedBrokers() - 1;
        memory(
            Path.of(MediaDrivers.directoryFor("broker", context.directory())),
            new StreamsContext().memoryOfBroker(peers, context.expectedClients()) + MediaDrivers.MEMORY_OF_A_DRIVER,
            peers + " peers (expected.brokers, default.replication.factor) and " + context.expectedClients() +
                " clients (expected.clients)");
    }

    private static void owner(final Path logDir, final int nodeId, final String clusterId)
    {
        DirectoryLock.probe(logDir);
        if (Files.isDirectory(logDir))
        {
            NodeState.checkOwner(StateFile.open(logDir), logDir, nodeId, clusterId);
        }
    }

    private static void driver(final String aeronDirectory)
    {
        if (!CommonContext.isDriverActive(new File(aeronDirectory), DRIVER_ACTIVE_TIMEOUT_MS, (message) -> { }))
        {
            throw new IllegalArgumentException("aeron.dir=" + aeronDirectory +
                " has no running media driver: start one there, or leave aeron.dir out and the node runs its own");
        }
    }

    private static InetAddress address(final String key, final String host)
    {
        try
        {
            return InetAddress.getByName(host);
        }
        catch (final UnknownHostException ex)
        {
            throw new IllegalArgumentException(key + " has host '" + host +
                "', which cannot be resolved: name an address of this machine, or add it to the name service", ex);
        }
    }

    private static boolean isReadOnly(final Path directory)
    {
        try
        {
            return Files.getFileStore(directory).isReadOnly();
        }
        catch (final IOException ex)
        {
            return false;
        }
    }

    private static long sizeOf(final File directory)
    {
        final File[] files = directory.listFiles();
        long bytes = 0;
        if (files != null)
        {
            for (final File file : files)
            {
                bytes += file.isDirectory() ? sizeOf(file) : file.length();
            }
        }
        return bytes;
    }

    private static String mebibytes(final long bytes)
    {
        return (bytes >> 20) + " MiB";
    }
}
