package io.syncline.journal;

import io.syncline.protocol.PartitionKey;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Names on disk.
 * <pre>
 *   &lt;log.dir&gt;/
 *     lock                        held by the process that owns the directory, {@link DirectoryLock}
 *     state                       small facts, {@link StateFile}
 *     partitions/
 *       &lt;topicId&gt;-&lt;partition&gt;/    named by topic id: a topic created again shares nothing with the old one (R8.5)
 *         manifest                what the segments mean, {@link Manifest}
 *         &lt;cycle&gt;.cq4             a segment: one cycle of one Chronicle queue
 *         &lt;cycle&gt;.cq4r            a segment Chronicle no longer writes to, because its writer died
 *         metadata.cq4t           Chronicle's own table; nothing of ours depends on it
 *         lost                    why this log must not be opened any more, where that is so; goes aside with it
 *         producers-&lt;offset&gt;      producer table at an offset, {@link ProducerSnapshots}
 *     quarantine/
 *       &lt;topicId&gt;-&lt;partition&gt;-&lt;n&gt;/    a damaged log, moved here as it was, {@link Quarantine}; only people delete it
 * </pre>
 */
public final class JournalLayout
{
    static final String MANIFEST = "manifest";
    static final String SEGMENT_SUFFIX = ".cq4";
    static final String RETIRED_SUFFIX = ".cq4r";
    static final String LOST = "lost";
    static final String TABLE_FILE = "metadata.cq4t";

    private JournalLayout()
    {
    }

    /**
     * @param logDir of a broker
     * @return where its partitions lie
     */
    public static Path partitions(final Path logDir)
    {
        return logDir.resolve("partitions");
    }

    /**
     * @param logDir of a broker
     * @param key    of a partition
     * @return where that partition lies
     */
    public static Path partition(final Path logDir, final long key)
    {
        return partitions(logDir).resolve(PartitionKey.toString(key));
    }

    /**
     * @param logDir of a broker
     * @return where damaged logs lie that nobody uses any more
     */
    public static Path quarantine(final Path logDir)
    {
        return logDir.resolve("quarantine");
    }

    /**
     * @param logDir of a broker
     * @return its {@link StateFile}
     */
    public static Path stateFile(final Path logDir)
    {
        return logDir.resolve("state");
    }

    /**
     * @param logDir of a broker
     * @return its {@link DirectoryLock}'s file
     */
    public static Path lockFile(final Path logDir)
    {
        return logDir.resolve("lock");
    }

    /**
     * @param directory of a partition, or any path
     * @return the partition's key, or -1 when that is no partition's name
     */
    public static long keyOf(final Path directory)
    {
        final String name = directory.getFileName().toString();
        final int dash = name.indexOf('-');
        try
        {
            return dash < 1 ? -1 :
                PartitionKey.of(Long.parseLong(name.substring(0, dash)), Integer.parseInt(name.substring(dash + 1)));
        }
        catch (final NumberFormatException ex)
        {
            return -1;
        }
    }

    /**
     * @param logDir of a broker; may not exist
     * @return keys of the partitions that have a directory, ascending
     */
    public static long[] partitionKeys(final Path logDir)
    {
        long[] keys = new long[8];
        int count = 0;
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(partitions(logDir)))
        {
            for (final Path directory : directories)
            {
                final long key = keyOf(directory);
                if (key >= 0 && Files.isDirectory(directory))
                {
                    keys = count == keys.length ? Arrays.copyOf(keys, count * 2) : keys;
                    keys[count++] = key;
                }
            }
        }
        catch (final NoSuchFileException | NotDirectoryException ex)
        {
            return new long[0];
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot list " + partitions(logDir), ex);
        }
        final long[] result = Arrays.copyOf(keys, count);
        Arrays.sort(result);
        return result;
    }
}
