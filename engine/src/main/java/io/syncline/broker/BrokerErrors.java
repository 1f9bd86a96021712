package io.syncline.broker;

import org.agrona.BufferUtil;
import org.agrona.ErrorHandler;
import org.agrona.IoUtil;
import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.errors.DistinctErrorLog;
import org.agrona.concurrent.status.AtomicCounter;

import java.io.File;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;

/** Asynchronous trouble (DESIGN, Errors): counted, de-duplicated, in a mapped file, and passed on to whoever listens. */
final class BrokerErrors implements ErrorHandler, AutoCloseable
{
    /** Name of the file in {@code log.dir}. */
    static final String FILE_NAME = "errors.dat";

    private static final int LENGTH = 1024 * 1024;

    private final ByteBuffer memory;
    private final DistinctErrorLog log;
    private final AtomicCounter errors;
    private final ErrorHandler next;
    private volatile boolean isClosed;

    /**
     * @param file   created anew
     * @param clock  for the time of each first and last occurrence
     * @param errors counts every occurrence
     * @param next   told as well; null for nobody
     */
    BrokerErrors(final File file, final EpochClock clock, final AtomicCounter errors, final ErrorHandler next)
    {
        this(newFile(file), clock, errors, next);
    }

    /** As the other, with memory that is zeroed and freed with the log. */
    BrokerErrors(final ByteBuffer memory, final EpochClock clock, final AtomicCounter errors, final ErrorHandler next)
    {
        this.memory = memory;
        this.log = new DistinctErrorLog(new UnsafeBuffer(memory), clock);
        this.errors = errors;
        this.next = next;
    }

    @Override
    public void onError(final Throwable throwable)
    {
        if (!isClosed)
        {
            errors.getAndAdd(1);
            log.record(throwable);
        }
        if (next != null)
        {
            next.onError(throwable);
        }
    }

    @Override
    public void close()
    {
        isClosed = true;
        BufferUtil.free(memory);
    }

    private static MappedByteBuffer newFile(final File file)
    {
        IoUtil.deleteIfExists(file);
        return IoUtil.mapNewFile(file, LENGTH);
    }
}
