package io.syncline.broker;

import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.syncline.stream.AeronStreams;
import io.syncline.stream.InvokedDriver;
import io.syncline.stream.MediaDrivers;
import io.syncline.stream.StreamsAround;
import io.syncline.stream.StreamsContext;
import org.agrona.CloseHelper;
import org.agrona.ErrorHandler;

/** Aeron streams of a broker that was given none: over a media driver that runs already, or over one of its own. */
final class OwnStreams extends StreamsAround
{
    private final String aeronDirectoryName;
    private final AutoCloseable driver;
    private final InvokedDriver invokedDriver;

    private OwnStreams(
        final String aeronDirectoryName, final AutoCloseable driver, final InvokedDriver invokedDriver,
        final AeronStreams streams)
    {
        super(streams);
        this.aeronDirectoryName = aeronDirectoryName;
        this.driver = driver;
        this.invokedDriver = invokedDriver;
    }

    /**
     * @param context      of the broker: threading and {@code aeron.dir}
     * @param errorHandler takes what goes wrong asynchronously
     * @return streams, and the driver where none was named
     */
    static OwnStreams launch(final BrokerContext context, final ErrorHandler errorHandler)
    {
        final StreamsContext streamsContext = new StreamsContext()
            .errorHandler(errorHandler)
            .nanoClock(context.nanoClock());
        if (!context.aeronDirectoryName().isEmpty())
        {
            return connect(streamsContext, context.aeronDirectoryName(), null, null);
        }
        // Named after the data, whose lock this broker holds: what a killed process left there goes now.
        final MediaDriver.Context driverContext = MediaDrivers.context(errorHandler)
            .aeronDirectoryName(MediaDrivers.directoryFor("broker", context.directory()));
        if (context.threading() == Threading.DEDICATED)
        {
            final MediaDriver driver = MediaDriver.launch(driverContext.threadingMode(ThreadingMode.SHARED));
            return connect(streamsContext, driver.aeronDirectoryName(), driver, null);
        }
        final InvokedDriver driver = InvokedDriver.launch(driverContext);
        return connect(
            // Nobody else turns it: what one turn sends, no later turn of this cycle receives.
            streamsContext.invokedDriver(driver).driverInvocationsMax(1), driver.aeronDirectoryName(), driver, driver);
    }

    private static OwnStreams connect(
        final StreamsContext streamsContext, final String aeronDirectoryName, final AutoCloseable driver,
        final InvokedDriver invokedDriver)
    {
        try
        {
            return new OwnStreams(aeronDirectoryName, driver, invokedDriver,
                AeronStreams.connect(streamsContext.aeronDirectoryName(aeronDirectoryName)));
        }
        catch (final RuntimeException ex)
        {
            CloseHelper.quietClose(driver);
            throw ex;
        }
    }

    /** @return directory of the media driver */
    String aeronDirectoryName()
    {
        return aeronDirectoryName;
    }

    @Override
    public void await(final long timeoutNs)
    {
        if (invokedDriver != null)
        {
            invokedDriver.await(timeoutNs);
        }
        else
        {
            super.await(timeoutNs);
        }
    }

    @Override
    public boolean isWokenByArrivals()
    {
        return invokedDriver != null;
    }

    @Override
    public void wake()
    {
        if (invokedDriver != null)
        {
            invokedDriver.wake();
        }
    }

    @Override
    public void close()
    {
        CloseHelper.closeAll(super::close, driver);
    }
}
