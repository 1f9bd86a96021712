package io.syncline.journal;

import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;
import io.syncline.record.BatchValidator;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Reads a partition's log by offset from its files alone: changes nothing, takes no lock, needs no running node. Beside
 * a running owner it shows the log as it stood when this was opened. {@link LogScan} walks a log that may be damaged.
 * Belongs to one thread.
 */
public final class JournalView implements AutoCloseable
{
    private final Path directory;
    private final long key;
    private final Manifest manifest;
    private final Recovery found;
    private final SegmentReader reader;

    private JournalView(final Path directory, final long key) throws IOException
    {
        this.directory = directory;
        this.key = key;
        manifest = Manifest.read(JournalDisk.FILES, directory, key);
        found = new Recovery(JournalDisk.FILES, directory, key, manifest).scan();
        reader = new SegmentReader(JournalDisk.FILES, directory);
    }

    /**
     * @param directory of a partition, named by its key
     * @return its log
     * @throws IOException           when its files cannot be read, or its manifest is damaged
     * @throws IllegalStateException when the manifest is another partition's, or of a later version
     */
    public static JournalView open(final Path directory) throws IOException
    {
        final long key = JournalLayout.keyOf(directory.toAbsolutePath());
        if (key < 0)
        {
            throw new IOException(directory + " is not named like a partition's directory, <topicId>-<partition>");
        }
        return new JournalView(directory, key);
    }

    /** @return key of the partition */
    public long key()
    {
        return key;
    }

    /** @return offset of the first record kept */
    public long logStart()
    {
        return manifest.logStart();
    }

    /** @return the next offset to be written: where recovery would find the end */
    public long logEnd()
    {
        return found.logEnd();
    }

    /**
     * Wraps the stored batch that holds an offset, in place, after checking it.
     *
     * @param offset wanted, anywhere in a batch
     * @param view   wrapped around the batch; valid until the next call
     * @return length of the batch; 0 at LEO; OFFSET_OUT_OF_RANGE outside [log start, LEO]; CORRUPT_BATCH; INVALID_BATCH
     * @throws IOException when a segment cannot be read
     */
    public int read(final long offset, final UnsafeBuffer view) throws IOException
    {
        if (offset < logStart() || offset > logEnd())
        {
            return Codes.OFFSET_OUT_OF_RANGE;
        }
        final int length = reader.read(found.segments(), offset, logEnd(), view);
        final int code = length <= 0 ? Codes.OK : BatchValidator.validateStored(view, 0, length, key);
        return code == Codes.OK ? length : code;
    }

    /** Gives maps and file handles back. */
    @Override
    public void close()
    {
        reader.close();
        manifest.close();
    }

    @Override
    public String toString()
    {
        return PartitionKey.toString(key) + " in " + directory + ", offsets " + logStart() + " to " + logEnd();
    }
}
