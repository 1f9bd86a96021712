package io.syncline.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Port down: where a {@link StateFile} is kept. */
public interface StateStore
{
    /**
     * @return the bytes of the last save, null where there is none
     * @throws UncheckedIOException when there are some that cannot be read
     */
    byte[] load();

    /**
     * Durable on return, as a whole or not at all.
     *
     * @param bytes to be kept
     * @throws UncheckedIOException when they could not be; the old ones are intact
     */
    void save(byte[] bytes);

    /**
     * @param file its directory is created by the first save
     * @return keeps the bytes in a file
     */
    static StateStore inFile(final Path file)
    {
        return new StateStore()
        {
            @Override
            public byte[] load()
            {
                try
                {
                    return Files.readAllBytes(file);
                }
                catch (final NoSuchFileException ex)
                {
                    return null;
                }
                catch (final IOException ex)
                {
                    throw new UncheckedIOException("cannot read " + file, ex);
                }
            }

            @Override
            public void save(final byte[] bytes)
            {
                try
                {
                    Files.createDirectories(file.getParent());
                    Durable.replace(JournalDisk.FILES, file, ByteBuffer.wrap(bytes));
                }
                catch (final IOException ex)
                {
                    throw new UncheckedIOException("cannot save " + file, ex);
                }
            }
        };
    }
}
