package io.syncline.broker;

import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.syncline.stream.AeronStreams;
import io.syncline.stream.Endpoint;
import io.syncline.stream.Inbound;
import io.syncline.stream.MediaDrivers;
import io.syncline.stream.Outbound;
import io.syncline.stream.Streams;
import io.syncline.stream.StreamsContext;
import org.agrona.CloseHelper;
import org.agrona.ErrorHandler;

/** Aeron streams of a broker that was given none: over a media driver that runs already, or over one of its own. */
final class OwnStreams implements Streams
{
    private final String aeronDirectoryName;
    private final MediaDriver driver;
    private final AeronStreams streams;

    private OwnStreams(final String aeronDirectoryName, final MediaDriver driver, final AeronStreams streams)
    {
        this.aeronDirectoryName = aeronDirectoryName;
        this.driver = driver;
        this.streams = streams;
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
            streamsContext.aeronDirectoryName(context.aeronDirectoryName());
            return new OwnStreams(context.aeronDirectoryName(), null, AeronStreams.connect(streamsContext));
        }
        final boolean isInvoked = context.threading() != Threading.DEDICATED;
        // Named after the data, whose lock this broker holds: what a killed process left there goes now.
        final MediaDriver driver = MediaDriver.launch(MediaDrivers.context(errorHandler)
            .aeronDirectoryName(MediaDrivers.directoryFor("broker", context.directory()))
            .threadingMode(isInvoked ? ThreadingMode.INVOKER : ThreadingMode.SHARED));
        try
        {
            streamsContext.aeronDirectoryName(driver.aeronDirectoryName());
            if (isInvoked)
            {
                streamsContext.driverAgentInvoker(driver.sharedAgentInvoker());
            }
            return new OwnStreams(driver.aeronDirectoryName(), driver, AeronStreams.connect(streamsContext));
        }
        catch (final RuntimeException ex)
        {
            driver.close();
            throw ex;
        }
    }

    /** @return directory of the media driver */
    String aeronDirectoryName()
    {
        return aeronDirectoryName;
    }

    @Override
    public Outbound connect(final Endpoint to, final int streamId)
    {
        return streams.connect(to, streamId);
    }

    @Override
    public Inbound listen(final Endpoint at, final int streamId)
    {
        return streams.listen(at, streamId);
    }

    @Override
    public Endpoint resolve(final Endpoint endpoint)
    {
        return streams.resolve(endpoint);
    }

    @Override
    public int doWork()
    {
        return streams.doWork();
    }

    @Override
    public void close()
    {
        CloseHelper.closeAll(streams, driver);
    }
}
