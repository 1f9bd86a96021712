package io.syncline.bench;

/**
 * A run over time: acknowledgements in slots of a millisecond, and the longest time without one. Allocates nothing while it
 * runs; belongs to the rig's thread.
 */
public final class Timeline
{
    /** Length of a slot. */
    public static final long SLOT_NS = 1_000_000;

    private final int[] acked;
    private final long[] worstNs;
    private long startNs;
    private long lastAckNs;
    private long gapNs;
    private long gapEndNs;
    private int used;

    /**
     * @param longestNs that a run can take; what comes later falls into the last slot
     */
    public Timeline(final long longestNs)
    {
        final int slots = (int)Math.min(1 << 24, longestNs / SLOT_NS + 1);
        acked = new int[slots];
        worstNs = new long[slots];
    }

    /**
     * The run begins.
     *
     * @param nowNs on the rig's clock
     */
    public void start(final long nowNs)
    {
        startNs = nowNs;
        lastAckNs = nowNs;
    }

    /**
     * Acknowledgements came.
     *
     * @param nowNs        on the rig's clock
     * @param count        of records
     * @param responseNs   longest of them
     */
    public void onAcked(final long nowNs, final int count, final long responseNs)
    {
        final int slot = (int)Math.min(acked.length - 1, Math.max(0, nowNs - startNs) / SLOT_NS);
        acked[slot] += count;
        worstNs[slot] = Math.max(worstNs[slot], responseNs);
        used = Math.max(used, slot + 1);
        if (nowNs - lastAckNs > gapNs)
        {
            gapNs = nowNs - lastAckNs;
            gapEndNs = nowNs - startNs;
        }
        lastAckNs = nowNs;
    }

    /** @return slots up to the last acknowledgement */
    public int slots()
    {
        return used;
    }

    /**
     * @param slot from 0
     * @return records acknowledged in it
     */
    public int acked(final int slot)
    {
        return acked[slot];
    }

    /**
     * @param slot from 0
     * @return longest response time among them; 0 where there were none
     */
    public long worstNs(final int slot)
    {
        return worstNs[slot];
    }

    /** @return start of the run on the rig's clock */
    public long startNs()
    {
        return startNs;
    }

    /** @return longest time without an acknowledgement */
    public long gapNs()
    {
        return gapNs;
    }

    /** @return when that ended, from the start of the run */
    public long gapEndNs()
    {
        return gapEndNs;
    }
}
