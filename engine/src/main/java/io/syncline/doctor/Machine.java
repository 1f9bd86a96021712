package io.syncline.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What a check may look at. */
public class Machine
{
    private static final int MAX_TEXT_BYTES = 64 * 1024;

    private final Path root;

    /** This machine. */
    public Machine()
    {
        this(Path.of("/"));
    }

    /** @param root where the system's files are */
    Machine(final Path root)
    {
        this.root = root;
    }

    /**
     * @param path of a system's file, absolute
     * @return its text without the white space around it; null where it cannot be read
     */
    String text(final String path)
    {
        // In one read: the kernel's settings have no size, and no second part.
        try (InputStream in = Files.newInputStream(root.resolve(path.substring(1))))
        {
            return new String(in.readNBytes(MAX_TEXT_BYTES), StandardCharsets.UTF_8).strip();
        }
        catch (final IOException ex)
        {
            return null;
        }
    }

    /**
     * @param path of a system's file with one number, absolute
     * @return the number; -1 where there is none
     */
    long number(final String path)
    {
        final String text = text(path);
        try
        {
            return text == null ? -1 : Long.parseLong(text);
        }
        catch (final NumberFormatException ex)
        {
            return -1;
        }
    }

    /** @return processors this JVM may use */
    int cores()
    {
        return Runtime.getRuntime().availableProcessors();
    }

    /** @return how long one look at the monotonic clock takes, nanoseconds */
    long clockCostNs()
    {
        final int looks = 20_000;
        long best = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++)
        {
            final long startNs = System.nanoTime();
            long lastNs = startNs;
            for (int i = 0; i < looks; i++)
            {
                lastNs = System.nanoTime();
            }
            best = Math.min(best, (lastNs - startNs) / looks);
        }
        return best;
    }

    /**
     * @param path existing or not
     * @return the nearest directory above it that exists
     */
    Path existing(final Path path)
    {
        Path existing = path.toAbsolutePath().normalize();
        while (existing.getParent() != null && !Files.isDirectory(existing))
        {
            existing = existing.getParent();
        }
        return existing;
    }

    /**
     * @param directory that exists
     * @return type of its file system, such as ext4; "unknown" where it cannot be read
     */
    String fileSystem(final Path directory)
    {
        final FileStore store = store(directory);
        return store == null ? "unknown" : store.type();
    }

    /**
     * @param directory that exists
     * @return bytes free; -1 where it cannot be read
     */
    long freeBytes(final Path directory)
    {
        try
        {
            final FileStore store = store(directory);
            return store == null ? -1 : store.getUsableSpace();
        }
        catch (final IOException ex)
        {
            return -1;
        }
    }

    /**
     * @param directory existing or not
     * @param depth     levels to go down
     * @return what is below it; empty where it cannot be read
     */
    List<Path> below(final Path directory, final int depth)
    {
        final List<Path> found = new ArrayList<>();
        try (Stream<Path> paths = Files.walk(directory, depth))
        {
            paths.filter((path) -> !path.equals(directory)).forEach(found::add);
        }
        catch (final IOException | UncheckedIOException ex)
        {
            // What could be seen is looked at.
        }
        return found;
    }

    private static FileStore store(final Path directory)
    {
        try
        {
            return Files.getFileStore(directory);
        }
        catch (final IOException ex)
        {
            return null;
        }
    }
}
