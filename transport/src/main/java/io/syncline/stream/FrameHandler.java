package io.syncline.stream;

import org.agrona.DirectBuffer;

/** Takes the frames of an {@link Inbound}, each whole, in the order of its stream. */
@FunctionalInterface
public interface FrameHandler
{
    /**
     * Called on the thread that polls.
     *
     * @param buffer borrowed for the call; never written to
     * @param offset of the frame in the buffer
     * @param length of the frame
     * @return false when the frame could not be taken now: polling stops and the same frame comes again next time
     */
    boolean onFrame(DirectBuffer buffer, int offset, int length);
}
