package io.syncline.bench.floor;

import io.syncline.bench.Transceiver;
import io.syncline.bench.targets.Load;
import io.syncline.bench.targets.Target;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import org.agrona.IoUtil;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A queue with Chronicle's own settings in a directory of its own. */
final class ChronicleTarget implements Target
{
    private final Path directory;
    private final SingleChronicleQueue queue;

    /**
     * @param parent where to put the queue, or null for the temporary directory
     */
    ChronicleTarget(final String parent)
    {
        try
        {
            directory = parent == null ? Files.createTempDirectory("syncline-bench-") :
                Files.createTempDirectory(Files.createDirectories(Path.of(parent)), "syncline-bench-");
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("no directory for the queue", ex);
        }
        queue = SingleChronicleQueueBuilder.binary(directory).build();
    }

    @Override
    public String title()
    {
        return "bare Chronicle append";
    }

    @Override
    public Transceiver transceiver(final Load load)
    {
        if (load.isDelivering())
        {
            throw new IllegalArgumentException("chronicle: the rig reads nothing back; use bench produce");
        }
        return new Append(load.lengthBytes());
    }

    @Override
    public void close()
    {
        queue.close();
        IoUtil.delete(directory.toFile(), true);
    }

    private final class Append implements Transceiver
    {
        private final Bytes<?> value;
        private ExcerptAppender appender;
        private Receipts receipts;
        private long appended;
        private long told;

        Append(final int lengthBytes)
        {
            value = Bytes.allocateDirect(new byte[Math.max(1, lengthBytes)]);
        }

        @Override
        public String open(final Receipts receipts)
        {
            this.receipts = receipts;
            appender = queue.createAppender();
            return title();
        }

        @Override
        public long send(final int length)
        {
            value.readPositionRemaining(0, Math.max(1, length));
            appender.writeBytes(value);
            return appended++;
        }

        @Override
        public int poll()
        {
            if (appended == told)
            {
                return 0;
            }
            told = appended;
            receipts.onAcked(told - 1);
            return 1;
        }

        @Override
        public boolean isDelivering()
        {
            return false;
        }

        @Override
        public void close()
        {
            if (appender != null)
            {
                appender.close();
            }
            value.releaseLast();
        }
    }
}
