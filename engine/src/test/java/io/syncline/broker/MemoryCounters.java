package io.syncline.broker;

import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersManager;

import java.nio.ByteBuffer;

/** Counters of a replica that nobody sees from outside. */
final class MemoryCounters
{
    private MemoryCounters()
    {
    }

    static PartitionCounters ofPartition()
    {
        final CountersManager counters = new CountersManager(
            new UnsafeBuffer(ByteBuffer.allocateDirect(64 * 1024)), new UnsafeBuffer(ByteBuffer.allocateDirect(16 * 1024)));
        return new PartitionCounters(
            counters.newCounter("end"),
            counters.newCounter("hw"),
            counters.newCounter("epoch"),
            counters.newCounter("isr"),
            counters.newCounter("leader"),
            counters.newCounter("members"),
            counters.newCounter("unreserved"),
            counters.newCounter("readers"));
    }
}
