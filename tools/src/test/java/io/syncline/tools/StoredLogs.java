package io.syncline.tools;

import io.syncline.journal.ChronicleLog;
import io.syncline.journal.JournalContext;
import io.syncline.journal.JournalLayout;
import io.syncline.protocol.PartitionKey;
import io.syncline.record.BatchBuilder;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Writes logs of one partition to disk, as a broker would leave them. */
final class StoredLogs
{
    static final long KEY = PartitionKey.of(1, 0);

    private static final int BATCH_CAPACITY = 64 * 1024;

    private StoredLogs()
    {
    }

    /** One batch to be appended: its first sequence, its epoch and the values of its records. */
    record Batch(int epoch, int sequence, String... values)
    {
    }

    /**
     * @param logDir  of a broker
     * @param batches to write
     * @return the partition's directory
     */
    static Path write(final Path logDir, final List<Batch> batches)
    {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[BATCH_CAPACITY]);
        final UnsafeBuffer value = new UnsafeBuffer(0, 0);
        final UnsafeBuffer key = new UnsafeBuffer(new byte[RecordCheck.KEY_LENGTH]);
        final BatchBuilder builder = new BatchBuilder();
        final JournalContext context = new JournalContext()
            .directory(logDir).segmentBytes(JournalContext.SEGMENT_BYTES_MIN).maxBatchBytes(BATCH_CAPACITY).conclude();
        try (ChronicleLog log = ChronicleLog.open(context, KEY, -1))
        {
            int line = 0;
            for (final Batch batch : batches)
            {
                builder.wrap(buffer, 0, buffer.capacity()).producer(7, 0, batch.sequence);
                for (final String text : batch.values)
                {
                    value.wrap(text.getBytes(StandardCharsets.UTF_8));
                    key.putLong(0, line++, ByteOrder.LITTLE_ENDIAN);
                    builder.append(key, 0, RecordCheck.KEY_LENGTH, value, 0, value.capacity(), 1_000_000L * line);
                }
                final long end = log.appendAsLeader(buffer, 0, builder.finish(), batch.epoch);
                if (end < 0)
                {
                    throw new IllegalStateException("append returned " + end);
                }
            }
        }
        return JournalLayout.partition(logDir, KEY);
    }

    /** Changes one bit of the first place in a partition's segments that holds a text. */
    static void damage(final Path partition, final String text) throws IOException
    {
        final byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
        try (Stream<Path> files = Files.list(partition))
        {
            for (final Path file : files.filter((path) -> path.toString().endsWith(".cq4")).sorted().toList())
            {
                final byte[] bytes = Files.readAllBytes(file);
                for (int i = 0; i + wanted.length <= bytes.length; i++)
                {
                    int matched = 0;
                    while (matched < wanted.length && bytes[i + matched] == wanted[matched])
                    {
                        matched++;
                    }
                    if (matched == wanted.length)
                    {
                        try (RandomAccessFile target = new RandomAccessFile(file.toFile(), "rw"))
                        {
                            target.seek(i);
                            target.write(bytes[i] ^ 1);
                        }
                        return;
                    }
                }
            }
        }
        throw new IllegalStateException("no '" + text + "' in " + partition);
    }
}
