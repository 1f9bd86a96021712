package io.syncline.broker;

/** A follower that is far behind, fed with [next, to) of one partition over the bulk stream. Belongs to the delivery agent. */
final class BulkFeed
{
    private final int follower;
    private final long key;
    private final int leaderEpoch;
    private final long sessionId;
    private long nextOffset;
    private long endOffset;

    BulkFeed(
        final int follower,
        final long key,
        final int leaderEpoch,
        final long sessionId,
        final long from,
        final long to)
    {
        this.follower = follower;
        this.key = key;
        this.leaderEpoch = leaderEpoch;
        this.sessionId = sessionId;
        nextOffset = from;
        endOffset = to;
    }

    int follower()
    {
        return follower;
    }

    long key()
    {
        return key;
    }

    int leaderEpoch()
    {
        return leaderEpoch;
    }

    long sessionId()
    {
        return sessionId;
    }

    long nextOffset()
    {
        return nextOffset;
    }

    long endOffset()
    {
        return endOffset;
    }

    boolean isDone()
    {
        return nextOffset >= endOffset;
    }

    /** The same session wants more. */
    void extendTo(final long to)
    {
        endOffset = Math.max(endOffset, to);
    }

    /** A batch went out. */
    void onSent(final long batchEnd)
    {
        nextOffset = batchEnd;
    }
}
