package io.syncline.embedded;

import io.aeron.driver.MediaDriver;
import io.syncline.broker.Broker;
import io.syncline.broker.Threading;
import io.syncline.stream.InvokedDriver;
import io.syncline.stream.MediaDrivers;
import org.agrona.CloseHelper;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.SleepingIdleStrategy;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * What turns an embedded cluster: the media driver, and who turns it with the brokers' data agents, their conductors
 * and their log keepers. Threads of its own, a thread of the application's, or some of each, as the threading says;
 * with {@link Threading#DEDICATED} the brokers and the driver bring their own.
 */
final class ClusterTurns implements AutoCloseable
{
    private static final int IDLE_CONDUCTOR_MASK = 0x1F;
    private static final int BUSY_CONDUCTOR_MASK = 0x3F;
    private static final long CONDUCTOR_SLEEP_NS = 1_000_000;

    private final EmbeddedContext<?> ctx;
    private final Turner conductors = new Turner("conductors");
    private final Turner logs = new Turner("logs");
    private Turner data;
    private ExecutorService syncs;
    private AutoCloseable driver;
    private String aeronDirectoryName;
    private int turns;

    /** @param ctx concluded */
    ClusterTurns(final EmbeddedContext<?> ctx)
    {
        this.ctx = ctx;
    }

    /**
     * Launches the driver, and the threads.
     *
     * @param idleStrategy of the data thread, where there is one
     * @param errorHandler of all of it
     */
    void start(final Supplier<IdleStrategy> idleStrategy, final ErrorHandler errorHandler)
    {
        final AgentInvoker driverInvoker = ctx.threading() == Threading.DEDICATED ?
            launchDriver(errorHandler) : launchInvokedDriver(errorHandler);
        // Over IPC a frame goes from the writer's memory to the reader's: the driver only moves the limits on.
        data = new Turner("data", driverInvoker, ctx.transport() == Transport.UDP, Broker.AGENTS_ON_PATH);
        // A core stays free for the records: forces of several brokers at once would take them all.
        syncs = Executors.newFixedThreadPool(
            Math.max(1, Math.min(ctx.brokers(), Runtime.getRuntime().availableProcessors() / 2)), (task) ->
            {
                final Thread thread = new Thread(task, "log-sync");
                thread.setDaemon(true);
                return thread;
            });
        if (ctx.threading() == Threading.SHARED)
        {
            data.start(idleStrategy.get(), errorHandler);
            // Never spins: a conductor that stays awake takes a core from the data thread for nothing.
            conductors.start(new SleepingIdleStrategy(CONDUCTOR_SLEEP_NS), errorHandler);
        }
        if (driverInvoker != null && ctx.logThread())
        {
            // Where the application turns the rest, too: this one waits for the disk, and a record's thread must not.
            logs.start(new SleepingIdleStrategy(Broker.LOG_INVOKER_SLEEP_NS), errorHandler);
        }
    }

    /** @return of the media driver, for brokers and clients */
    String aeronDirectoryName()
    {
        return aeronDirectoryName;
    }

    Turner data()
    {
        return data;
    }

    Turner conductors()
    {
        return conductors;
    }

    Turner logs()
    {
        return logs;
    }

    /** @return forces logs beside everything else */
    Executor syncs()
    {
        return syncs;
    }

    /** See {@link EmbeddedCluster#doWork()}. */
    int doWork()
    {
        if (ctx.threading() != Threading.INVOKER)
        {
            return 0;
        }
        // A thread of their own would turn them a thousand times a second, not with every record.
        final int work = data.doWork();
        turns++;
        final boolean isConductorsTurn =
            work == 0 && (turns & IDLE_CONDUCTOR_MASK) == 0 || (turns & BUSY_CONDUCTOR_MASK) == 0;
        return work + (isConductorsTurn ? conductors.doWork() : 0);
    }

    /** See {@link EmbeddedCluster#doLogWork()}. */
    int doLogWork()
    {
        return ctx.threading() == Threading.INVOKER && !ctx.logThread() ? logs.doWork() : 0;
    }

    /** Ends the threads; nothing of the brokers' is turned any more. The driver goes on until {@link #close()}. */
    void stopTurning()
    {
        if (syncs != null)
        {
            conductors.close();
            data.close();
            logs.close();
            syncs.shutdown();
        }
    }

    /** Ends the driver: after every client of it. */
    @Override
    public void close()
    {
        CloseHelper.close(driver);
    }

    private AgentInvoker launchDriver(final ErrorHandler errorHandler)
    {
        final MediaDriver threaded = MediaDrivers.launchShared(errorHandler);
        driver = threaded;
        aeronDirectoryName = threaded.aeronDirectoryName();
        return null;
    }

    private AgentInvoker launchInvokedDriver(final ErrorHandler errorHandler)
    {
        final InvokedDriver invoked = MediaDrivers.launchInvoked(errorHandler);
        driver = invoked;
        aeronDirectoryName = invoked.aeronDirectoryName();
        return invoked.invoker();
    }
}
