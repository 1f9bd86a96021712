package io.syncline.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** The one way a small file is replaced: write beside it, force, rename over it, force the directory. */
final class Durable
{
    static final String TEMPORARY_SUFFIX = ".tmp";

    private Durable()
    {
    }

    /**
     * @param disk  it lies on
     * @param file  to be replaced; after a crash at any step it holds the old bytes or the new ones
     * @param bytes from position to limit
     */
    static void replace(final JournalDisk disk, final Path file, final ByteBuffer bytes) throws IOException
    {
        final Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY_SUFFIX);
        try (JournalDisk.Output output = disk.open(temporary, 0))
        {
            output.write(bytes);
            output.force();
        }
        disk.move(temporary, file);
        disk.forceNames(file.getParent());
    }

    static void closeQuietly(final AutoCloseable closeable)
    {
        if (closeable != null)
        {
            try
            {
                closeable.close();
            }
            catch (final Exception ignore)
            {
                // Nothing more can be done for a handle that does not close.
            }
        }
    }
}
