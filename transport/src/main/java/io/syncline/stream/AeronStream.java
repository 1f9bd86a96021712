package io.syncline.stream;

import io.aeron.Aeron;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The conductor's half of a stream: everything here but {@link #requestClose()} and {@link #raiseAttention()} belongs
 * to the thread that calls {@link AeronStreams#doWork()}.
 */
abstract class AeronStream
{
    /** States of the resource as the driver knows it; changed by {@link #state(State)} alone. */
    enum State
    {
        /** Not asked for, or refused a while ago. */
        WANTED,
        /** Asked for, no answer yet. */
        REQUESTED,
        /** With its user. */
        OPEN,
        /** Gone for good. */
        CLOSED
    }

    protected final String channel;
    protected final int streamId;
    private final AtomicInteger attention;
    private State state = State.WANTED;
    private long registrationId = Aeron.NULL_VALUE;
    private long notBeforeNs;
    private boolean hasDeadline;
    private volatile boolean isCloseRequested;

    AeronStream(final AtomicInteger attention, final String channel, final int streamId)
    {
        this.attention = attention;
        this.channel = channel;
        this.streamId = streamId;
    }

    /** Asks the driver. */
    abstract long request(Aeron aeron);

    /** @return true when the driver has answered and the resource is with its user now */
    abstract boolean hasOpened(Aeron aeron, long registrationId);

    /** @return true when the user has handed the resource back for a new one; it is closed then */
    abstract boolean takeRetired();

    /** Called now and then: notes what the user may not see in time. */
    void watch()
    {
    }

    /** Withdraws a request that was not answered. */
    abstract void withdraw(Aeron aeron, long registrationId);

    /** Closes the resource if there is one. */
    abstract void closeResource();

    final State state()
    {
        return state;
    }

    final int doConductorWork(final Aeron aeron, final long nowNs)
    {
        if (isCloseRequested)
        {
            release(aeron);
            return 1;
        }
        switch (state)
        {
            case WANTED ->
            {
                if (!hasDeadline || nowNs - notBeforeNs >= 0)
                {
                    hasDeadline = false;
                    registrationId = request(aeron);
                    state(State.REQUESTED);
                    return 1;
                }
            }
            case REQUESTED ->
            {
                if (hasOpened(aeron, registrationId))
                {
                    state(State.OPEN);
                    return 1;
                }
            }
            case OPEN ->
            {
                if (takeRetired())
                {
                    state(State.WANTED);
                    return 1;
                }
            }
            default ->
            {
            }
        }
        return 0;
    }

    final void retryAfter(final long notBeforeNs)
    {
        this.notBeforeNs = notBeforeNs;
        hasDeadline = true;
        state(State.WANTED);
    }

    final void release(final Aeron aeron)
    {
        if (state == State.CLOSED)
        {
            return;
        }
        if (state == State.REQUESTED && !aeron.isClosed())
        {
            withdraw(aeron, registrationId);
        }
        closeResource();
        state(State.CLOSED);
    }

    /** Called by the user of the stream. */
    final void requestClose()
    {
        isCloseRequested = true;
        raiseAttention();
    }

    /** Called by the user of the stream. */
    final void raiseAttention()
    {
        attention.incrementAndGet();
    }

    final boolean isCloseRequested()
    {
        return isCloseRequested;
    }

    private void state(final State newState)
    {
        if (newState != State.REQUESTED)
        {
            registrationId = Aeron.NULL_VALUE;
        }
        state = newState;
    }

    @Override
    public final String toString()
    {
        return channel + " stream " + streamId;
    }
}
