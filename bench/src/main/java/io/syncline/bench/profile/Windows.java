package io.syncline.bench.profile;

import io.syncline.bench.Timeline;

/** The times at which a slow record was under way, from being due until it was acknowledged. */
final class Windows
{
    private final boolean[] slow;
    private final long startNs;

    /**
     * @param timeline    of the run
     * @param thresholdNs a record that took so long is slow
     */
    Windows(final Timeline timeline, final long thresholdNs)
    {
        startNs = timeline.startNs();
        slow = new boolean[timeline.slots()];
        for (int slot = 0; slot < slow.length; slot++)
        {
            if (timeline.acked(slot) > 0 && timeline.worstNs(slot) >= thresholdNs)
            {
                final long first = slot - timeline.worstNs(slot) / Timeline.SLOT_NS;
                for (int i = (int)Math.max(0, first); i <= slot; i++)
                {
                    slow[i] = true;
                }
            }
        }
    }

    /**
     * @param timeNs on the rig's clock
     * @return a slow record was under way within that millisecond
     */
    boolean holds(final long timeNs)
    {
        final long slot = (timeNs - startNs) / Timeline.SLOT_NS;
        return timeNs >= startNs && slot < slow.length && slow[(int)slot];
    }

    /** @return part of the run that these times are */
    double share()
    {
        int count = 0;
        for (final boolean one : slow)
        {
            count += one ? 1 : 0;
        }
        return slow.length == 0 ? 0 : (double)count / slow.length;
    }
}
