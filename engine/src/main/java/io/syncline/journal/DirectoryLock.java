package io.syncline.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A log directory belongs to one process: an operating system lock, which goes with the process however it ends. It is
 * what makes it safe to take Chronicle's own locks by force.
 */
public final class DirectoryLock implements AutoCloseable
{
    /**
     * Lock files that this process holds. They are never opened a second time: the kernel takes a process's lock on a
     * file away when the process closes any handle of that file.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private DirectoryLock(final Path file, final FileChannel channel)
    {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Creates the directory where needed.
     *
     * @param logDir to own
     * @return the lock, to be closed last
     * @throws IllegalStateException when another process, or this one, holds it
     * @throws UncheckedIOException  when the directory cannot be written
     */
    public static DirectoryLock acquire(final Path logDir)
    {
        create(logDir);
        final Path file = nameOf(logDir);
        if (!HELD.add(file))
        {
            throw inUse(logDir, "another node of this process");
        }
        FileChannel channel = null;
        boolean isHeld = false;
        try
        {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            isHeld = channel.tryLock() != null;
        }
        catch (final OverlappingFileLockException ex)
        {
            throw inUse(logDir, "another node of this process");
        }
        catch (final IOException ex)
        {
            throw unusable(logDir, ex);
        }
        finally
        {
            if (!isHeld)
            {
                Durable.closeQuietly(channel);
                HELD.remove(file);
            }
        }
        if (!isHeld)
        {
            throw inUse(logDir, "another process");
        }
        return new DirectoryLock(file, channel);
    }

    /**
     * Looks whether {@link #acquire(Path)} would find the directory free, and creates nothing.
     *
     * @param logDir to be owned later
     * @throws IllegalStateException when another process, or this one, holds it
     */
    public static void probe(final Path logDir)
    {
        final Path file = nameOf(logDir);
        if (HELD.contains(file))
        {
            throw inUse(logDir, "another node of this process");
        }
        if (Files.isRegularFile(file) && Files.isWritable(file))
        {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE); FileLock lock = channel.tryLock())
            {
                if (lock == null)
                {
                    throw inUse(logDir, "another process");
                }
            }
            catch (final OverlappingFileLockException ex)
            {
                throw inUse(logDir, "another node of this process");
            }
            catch (final IOException ex)
            {
                throw unusable(logDir, ex);
            }
        }
    }

    private static Path nameOf(final Path logDir)
    {
        Path directory = logDir.toAbsolutePath().normalize();
        try
        {
            directory = directory.toRealPath();
        }
        catch (final IOException ignore)
        {
            // It does not exist yet: nobody holds it under another name either.
        }
        return JournalLayout.lockFile(directory);
    }

    private static void create(final Path logDir)
    {
        try
        {
            Files.createDirectories(logDir);
        }
        catch (final IOException ex)
        {
            throw unusable(logDir, ex);
        }
    }

    private static UncheckedIOException unusable(final Path logDir, final IOException ex)
    {
        final String reason = ex instanceof NoSuchFileException || ex instanceof AccessDeniedException ?
            "nothing can be created there" : ex.getMessage();
        return new UncheckedIOException("data directory " + logDir + " cannot be used (log.dir): " + reason +
            "; name a directory that this process may write", ex);
    }

    private static IllegalStateException inUse(final Path logDir, final String by)
    {
        return new IllegalStateException("data directory " + logDir + " is in use by " + by +
            " (log.dir): stop that node, or give each node a directory of its own");
    }

    /** Lets the directory go. The file stays: deleting it would let two processes lock two files of one name. */
    @Override
    public void close()
    {
        Durable.closeQuietly(channel);
        HELD.remove(file);
    }
}
