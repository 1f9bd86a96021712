package io.syncline.stream;

import java.util.concurrent.locks.LockSupport;

/**
 * Where streams come from: Aeron, or a network of a test's own making. Opening returns at once; an {@link Outbound}
 * says {@code NOT_CONNECTED} and an {@link Inbound} polls nothing until the stream is there.
 */
public interface Streams extends AutoCloseable
{
    /**
     * @param to       who shall receive
     * @param streamId one of {@link StreamIds}
     * @return a stream that the caller hands to its one user
     */
    Outbound connect(Endpoint to, int streamId);

    /**
     * @param at       where to listen; a UDP port of 0 is replaced, see {@link #resolve(Endpoint)}
     * @param streamId one of {@link StreamIds}
     * @return a stream that the caller hands to its one user
     */
    Inbound listen(Endpoint at, int streamId);

    /**
     * Binds a UDP endpoint of port 0, or an IPC endpoint without a number, to a free one.
     *
     * @param endpoint perhaps without a port
     * @return an endpoint that others can reach; the argument itself where it was complete
     */
    Endpoint resolve(Endpoint endpoint);

    /**
     * Housekeeping of the source itself (Aeron's client conductor, an invoked driver), on the caller's thread.
     *
     * @return work done
     */
    int doWork();

    /**
     * Sleeps until something may have come from outside of the process, or for a while where that cannot be known. For
     * the thread that calls {@link #doWork()}.
     *
     * @param timeoutNs at most, up to a millisecond longer
     */
    default void await(final long timeoutNs)
    {
        LockSupport.parkNanos(timeoutNs);
    }

    /** @return true when {@link #await} ends as soon as something has come, so that nobody stays awake for it */
    default boolean isWokenByArrivals()
    {
        return false;
    }

    /** Ends {@link #await}, or the next one, where something came from within the process. Any thread. */
    default void wake()
    {
        // Who cannot be woken does not sleep for long.
    }

    @Override
    void close();
}
