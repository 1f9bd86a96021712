package io.syncline.stream;

import io.aeron.CommonContext;
import io.aeron.driver.Configuration;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.status.CountersReader;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Media drivers within this process, each in a directory of its own that goes away with it. Close the driver last,
 * after every client of it.
 */
public final class MediaDrivers
{
    /** Time without a sign of the other end after which an image or a connection is given up: a backstop behind heartbeats. */
    public static final long LIVENESS_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(1);

    private static final long TIMER_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long STATUS_MESSAGE_TIMEOUT_NS = TimeUnit.MILLISECONDS.toNanos(50);
    /** Long: a process that stood still for less than this goes on afterwards. */
    private static final long CLIENT_LIVENESS_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(30);
    private static final long UNBLOCK_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(40);
    private static final long LINGER_TIMEOUT_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int SOCKET_BUFFER_LENGTH = 2 * 1024 * 1024;
    private static final int SOCKET_BUFFER_LENGTH_MIN = 128 * 1024;
    private static final int DEFAULT_TERM_LENGTH = 256 * 1024;
    private static final int COUNTER_VALUES_LENGTH = 1024 * 1024;
    /** Bytes a driver of these settings takes in its directory before the first stream: its counters, queues and logs. */
    public static final long MEMORY_OF_A_DRIVER = COUNTER_VALUES_LENGTH +
        (long)COUNTER_VALUES_LENGTH * (CountersReader.METADATA_LENGTH / CountersReader.COUNTER_LENGTH) +
        Configuration.CONDUCTOR_BUFFER_LENGTH_DEFAULT + Configuration.TO_CLIENTS_BUFFER_LENGTH_DEFAULT +
        Configuration.ERROR_BUFFER_LENGTH_DEFAULT + Configuration.LOSS_REPORT_BUFFER_LENGTH_DEFAULT;

    private static final long IDLE_MAX_PARK_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private MediaDrivers()
    {
    }

    /**
     * A driver without threads: whoever owns it turns {@link InvokedDriver#invoker()}, see
     * {@link StreamsContext#driverAgentInvoker}.
     *
     * @param errorHandler gets the driver's errors
     * @return the driver
     */
    public static InvokedDriver launchInvoked(final ErrorHandler errorHandler)
    {
        return InvokedDriver.launch(context(errorHandler));
    }

    /**
     * A driver on one thread that backs off to a millisecond when there is nothing to do.
     *
     * @param errorHandler gets the driver's errors
     * @return the driver
     */
    public static MediaDriver launchShared(final ErrorHandler errorHandler)
    {
        return MediaDriver.launch(context(errorHandler)
            .threadingMode(ThreadingMode.SHARED)
            .sharedIdleStrategy(new BackoffIdleStrategy(10, 20, 1_000, IDLE_MAX_PARK_NS)));
    }

    /**
     * @param errorHandler gets the driver's errors
     * @return settings of a small driver in a new directory, for the caller to adjust and launch
     */
    public static MediaDriver.Context context(final ErrorHandler errorHandler)
    {
        final int socketBufferLength = socketBufferLength();
        return new MediaDriver.Context()
            .aeronDirectoryName(CommonContext.generateRandomDirName())
            .dirDeleteOnStart(true)
            .dirDeleteOnShutdown(true)
            .warnIfDirectoryExists(false)
            .asyncExecutorEnabled(false)
            .termBufferSparseFile(true)
            .publicationTermBufferLength(DEFAULT_TERM_LENGTH)
            .ipcTermBufferLength(DEFAULT_TERM_LENGTH)
            .counterValuesBufferLength(COUNTER_VALUES_LENGTH)
            .socketRcvbufLength(socketBufferLength)
            .socketSndbufLength(socketBufferLength)
            .timerIntervalNs(TIMER_INTERVAL_NS)
            .statusMessageTimeoutNs(STATUS_MESSAGE_TIMEOUT_NS)
            .imageLivenessTimeoutNs(LIVENESS_TIMEOUT_NS)
            .publicationConnectionTimeoutNs(LIVENESS_TIMEOUT_NS)
            .publicationLingerTimeoutNs(LINGER_TIMEOUT_NS)
            .clientLivenessTimeoutNs(CLIENT_LIVENESS_TIMEOUT_NS)
            .publicationUnblockTimeoutNs(UNBLOCK_TIMEOUT_NS)
            .driverTimeoutMs(TimeUnit.NANOSECONDS.toMillis(CLIENT_LIVENESS_TIMEOUT_NS))
            .errorHandler(errorHandler);
    }

    /**
     * Names a driver's directory after what it serves, so that the next start over the same data finds and deletes what
     * a killed process left behind. Only for whoever holds the lock on that data.
     *
     * @param role          of the process part: one directory each
     * @param dataDirectory that the driver's owner has locked
     * @return path of the Aeron directory
     */
    public static String directoryFor(final String role, final File dataDirectory)
    {
        try
        {
            // Wide enough never to be somebody else's: a driver deletes what it finds under its name.
            final UUID name =
                UUID.nameUUIDFromBytes(dataDirectory.getCanonicalPath().getBytes(StandardCharsets.UTF_8));
            return CommonContext.AERON_DIR_PROP_DEFAULT + "-syncline-" + role + "-" + name;
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot resolve " + dataDirectory, ex);
        }
    }

    /** What the kernel grants of 2 MiB: asking for more makes the driver complain. */
    private static int socketBufferLength()
    {
        return (int)Math.max(SOCKET_BUFFER_LENGTH_MIN, Math.min(
            SOCKET_BUFFER_LENGTH,
            Math.min(kernelLimit("/proc/sys/net/core/rmem_max"), kernelLimit("/proc/sys/net/core/wmem_max"))));
    }

    private static long kernelLimit(final String file)
    {
        try
        {
            return Long.parseLong(Files.readString(Path.of(file)).trim());
        }
        catch (final IOException | NumberFormatException ex)
        {
            return SOCKET_BUFFER_LENGTH_MIN;
        }
    }
}
