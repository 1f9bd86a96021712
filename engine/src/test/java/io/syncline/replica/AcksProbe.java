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
        final int index = replica.assignment.indexOf(brokerId);
        return index >= 0 && (replica.maximalIsr() & 1L << index) != 0;
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

    /**
     * @param replica leading
     * @return the version of the metadata that it goes by
     */
    public static int partitionEpoch(final AcksReplica replica)
    {
        return replica.assignment.partitionEpoch();
    }

    /**
     * @param replica     leading
     * @param brokerId    of another replica
     * @param incarnation of that broker
     * @return LEO of the other replica as it said itself in that incarnation, -1 when nothing is known
     */
    public static long knownLogEnd(final AcksReplica replica, final int brokerId, final long incarnation)
    {
        final int index = replica.assignment.indexOf(brokerId);
        return index >= 0 && replica.progress[index].incarnation() == incarnation ? replica.progress[index].logEnd() : -1;
    }

    /**
     * @param replica  leading
     * @param brokerId of a replica
     * @return incarnation of that broker as far as the leader has heard from the controller, -1 where it is none of its replicas
     */
    public static long heardIncarnation(final AcksReplica replica, final int brokerId)
    {
        final int index = replica.assignment.indexOf(brokerId);
        return index < 0 ? -1 : replica.assignment.incarnations()[index];
    }

    /** Looks at what a leader knows of one follower. */
    @FunctionalInterface
    public interface FollowerVisitor
    {
        /**
         * @param brokerId    of the follower
         * @param incarnation that began the session
         * @param sessionId   of the conversation
         * @param logEnd      of the follower, as it counts
         * @param synced      of the follower, as it counts; -1 unknown
         */
        void onFollower(int brokerId, long incarnation, long sessionId, long logEnd, long synced);
    }

    /**
     * @param replica leading
     * @param visitor sees each follower whose LEO is known
     */
    public static void forEachFollower(final AcksReplica replica, final FollowerVisitor visitor)
    {
        for (final FollowerProgress follower : replica.progress)
        {
            if (follower.logEnd() != FollowerProgress.UNKNOWN)
            {
                visitor.onFollower(
                    follower.brokerId, follower.incarnation(), follower.sessionId(), follower.logEnd(), follower.synced());
            }
        }
    }
}
