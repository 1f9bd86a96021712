package io.syncline.tools;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Lines of standard input for a thread that must not block: another thread reads, a few chunks ahead at most. A line
 * ends before its {@code \n}, the last one needs no end.
 */
final class StandardInput
{
    private static final int CHUNK_LENGTH = 64 * 1024;
    private static final int CHUNKS_AHEAD = 16;
    private static final byte[] END = new byte[0];

    private final BlockingQueue<byte[]> chunks = new ArrayBlockingQueue<>(CHUNKS_AHEAD);
    private final InputStream in;
    private volatile IOException failure;
    private byte[] chunk = END;
    private int position;
    private byte[] line = new byte[1024];
    private int length;
    private boolean atEnd;
    private boolean hasLine;

    /**
     * @param in read by a daemon thread from now on
     */
    StandardInput(final InputStream in)
    {
        this.in = in;
        final Thread reader = new Thread(this::read, "standard-input");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Looks for the next line, without waiting.
     *
     * @return true when there is one; {@link #line()} and {@link #length()} tell it until the next call
     */
    boolean poll() throws IOException
    {
        if (hasLine)
        {
            hasLine = false;
            length = 0;
        }
        while (!atEnd)
        {
            for (int i = position; i < chunk.length; i++)
            {
                if (chunk[i] == '\n')
                {
                    append(i);
                    position = i + 1;
                    hasLine = true;
                    return true;
                }
            }
            append(chunk.length);
            position = chunk.length;
            final byte[] next = chunks.poll();
            if (next == null)
            {
                return false;
            }
            chunk = next;
            position = 0;
            if (next == END)
            {
                atEnd = true;
                if (failure != null)
                {
                    throw failure;
                }
                hasLine = length > 0;
                return hasLine;
            }
        }
        return false;
    }

    /** @return true when every line was returned */
    boolean isAtEnd()
    {
        return atEnd && !hasLine;
    }

    /** @return holds the line from its start */
    byte[] line()
    {
        return line;
    }

    /** @return bytes of the line */
    int length()
    {
        return length;
    }

    private void append(final int end)
    {
        final int count = end - position;
        if (length + count > line.length)
        {
            line = Arrays.copyOf(line, Math.max(line.length * 2, length + count));
        }
        System.arraycopy(chunk, position, line, length, count);
        length += count;
    }

    private void read()
    {
        try
        {
            final byte[] buffer = new byte[CHUNK_LENGTH];
            try
            {
                int count = in.read(buffer);
                while (count >= 0)
                {
                    if (count > 0)
                    {
                        chunks.put(Arrays.copyOf(buffer, count));
                    }
                    count = in.read(buffer);
                }
            }
            catch (final IOException ex)
            {
                failure = ex;
            }
            chunks.put(END);
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
        }
    }
}
