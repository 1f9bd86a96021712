package io.syncline.stream;

import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import org.agrona.CloseHelper;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentInvoker;

/**
 * A media driver without threads, turned by whoever owns it. It asks the kernel once a turn which of its sockets hold a
 * datagram, where Aeron's own driver asks every socket, or its two selectors; and the thread that turns it may sleep
 * until one does.
 */
public final class InvokedDriver implements AutoCloseable
{
    private final DatagramSelector sockets;
    private final Refusals refusals;
    private final MediaDriver driver;
    private final AgentInvoker invoker;

    private InvokedDriver(final DatagramSelector sockets, final Refusals refusals, final MediaDriver driver)
    {
        this.sockets = sockets;
        this.refusals = refusals;
        this.driver = driver;
        final AgentInvoker driverInvoker = driver.sharedAgentInvoker();
        invoker = new AgentInvoker(driver.context().errorHandler(), null, new Agent()
        {
            @Override
            public int doWork()
            {
                sockets.beginTurn();
                return driverInvoker.invoke();
            }

            @Override
            public String roleName()
            {
                return driverInvoker.agent().roleName();
            }
        });
        invoker.start();
    }

    /**
     * @param context of a driver that is not launched yet; its threading mode and its endpoint suppliers are set here
     * @return the driver
     */
    public static InvokedDriver launch(final MediaDriver.Context context)
    {
        final Refusals refusals = new Refusals();
        final DatagramSelector sockets = new DatagramSelector(refusals);
        try
        {
            return new InvokedDriver(sockets, refusals, MediaDriver.launch(sockets.watch(context).threadingMode(ThreadingMode.INVOKER)));
        }
        catch (final RuntimeException ex)
        {
            CloseHelper.quietClose(sockets);
            throw ex;
        }
    }

    /** @return directory that clients of this driver name */
    public String aeronDirectoryName()
    {
        return driver.aeronDirectoryName();
    }

    /** @return turns the driver once */
    public AgentInvoker invoker()
    {
        return invoker;
    }

    Refusals refusals()
    {
        return refusals;
    }

    /**
     * Sleeps until a datagram waits at one of the sockets, at once where one does already. For the thread that turns
     * the driver.
     *
     * @param timeoutNs at most, rounded up to milliseconds
     */
    public void await(final long timeoutNs)
    {
        sockets.await(timeoutNs);
    }

    /** Ends {@link #await}, or the next one. Any thread. */
    public void wake()
    {
        sockets.wake();
    }

    /** After every client of it. */
    @Override
    public void close()
    {
        CloseHelper.closeAll(driver, sockets);
    }
}
