package io.syncline.broker;

import io.syncline.stage.Happening;
import io.syncline.stage.StageFile;
import org.agrona.concurrent.status.AtomicCounter;

/**
 * Watches one agent turn: how often, the longest time between two turns, and how long it stood still since somebody
 * asked. The conductor keeps the controller session alive only while every data agent's counter moves (R5.1).
 */
final class DutyCycle
{
    /** A turn that comes later than this after the last one counts as a stall. */
    static final long STALL_THRESHOLD_NS = 20_000_000;
    /** One that comes later than this, longer than a thread sleeps between records, is worth a note for slow records. */
    static final long LATE_THRESHOLD_NS = 2_000_000;

    private static final long SLEEP_OVERRUN_NS = 1_000_000;

    private final AtomicCounter cycles;
    private final AtomicCounter longestNs;
    private long count;
    private long lastNs;
    private long longest;
    private long sleepNs;
    private volatile long stalledNs;
    private StageFile happenings;
    private int who;

    DutyCycle(final AtomicCounter cycles, final AtomicCounter longestNs)
    {
        this.cycles = cycles;
        this.longestNs = longestNs;
    }

    /**
     * Before the agent's first turn.
     *
     * @param file   told of each late turn from now on
     * @param number of the agent in it
     */
    void happenings(final StageFile file, final int number)
    {
        happenings = file;
        who = number;
    }

    /**
     * Agent's thread: it is about to sleep, and the next turn is not late before that is over.
     *
     * @param atMostNs of the sleep
     */
    void sleeps(final long atMostNs)
    {
        sleepNs = atMostNs;
    }

    /**
     * Agent's thread, at the start of each turn.
     *
     * @param nowNs monotonic time
     */
    void begin(final long nowNs)
    {
        if (count != 0)
        {
            final long gapNs = nowNs - lastNs;
            if (gapNs > longest)
            {
                longest = gapNs;
                longestNs.setRelease(gapNs);
            }
            if (gapNs > Math.max(LATE_THRESHOLD_NS, sleepNs + SLEEP_OVERRUN_NS) && happenings != null)
            {
                happenings.happened(Happening.LATE_CYCLE, who, nowNs, gapNs);
            }
            if (gapNs > STALL_THRESHOLD_NS)
            {
                // One writer: the agent's thread.
                stalledNs = stalledNs + gapNs;
            }
        }
        lastNs = nowNs;
        sleepNs = 0;
        cycles.setRelease(++count);
    }

    /** @return time this agent stood still so far, in all; any thread */
    long stalledNs()
    {
        return stalledNs;
    }

    /** @return turns so far; any thread */
    long cycles()
    {
        return cycles.get();
    }
}
