package io.syncline.tools;

import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * The lines of a file as bytes, by number, whatever the file's size: one scan notes where every 64th line starts. A
 * line ends before its {@code \n}; a carriage return belongs to the line, a line may be empty, and the last one needs
 * no end.
 * <p>
 * The scan is shared by any number of {@link Cursor}s, each of which belongs to one thread.
 */
final class LineFile
{
    private static final int INDEX_SPACING = 64;
    private static final int BUFFER_LENGTH = 256 * 1024;

    private final Path path;
    private final long[] starts;
    private final long lines;
    private final int longestLength;
    private final long longestLine;

    private LineFile(
        final Path path, final long[] starts, final long lines, final int longestLength, final long longestLine)
    {
        this.path = path;
        this.starts = starts;
        this.lines = lines;
        this.longestLength = longestLength;
        this.longestLine = longestLine;
    }

    /**
     * Reads the file once.
     *
     * @param path of a file that can be read more than once
     * @return its lines
     */
    static LineFile scan(final Path path) throws IOException
    {
        final ByteBuffer bytes = ByteBuffer.allocate(BUFFER_LENGTH);
        long[] starts = new long[1024];
        long lines = 0;
        long lineStart = 0;
        long position = 0;
        long longestLength = 0;
        long longestLine = 0;
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ))
        {
            boolean atEnd = false;
            while (!atEnd)
            {
                bytes.clear();
                atEnd = channel.read(bytes) < 0;
                final int length = atEnd ? 0 : bytes.position();
                final boolean endsOpen = atEnd && position > lineStart;
                for (int i = 0; i < length || (endsOpen && i == 0); i++)
                {
                    if (endsOpen || bytes.get(i) == '\n')
                    {
                        if (lines % INDEX_SPACING == 0)
                        {
                            final int index = Math.toIntExact(lines / INDEX_SPACING);
                            starts = index < starts.length ? starts : Arrays.copyOf(starts, index * 2);
                            starts[index] = lineStart;
                        }
                        final long lineLength = position + i - lineStart;
                        if (lineLength > longestLength)
                        {
                            longestLength = lineLength;
                            longestLine = lines;
                        }
                        lineStart = position + i + 1;
                        lines++;
                    }
                }
                position += length;
            }
        }
        return new LineFile(
            path, starts, lines, (int)Math.min(Integer.MAX_VALUE, longestLength), longestLine);
    }

    /** @return number of lines */
    long lines()
    {
        return lines;
    }

    /** @return bytes of the longest line, at most {@link Integer#MAX_VALUE} */
    int longestLength()
    {
        return longestLength;
    }

    /** @return number of the longest line, from 0 */
    long longestLine()
    {
        return longestLine;
    }

    /** @return a reader of its own for one thread */
    Cursor open() throws IOException
    {
        return new Cursor();
    }

    /** Reads lines, quickest when they are asked for in ascending order. */
    final class Cursor implements AutoCloseable
    {
        private final FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        private ByteBuffer bytes = ByteBuffer.allocateDirect(BUFFER_LENGTH).limit(0);
        private final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        private long bufferStart;
        private long nextLine;

        private Cursor() throws IOException
        {
        }

        /**
         * Wraps a line.
         *
         * @param line number, from 0
         * @param view wrapped around it; valid until the next call
         */
        void read(final long line, final UnsafeBuffer view) throws IOException
        {
            if (line < 0 || line >= lines)
            {
                throw new IndexOutOfBoundsException("line " + line + " of " + lines + " in " + path);
            }
            if (line < nextLine || line / INDEX_SPACING > nextLine / INDEX_SPACING)
            {
                seek(starts[(int)(line / INDEX_SPACING)]);
                nextLine = line / INDEX_SPACING * INDEX_SPACING;
            }
            while (nextLine < line)
            {
                skipLine(null);
            }
            skipLine(view);
        }

        @Override
        public void close() throws IOException
        {
            channel.close();
        }

        private void seek(final long position) throws IOException
        {
            if (position >= bufferStart && position <= bufferStart + bytes.limit())
            {
                bytes.position((int)(position - bufferStart));
                return;
            }
            channel.position(position);
            bufferStart = position;
            bytes.limit(0);
        }

        private void skipLine(final UnsafeBuffer view) throws IOException
        {
            int scanned = 0;
            while (true)
            {
                final int start = bytes.position();
                for (int i = start + scanned; i < bytes.limit(); i++)
                {
                    if (bytes.get(i) == '\n')
                    {
                        take(view, start, i - start);
                        bytes.position(i + 1);
                        return;
                    }
                }
                scanned = bytes.remaining();
                if (!fill())
                {
                    take(view, bytes.position(), scanned);
                    bytes.position(bytes.limit());
                    return;
                }
            }
        }

        private void take(final UnsafeBuffer view, final int start, final int length)
        {
            if (view != null)
            {
                view.wrap(buffer, start, length);
            }
            nextLine++;
        }

        private boolean fill() throws IOException
        {
            bufferStart += bytes.position();
            if (bytes.remaining() == bytes.capacity())
            {
                bytes = ByteBuffer.allocateDirect(bytes.capacity() * 2).put(bytes);
                buffer.wrap(bytes);
            }
            else
            {
                bytes.compact();
            }
            final int read = channel.read(bytes);
            bytes.flip();
            return read > 0;
        }
    }
}
