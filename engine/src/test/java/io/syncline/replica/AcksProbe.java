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

    /**
     * @param replica leading
     * @return the replicas that hold the high watermark back, a bit each
     */
    public static long maximalIsr(final AcksReplica replica)
    {
        return replica.maximalIsr();
    }
}
