package io.syncline.broker;

/** Whether every data agent has turned lately (R5.1). Belongs to the conductor. */
final class AgentWatch
{
    private final DutyCycle[] cycles;
    private final long[] seen;
    private final long[] movedNs;
    private final long limitNs;
    private boolean isStarted;
    private boolean isStalled;

    /**
     * @param limitNs an agent that has not turned for this long stands still
     * @param cycles  of the data agents
     */
    AgentWatch(final long limitNs, final DutyCycle... cycles)
    {
        this.limitNs = limitNs;
        this.cycles = cycles;
        this.seen = new long[cycles.length];
        this.movedNs = new long[cycles.length];
    }

    /**
     * @param nowNs monotonic time
     * @return true while all of them turn
     */
    boolean isAlive(final long nowNs)
    {
        boolean isAlive = true;
        for (int i = 0; i < cycles.length; i++)
        {
            final long count = cycles[i].cycles();
            if (count != seen[i] || !isStarted)
            {
                seen[i] = count;
                movedNs[i] = nowNs;
            }
            isAlive &= nowNs - movedNs[i] < limitNs;
        }
        isStarted = true;
        isStalled &= !isAlive;
        return isAlive;
    }

    /** @return true once for each time they began to stand still */
    boolean takeStalled()
    {
        final boolean result = !isStalled;
        isStalled = true;
        return result;
    }
}
