package io.syncline.tools;

import io.syncline.client.ProducerContext;
import io.syncline.record.BatchDescriptor;

import java.nio.file.Path;

/**
 * What a demo is to do.
 *
 * @param directory         for the cluster's data
 * @param brokers           number of brokers
 * @param partitions        of the topic
 * @param replicationFactor replicas of each partition
 * @param minIsr            min.insync.replicas of the topic
 * @param rate              lines a second, 0 for as fast as acks come back
 * @param kill              whether the leader is killed half-way
 */
record DemoOptions(
    Path directory, int brokers, int partitions, int replicationFactor, int minIsr, long rate, boolean kill)
{
    /** Bytes of the longest line that fits the largest batch. */
    static final int MAX_RECORD_LENGTH = ProducerContext.MAX_BATCH_BYTES_DEFAULT - BatchDescriptor.HEADER_LENGTH -
        BatchDescriptor.RECORD_HEADER_LENGTH - RecordCheck.KEY_LENGTH;
}
