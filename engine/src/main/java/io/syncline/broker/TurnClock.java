package io.syncline.broker;

import org.agrona.concurrent.NanoClock;

/**
 * The time of a data agent's turn. Where all data agents of a broker share a thread, one reading at the head of the
 * turn serves them all: a turn takes a few microseconds, and every reading of the system's clock a good part of one.
 * What is measured, the stages of a sampled record, reads the broker's clock itself.
 */
final class TurnClock implements NanoClock
{
    private final NanoClock clock;
    private final boolean isShared;
    private long nowNs;

    /**
     * @param clock    of the broker, monotonic
     * @param isShared true where every data agent is turned on one thread, the leader agent first
     */
    TurnClock(final NanoClock clock, final boolean isShared)
    {
        this.clock = clock;
        this.isShared = isShared;
        nowNs = clock.nanoTime();
    }

    /** @return now: the first agent's, at the head of the turn */
    long begin()
    {
        return nowNs = clock.nanoTime();
    }

    /** @return when the turn began */
    @Override
    public long nanoTime()
    {
        return isShared ? nowNs : clock.nanoTime();
    }
}
