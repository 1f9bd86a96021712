package io.syncline.protocol;

/**
 * A topic id and a partition number packed into one long: the key of every per-partition table on the hot path.
 * <pre>
 *   63                                   20 19                 0
 *  +---------------------------------------+--------------------+
 *  |               topic id                |     partition      |
 *  +---------------------------------------+--------------------+
 * </pre>
 */
public final class PartitionKey
{
    /** Number of partitions a topic can have at most. */
    public static final int MAX_PARTITIONS = 1 << 20;
    /** Highest topic id. */
    public static final long MAX_TOPIC_ID = (1L << 43) - 1;

    private static final int PARTITION_BITS = 20;

    private PartitionKey()
    {
    }

    /**
     * @param topicId   from 0 to {@link #MAX_TOPIC_ID}
     * @param partition from 0, below {@link #MAX_PARTITIONS}
     * @return the key; a value outside the ranges gives a key that equals no valid one (-1)
     */
    public static long of(final long topicId, final int partition)
    {
        return (topicId & ~MAX_TOPIC_ID) == 0 && (partition & -MAX_PARTITIONS) == 0 ?
            topicId << PARTITION_BITS | partition : -1L;
    }

    /**
     * @param key made by {@link #of(long, int)}
     * @return the topic id
     */
    public static long topicId(final long key)
    {
        return key >>> PARTITION_BITS;
    }

    /**
     * @param key made by {@link #of(long, int)}
     * @return the partition number
     */
    public static int partition(final long key)
    {
        return (int)(key & (MAX_PARTITIONS - 1));
    }

    /**
     * @param key made by {@link #of(long, int)}
     * @return the key as "topicId-partition", which is also the name of the partition's directory
     */
    public static String toString(final long key)
    {
        return topicId(key) + "-" + partition(key);
    }
}
