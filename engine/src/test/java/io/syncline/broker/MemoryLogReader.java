package io.syncline.broker;

import io.syncline.replica.MemoryLog;
import org.agrona.concurrent.UnsafeBuffer;

/** Reads a log in memory as a broker's agents read a journal. */
final class MemoryLogReader implements PartitionReader
{
    private final MemoryLog log;
    private final Runnable onClose;

    MemoryLogReader(final MemoryLog log, final Runnable onClose)
    {
        this.log = log;
        this.onClose = onClose;
    }

    @Override
    public long logStart()
    {
        return log.logStart();
    }

    @Override
    public int read(final long offset, final UnsafeBuffer view)
    {
        return log.read(offset, view);
    }

    @Override
    public void close()
    {
        onClose.run();
    }
}
