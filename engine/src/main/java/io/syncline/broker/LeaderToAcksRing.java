package io.syncline.broker;

import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.ControlledMessageHandler;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;

import static org.agrona.BitUtil.SIZE_OF_INT;
import static org.agrona.BitUtil.SIZE_OF_LONG;

/**
 * Leader agent to acks agent, in the order of the log.
 * <pre>
 *            0        8        16       24       32        40       48       56        60      64         72         80
 *           +--------+--------+--------+--------+---------+--------+--------+---------+-------+----------+----------+
 * appended  |  key   | client |  from  |   to   |  base   |  end   |log end | l.epoch | acks  | received | appended |
 *           +--------+--------+--------+--------+----+----+--------+--------+---------+-------+----------+----------+
 * refused   |  key   | client |  from  |   to   |epo.|code|
 *           +--------+--------+--------+--------+----+----+
 * session   |  key   |incarn. |session |log end |epo.|foll|p.ep|  0 |
 *           +--------+--------+--------+--------+----+----+----+----+
 * watch     |  key   |   0    |session | offset |epo.|foll|
 *           +--------+--------+--------+--------+----+----+
 * frozen    |  key   |   0    |   0    |log end |epo.| 0  |
 *           +--------+--------+--------+--------+----+----+
 * </pre>
 * The times of an append are there for a sampled batch only (io.syncline.stage).
 */
final class LeaderToAcksRing
{
    /** Takes the events, on the acks agent's thread; false leaves the event where it is, to come again. */
    interface Handler
    {
        /**
         * @param receivedNs when a sampled batch reached the leader agent, {@link AckStages#NULL_NS} for any other
         * @param appendedNs when a sampled batch was in the log
         */
        boolean onAppended(
            long key, int leaderEpoch, int acks, long clientId, long fromSequence, long toSequence,
            long baseOffset, long endOffset, long logEnd, long receivedNs, long appendedNs);

        boolean onRefused(long key, int leaderEpoch, long clientId, long fromSequence, long toSequence, int code);

        boolean onSessionStarted(
            long key, int leaderEpoch, int partitionEpoch, int follower, long incarnation, long sessionId, long logEnd);

        boolean onWatch(long key, int leaderEpoch, int follower, long sessionId, long offset);

        boolean onFrozen(long key, int leaderEpoch, long logEnd);
    }

    private static final int CAPACITY = 1024 * 1024;
    private static final int APPENDED = 1;
    private static final int REFUSED = 2;
    private static final int SESSION_STARTED = 3;
    private static final int WATCH = 4;
    private static final int FROZEN = 5;

    private static final int KEY = 0;
    private static final int CLIENT = KEY + SIZE_OF_LONG;
    private static final int FROM = CLIENT + SIZE_OF_LONG;
    private static final int TO = FROM + SIZE_OF_LONG;
    private static final int BASE = TO + SIZE_OF_LONG;
    private static final int END = BASE + SIZE_OF_LONG;
    private static final int LOG_END = END + SIZE_OF_LONG;
    private static final int EPOCH = LOG_END + SIZE_OF_LONG;
    private static final int ACKS = EPOCH + SIZE_OF_INT;
    private static final int APPENDED_LENGTH = ACKS + SIZE_OF_INT;
    private static final int RECEIVED_NS = APPENDED_LENGTH;
    private static final int APPENDED_NS = RECEIVED_NS + SIZE_OF_LONG;
    private static final int SAMPLED_LENGTH = APPENDED_NS + SIZE_OF_LONG;

    private static final int REFUSED_EPOCH = TO + SIZE_OF_LONG;
    private static final int REFUSED_CODE = REFUSED_EPOCH + SIZE_OF_INT;
    private static final int REFUSED_LENGTH = REFUSED_CODE + SIZE_OF_INT;

    private static final int SESSION_INCARNATION = KEY + SIZE_OF_LONG;
    private static final int SESSION_ID = SESSION_INCARNATION + SIZE_OF_LONG;
    private static final int SESSION_LOG_END = SESSION_ID + SIZE_OF_LONG;
    private static final int SESSION_EPOCH = SESSION_LOG_END + SIZE_OF_LONG;
    private static final int SESSION_FOLLOWER = SESSION_EPOCH + SIZE_OF_INT;
    private static final int SESSION_PARTITION_EPOCH = SESSION_FOLLOWER + SIZE_OF_INT;
    private static final int SESSION_LENGTH = SESSION_PARTITION_EPOCH + 2 * SIZE_OF_INT;

    /** Covers the longest event, its header, the padding before the ring's end and the zeroed header behind it. */
    private static final int ROOM = 4 * (SAMPLED_LENGTH + 2 * SIZE_OF_LONG);

    private final OneToOneRingBuffer ring = Rings.allocate(CAPACITY);
    private final ControlledMessageHandler onMessage = this::onMessage;
    private Handler handler;
    private int knownRoom;

    /** @return true while the ring takes one more event of any kind; leader's thread */
    boolean hasRoom()
    {
        if (knownRoom < ROOM)
        {
            knownRoom = CAPACITY - ring.size();
        }
        return knownRoom >= ROOM;
    }

    /** Leader's thread, after {@link #hasRoom()}. */
    boolean appended(
        final long key, final int leaderEpoch, final int acks, final long clientId, final long fromSequence,
        final long toSequence, final long baseOffset, final long endOffset, final long logEnd, final long receivedNs,
        final long appendedNs)
    {
        final boolean isSampled = receivedNs != AckStages.NULL_NS;
        final int index = ring.tryClaim(APPENDED, isSampled ? SAMPLED_LENGTH : APPENDED_LENGTH);
        knownRoom -= ROOM;
        if (index < 0)
        {
            return false;
        }
        final MutableDirectBuffer buffer = ring.buffer();
        buffer.putLong(index + KEY, key);
        buffer.putLong(index + CLIENT, clientId);
        buffer.putLong(index + FROM, fromSequence);
        buffer.putLong(index + TO, toSequence);
        buffer.putLong(index + BASE, baseOffset);
        buffer.putLong(index + END, endOffset);
        buffer.putLong(index + LOG_END, logEnd);
        buffer.putInt(index + EPOCH, leaderEpoch);
        buffer.putInt(index + ACKS, acks);
        if (isSampled)
        {
            buffer.putLong(index + RECEIVED_NS, receivedNs);
            buffer.putLong(index + APPENDED_NS, appendedNs);
        }
        ring.commit(index);
        return true;
    }

    /** Leader's thread. */
    boolean refused(
        final long key, final int leaderEpoch, final long clientId, final long fromSequence, final long toSequence,
        final int code)
    {
        final int index = ring.tryClaim(REFUSED, REFUSED_LENGTH);
        knownRoom -= ROOM;
        if (index < 0)
        {
            return false;
        }
        final MutableDirectBuffer buffer = ring.buffer();
        buffer.putLong(index + KEY, key);
        buffer.putLong(index + CLIENT, clientId);
        buffer.putLong(index + FROM, fromSequence);
        buffer.putLong(index + TO, toSequence);
        buffer.putInt(index + REFUSED_EPOCH, leaderEpoch);
        buffer.putInt(index + REFUSED_CODE, code);
        ring.commit(index);
        return true;
    }

    /** Leader's thread. */
    boolean sessionStarted(
        final long key, final int leaderEpoch, final int partitionEpoch, final int follower, final long incarnation,
        final long sessionId, final long logEnd)
    {
        return session(SESSION_STARTED, key, leaderEpoch, partitionEpoch, follower, incarnation, sessionId, logEnd);
    }

    /** Leader's thread: the leader wants to hear of that follower's acks at or above an offset. */
    boolean watch(
        final long key, final int leaderEpoch, final int follower, final long sessionId, final long offset)
    {
        return session(WATCH, key, leaderEpoch, 0, follower, 0, sessionId, offset);
    }

    /** Leader's thread: nothing more is appended in this epoch (R5.7). */
    boolean frozen(final long key, final int leaderEpoch, final long logEnd)
    {
        return session(FROZEN, key, leaderEpoch, 0, 0, 0, 0, logEnd);
    }

    private boolean session(
        final int type, final long key, final int leaderEpoch, final int partitionEpoch, final int follower,
        final long incarnation, final long sessionId, final long logEnd)
    {
        final int index = ring.tryClaim(type, SESSION_LENGTH);
        knownRoom -= ROOM;
        if (index < 0)
        {
            return false;
        }
        final MutableDirectBuffer buffer = ring.buffer();
        buffer.putLong(index + KEY, key);
        buffer.putLong(index + SESSION_INCARNATION, incarnation);
        buffer.putLong(index + SESSION_ID, sessionId);
        buffer.putLong(index + SESSION_LOG_END, logEnd);
        buffer.putInt(index + SESSION_EPOCH, leaderEpoch);
        buffer.putInt(index + SESSION_FOLLOWER, follower);
        buffer.putInt(index + SESSION_PARTITION_EPOCH, partitionEpoch);
        ring.commit(index);
        return true;
    }

    /**
     * Acks' thread: everything that was in the ring when the call began, unless the handler leaves an event.
     *
     * @param handler takes the events
     * @return events taken
     */
    int poll(final Handler handler)
    {
        this.handler = handler;
        // A read stops where the ring wraps: the second one goes on from its start.
        final int work = ring.controlledRead(onMessage);
        return work == 0 ? 0 : work + ring.controlledRead(onMessage);
    }

    /** @return true when nothing waits; reader's thread */
    boolean isEmpty()
    {
        return ring.size() == 0;
    }

    private ControlledMessageHandler.Action onMessage(
        final int type, final MutableDirectBuffer buffer, final int index, final int length)
    {
        final boolean taken = switch (type)
        {
            case APPENDED -> handler.onAppended(
                buffer.getLong(index + KEY),
                buffer.getInt(index + EPOCH),
                buffer.getInt(index + ACKS),
                buffer.getLong(index + CLIENT),
                buffer.getLong(index + FROM),
                buffer.getLong(index + TO),
                buffer.getLong(index + BASE),
                buffer.getLong(index + END),
                buffer.getLong(index + LOG_END),
                length < SAMPLED_LENGTH ? AckStages.NULL_NS : buffer.getLong(index + RECEIVED_NS),
                length < SAMPLED_LENGTH ? AckStages.NULL_NS : buffer.getLong(index + APPENDED_NS));
            case REFUSED -> handler.onRefused(
                buffer.getLong(index + KEY),
                buffer.getInt(index + REFUSED_EPOCH),
                buffer.getLong(index + CLIENT),
                buffer.getLong(index + FROM),
                buffer.getLong(index + TO),
                buffer.getInt(index + REFUSED_CODE));
            case WATCH -> handler.onWatch(
                buffer.getLong(index + KEY),
                buffer.getInt(index + SESSION_EPOCH),
                buffer.getInt(index + SESSION_FOLLOWER),
                buffer.getLong(index + SESSION_ID),
                buffer.getLong(index + SESSION_LOG_END));
            case FROZEN -> handler.onFrozen(
                buffer.getLong(index + KEY),
                buffer.getInt(index + SESSION_EPOCH),
                buffer.getLong(index + SESSION_LOG_END));
            default -> handler.onSessionStarted(
                buffer.getLong(index + KEY),
                buffer.getInt(index + SESSION_EPOCH),
                buffer.getInt(index + SESSION_PARTITION_EPOCH),
                buffer.getInt(index + SESSION_FOLLOWER),
                buffer.getLong(index + SESSION_INCARNATION),
                buffer.getLong(index + SESSION_ID),
                buffer.getLong(index + SESSION_LOG_END));
        };
        return taken ? ControlledMessageHandler.Action.CONTINUE : ControlledMessageHandler.Action.ABORT;
    }
}
