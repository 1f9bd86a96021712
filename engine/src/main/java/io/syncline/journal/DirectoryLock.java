package io.syncline.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A log directory belongs to one process: an operating system lock, which goes with the process however it ends. It is what
 * makes it safe to take Chronicle's own locks by force.
 */
public final class DirectoryLock implements AutoCloseable
{
    private final FileChannel channel;

    private DirectoryLock(final FileChannel channel)
    {
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
        final Path file = JournalLayout.lockFile(logDir);
        FileChannel channel = null;
        try
        {
            Files.createDirectories(logDir);
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            final FileLock lock = channel.tryLock();
            if (lock != null)
            {
                return new DirectoryLock(channel);
            }
        }
        catch (final OverlappingFileLockException ex)
        {
            Durable.closeQuietly(channel);
            throw new IllegalStateException(
                "data directory " + logDir + " is in use by another node of this process (log.dir)", ex);
        }
        catch (final IOException ex)
        {
            Durable.closeQuietly(channel);
            throw new UncheckedIOException("data directory " + logDir + " cannot be used (log.dir): " + ex, ex);
        }
        Durable.closeQuietly(channel);
        throw new IllegalStateException("data directory " + logDir + " is in use by another process (log.dir)");
    }

    /** Lets the directory go. The file stays: deleting it would let two processes lock two files of one name. */
    @Override
    public void close()
    {
        Durable.closeQuietly(channel);
    }
}
