package io.syncline.stream;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How often the machine behind each endpoint has said that nobody listens there (ICMP's port unreachable): a kernel says
 * it for a process that has ended, and neither for one that stands still nor for a machine that is cut off. Counted by
 * the thread that turns the driver, read by any.
 */
final class Refusals
{
    private final ConcurrentHashMap<String, AtomicLong> byEndpoint = new ConcurrentHashMap<>();

    /**
     * The driver has opened a socket to an endpoint.
     *
     * @param endpoint host and port, as in the channel
     * @return what counts for it from now on
     */
    AtomicLong open(final String endpoint)
    {
        final AtomicLong count = new AtomicLong();
        byEndpoint.put(endpoint, count);
        return count;
    }

    /** That socket is closed. */
    void close(final String endpoint, final AtomicLong count)
    {
        byEndpoint.remove(endpoint, count);
    }

    /** @return refusals heard by the socket to an endpoint, 0 where there is none */
    long of(final String endpoint)
    {
        final AtomicLong count = byEndpoint.get(endpoint);
        return count == null ? 0 : count.get();
    }
}
