package io.syncline.broker;

import io.syncline.replica.Assignment;
import io.syncline.replica.Retention;

/** One replica of this broker, as the conductor sees it. Belongs to the conductor. */
final class LocalPartition
{
    /** Who has the log. */
    enum Role
    {
        /** The log keeper, which opens it. */
        OPENING,
        /** The conductor: the partition has no leader, or its role is about to begin. */
        IDLE,
        /** The log keeper, which makes a leader epoch durable (R1.6). */
        STARTING,
        /** The leader agent. */
        LEADER,
        /** The follower agent. */
        FOLLOWER,
        /** The log keeper, which truncates or restarts it for the follower agent (R1.4, R1.5). */
        CUTTING,
        /** The agent of the old role, which was told to hand it back. */
        HANDING_BACK,
        /** The conductor, until the last reader has closed; then the log keeper, which deletes it. */
        LEAVING,
        /** Nobody: the log is not to be trusted, and the controller has to know it before anything is done about it (R8.2). */
        LOST,
        /** Nobody: the log or the replica is in doubt about itself and stays out of the way (DESIGN, Errors). */
        FAILED
    }

    private final long key;
    private final PartitionCounters counters;
    private final Retention retention;
    private LogStore.Partition store;
    private Role role = Role.OPENING;
    private Assignment wanted;
    private Assignment current;
    private long leso = -1;
    private LogStore.Loss loss;
    private boolean isGone;
    private boolean isBack;
    private int readersLeft;

    LocalPartition(final long key, final PartitionCounters counters, final Retention retention)
    {
        this.key = key;
        this.counters = counters;
        this.retention = retention;
    }

    long key()
    {
        return key;
    }

    /** @return the log, null while it is not open */
    LogStore.Partition store()
    {
        return store;
    }

    void opened(final LogStore.Partition opened)
    {
        store = opened;
        role = Role.IDLE;
    }

    PartitionCounters counters()
    {
        return counters;
    }

    /** @return what is kept of the log while this broker leads */
    Retention retention()
    {
        return retention;
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
        counters.leader().setRelease(assignment.leader());
        long members = 0;
        for (final int member : assignment.isr())
        {
            members |= member < Long.SIZE - 1 ? 1L << member : 0;
        }
        counters.isr().setRelease(members);
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

    /** @return what has become of the log; null while it is well */
    LogStore.Loss loss()
    {
        return loss;
    }

    void loss(final LogStore.Loss found)
    {
        loss = found;
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

    /** @return true when this broker is to hold a new replica, once the one that is gone is deleted */
    boolean isBack()
    {
        return isBack;
    }

    void back(final boolean isWantedAgain)
    {
        isBack = isWantedAgain;
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

    /** @return for a person: what it was last */
    String roleBefore(final int brokerId)
    {
        return current == null ? "NEW" : current.leader() == brokerId ? "LEADER" : current.leader() < 0 ? "IDLE" : "FOLLOWER";
    }

    /** @return high watermark of this replica, never above its log */
    long highWatermark()
    {
        return Math.min(counters.highWatermark().get(), store.log().logEnd());
    }
}
