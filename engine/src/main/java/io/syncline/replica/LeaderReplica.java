package io.syncline.replica;

import org.agrona.DirectBuffer;

/** The leader's side of one partition that appends and sends; owned by the leader agent. */
public final class LeaderReplica
{
    public LeaderReplica(
        final long key, final int brokerId, final ReplicaConfig config, final ReplicaLog log,
        final ProducerSequences sequences, final LeaderOutput out)
    {
    }

    public void lead(final Assignment a, final long highWatermark, final long nowNs)
    {
    }

    public void onAssignment(final Assignment a, final long nowNs)
    {
    }

    public long onProduce(
        final long clientId, final int acks, final int clientLeaderEpoch, final long fromSequence,
        final DirectBuffer batch, final int offset, final int length, final long nowNs)
    {
        return 0;
    }

    public void onFollow(
        final int follower, final int leaderEpoch, final long incarnation, final long sessionId, final long logEnd,
        final int lastEpoch, final long nowNs)
    {
    }

    public void onHighWatermark(final int leaderEpoch, final long highWatermark)
    {
    }

    public void onAcked(final int leaderEpoch, final int follower, final long sessionId, final long logEnd)
    {
    }

    public int doWork(final long nowNs, final int budgetBytes)
    {
        return 0;
    }

    public ReplicaLog stopLeading()
    {
        return null;
    }

    public boolean isLeading()
    {
        return false;
    }

    public int leaderEpoch()
    {
        return -1;
    }

    public long key()
    {
        return -1;
    }
}
