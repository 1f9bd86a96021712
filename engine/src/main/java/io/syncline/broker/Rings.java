package io.syncline.broker;

import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/** Makes the rings between two agents: one writer, one reader, memory of their own. */
final class Rings
{
    private Rings()
    {
    }

    /**
     * @param capacity bytes, a power of two
     * @return an empty ring
     */
    static OneToOneRingBuffer allocate(final int capacity)
    {
        return new OneToOneRingBuffer(new UnsafeBuffer(BufferUtil.allocateDirectAligned(
            capacity + RingBufferDescriptor.TRAILER_LENGTH, BitUtil.CACHE_LINE_LENGTH)));
    }
}
