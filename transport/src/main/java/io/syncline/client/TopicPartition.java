package io.syncline.client;

/**
 * A partition by name.
 *
 * @param topic     name of the topic
 * @param partition from 0
 */
public record TopicPartition(String topic, int partition)
{
    @Override
    public String toString()
    {
        return topic + "-" + partition;
    }
}
