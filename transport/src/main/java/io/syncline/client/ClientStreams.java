package io.syncline.client;

import io.syncline.stream.AeronStreams;
import io.syncline.stream.InvokedDriver;
import io.syncline.stream.MediaDrivers;
import io.syncline.stream.Streams;
import io.syncline.stream.StreamsAround;
import io.syncline.stream.StreamsContext;
import org.agrona.CloseHelper;
import org.agrona.ErrorHandler;

/** A client's own streams when it was given none: over somebody's media driver, or over one that its own polls turn. */
final class ClientStreams
{
    private ClientStreams()
    {
    }

    /**
     * @param aeronDirectoryName directory of a running media driver, null to run one on the client's thread
     * @param errorHandler       hears of asynchronous errors
     * @return streams that belong to the caller
     */
    static Streams open(final String aeronDirectoryName, final ErrorHandler errorHandler)
    {
        if (aeronDirectoryName != null)
        {
            return AeronStreams.connect(
                new StreamsContext().aeronDirectoryName(aeronDirectoryName).errorHandler(errorHandler));
        }
        final InvokedDriver driver = MediaDrivers.launchInvoked(errorHandler);
        try
        {
            return new OwnDriver(driver, AeronStreams.connect(new StreamsContext()
                .invokedDriver(driver)
                .errorHandler(errorHandler)));
        }
        catch (final RuntimeException ex)
        {
            CloseHelper.quietClose(driver);
            throw ex;
        }
    }

    private static final class OwnDriver extends StreamsAround
    {
        private final InvokedDriver driver;

        private OwnDriver(final InvokedDriver driver, final Streams streams)
        {
            super(streams);
            this.driver = driver;
        }

        @Override
        public void await(final long timeoutNs)
        {
            driver.await(timeoutNs);
        }

        @Override
        public boolean isWokenByArrivals()
        {
            return true;
        }

        @Override
        public void close()
        {
            CloseHelper.closeAll(super::close, driver);
        }
    }
}
