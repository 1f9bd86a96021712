package io.syncline.journal;

import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;
import org.agrona.ErrorHandler;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Whether a log can still be used. A device that failed once is not asked again: the log has failed, for good, with the
 * first cause. Damage is something else, bytes that are not what was written: others may be whole. Any thread.
 */
final class LogHealth
{
    /** A change to the log that is made whole, or ends its use. */
    interface Change
    {
        void make() throws IOException;
    }

    private final long key;
    private final Path directory;
    private final ErrorHandler errorHandler;
    private final AtomicBoolean isFailed = new AtomicBoolean();
    private volatile String failure = "";
    private volatile String damage = "";

    LogHealth(final long key, final Path directory, final ErrorHandler errorHandler)
    {
        this.key = key;
        this.directory = directory;
        this.errorHandler = errorHandler;
    }

    boolean isFailed()
    {
        return isFailed.get();
    }

    /** @return the first cause, "" while it has not failed */
    String failure()
    {
        return failure;
    }

    /** @return what is damaged, "" while nothing is known to be */
    String damage()
    {
        return damage;
    }

    /**
     * @param cause told to the error handler, where it is the first
     * @return STORAGE_ERROR
     */
    int fail(final Throwable cause)
    {
        if (isFailed.compareAndSet(false, true))
        {
            failure = cause.toString();
            errorHandler.onError(new IllegalStateException(message(), cause));
        }
        return Codes.STORAGE_ERROR;
    }

    /** What was whole when the log was opened does not pass its CRC. */
    void damaged(final long offset, final long logStart, final long logEnd)
    {
        damage = "offset " + offset + " of [" + logStart + ", " + logEnd + ") in " + directory +
            " does not pass its CRC";
    }

    /** @throws UncheckedIOException where the device refused; the log has failed then, as with any other exception */
    void change(final Change change)
    {
        try
        {
            change.make();
        }
        catch (final RuntimeException ex)
        {
            fail(ex);
            throw ex;
        }
        catch (final IOException ex)
        {
            fail(ex);
            throw new UncheckedIOException(message(), ex);
        }
    }

    private String message()
    {
        return "log of partition " + PartitionKey.toString(key) + " in " + directory + " failed";
    }
}
