package io.syncline.client;

/**
 * Where an acknowledged record stands.
 *
 * @param topic       name of the topic
 * @param partition   from 0
 * @param sequence    this producer's count of records of the partition
 * @param offset      in the partition; -1 with {@link Acks#NONE}
 * @param leaderEpoch epoch of the leader that acknowledged; -1 with {@link Acks#NONE}
 */
public record RecordMetadata(String topic, int partition, long sequence, long offset, int leaderEpoch)
{
}
