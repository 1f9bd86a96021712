package io.syncline.journal;

import io.syncline.protocol.PartitionKey;
import io.syncline.record.BatchDescriptor;
import io.syncline.record.BatchFlyweight;
import io.syncline.replica.TestBatch;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** Logs in small segments, copies of directories, damage on demand. */
final class JournalFixture
{
    static final long KEY = PartitionKey.of(7, 3);

    private JournalFixture()
    {
    }

    static JournalContext context(final Path directory)
    {
        return new JournalContext()
            .directory(directory)
            .segmentBytes(JournalContext.SEGMENT_BYTES_MIN)
            .maxBatchBytes(128 * 1024)
            .syncIntervalNs(1);
    }

    static ChronicleLog open(final Path directory)
    {
        return open(directory, -1);
    }

    static ChronicleLog open(final Path directory, final long highWatermark)
    {
        return ChronicleLog.open(context(directory).conclude(), KEY, highWatermark);
    }

    /** Appends single-record batches whose bytes depend on the offset and the epoch alone. */
    static void fill(final ChronicleLog log, final int count, final int valueBytes, final int epoch)
    {
        for (int i = 0; i < count; i++)
        {
            final long expected = log.logEnd() + 1;
            final UnsafeBuffer batch = TestBatch.of(1, valueBytes, log.logEnd() * 1000 + epoch);
            assertThat(log.appendAsLeader(batch, 0, batch.capacity(), epoch)).isEqualTo(expected);
        }
    }

    /** Every batch is there, whole, and of the epoch the history says. */
    static void check(final ChronicleLog log)
    {
        final UnsafeBuffer view = new UnsafeBuffer(0, 0);
        final BatchFlyweight batch = new BatchFlyweight();
        try (LogReader reader = log.newReader())
        {
            for (long offset = log.logStart(); offset < log.logEnd(); offset++)
            {
                // Plain comparisons: this runs over millions of batches.
                final int length = reader.read(offset, log.logEnd(), view);
                if (length <= 0 || batch.wrap(view, 0).baseOffset() != offset ||
                    batch.leaderEpoch() != log.epochs().epochAt(offset) ||
                    view.getLong(BatchDescriptor.HEADER_LENGTH + BatchDescriptor.RECORD_HEADER_LENGTH) !=
                    offset * 1000 + batch.leaderEpoch() ||
                    log.read(offset, view) != length || batch.wrap(view, 0).baseOffset() != offset)
                {
                    throw new AssertionError("offset " + offset + " of " + log.logEnd() + " reads " + length);
                }
            }
        }
    }

    /** Copies without holes' blocks: segment files are sparse. */
    static void copy(final Path from, final Path to)
    {
        try (Stream<Path> files = Files.walk(from))
        {
            for (final Path file : files.toList())
            {
                final Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file))
                {
                    Files.createDirectories(target);
                }
                else
                {
                    copyFile(file, target);
                }
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    private static void copyFile(final Path from, final Path to) throws IOException
    {
        final ByteBuffer block = ByteBuffer.allocate(64 * 1024).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
            FileChannel out = FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))
        {
            while (in.read(block.clear()) > 0)
            {
                block.flip();
                final long at = in.position() - block.limit();
                if (!isZero(block))
                {
                    out.write(block, at);
                }
            }
            if (out.size() < in.size())
            {
                out.write(ByteBuffer.allocate(1), in.size() - 1);
            }
        }
    }

    private static boolean isZero(final ByteBuffer block)
    {
        for (int i = 0; i < block.limit(); i++)
        {
            if (block.get(i) != 0)
            {
                return false;
            }
        }
        return true;
    }

    /** Finds the stored batch that begins at an offset, and where it lies. */
    static long positionOf(final Path directory, final long offset, final Path[] file)
    {
        final long[] found = { -1 };
        LogScan.scan(JournalLayout.partition(directory, KEY), new LogScan.Visitor()
        {
            @Override
            public void onBatch(final Path path, final long position, final UnsafeBuffer batch, final int code)
            {
                if (batch.getLong(0, ByteOrder.LITTLE_ENDIAN) == offset && found[0] < 0)
                {
                    found[0] = position;
                    file[0] = path;
                }
            }

            @Override
            public void onDefect(final Path path, final long at, final String what)
            {
            }
        });
        assertThat(found[0]).isNotNegative();
        return found[0];
    }

    static void overwrite(final Path file, final long position, final byte[] bytes)
    {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE))
        {
            channel.write(ByteBuffer.wrap(bytes), position);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    static void flipBit(final Path file, final long position)
    {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE))
        {
            final ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, position);
            one.put(0, (byte)(one.get(0) ^ 4)).flip();
            channel.write(one, position);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }
}
