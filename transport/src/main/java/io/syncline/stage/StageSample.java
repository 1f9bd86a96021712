package io.syncline.stage;

/**
 * One sampled record's stages. Mutable and used again for the next one; belongs to one thread.
 * <p>
 * Invariant, once complete: the stages add up to {@link #totalNs()} exactly. Those on the network are what is left over
 * and may be below zero by as much as two clocks drift apart within one round trip.
 */
public final class StageSample
{
    private final long[] stageNs = new long[Stage.COUNT];
    private long key;
    private long offset;
    private int follower;
    private int acks;
    private long totalNs;
    private long endNs;

    /**
     * Begins another record; every stage is zero.
     *
     * @param newKey    of the partition
     * @param newOffset of the record's batch: its base offset at a broker, its last offset at a producer
     * @param newAcks   -1 all, 1 leader
     */
    public void reset(final long newKey, final long newOffset, final int newAcks)
    {
        key = newKey;
        offset = newOffset;
        acks = newAcks;
        follower = -1;
        totalNs = 0;
        endNs = 0;
        for (int i = 0; i < stageNs.length; i++)
        {
            stageNs[i] = 0;
        }
    }

    /**
     * @param stage of the record's life
     * @param ns    time spent in it
     */
    public void stageNs(final Stage stage, final long ns)
    {
        stageNs[stage.ordinal()] = ns;
    }

    /**
     * @param stage of the record's life
     * @return time spent in it
     */
    public long stageNs(final Stage stage)
    {
        return stageNs[stage.ordinal()];
    }

    /**
     * @param newFollower broker whose ack completed the commit, -1 for none
     */
    public void follower(final int newFollower)
    {
        follower = newFollower;
    }

    /** @return broker whose ack completed the commit, -1 where no follower was waited for */
    public int follower()
    {
        return follower;
    }

    /**
     * Ends the record.
     *
     * @param total nanoseconds in all
     * @param atNs  when it ended, on this node's monotonic clock
     */
    public void complete(final long total, final long atNs)
    {
        totalNs = total;
        endNs = atNs;
    }

    /** @return sum of the stages as they are now */
    public long sumNs()
    {
        long sum = 0;
        for (final long ns : stageNs)
        {
            sum += ns;
        }
        return sum;
    }

    /** @return measured as one duration: at a producer from due to callback, at a leader from arrival to answer */
    public long totalNs()
    {
        return totalNs;
    }

    /** @return when it ended, on this node's monotonic clock */
    public long endNs()
    {
        return endNs;
    }

    /** @return partition */
    public long key()
    {
        return key;
    }

    /** @return of the batch's first record at a broker, of its last one at a producer */
    public long offset()
    {
        return offset;
    }

    /** @return -1 all, 1 leader */
    public int acks()
    {
        return acks;
    }
}
