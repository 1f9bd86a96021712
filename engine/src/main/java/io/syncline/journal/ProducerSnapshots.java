package io.syncline.journal;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * The producer table at an offset, as opaque bytes under a CRC: with the batches behind it, the table can be rebuilt
 * after a truncation or a restart (R6.4). A cache: losing one costs a longer walk, never correctness. Belongs to the
 * conductor.
 */
public final class ProducerSnapshots
{
    /** Returned by {@link #load} when there is no usable snapshot. */
    public static final long NULL_OFFSET = -1;

    private static final String PREFIX = "producers-";
    private static final int KEPT = 2;

    private final JournalDisk disk;
    private final Path directory;

    ProducerSnapshots(final JournalDisk disk, final Path directory)
    {
        this.disk = disk;
        this.directory = directory;
    }

    /**
     * Saves durably, and forgets all but the last two. Blocks.
     *
     * @param offset up to which the table includes the log, exclusive
     * @param buffer holds the bytes
     * @param index  of the bytes
     * @param length of the bytes
     */
    public void save(final long offset, final DirectBuffer buffer, final int index, final int length)
    {
        final ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + length).order(ByteOrder.LITTLE_ENDIAN);
        buffer.getBytes(index, bytes, Integer.BYTES, length);
        bytes.putInt(0, crc(bytes.array()));
        try
        {
            Durable.replace(disk, directory.resolve(PREFIX + offset), bytes.position(0).limit(Integer.BYTES + length));
            final TreeMap<Long, Path> files = list();
            while (files.size() > KEPT)
            {
                disk.delete(files.pollFirstEntry().getValue());
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot save a producer snapshot in " + directory, ex);
        }
    }

    /**
     * @param maxOffset of the snapshot: LEO
     * @param buffer    takes the bytes from 0 on; must be expandable or large enough
     * @return offset of the newest good snapshot that is not above maxOffset, {@link #NULL_OFFSET} for none
     */
    public long load(final long maxOffset, final MutableDirectBuffer buffer)
    {
        for (final Map.Entry<Long, Path> entry : list().headMap(maxOffset, true).descendingMap().entrySet())
        {
            try
            {
                final byte[] bytes = disk.read(entry.getValue());
                if (bytes.length >= Integer.BYTES &&
                    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt() == crc(bytes))
                {
                    buffer.putBytes(0, bytes, Integer.BYTES, bytes.length - Integer.BYTES);
                    return entry.getKey();
                }
            }
            catch (final IOException ignore)
            {
                // An older one will do.
            }
        }
        return NULL_OFFSET;
    }

    /** Forgets what was taken above an offset: those records may come back different. */
    void truncateTo(final long offset)
    {
        delete(list().tailMap(offset, false));
    }

    void clear()
    {
        delete(list());
    }

    private void delete(final Map<Long, Path> files)
    {
        for (final Path file : files.values())
        {
            try
            {
                disk.delete(file);
            }
            catch (final IOException ex)
            {
                throw new UncheckedIOException("cannot delete " + file, ex);
            }
        }
    }

    private TreeMap<Long, Path> list()
    {
        final TreeMap<Long, Path> files = new TreeMap<>();
        try
        {
            for (final String name : disk.names(directory))
            {
                final String number = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : "";
                if (number.chars().allMatch(c -> c >= '0' && c <= '9') && !number.isEmpty() && number.length() < 19)
                {
                    files.put(Long.parseLong(number), directory.resolve(name));
                }
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot list " + directory, ex);
        }
        return files;
    }

    private static int crc(final byte[] bytes)
    {
        final CRC32C crc = new CRC32C();
        crc.update(bytes, Integer.BYTES, bytes.length - Integer.BYTES);
        return (int)crc.getValue();
    }
}
