package io.syncline.broker;

import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.ControlledMessageHandler;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;

import static org.agrona.BitUtil.SIZE_OF_INT;
import static org.agrona.BitUtil.SIZE_OF_LONG;

/**
 * Acks agent to leader agent: what followers' frames and acks mean for the sender.
 * <pre>
 *                 0        8        16       24       32        36        40        44      48
 *                +--------+--------+--------+--------+---------+---------+---------+-------+
 * follow         |  key   |incarn. |session |log end | l.epoch | follower|last ep. |p.epoch|
 *                +--------+--------+--------+--------+---------+---------+---------+-------+
 * acked          |  key   |   0    |session |log end | l.epoch | follower|
 *                +--------+--------+--------+--------+---------+---------+
 * follower read  |  key   |   0    |session | 0 or 1 | l.epoch | follower|
 *                +--------+--------+--------+--------+---------+---------+
 * high watermark |  key   |   HW   |l.ep.| 0|
 *                +--------+--------+-----+--+
 * </pre>
 */
final class AcksToLeaderRing
{
    /** Takes the events, on the leader agent's thread; false leaves the event where it is, to come again. */
    interface Handler
    {
        boolean onFollow(
            long key, int follower, int leaderEpoch, int partitionEpoch, long incarnation, long sessionId, long logEnd,
            int lastEpoch);

        boolean onAcked(long key, int leaderEpoch, int follower, long sessionId, long logEnd);

        boolean onFollowerRead(long key, int leaderEpoch, int follower, long sessionId, boolean isRead);

        boolean onHighWatermark(long key, int leaderEpoch, long highWatermark);
    }

    private static final int CAPACITY = 256 * 1024;
    private static final int FOLLOW = 1;
    private static final int ACKED = 2;
    private static final int HIGH_WATERMARK = 3;
    private static final int FOLLOWER_READ = 4;

    private static final int KEY = 0;
    private static final int INCARNATION = KEY + SIZE_OF_LONG;
    private static final int SESSION = INCARNATION + SIZE_OF_LONG;
    private static final int LOG_END = SESSION + SIZE_OF_LONG;
    private static final int EPOCH = LOG_END + SIZE_OF_LONG;
    private static final int FOLLOWER = EPOCH + SIZE_OF_INT;
    private static final int ACKED_LENGTH = FOLLOWER + SIZE_OF_INT;
    private static final int LAST_EPOCH = FOLLOWER + SIZE_OF_INT;
    private static final int PARTITION_EPOCH = LAST_EPOCH + SIZE_OF_INT;
    private static final int FOLLOW_LENGTH = PARTITION_EPOCH + SIZE_OF_INT;

    private static final int HW = KEY + SIZE_OF_LONG;
    private static final int HW_EPOCH = HW + SIZE_OF_LONG;
    private static final int HW_LENGTH = HW_EPOCH + 2 * SIZE_OF_INT;

    private final OneToOneRingBuffer ring = Rings.allocate(CAPACITY);
    private final ControlledMessageHandler onMessage = this::onMessage;
    private Handler handler;

    /** Acks' thread. */
    boolean follow(
        final long key, final int follower, final int leaderEpoch, final int partitionEpoch, final long incarnation,
        final long sessionId, final long logEnd, final int lastEpoch)
    {
        final int index = ring.tryClaim(FOLLOW, FOLLOW_LENGTH);
        if (index < 0)
        {
            return false;
        }
        final MutableDirectBuffer buffer = ring.buffer();
        buffer.putLong(index + KEY, key);
        buffer.putLong(index + INCARNATION, incarnation);
        buffer.putLong(index + SESSION, sessionId);
        buffer.putLong(index + LOG_END, logEnd);
        buffer.putInt(index + EPOCH, leaderEpoch);
        buffer.putInt(index + FOLLOWER, follower);
        buffer.putInt(index + LAST_EPOCH, lastEpoch);
        buffer.putInt(index + PARTITION_EPOCH, partitionEpoch);
        ring.commit(index);
        return true;
    }

    /** Acks' thread. */
    boolean acked(
        final long key, final int leaderEpoch, final int follower, final long sessionId, final long logEnd)
    {
        return ofFollower(ACKED, key, leaderEpoch, follower, sessionId, logEnd);
    }

    /** Acks' thread. */
    boolean followerRead(
        final long key, final int leaderEpoch, final int follower, final long sessionId, final boolean isRead)
    {
        return ofFollower(FOLLOWER_READ, key, leaderEpoch, follower, sessionId, isRead ? 1 : 0);
    }

    private boolean ofFollower(
        final int type, final long key, final int leaderEpoch, final int follower, final long sessionId, final long value)
    {
        final int index = ring.tryClaim(type, ACKED_LENGTH);
        if (index < 0)
        {
            return false;
        }
        final MutableDirectBuffer buffer = ring.buffer();
        buffer.putLong(index + KEY, key);
        buffer.putLong(index + SESSION, sessionId);
        buffer.putLong(index + LOG_END, value);
        buffer.putInt(index + EPOCH, leaderEpoch);
        buffer.putInt(index + FOLLOWER, follower);
        ring.commit(index);
        return true;
    }

    /** Acks' thread. */
    boolean highWatermark(final long key, final int leaderEpoch, final long highWatermark)
    {
        final int index = ring.tryClaim(HIGH_WATERMARK, HW_LENGTH);
        if (index < 0)
        {
            return false;
        }
        final MutableDirectBuffer buffer = ring.buffer();
        buffer.putLong(index + KEY, key);
        buffer.putLong(index + HW, highWatermark);
        buffer.putInt(index + HW_EPOCH, leaderEpoch);
        ring.commit(index);
        return true;
    }

    /**
     * Leader's thread.
     *
     * @param handler takes the events
     * @return events taken
     */
    int poll(final Handler handler)
    {
        this.handler = handler;
        return ring.controlledRead(onMessage);
    }

    private ControlledMessageHandler.Action onMessage(
        final int type, final MutableDirectBuffer buffer, final int index, final int length)
    {
        final boolean taken = switch (type)
        {
            case FOLLOW -> handler.onFollow(
                buffer.getLong(index + KEY),
                buffer.getInt(index + FOLLOWER),
                buffer.getInt(index + EPOCH),
                buffer.getInt(index + PARTITION_EPOCH),
                buffer.getLong(index + INCARNATION),
                buffer.getLong(index + SESSION),
                buffer.getLong(index + LOG_END),
                buffer.getInt(index + LAST_EPOCH));
            case ACKED -> handler.onAcked(
                buffer.getLong(index + KEY),
                buffer.getInt(index + EPOCH),
                buffer.getInt(index + FOLLOWER),
                buffer.getLong(index + SESSION),
                buffer.getLong(index + LOG_END));
            case FOLLOWER_READ -> handler.onFollowerRead(
                buffer.getLong(index + KEY),
                buffer.getInt(index + EPOCH),
                buffer.getInt(index + FOLLOWER),
                buffer.getLong(index + SESSION),
                buffer.getLong(index + LOG_END) != 0);
            default -> handler.onHighWatermark(
                buffer.getLong(index + KEY),
                buffer.getInt(index + HW_EPOCH),
                buffer.getLong(index + HW));
        };
        return taken ? ControlledMessageHandler.Action.CONTINUE : ControlledMessageHandler.Action.ABORT;
    }
}
