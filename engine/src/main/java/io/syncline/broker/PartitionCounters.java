package io.syncline.broker;

import org.agrona.concurrent.status.AtomicCounter;

/**
 * What the world may see of one partition's replica at this broker. Each counter has one writer at a time; any thread,
 * and any process that maps the counters file, reads.
 *
 * @param logEnd        LEO; written by the agent that owns the log
 * @param highWatermark HW of this replica, never goes down; written by Acks for a leader, by Follower for a follower
 * @param leaderEpoch   epoch of the current role; written by the conductor
 * @param isrSize       committed ISR; written by the conductor
 * @param leader        broker id of the leader, -1 for none; written by the conductor
 * @param isr           members of the committed ISR as bits, see {@link BrokerCounters#ISR_TYPE_ID}; written by the
 *                      conductor
 * @param unreservedAppends batches whose writer had to make room on the device itself; written by the log keeper, a
 *                          moment later
 * @param readers       consumers that read from this replica; written by Delivery
 */
record PartitionCounters(
    AtomicCounter logEnd,
    AtomicCounter highWatermark,
    AtomicCounter leaderEpoch,
    AtomicCounter isrSize,
    AtomicCounter leader,
    AtomicCounter isr,
    AtomicCounter unreservedAppends,
    AtomicCounter readers) implements AutoCloseable
{
    @Override
    public void close()
    {
        logEnd.close();
        highWatermark.close();
        leaderEpoch.close();
        isrSize.close();
        leader.close();
        isr.close();
        unreservedAppends.close();
        readers.close();
    }
}
