package io.syncline.replica;

import java.util.concurrent.TimeUnit;

/**
 * How a planned move stands (R5.7), as the acks side of the leader sees it.
 * <pre>
 *             a successor is named               the leader side is frozen at an end
 *     NONE -----------------------> APPROACHING ------------------------------------> FROZEN
 *      ^                                 |                                              |
 *      +----------- next leader epoch ---+---------------- next leader epoch -----------+
 * </pre>
 * In either state the controller is told once there is something to tell, and again until the leader epoch ends: that
 * the successor holds the whole log, or that time is up. Nobody but the producers of a frozen partition waits, and they
 * no longer than {@link #FROZEN_LIMIT_NS}.
 */
final class HandOver
{
    /** For a successor to come close enough for the leader to stop taking produces; nobody waits meanwhile. */
    static final long APPROACH_LIMIT_NS = TimeUnit.SECONDS.toNanos(10);
    /** For the rest of the way, and for the produces that wait for their commit; producers are put off meanwhile. */
    static final long FROZEN_LIMIT_NS = TimeUnit.SECONDS.toNanos(1);
    /** Until the controller is told again. */
    static final long RETRY_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final int NONE = -1;

    private int successor = NONE;
    private long frozenEnd = NONE;
    private long deadlineNs;
    private long nextTryNs;

    /** A leader epoch begins. */
    void reset()
    {
        successor = NONE;
        frozenEnd = NONE;
    }

    void onSuccessor(final int newSuccessor, final long nowNs)
    {
        if (newSuccessor != successor)
        {
            successor = newSuccessor;
            nextTryNs = nowNs;
            if (frozenEnd == NONE)
            {
                deadlineNs = nowNs + APPROACH_LIMIT_NS;
            }
        }
    }

    void onFrozen(final long logEnd, final long nowNs)
    {
        frozenEnd = logEnd;
        deadlineNs = nowNs + FROZEN_LIMIT_NS;
        nextTryNs = nowNs;
    }

    void onTold(final long nowNs)
    {
        nextTryNs = nowNs + RETRY_NS;
    }

    int successor()
    {
        return successor;
    }

    /** @return true while there may be something to tell */
    boolean isDue(final long nowNs)
    {
        return (successor != NONE || frozenEnd != NONE) && nowNs - nextTryNs >= 0;
    }

    boolean isLate(final long nowNs)
    {
        return nowNs - deadlineNs >= 0;
    }

    /** @return true where a log that ends there is the whole of this epoch and of those before it */
    boolean isReached(final long logEnd)
    {
        return frozenEnd != NONE && logEnd >= frozenEnd;
    }
}
