package io.syncline.journal;

import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** The operating system's files, and Chronicle Queue on them. */
final class FileDisk implements JournalDisk
{
    @Override
    public boolean exists(final Path file)
    {
        return Files.exists(file);
    }

    @Override
    public byte[] read(final Path file) throws IOException
    {
        return Files.readAllBytes(file);
    }

    @Override
    public List<String> names(final Path directory) throws IOException
    {
        final List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory))
        {
            stream.forEach((file) -> names.add(file.getFileName().toString()));
        }
        catch (final NoSuchFileException | NotDirectoryException ex)
        {
            return names;
        }
        return names;
    }

    @Override
    public void createDirectory(final Path directory) throws IOException
    {
        if (!Files.isDirectory(directory))
        {
            Files.createDirectories(directory);
            forceNames(directory.getParent());
        }
    }

    @Override
    public Output open(final Path file, final long length) throws IOException
    {
        final FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try
        {
            channel.truncate(length).position(length);
            return new ChannelOutput(channel);
        }
        catch (final IOException ex)
        {
            Durable.closeQuietly(channel);
            throw ex;
        }
    }

    @Override
    public void force(final Path file) throws IOException
    {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE))
        {
            channel.force(true);
        }
        catch (final NoSuchFileException ex)
        {
            // Deleted just now: nothing is left to be made durable.
        }
    }

    /** By msync(2): fsync(2) knows no range. */
    @Override
    public void force(final Path file, final long from, final long to) throws IOException
    {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE))
        {
            final long length = Math.min(to, channel.size()) - from;
            if (length > 0)
            {
                final MappedByteBuffer range = channel.map(FileChannel.MapMode.READ_WRITE, from, length);
                try
                {
                    range.force();
                }
                finally
                {
                    IoUtil.unmap(range);
                }
            }
        }
        catch (final UncheckedIOException ex)
        {
            throw ex.getCause();
        }
        catch (final NoSuchFileException ex)
        {
            // Deleted just now: nothing is left to be made durable.
        }
    }

    @Override
    public void forceNames(final Path directory) throws IOException
    {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ))
        {
            channel.force(true);
        }
    }

    @Override
    public void move(final Path from, final Path to) throws IOException
    {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void delete(final Path file) throws IOException
    {
        Files.deleteIfExists(file);
    }

    @Override
    public Mapping map(final Path file) throws IOException
    {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ))
        {
            final long length = Math.min(channel.size(), Integer.MAX_VALUE - 8);
            final MappedByteBuffer map = channel.map(FileChannel.MapMode.READ_ONLY, 0, length);
            return new FileMapping(map, new UnsafeBuffer(map));
        }
    }

    @Override
    public SegmentStore openSegments(final Path directory, final long blockBytes, final int first)
    {
        return new SegmentQueue(directory, blockBytes, first);
    }

    private record ChannelOutput(FileChannel channel) implements Output
    {
        @Override
        public void write(final ByteBuffer bytes) throws IOException
        {
            while (bytes.hasRemaining())
            {
                channel.write(bytes);
            }
        }

        @Override
        public void force() throws IOException
        {
            channel.force(true);
        }

        @Override
        public void close()
        {
            Durable.closeQuietly(channel);
        }
    }

    private record FileMapping(MappedByteBuffer map, UnsafeBuffer buffer) implements Mapping
    {
        @Override
        public void close()
        {
            buffer.wrap(0, 0);
            IoUtil.unmap(map);
        }
    }
}
