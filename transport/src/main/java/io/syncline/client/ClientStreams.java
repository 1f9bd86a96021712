package io.syncline.client;

import io.syncline.stream.Streams;

/** Where a client's own streams come from when it was given none. */
final class ClientStreams
{
    private ClientStreams()
    {
    }

    /**
     * @param aeronDirectoryName directory of a running media driver, null to run one on the client's thread
     * @return streams that belong to the caller
     */
    static Streams open(final String aeronDirectoryName)
    {
        throw new UnsupportedOperationException("streams");
    }
}
