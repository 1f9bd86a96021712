package io.syncline.broker;

import io.syncline.protocol.Codes;
import io.syncline.replica.AcksOutput;
import io.syncline.stage.Stage;
import io.syncline.stage.StageFile;
import io.syncline.stage.StageLayout;
import io.syncline.stage.StageSample;
import org.agrona.concurrent.NanoClock;

/**
 * One led partition's way out, which follows its sampled batches from the append to the answer, and adds to the answer
 * where the time between went. Belongs to the acks agent; bounded, allocates nothing once made; while no sampled batch
 * is on its way it costs a test and no look at the clock.
 * <pre>
 *              highWatermark                    produceAck sent
 *    WAITING ----------------&gt; COMMITTED --------------------------&gt; FREE
 *       |   \-------------&gt; LOST -----------------------------------^   ^
 *       |     its follower's ack did not bring its times: dropped       |
 *       +---- produceAck at acks=leader; refused, deposed: dropped -----+
 * </pre>
 * A sampled batch is measured at the ack that completes its commit. Without followers, or where an ISR change or a sync
 * completed it, it has no follower's stages and everything up to the commit is the leader's.
 */
final class AckStages implements AcksOutput
{
    /** Sampled batches of one partition on their way; a further one takes the place of the oldest, which is dropped. */
    static final int CAPACITY = 64;
    /** Not a time of any clock. */
    static final long NULL_NS = Long.MIN_VALUE;

    private static final int MASK = CAPACITY - 1;
    private static final int NO_FOLLOWER = -1;
    private static final int EARLIER_ACKS = StageLayout.WHATIF_COUNT - 2;

    /** Where a sampled batch is. */
    private enum State
    {
        FREE, WAITING, COMMITTED, LOST
    }

    private final AcksPublisher out;
    private final NanoClock clock;
    private final StageFile file;
    private final int section;
    private final StageSample sample = new StageSample();

    private final State[] states = new State[CAPACITY];
    private final int[] acks = new int[CAPACITY];
    private final long[] clientIds = new long[CAPACITY];
    private final long[] fromSequences = new long[CAPACITY];
    private final long[] baseOffsets = new long[CAPACITY];
    private final long[] endOffsets = new long[CAPACITY];
    private final long[] receivedNs = new long[CAPACITY];
    private final long[] appendedNs = new long[CAPACITY];
    private final long[] sentNs = new long[CAPACITY];
    private final long[] followerAppendNs = new long[CAPACITY];
    private final long[] followerAckNs = new long[CAPACITY];
    private final long[] ackedNs = new long[CAPACITY];
    private final long[] committedNs = new long[CAPACITY];
    private final int[] followers = new int[CAPACITY];
    private final int[] earlierAcks = new int[CAPACITY];
    private final int[] earlierFollowers = new int[CAPACITY * EARLIER_ACKS];
    private final long[] earlierNs = new long[CAPACITY * EARLIER_ACKS];
    private long head;
    private long tail;

    private int ackingFollower = NO_FOLLOWER;
    private long ackArrivedNs;
    private AckSamples ackSamples;

    AckStages(final AcksPublisher out, final NanoClock clock, final StageFile file, final int section)
    {
        this.out = out;
        this.clock = clock;
        this.file = file;
        this.section = section;
    }

    /** @return true while no sampled batch is on its way */
    boolean isEmpty()
    {
        return head == tail;
    }

    /** @return sampled batches on their way, those done behind an older one included */
    int size()
    {
        return (int)(tail - head);
    }

    /** A sampled batch was appended; told before anything else hears of the append, twice where the event came twice. */
    void onAppended(
        final int level, final long clientId, final long fromSequence, final long baseOffset, final long endOffset,
        final long received, final long appended)
    {
        if (level == 0 || head != tail && endOffsets[(int)(tail - 1) & MASK] >= endOffset)
        {
            return;
        }
        if (tail - head == CAPACITY)
        {
            drop((int)head & MASK);
            head++;
        }
        final int i = (int)tail++ & MASK;
        states[i] = State.WAITING;
        acks[i] = level;
        clientIds[i] = clientId;
        fromSequences[i] = fromSequence;
        baseOffsets[i] = baseOffset;
        endOffsets[i] = endOffset;
        receivedNs[i] = received;
        appendedNs[i] = appended;
        earlierAcks[i] = 0;
    }

    /** An AppendAck arrived; what commits before {@link #endAck} was completed by it. */
    void beginAck(final int follower, final AckSamples samples)
    {
        ackArrivedNs = clock.nanoTime();
        ackingFollower = follower;
        ackSamples = samples;
    }

    /**
     * The AppendAck of {@link #beginAck} is done with.
     *
     * @param followerEnd the follower's LEO as far as the leader knows, -1 unknown
     */
    void endAck(final long followerEnd)
    {
        for (long at = head; at < tail; at++)
        {
            final int i = (int)at & MASK;
            if (endOffsets[i] > followerEnd)
            {
                break;
            }
            if (states[i] == State.WAITING)
            {
                noteEarlier(i, ackingFollower);
            }
        }
        ackingFollower = NO_FOLLOWER;
        ackSamples = null;
    }

    /** The leadership is another one, or none: what is on its way is not measured. */
    void clear()
    {
        while (head < tail)
        {
            drop((int)head++ & MASK);
        }
    }

    @Override
    public void highWatermark(final long key, final int leaderEpoch, final long highWatermark)
    {
        if (head != tail)
        {
            onCommitted(highWatermark);
        }
        out.highWatermark(key, leaderEpoch, highWatermark);
    }

    @Override
    public boolean produceAck(
        final long clientId, final long key, final int leaderEpoch, final long fromSequence, final long toSequence,
        final long baseOffset, final int code)
    {
        final int i = head == tail ? -1 :
            code == Codes.OK ? find(clientId, fromSequence, baseOffset) : find(clientId, fromSequence);
        final boolean isMeasured = i >= 0 && code == Codes.OK &&
            (states[i] == State.COMMITTED || states[i] == State.WAITING && acks[i] > 0);
        if (isMeasured)
        {
            measure(i, key);
        }
        final boolean sent = out.produceAck(
            clientId, key, leaderEpoch, fromSequence, toSequence, baseOffset, code, isMeasured ? sample : null);
        if (sent && i >= 0)
        {
            if (isMeasured)
            {
                record(i);
            }
            else
            {
                drop(i);
            }
            free(i);
        }
        return sent;
    }

    @Override
    public boolean alterIsr(
        final long key, final int leaderEpoch, final int partitionEpoch, final int[] isr, final long[] incarnations,
        final int size)
    {
        return out.alterIsr(key, leaderEpoch, partitionEpoch, isr, incarnations, size);
    }

    @Override
    public boolean handOver(
        final long key, final int leaderEpoch, final int successor, final long incarnation, final boolean caughtUp)
    {
        return out.handOver(key, leaderEpoch, successor, incarnation, caughtUp);
    }

    @Override
    public boolean acked(
        final long key, final int leaderEpoch, final int follower, final long sessionId, final long logEnd)
    {
        return out.acked(key, leaderEpoch, follower, sessionId, logEnd);
    }

    @Override
    public boolean followerRead(
        final long key, final int leaderEpoch, final int follower, final long sessionId, final boolean isRead)
    {
        return out.followerRead(key, leaderEpoch, follower, sessionId, isRead);
    }

    private void onCommitted(final long highWatermark)
    {
        final long nowNs = clock.nanoTime();
        for (long at = head; at < tail; at++)
        {
            final int i = (int)at & MASK;
            if (endOffsets[i] > highWatermark)
            {
                break;
            }
            if (states[i] == State.WAITING && acks[i] < 0)
            {
                committedNs[i] = nowNs;
                complete(i);
            }
        }
    }

    /** Whose ack did it, and what that follower says of the batch. */
    private void complete(final int i)
    {
        followers[i] = ackingFollower;
        states[i] = State.COMMITTED;
        if (ackingFollower != NO_FOLLOWER)
        {
            final int found = ackSamples.find(endOffsets[i]);
            if (found < 0)
            {
                states[i] = State.LOST;
                return;
            }
            ackedNs[i] = ackArrivedNs;
            sentNs[i] = ackSamples.sentNs(found);
            followerAppendNs[i] = ackSamples.appendNs(found);
            followerAckNs[i] = ackSamples.ackNs(found);
        }
    }

    private void noteEarlier(final int i, final int follower)
    {
        final int known = earlierAcks[i];
        for (int n = 0; n < known; n++)
        {
            if (earlierFollowers[i * EARLIER_ACKS + n] == follower)
            {
                return;
            }
        }
        if (known < EARLIER_ACKS)
        {
            earlierFollowers[i * EARLIER_ACKS + known] = follower;
            earlierNs[i * EARLIER_ACKS + known] = ackArrivedNs;
            earlierAcks[i] = known + 1;
        }
    }

    private void measure(final int i, final long key)
    {
        final long nowNs = clock.nanoTime();
        sample.reset(key, baseOffsets[i], acks[i]);
        sample.stageNs(Stage.LEADER_APPEND, appendedNs[i] - receivedNs[i]);
        if (acks[i] > 0)
        {
            sample.stageNs(Stage.LEADER_ACK, nowNs - appendedNs[i]);
        }
        else
        {
            long waitedSinceNs = appendedNs[i];
            if (followers[i] != NO_FOLLOWER)
            {
                sample.follower(followers[i]);
                sample.stageNs(Stage.LEADER_SEND, sentNs[i] - appendedNs[i]);
                sample.stageNs(
                    Stage.NET_REPLICA, ackedNs[i] - sentNs[i] - followerAppendNs[i] - followerAckNs[i]);
                sample.stageNs(Stage.FOLLOWER_APPEND, followerAppendNs[i]);
                sample.stageNs(Stage.FOLLOWER_ACK, followerAckNs[i]);
                waitedSinceNs = ackedNs[i];
            }
            sample.stageNs(Stage.LEADER_COMMIT, committedNs[i] - waitedSinceNs);
            sample.stageNs(Stage.LEADER_ACK, nowNs - committedNs[i]);
        }
        sample.complete(nowNs - receivedNs[i], nowNs);
    }

    private void record(final int i)
    {
        file.record(section, sample, Stage.LEADER_APPEND);
        if (acks[i] < 0 && followers[i] != NO_FOLLOWER)
        {
            final long restNs = sample.endNs() - ackedNs[i];
            file.whatIf(section, 0, appendedNs[i] - receivedNs[i] + restNs);
            for (int n = 0; n < earlierAcks[i]; n++)
            {
                file.whatIf(section, n + 1, earlierNs[i * EARLIER_ACKS + n] - receivedNs[i] + restNs);
            }
            file.whatIf(section, earlierAcks[i] + 1, sample.totalNs());
        }
    }

    /** Answers come in the order of the offsets, so that this seldom looks further than the first. */
    private int find(final long clientId, final long fromSequence, final long baseOffset)
    {
        for (long at = head; at < tail; at++)
        {
            final int i = (int)at & MASK;
            if (baseOffsets[i] >= baseOffset)
            {
                return baseOffsets[i] == baseOffset && states[i] != State.FREE && clientIds[i] == clientId &&
                    fromSequences[i] == fromSequence ? i : -1;
            }
        }
        return -1;
    }

    private int find(final long clientId, final long fromSequence)
    {
        for (long at = head; at < tail; at++)
        {
            final int i = (int)at & MASK;
            if (states[i] != State.FREE && clientIds[i] == clientId && fromSequences[i] == fromSequence)
            {
                return i;
            }
        }
        return -1;
    }

    private void drop(final int i)
    {
        if (states[i] != State.FREE)
        {
            states[i] = State.FREE;
            file.droppedByLeader();
        }
    }

    private void free(final int i)
    {
        states[i] = State.FREE;
        while (head < tail && states[(int)head & MASK] == State.FREE)
        {
            head++;
        }
    }
}
