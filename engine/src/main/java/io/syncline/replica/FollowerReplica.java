package io.syncline.replica;

import org.agrona.DirectBuffer;

/** One partition's follower; owned by the follower agent. */
public final class FollowerReplica
{
    public FollowerReplica(
        final long key, final int brokerId, final long incarnation, final ReplicaConfig config, final ReplicaLog log,
        final ProducerSequences sequences, final FollowerOutput out)
    {
    }

    public void follow(final Assignment a, final long highWatermark, final long nowNs)
    {
    }

    public void onAssignment(final Assignment a, final long nowNs)
    {
    }

    /** The broker registered again: follows again under the new incarnation. */
    public void onIncarnation(final long incarnation, final long nowNs)
    {
    }

    /** The stream from the leader broke: follows again. */
    public void onStreamLost(final long nowNs)
    {
    }

    public void onFollowAccepted(
        final int leaderEpoch, final long sessionId, final long logEnd, final long logStart, final long nowNs)
    {
    }

    public void onDiverged(
        final int leaderEpoch, final long sessionId, final int epoch, final long endOffset, final long nowNs)
    {
    }

    public void onOutOfRange(final int leaderEpoch, final long sessionId, final long logStart, final long nowNs)
    {
    }

    public void onFollowRefused(final int leaderEpoch, final long sessionId, final int code, final long nowNs)
    {
    }

    public void onAppend(
        final int leaderEpoch, final long sessionId, final long leaderHighWatermark, final long leaderLogStart,
        final DirectBuffer batch, final int offset, final int length, final long nowNs)
    {
    }

    public void onHighWatermark(
        final int leaderEpoch, final long sessionId, final long leaderHighWatermark, final long leaderLogStart,
        final long nowNs)
    {
    }

    public void onTruncated(final long nowNs)
    {
    }

    public int doWork(final long nowNs)
    {
        return 0;
    }

    public ReplicaLog stopFollowing()
    {
        return null;
    }

    public boolean isFollowing()
    {
        return false;
    }

    public int leaderEpoch()
    {
        return -1;
    }

    public int leader()
    {
        return -1;
    }

    public long highWatermark()
    {
        return -1;
    }

    public long key()
    {
        return -1;
    }
}
