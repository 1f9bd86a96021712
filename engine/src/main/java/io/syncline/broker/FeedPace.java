package io.syncline.broker;

/**
 * How much of a log the followers far behind are fed while live records are committed ({@code replica.catchup.rate}). They
 * are in no hurry: until one is back nothing waits for it, and the CPU time that its broker spends is missed by the records
 * that somebody waits for. Where nothing is committed, because nothing is produced or too few replicas are in sync, there is
 * no pace; and twice as many records are fed as are committed meanwhile, or the follower would never arrive.
 * <p>
 * Owned by the delivery agent.
 */
final class FeedPace
{
    /** Measured with two cores under 1,000 records a second: the p99 of their acks stays below twice the usual one. */
    static final long BYTES_PER_SECOND_AND_CORE = 12 * 1024 * 1024;
    /** Time after the last commit in which the next one is still expected. */
    static final long LIVE_NS = 20_000_000;

    private static final long NS_PER_SECOND = 1_000_000_000;
    private static final long OWED_RECORDS_MAX = 100_000;

    private final long bytesPerSecond;
    private boolean isLive;
    private long committed;
    private long committedNs;
    private long allowedNs;
    private long owedRecords;

    /** @param bytesPerSecond while live records are committed, 0 for no bound */
    FeedPace(final long bytesPerSecond)
    {
        this.bytesPerSecond = bytesPerSecond;
    }

    /**
     * Takes note of commits. Called while somebody is fed; where nobody was for a while, what was committed then does not
     * count.
     *
     * @param highWatermarks of all partitions led, added up
     * @param nowNs          monotonic time
     */
    void onCommitted(final long highWatermarks, final long nowNs)
    {
        isLive = isLive && nowNs - committedNs <= LIVE_NS;
        if (highWatermarks != committed)
        {
            if (isLive)
            {
                owedRecords = Math.min(OWED_RECORDS_MAX, owedRecords + 2 * Math.max(0, highWatermarks - committed));
            }
            isLive = true;
            committed = highWatermarks;
            committedNs = nowNs;
        }
    }

    /** @return true when a batch may be sent now */
    boolean mayFeed(final long nowNs)
    {
        return bytesPerSecond == 0 || !isLive || owedRecords > 0 || nowNs - allowedNs >= 0;
    }

    /** A batch was sent: the next one waits as long as the pace gives it. */
    void onFed(final int bytes, final int records, final long nowNs)
    {
        owedRecords = Math.max(-records, owedRecords - records);
        if (bytesPerSecond > 0)
        {
            allowedNs = nowNs + bytes * NS_PER_SECOND / bytesPerSecond;
        }
    }
}
