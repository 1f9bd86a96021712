package io.syncline.broker;

import io.syncline.replica.Assignment;

/** One replica of this broker, as the conductor sees it. Belongs to the conductor. */
final class LocalPartition
{
    /** Who has the log. */
    enum Role
    {
        /** The conductor: the partition has no leader, or its role is about to begin. */
        IDLE,
        /** The leader agent. */
        LEADER,
        /** The follower agent. */
        FOLLOWER,
        /** The agent of the old role, which was told to hand it back. */
        HANDING_BACK,
        /** The conductor, until the last reader has closed; then nobody. */
        LEAVING,
        /** Nobody: the log or the replica is in doubt about itself and stays out of the way (DESIGN, Errors). */
        FAILED
    }

    private final long key;
    private final LogStore.Partition store;
    private final PartitionCounters counters;
    private Role role = Role.IDLE;
    private Assignment wanted;
    private Assignment current;
    private long leso = -1;
    private boolean isGone;
    private int readersLeft;

    LocalPartition(final long key, final LogStore.Partition store, final PartitionCounters counters)
    {
        this.key = key;
        this.store = store;
        this.counters = counters;
    }

    long key()
    {
        return key;
    }

    /** @return the log, null where it could not be opened */
    LogStore.Partition store()
    {
        return store;
    }

    PartitionCounters counters()
    {
        return counters;
    }

    Role role()
    {
        return role;
    }

    void role(final Role role)
    {
        this.role = role;
    }

    /** @return newest metadata */
    Assignment wanted()
    {
        return wanted;
    }

    void wanted(final Assignment assignment)
    {
        wanted = assignment;
    }

    /** @return metadata that the agents were last told */
    Assignment current()
    {
        return current;
    }

    void current(final Assignment assignment)
    {
        current = assignment;
        counters.leaderEpoch().setRelease(assignment.leaderEpoch());
        counters.isrSize().setRelease(assignment.isr().length);
    }

    /** @return leader-epoch start offset of the last leadership here, -1 before the first */
    long leso()
    {
        return leso;
    }

    void leso(final long offset)
    {
        leso = offset;
    }

    /** @return true once this broker holds no replica of the partition any more */
    boolean isGone()
    {
        return isGone;
    }

    void gone()
    {
        isGone = true;
    }

    void readersLeft(final int count)
    {
        readersLeft = count;
    }

    /** @return true when the last one has left */
    boolean readerLeft()
    {
        return --readersLeft == 0;
    }

    /** @return high watermark of this replica, never above its log */
    long highWatermark()
    {
        return Math.min(counters.highWatermark().get(), store.log().logEnd());
    }
}
