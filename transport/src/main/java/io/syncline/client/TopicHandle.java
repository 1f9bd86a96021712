package io.syncline.client;

import org.agrona.DirectBuffer;

/**
 * A topic with the handles of all its partitions, so that records with a key find theirs without a look-up by name.
 * <p>
 * A key goes to partition {@code (murmur2(key) & 0x7fffffff) % partitions}, as Kafka's default partitioner has it.
 */
public final class TopicHandle
{
    private final String name;
    private final long topicId;
    private final int[] handles;

    TopicHandle(final String name, final long topicId, final int[] handles)
    {
        this.name = name;
        this.topicId = topicId;
        this.handles = handles;
    }

    /** @return name of the topic */
    public String name()
    {
        return name;
    }

    /** @return given by the controller, never used twice */
    public long topicId()
    {
        return topicId;
    }

    /** @return number of partitions when the handle was made */
    public int partitionCount()
    {
        return handles.length;
    }

    /**
     * @param partition from 0, below {@link #partitionCount()}
     * @return handle of that partition
     */
    public int handle(final int partition)
    {
        return handles[partition];
    }

    /**
     * @param key    holds the key
     * @param offset of the key
     * @param length of the key
     * @return handle of the partition the key belongs to
     */
    public int handle(final DirectBuffer key, final int offset, final int length)
    {
        return handles[KeyHash.partition(key, offset, length, handles.length)];
    }
}
