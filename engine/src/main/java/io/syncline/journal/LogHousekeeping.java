package io.syncline.journal;

import java.util.ArrayList;

/**
 * What the logs of a broker need done beside their owners: pages touched ahead, the next segment prepared, forcing
 * every now and then. A part of the conductor's duty cycle, and on its thread alone; a turn in which there is nothing
 * to do costs a few nanoseconds a log. One log at most is forced in a turn: no owner's next segment waits for the
 * devices of many others.
 */
public final class LogHousekeeping
{
    private final ArrayList<ChronicleLog> logs = new ArrayList<>();
    private int nextToSync;

    /** @param log to look after; at most once */
    public void add(final ChronicleLog log)
    {
        logs.add(log);
    }

    /** @param log that is about to be closed, killed or deleted */
    public void remove(final ChronicleLog log)
    {
        logs.remove(log);
    }

    /**
     * @param nowNs monotonic time
     * @return work count
     */
    public int doWork(final long nowNs)
    {
        int workCount = 0;
        final int size = logs.size();
        for (int i = 0; i < size; i++)
        {
            workCount += logs.get(i).pretouch();
        }
        for (int i = 0; i < size; i++)
        {
            nextToSync = nextToSync + 1 < size ? nextToSync + 1 : 0;
            if (logs.get(nextToSync).syncWhenDue(nowNs) > 0)
            {
                return workCount + 1;
            }
        }
        return workCount;
    }
}
