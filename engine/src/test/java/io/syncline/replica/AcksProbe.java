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
     * @param replica of a leader
     * @return produces that wait for the high watermark
     */
    public static int pending(final AcksReplica replica)
    {
        return replica.pendingCount();
    }

    /**
     * @param replica of a leader
     * @return answers that wait for their clients
     */
    public static int unsent(final AcksReplica replica)
    {
        return replica.unsentAnswers();
    }

    /**
     * @param replica of a leader
     * @return followers whose progress is kept
     */
    public static int progress(final AcksReplica replica)
    {
        return replica.progressCount();
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
