package io.syncline.broker;

import org.agrona.BitUtil;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;

/**
 * Leader agent to delivery agent: followers to be fed from the journal over the bulk stream, [from, to).
 * <pre>
 *   0        8        16       24       32         36        40
 *  +--------+--------+--------+--------+----------+---------+
 *  |  key   |session |  from  |   to   |l.epoch   |follower |
 *  +--------+--------+--------+--------+----------+---------+
 * </pre>
 */
final class FeedRing
{
    /** Takes what the leader agent asked for, on the delivery agent's thread. */
    @FunctionalInterface
    interface Handler
    {
        /**
         * A newer session of the same follower and partition replaces an older one; the same session moves its end on.
         *
         * @param follower    broker id
         * @param key         of the partition
         * @param leaderEpoch to be written on the Append frames
         * @param sessionId   to be written on the Append frames
         * @param from        first offset
         * @param to          end, exclusive
         */
        void onFeed(int follower, long key, int leaderEpoch, long sessionId, long from, long to);
    }

    private static final int CAPACITY = 64 * 1024;
    private static final int FEED = 1;
    private static final int KEY = 0;
    private static final int SESSION = KEY + BitUtil.SIZE_OF_LONG;
    private static final int FROM = SESSION + BitUtil.SIZE_OF_LONG;
    private static final int TO = FROM + BitUtil.SIZE_OF_LONG;
    private static final int EPOCH = TO + BitUtil.SIZE_OF_LONG;
    private static final int FOLLOWER = EPOCH + BitUtil.SIZE_OF_INT;
    private static final int LENGTH = FOLLOWER + BitUtil.SIZE_OF_INT;

    private final OneToOneRingBuffer ring = Rings.allocate(CAPACITY);
    private final MessageHandler onMessage = this::onMessage;
    private Handler handler;

    /**
     * Leader agent's thread.
     *
     * @return false when the ring is full
     */
    boolean feed(
        final int follower,
        final long key,
        final int leaderEpoch,
        final long sessionId,
        final long from,
        final long to)
    {
        final int index = ring.tryClaim(FEED, LENGTH);
        if (index < 0)
        {
            return false;
        }
        final MutableDirectBuffer buffer = ring.buffer();
        buffer.putLong(index + KEY, key);
        buffer.putLong(index + SESSION, sessionId);
        buffer.putLong(index + FROM, from);
        buffer.putLong(index + TO, to);
        buffer.putInt(index + EPOCH, leaderEpoch);
        buffer.putInt(index + FOLLOWER, follower);
        ring.commit(index);
        return true;
    }

    /**
     * Delivery agent's thread.
     *
     * @param handler takes the requests
     * @return requests taken
     */
    int poll(final Handler handler)
    {
        this.handler = handler;
        return ring.read(onMessage);
    }

    private void onMessage(final int type, final MutableDirectBuffer buffer, final int index, final int length)
    {
        handler.onFeed(
            buffer.getInt(index + FOLLOWER),
            buffer.getLong(index + KEY),
            buffer.getInt(index + EPOCH),
            buffer.getLong(index + SESSION),
            buffer.getLong(index + FROM),
            buffer.getLong(index + TO));
    }
}
