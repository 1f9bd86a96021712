package io.syncline.tools;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns SIGINT and SIGTERM into a wish that a command looks at, so that it ends in its own order and with its own exit
 * status; the JVM by itself would exit with 128 and more while the command's thread still runs.
 */
final class StopSignal implements AutoCloseable
{
    private static final long CLOSE_TIMEOUT_S = 60;

    private final Thread hook = new Thread(this::onShutdown, "stop-signal");
    private final CountDownLatch raised = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile int exitCode = ExitCode.INTERNAL;

    StopSignal()
    {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** @return true once a signal has come */
    boolean isRaised()
    {
        return raised.getCount() == 0;
    }

    /** Waits for a signal. */
    void await() throws InterruptedException
    {
        raised.await();
    }

    /**
     * The command has done its work.
     *
     * @param exitCode to exit with, signal or not
     * @return the same
     */
    int finish(final int exitCode)
    {
        this.exitCode = exitCode;
        return exitCode;
    }

    /** The command has released everything. */
    @Override
    public void close()
    {
        System.out.flush();
        closed.countDown();
        if (!isRaised())
        {
            try
            {
                Runtime.getRuntime().removeShutdownHook(hook);
            }
            catch (final IllegalStateException ignore)
            {
                // A signal came just now: the hook runs and finds everything closed.
            }
        }
    }

    private void onShutdown()
    {
        raised.countDown();
        try
        {
            if (closed.await(CLOSE_TIMEOUT_S, TimeUnit.SECONDS))
            {
                Runtime.getRuntime().halt(exitCode);
            }
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
        }
    }
}
