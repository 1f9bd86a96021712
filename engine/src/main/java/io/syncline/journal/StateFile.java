package io.syncline.journal;

import org.agrona.collections.Long2LongHashMap;
import io.syncline.protocol.PartitionKey;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * The small facts a broker must find again (R5.4): who it is, where it runs, whether it stopped cleanly, and each
 * partition's high watermark as of the last save. A text file of {@code name=value} lines under a CRC, replaced as a
 * whole. For any thread: what a broker is and what its logs hold are known to different ones.
 */
public final class StateFile
{
    /** A number nobody has set yet. */
    public static final long NULL_VALUE = -1;

    /** What was found at {@link #open(Path)}. */
    public enum Found
    {
        /** No file: a new directory, or one that lost it. */
        MISSING,
        /** A file that cannot be trusted; everything is at its default. */
        DAMAGED,
        /** A good file. */
        GOOD
    }

    private final StateStore store;
    private final Found found;
    private final Long2LongHashMap highWatermarks = new Long2LongHashMap(NULL_VALUE);
    private int nodeId = (int)NULL_VALUE;
    private String clusterId = "";
    private String directoryId = "";
    private String bootId = "";
    private String volumeId = "";
    private List<Long> starts = List.of();
    private long incarnation = NULL_VALUE;
    private boolean cleanShutdown;

    private StateFile(final StateStore store)
    {
        this.store = store;
        found = load();
        if (found != Found.GOOD)
        {
            nodeId = (int)NULL_VALUE;
            clusterId = "";
            directoryId = "";
            bootId = "";
            volumeId = "";
            starts = List.of();
            incarnation = NULL_VALUE;
            cleanShutdown = false;
            highWatermarks.clear();
        }
    }

    /**
     * @param logDir of the broker; need not exist before {@link #save()}
     * @return what is known
     * @throws UncheckedIOException when there is a file that cannot be read
     */
    public static StateFile open(final Path logDir)
    {
        return open(StateStore.inFile(JournalLayout.stateFile(logDir)));
    }

    /**
     * @param store where it is kept
     * @return what is known
     * @throws UncheckedIOException when there is a file that cannot be read
     */
    public static StateFile open(final StateStore store)
    {
        return new StateFile(store);
    }

    /** @return what {@link #open(Path)} found */
    public Found found()
    {
        return found;
    }

    /** @return node id, or -1 */
    public synchronized int nodeId()
    {
        return nodeId;
    }

    /** @return cluster id, or "" */
    public synchronized String clusterId()
    {
        return clusterId;
    }

    /** @return random name of this directory, or "": tells a directory that was lost, swapped or restored */
    public synchronized String directoryId()
    {
        return directoryId;
    }

    /** @return the kernel's boot id at the last save, or "": tells whether the page cache may have been lost */
    public synchronized String bootId()
    {
        return bootId;
    }

    /** @return the volume that held the directory at the last save, or "": tells whether it is another's copy */
    public synchronized String volumeId()
    {
        return volumeId;
    }

    /**
     * @return the starts of processes on this directory of which any may be the one that registered last, oldest first:
     * tells a copy that was made before
     */
    public synchronized List<Long> starts()
    {
        return starts;
    }

    /** @return last incarnation the controller gave, or -1 */
    public synchronized long incarnation()
    {
        return incarnation;
    }

    /** @return true when the last owner said goodbye */
    public synchronized boolean cleanShutdown()
    {
        return cleanShutdown;
    }

    /**
     * @param nodeId not negative
     * @return this
     */
    public synchronized StateFile nodeId(final int nodeId)
    {
        this.nodeId = nodeId;
        return this;
    }

    /**
     * @param clusterId one line
     * @return this
     */
    public synchronized StateFile clusterId(final String clusterId)
    {
        this.clusterId = clusterId;
        return this;
    }

    /**
     * @param directoryId one line
     * @return this
     */
    public synchronized StateFile directoryId(final String directoryId)
    {
        this.directoryId = directoryId;
        return this;
    }

    /**
     * @param bootId one line
     * @return this
     */
    public synchronized StateFile bootId(final String bootId)
    {
        this.bootId = bootId;
        return this;
    }

    /**
     * @param volumeId one line
     * @return this
     */
    public synchronized StateFile volumeId(final String volumeId)
    {
        this.volumeId = volumeId;
        return this;
    }

    /**
     * @param starts oldest first
     * @return this
     */
    public synchronized StateFile starts(final List<Long> starts)
    {
        this.starts = List.copyOf(starts);
        return this;
    }

    /**
     * @param incarnation given by the controller
     * @return this
     */
    public synchronized StateFile incarnation(final long incarnation)
    {
        this.incarnation = incarnation;
        return this;
    }

    /**
     * @param cleanShutdown false to be saved at start, true as the very last thing
     * @return this
     */
    public synchronized StateFile cleanShutdown(final boolean cleanShutdown)
    {
        this.cleanShutdown = cleanShutdown;
        return this;
    }

    /**
     * @param key of a partition
     * @return its high watermark at the last save, or -1: never above the true one
     */
    public synchronized long highWatermark(final long key)
    {
        return highWatermarks.get(key);
    }

    /**
     * @param key           of a partition
     * @param highWatermark known to be committed
     * @return this
     */
    public synchronized StateFile highWatermark(final long key, final long highWatermark)
    {
        highWatermarks.put(key, highWatermark);
        return this;
    }

    /**
     * @param key of a partition that is no longer here
     * @return this
     */
    public synchronized StateFile remove(final long key)
    {
        highWatermarks.remove(key);
        return this;
    }

    /**
     * What the page cache held is lost, and with it, rightly, records below the high watermark: nothing is known any
     * more.
     *
     * @return this
     */
    public synchronized StateFile forgetHighWatermarks()
    {
        highWatermarks.clear();
        return this;
    }

    /**
     * Makes it durable: write, force, rename. Blocks.
     *
     * @throws UncheckedIOException when it could not be written; the old file is intact
     */
    public synchronized void save()
    {
        final StringBuilder text = new StringBuilder(256 + 32 * highWatermarks.size());
        text.append("format=1\n")
            .append("node.id=").append(nodeId).append('\n')
            .append("cluster.id=").append(clusterId).append('\n')
            .append("directory.id=").append(directoryId).append('\n')
            .append("boot.id=").append(bootId).append('\n')
            .append("volume.id=").append(volumeId).append('\n')
            .append("starts=").append(starts.stream().map(Long::toHexString).collect(Collectors.joining(","))).append('\n')
            .append("incarnation=").append(incarnation).append('\n')
            .append("clean.shutdown=").append(cleanShutdown).append('\n');
        highWatermarks.forEach((key, highWatermark) -> text
            .append("hw.").append(PartitionKey.toString(key)).append('=').append(highWatermark).append('\n'));
        final String crc = crc(text.toString());
        text.append("crc=").append(crc).append('\n');
        store.save(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** @return the running kernel's boot id, or "" where there is none to be read */
    public static String currentBootId()
    {
        try
        {
            return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).trim();
        }
        catch (final IOException ex)
        {
            return "";
        }
    }

    /**
     * Type and source of the file system that holds a directory, and its device number. A number that the kernel draws
     * anew at each mount (major 0: a container's root, memory, the network) is left out, or every restart of a
     * container would look like another disk.
     *
     * @param directory exists
     * @return what tells the volume from another one, or "" where the system does not say
     */
    public static String currentVolumeId(final Path directory)
    {
        try
        {
            final FileStore volume = Files.getFileStore(directory);
            final String source = (volume.type() + ' ' + volume.name()).replaceAll("[\\r\\n]", "?");
            final long device = ((Number)Files.getAttribute(directory, "unix:dev")).longValue();
            final long major = device >>> 8 & 0xFFF | device >>> 32 & ~0xFFFL;
            return major == 0 ? source : source + ' ' + major + ':' + (device & 0xFF | device >>> 12 & 0xFFFFFF00L);
        }
        catch (final IOException | IllegalArgumentException | UnsupportedOperationException ex)
        {
            return "";
        }
    }

    private Found load()
    {
        final byte[] bytes = store.load();
        if (bytes == null)
        {
            return Found.MISSING;
        }
        final String text = new String(bytes, StandardCharsets.UTF_8);
        final int crcAt = text.lastIndexOf("crc=");
        if (crcAt < 0 || !text.substring(crcAt).equals("crc=" + crc(text.substring(0, crcAt)) + "\n"))
        {
            return Found.DAMAGED;
        }
        try
        {
            text.substring(0, crcAt).lines().forEach(this::onLine);
        }
        catch (final IllegalArgumentException ex)
        {
            return Found.DAMAGED;
        }
        return Found.GOOD;
    }

    private void onLine(final String line)
    {
        final int equals = line.indexOf('=');
        final String name = line.substring(0, Math.max(equals, 0));
        final String value = line.substring(equals + 1);
        switch (name)
        {
            case "node.id" -> nodeId = Integer.parseInt(value);
            case "cluster.id" -> clusterId = value;
            case "directory.id" -> directoryId = value;
            case "boot.id" -> bootId = value;
            case "volume.id" -> volumeId = value;
            case "starts" -> starts = value.isEmpty() ? List.of() :
                Stream.of(value.split(",")).map((start) -> Long.parseUnsignedLong(start, 16)).toList();
            case "incarnation" -> incarnation = Long.parseLong(value);
            case "clean.shutdown" -> cleanShutdown = Boolean.parseBoolean(value);
            default ->
            {
                if (name.startsWith("hw."))
                {
                    highWatermarks.put(JournalLayout.keyOf(Path.of(name.substring(3))), Long.parseLong(value));
                }
                else if (!name.equals("format") || !value.equals("1"))
                {
                    throw new IllegalArgumentException(line);
                }
            }
        }
    }

    private static String crc(final String text)
    {
        final CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(crc.getValue());
    }
}
