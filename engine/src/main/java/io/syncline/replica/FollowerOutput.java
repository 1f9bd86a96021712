package io.syncline.replica;

/** Port out of {@link FollowerReplica}: to the leader over the control stream, to the conductor. Never calls back in. */
public interface FollowerOutput
{
    /**
     * R1.1.
     *
     * @param partitionEpoch of the newest metadata known here
     * @return not negative, or a code
     */
    long follow(
        int leader, long key, int leaderEpoch, int partitionEpoch, long incarnation, long sessionId, long logEnd,
        int lastEpoch);

    /**
     * R2.3, at most once for each duty cycle.
     *
     * @param isRead consumers read from this replica (R3.4)
     * @return not negative, or a code
     */
    long appendAck(
        int leader, long key, int leaderEpoch, long incarnation, long sessionId, long logEnd, long synced,
        boolean isRead);

    /** R3.5: what readers of this replica may see moved. */
    void highWatermark(long key, int leaderEpoch, long highWatermark);

    /** R1.4: the log goes to the conductor to be truncated, and comes back with {@link FollowerReplica#onTruncated}. */
    void truncate(long key, int leaderEpoch, long offset);

    /** R1.5: the log goes to the conductor to be emptied, and comes back with {@link FollowerReplica#onTruncated}. */
    void restart(long key, int leaderEpoch, long logStart);

    /** The log failed or an invariant broke: this replica stops and reports (R1.7, DESIGN, Errors). */
    void fault(long key, int leaderEpoch, String reason);
}
