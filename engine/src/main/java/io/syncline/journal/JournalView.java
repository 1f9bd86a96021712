package io.syncline.journal;

import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;
import io.syncline.record.BatchDescriptor;
import io.syncline.record.BatchValidator;
import io.syncline.replica.EpochHistory;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.nio.file.Path;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

/**
 * A partition's log for looking only: changes nothing, takes no lock, needs no running node. Beside a running owner it
 * shows the log as it stood when this was opened. Belongs to one thread.
 */
public final class JournalView implements AutoCloseable
{
    private final Path directory;
    private final long key;
    private final Manifest manifest;
    private final Recovery found;
    private final SegmentReader reader;

    /** Is shown what the files hold, whether it can be used or not. */
    public interface Visitor
    {
        /**
         * One batch.
         *
         * @param file     name of the segment
         * @param buffer   holds the batch; borrowed
         * @param offset   of the batch in the buffer
         * @param length   of the batch
         * @param expected base offset it must have
         * @param code     OK, INVALID_BATCH or CORRUPT_BATCH
         */
        void onBatch(String file, DirectBuffer buffer, int offset, int length, long expected, int code);

        /**
         * Something that is no batch, or none where one must be. A segment is left at its first.
         *
         * @param file   name of the segment
         * @param offset that should have come
         * @param what   in words
         */
        void onBroken(String file, long offset, String what);
    }

    private JournalView(final Path directory, final long key) throws IOException
    {
        this.directory = directory;
        this.key = key;
        manifest = Manifest.read(directory, key);
        found = new Recovery(directory, key, manifest).scan();
        reader = new SegmentReader(directory);
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

    /** @return the part known to be on stable storage, exclusive */
    public long synced()
    {
        return manifest.synced();
    }

    /** @return true when the last owner closed the log and none has opened it since */
    public boolean isClosed()
    {
        return manifest.closedAt() >= 0;
    }

    /** @return the epochs and where they start; not to be changed */
    public EpochHistory epochs()
    {
        return found.epochs();
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

    /**
     * Shows everything from the first segment to the end, past damaged batches. What was truncated is not shown.
     *
     * @param visitor is shown it
     * @throws IOException when a segment cannot be read
     */
    public void visit(final Visitor visitor) throws IOException
    {
        final Segments segments = found.segments();
        for (int i = 0; i < segments.size(); i++)
        {
            visit(segments.cycle(i), segments.base(i), segments.end(i), visitor);
        }
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

    private void visit(final int cycle, final long base, final long end, final Visitor visitor) throws IOException
    {
        try (SegmentFile file = SegmentFile.map(directory, cycle))
        {
            if (file == null)
            {
                visitor.onBroken(SegmentCycle.fileName(cycle), base, "the segment's file is missing");
                return;
            }
            final String name = file.path().getFileName().toString();
            long expected = base;
            int position = file.seek(0);
            while (position >= 0 && expected < end)
            {
                final int length = file.batchLength(position);
                final int offset = position + SegmentFile.BATCH_OFFSET;
                if (length < BatchDescriptor.HEADER_LENGTH)
                {
                    visitor.onBroken(name, expected, "an excerpt of " + length + " bytes is no batch");
                    return;
                }
                final UnsafeBuffer buffer = file.buffer();
                visitor.onBatch(name, buffer, offset, length, expected,
                    BatchValidator.validateStored(buffer, offset, length, key));
                final int lastDelta = buffer.getInt(offset + BatchDescriptor.LAST_OFFSET_DELTA_OFFSET, LITTLE_ENDIAN);
                expected += Math.max(0, lastDelta) + 1;
                position = file.seek(file.next(position));
            }
            if (position == SegmentFile.TORN && (isClosed() || expected < synced()))
            {
                visitor.onBroken(name, expected, "an excerpt was begun and not finished");
            }
            else if (position < 0 && expected < end && end != Long.MAX_VALUE)
            {
                visitor.onBroken(name, expected, "the segment ends before offset " + end);
            }
        }
    }
}
