package io.syncline.replica;

/** Lets a simulator look at what only the rules' own tests can see. */
public final class AcksProbe
{
    private AcksProbe()
    {
    }

    /**
     * @param replica  leading
     * @param brokerId of a replica
     * @return true when that replica holds the high watermark back
     */
    public static boolean isInMaximalIsr(final AcksReplica replica, final int brokerId)
    {
        return replica.isInMaximalIsr(brokerId);
    }
}
