package io.syncline.controller;

import org.agrona.CloseHelper;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;

/**
 * Keeps a controller's directory to one process; the kernel lets go of it when the process dies, however it dies.
 */
final class DirectoryLock implements AutoCloseable
{
    private static final String FILE_NAME = "LOCK";

    private final FileChannel channel;

    DirectoryLock(final File directory)
    {
        FileChannel opened = null;
        try
        {
            Files.createDirectories(directory.toPath());
            opened = FileChannel.open(
                directory.toPath().resolve(FILE_NAME), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(opened) == null)
            {
                throw new IllegalStateException("controller directory " + directory.getAbsolutePath() +
                    " is in use by another process: stop that one, or give this controller another log.dir");
            }
            channel = opened;
        }
        catch (final IOException ex)
        {
            CloseHelper.quietClose(opened);
            throw new UncheckedIOException("controller directory " + directory.getAbsolutePath() +
                " cannot be written: check log.dir and its permissions", ex);
        }
        catch (final IllegalStateException ex)
        {
            CloseHelper.quietClose(opened);
            throw ex;
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

    @Override
    public void close()
    {
        CloseHelper.close(channel);
    }
}
