package io.syncline.replica;

/** The leader's side of one partition that counts acks; owned by the acks agent. */
public final class AcksReplica
{
    public AcksReplica(final long key, final int brokerId, final ReplicaConfig config, final AcksOutput out)
    {
    }

    public void lead(final Assignment a, final long leso, final long highWatermark, final long nowNs)
    {
    }

    public void onAssignment(final Assignment a, final long nowNs)
    {
    }

    public void stopLeading(final int code)
    {
    }

    public void onSessionStarted(
        final int leaderEpoch, final int follower, final long incarnation, final long sessionId, final long logEnd,
        final long nowNs)
    {
    }

    public void onAppended(
        final int leaderEpoch, final int acks, final long clientId, final long fromSequence, final long toSequence,
        final long baseOffset, final long endOffset, final long logEnd, final long nowNs)
    {
    }

    public void onRefused(
        final int leaderEpoch, final long clientId, final long fromSequence, final long toSequence, final int code)
    {
    }

    public void onAppendAck(
        final int follower, final int leaderEpoch, final long incarnation, final long sessionId, final long logEnd,
        final long synced, final long nowNs)
    {
    }

    public void onSynced(final long synced)
    {
    }

    /** Answers AcksOutput.alterIsr when it did not work, or when its outcome is not known; exactly one answer for each. */
    public void onAlterIsrRefused(final int leaderEpoch, final int partitionEpoch, final int code, final long nowNs)
    {
    }

    public void watch(final int follower, final long sessionId, final long offset)
    {
    }

    public int onTick(final long nowNs, final long stalledNs)
    {
        return 0;
    }

    public boolean isLeading()
    {
        return false;
    }

    public int leaderEpoch()
    {
        return -1;
    }

    /** @return the high watermark; see isHighWatermarkKnown */
    public long highWatermark()
    {
        return -1;
    }

    /** @return false until the new leader's high watermark reached LESO (R3.5) */
    public boolean isHighWatermarkKnown()
    {
        return false;
    }

    /** @return a replica's LEO by index in the assignment, -1 unknown */
    public long logEnd(final int index)
    {
        return -1;
    }

    /** @return a replica's synced LEO by index in the assignment, -1 unknown */
    public long synced(final int index)
    {
        return -1;
    }

    /** @return true when nothing waits for an answer */
    public boolean isIdle()
    {
        return true;
    }

    public long key()
    {
        return -1;
    }
}
