package io.syncline.stream;

import org.agrona.DirectBuffer;

/**
 * Frames to one endpoint and stream. Belongs to one thread.
 * <p>
 * Every offer returns a value that is not negative when the frame is on its way, or a code of
 * {@link io.syncline.protocol.Codes} between -1 and -5: nothing was sent then, and the caller remembers where it
 * stopped. A frame that was accepted may still be lost (a cut, a restart of the other side): what must arrive is made
 * sure of by the conversation, never by the stream.
 */
public interface Outbound extends AutoCloseable
{
    /**
     * @param buffer holds the frame, read before the call returns
     * @param offset of the frame
     * @param length of the frame, {@link #maxFrameLength()} at most
     * @return not negative, or a code
     */
    long offer(DirectBuffer buffer, int offset, int length);

    /**
     * One frame from two places, without joining them first: the fixed block of a message, and the batch behind it.
     *
     * @param head       the first part
     * @param headOffset of the first part
     * @param headLength of the first part
     * @param body       the second part
     * @param bodyOffset of the second part
     * @param bodyLength of the second part
     * @return not negative, or a code
     */
    long offer(DirectBuffer head, int headOffset, int headLength, DirectBuffer body, int bodyOffset, int bodyLength);

    /** @return largest frame, both parts together; only meaningful once connected */
    int maxFrameLength();

    /** @return true while somebody listens, as far as is known: a hint, never a promise */
    boolean isConnected();

    /**
     * @return how often the machine at the other end has said that nobody listens there. It grows soon after the process
     * there has ended, each time something is sent to it, and begins at 0 again with a new connection; it does not grow
     * for a process that stands still, for a machine that is cut off, or where nobody would say so. A hint, as {@link
     * #isConnected()} is; any thread
     */
    default long refusals()
    {
        return 0;
    }

    @Override
    void close();
}
