package io.syncline.stream;

/**
 * Where a node listens: {@code host:port} over UDP, or {@code ipc:number} among clients of one media driver.
 *
 * @param host host name or address; null for IPC
 * @param port UDP port (0: any free one), or the number of an IPC endpoint (0: any free one)
 */
public record Endpoint(String host, int port)
{
    /** Stream ids between one IPC endpoint and the next. */
    static final int IPC_STREAM_STRIDE = 100;

    /** Checks the port's range. */
    public Endpoint
    {
        if (port < 0 || (host != null && port > 65535) || port > 10_000_000)
        {
            throw new IllegalArgumentException("port " + port + " of endpoint '" + host + "' is not within 0 to 65535");
        }
    }

    /**
     * @param text {@code host:port}, {@code [v6]:port} or {@code ipc:number}
     * @return the endpoint
     * @throws IllegalArgumentException with the text and the expected forms
     */
    public static Endpoint parse(final String text)
    {
        final int colon = text.lastIndexOf(':');
        try
        {
            if (colon > 0)
            {
                final int number = Integer.parseInt(text.substring(colon + 1).trim());
                final String host = text.substring(0, colon).trim();
                return new Endpoint("ipc".equals(host) ? null : host, number);
            }
        }
        catch (final NumberFormatException ignore)
        {
            // falls through to the message below
        }
        throw new IllegalArgumentException("'" + text + "' is not an endpoint: write host:port or ipc:number");
    }

    /** @return true where both sides share a media driver */
    public boolean isIpc()
    {
        return host == null;
    }

    /**
     * @param streamId one of {@link StreamIds}
     * @return the Aeron stream id that stands for it at this endpoint
     */
    public int streamId(final int streamId)
    {
        return isIpc() ? port * IPC_STREAM_STRIDE + streamId : streamId;
    }

    @Override
    public String toString()
    {
        return (isIpc() ? "ipc" : host) + ":" + port;
    }
}
