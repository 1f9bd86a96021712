package io.syncline.tools;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns SIGINT and SIGTERM into a wish that a command looks at, so that it ends in its own order and with its own exit
 * status; the JVM by itself would exit with 128 and more while the command's thread still runs.
 */
final class StopSignal implements AutoCloseable
{
    private static final long END_TIMEOUT_S = 60;
    private static final CountDownLatch ENDED = new CountDownLatch(1);
    private static volatile int exitCode;

    private final Thread hook = new Thread(this::onShutdown, "stop-signal");
    private final CountDownLatch raised = new CountDownLatch(1);

    StopSignal()
    {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /**
     * Nothing is left to do in this process.
     *
     * @param code to exit with, signal or not
     */
    static void onEnd(final int code)
    {
        exitCode = code;
        System.out.flush();
        System.err.flush();
        ENDED.countDown();
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
     * Waits for a signal.
     *
     * @param timeoutMs at most
     * @return true once a signal has come
     */
    boolean await(final long timeoutMs) throws InterruptedException
    {
        return raised.await(timeoutMs, TimeUnit.MILLISECONDS);
    }

    /** Signals end the process again as they do by themselves, unless one has come already. */
    @Override
    public void close()
    {
        if (!isRaised())
        {
            try
            {
                Runtime.getRuntime().removeShutdownHook(hook);
            }
            catch (final IllegalStateException ignore)
            {
                // A signal came just now: the hook waits for the end.
            }
        }
    }

    private void onShutdown()
    {
        raised.countDown();
        try
        {
            if (ENDED.await(END_TIMEOUT_S, TimeUnit.SECONDS))
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
