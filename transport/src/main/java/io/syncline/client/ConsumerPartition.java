package io.syncline.client;

import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;
import io.syncline.record.BatchDescriptor;
import io.syncline.record.BatchFlyweight;
import io.syncline.record.BatchValidator;
import io.syncline.record.RecordIterator;
import org.agrona.DirectBuffer;

import java.util.concurrent.TimeUnit;

/**
 * One partition as a consumer reads it (PROTOCOL R7): where it is, and the fetch session that feeds it.
 * <pre>
 *   WANTING --Fetch--&gt; OPENING --Fetched--&gt; STREAMING --gap, leader change, end of session--&gt; WANTING
 *      ^                                        |
 *      +------------- seek, resume ---- STOPPED / PAUSED &lt;--- divergence, out of range / pause
 * </pre>
 * Invariant: {@code position} moves by one with each record handed out, and otherwise only by a seek.
 */
final class ConsumerPartition
{
    /** What there is of a fetch session. */
    enum State
    {
        /** To be opened at the next occasion. */
        WANTING,
        /** Asked for. */
        OPENING,
        /** Batches arrive. */
        STREAMING,
        /** The application does not want any now. */
        PAUSED,
        /** Something only a seek can settle. */
        STOPPED
    }

    /** What a partition needs of its consumer. */
    interface Output
    {
        /** @return broker to read from, -1 for none now */
        int chooseReplica(ConsumerPartition partition, boolean leaderOnly);

        /** @return not negative when the Fetch is on its way, or a code */
        long sendFetch(ConsumerPartition partition, long fetchOffset);

        long nextFetchId();

        void wantMetadata();
    }

    /** Offset that stands for the log start, here and in Fetch. */
    static final long BEGINNING = -2;
    /** Offset that stands for the high watermark, here and in Fetch. */
    static final long END = -3;

    private static final long END_OF_SESSION = -1;
    private static final long LEADER_ONLY_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long QUIET_LIMIT_NS = TimeUnit.SECONDS.toNanos(1);
    private static final int MAX_BACKOFF_SHIFT = 5;
    private static final int MAX_TIMEOUT_SHIFT = 3;
    private static final int CORRUPT_LIMIT = 3;

    final int handle;
    final TopicPartition topicPartition;
    final long topicId;
    final long key;

    private final ConsumerContext<?> ctx;
    private final Output out;
    private final BatchFlyweight batch = new BatchFlyweight();
    private final RecordIterator records = new RecordIterator();

    private State state = State.WANTING;
    private PartitionInfo info;
    private int leader = -1;
    private int leaderEpoch = -1;
    private int servedEpoch = -1;
    private long position = BEGINNING;
    private int lastEpoch = -1;
    private long highWatermark = -1;
    private long logStart = -1;
    private int servedBy = -1;
    private long fetchId = -1;
    private long creditLimit;
    private long consumedBytes;
    private long checkedOffset = -1;
    private long checkedEndOffset = -1;
    private long retryAtNs;
    private long openDeadlineNs;
    private long lastHeardNs;
    private long leaderOnlyUntilNs;
    private boolean isLeaderOnly;
    private int refusals;
    private int timeouts;
    private int corruptions;

    private int newsCode;
    private int newsEpoch;
    private long newsOffset;

    ConsumerPartition(final int handle, final TopicPartition topicPartition, final long topicId,
        final ConsumerContext<?> ctx, final Output out, final long nowNs)
    {
        this.handle = handle;
        this.topicPartition = topicPartition;
        this.topicId = topicId;
        key = PartitionKey.of(topicId, topicPartition.partition());
        this.ctx = ctx;
        this.out = out;
        retryAtNs = nowNs;
    }

    State state()
    {
        return state;
    }

    PartitionInfo info()
    {
        return info;
    }

    int leader()
    {
        return leader;
    }

    /** @return newest leader epoch known, from metadata or from a replica */
    int leaderEpoch()
    {
        return Math.max(leaderEpoch, servedEpoch);
    }

    long position()
    {
        return position;
    }

    int lastEpoch()
    {
        return lastEpoch;
    }

    long highWatermark()
    {
        return highWatermark;
    }

    long logStart()
    {
        return logStart;
    }

    int servedBy()
    {
        return servedBy;
    }

    long fetchId()
    {
        return fetchId;
    }

    long creditLimit()
    {
        return creditLimit;
    }

    int takeNews()
    {
        final int code = newsCode;
        newsCode = Codes.OK;
        return code;
    }

    int newsEpoch()
    {
        return newsEpoch;
    }

    long newsOffset()
    {
        return newsOffset;
    }

    void seek(final long offset, final long nowNs)
    {
        position = offset;
        lastEpoch = -1;
        newsCode = Codes.OK;
        corruptions = 0;
        if (state != State.PAUSED)
        {
            reopen(nowNs);
        }
    }

    void pause()
    {
        if (state == State.OPENING || state == State.STREAMING)
        {
            end();
        }
        if (state != State.STOPPED)
        {
            state = State.PAUSED;
        }
    }

    void resume(final long nowNs)
    {
        if (state == State.PAUSED)
        {
            reopen(nowNs);
        }
    }

    /** Ends the session at the broker, if there is one. */
    void end()
    {
        if (servedBy >= 0)
        {
            out.sendFetch(this, END_OF_SESSION);
        }
        servedBy = -1;
        fetchId = -1;
    }

    private void reopen(final long atNs)
    {
        state = State.WANTING;
        fetchId = -1;
        servedBy = -1;
        checkedOffset = -1;
        retryAtNs = atNs;
    }

    /** Another leader, another ISR, a session gained or lost: the replica that is read may have to be another one. */
    void onTopology(final PartitionInfo newInfo, final long nowNs)
    {
        if (newInfo == null)
        {
            stop(Codes.UNKNOWN_PARTITION, -1, -1);
            return;
        }
        if (newInfo.leaderEpoch() < leaderEpoch)
        {
            return;
        }
        info = newInfo;
        final boolean isNewLeadership = newInfo.leaderEpoch() > leaderEpoch || newInfo.leader() != leader;
        leader = newInfo.leader();
        leaderEpoch = newInfo.leaderEpoch();
        if (isNewLeadership)
        {
            isLeaderOnly = false;
            refusals = 0;
            timeouts = 0;
        }
        if (state == State.WANTING && isNewLeadership)
        {
            retryAtNs = nowNs;
        }
        else if ((state == State.OPENING || state == State.STREAMING) &&
            (isNewLeadership || out.chooseReplica(this, isLeaderOnly) != servedBy))
        {
            end();
            reopen(nowNs);
        }
    }

    void onLost(final int brokerId, final long nowNs)
    {
        if (servedBy == brokerId && (state == State.OPENING || state == State.STREAMING))
        {
            reopen(nowNs);
        }
    }

    int onTurn(final long nowNs)
    {
        if (isLeaderOnly && nowNs - leaderOnlyUntilNs >= 0)
        {
            isLeaderOnly = false;
            if (info != null)
            {
                onTopology(info, nowNs);
            }
        }
        return switch (state)
        {
            case WANTING -> nowNs - retryAtNs >= 0 ? open(nowNs) : 0;
            case OPENING ->
            {
                if (nowNs - openDeadlineNs < 0)
                {
                    yield 0;
                }
                timeouts = Math.min(timeouts + 1, MAX_TIMEOUT_SHIFT);
                out.wantMetadata();
                reopen(nowNs);
                yield 1;
            }
            case STREAMING -> refill(nowNs);
            case PAUSED, STOPPED -> 0;
        };
    }

    private int open(final long nowNs)
    {
        servedBy = out.chooseReplica(this, isLeaderOnly);
        if (servedBy < 0)
        {
            retryAtNs = nowNs + ctx.retryBackoffNs() / 4;
            return 0;
        }
        fetchId = out.nextFetchId();
        consumedBytes = 0;
        creditLimit = ctx.creditBytes();
        if (out.sendFetch(this, position) < 0)
        {
            reopen(nowNs + ctx.retryBackoffNs() / 4);
            return 0;
        }
        state = State.OPENING;
        lastHeardNs = nowNs;
        openDeadlineNs = nowNs + (ctx.requestTimeoutNs() << timeouts);
        return 1;
    }

    /** Credit is renewed by half windows, and once more after a silence, since a refill may have been lost. */
    private int refill(final long nowNs)
    {
        final long wanted = consumedBytes + ctx.creditBytes();
        final boolean isDue = wanted - creditLimit >= ctx.creditBytes() / 2;
        final boolean isQuiet = nowNs - lastHeardNs >= QUIET_LIMIT_NS;
        if (!isDue && !isQuiet)
        {
            return 0;
        }
        final long before = creditLimit;
        creditLimit = wanted;
        if (out.sendFetch(this, position) < 0)
        {
            creditLimit = before;
            return 0;
        }
        lastHeardNs = nowNs;
        return 1;
    }

    void onFetched(final long startOffset, final long newLogStart, final long newHighWatermark, final int epoch,
        final int code, final int hintedLeader, final long nowNs)
    {
        logStart = newLogStart >= 0 ? newLogStart : logStart;
        if (code == Codes.OK)
        {
            onOpened(startOffset, newHighWatermark, epoch, nowNs);
            return;
        }
        if (code == Codes.DIVERGED)
        {
            stop(code, epoch, startOffset);
            return;
        }
        if (code == Codes.OFFSET_OUT_OF_RANGE && servedBy == leader)
        {
            highWatermark = Math.max(highWatermark, newHighWatermark);
            stop(code, epoch, newHighWatermark);
            return;
        }
        if (servedBy != leader)
        {
            isLeaderOnly = true;
            leaderOnlyUntilNs = nowNs + LEADER_ONLY_NS;
        }
        if (hintedLeader >= 0 && epoch > leaderEpoch)
        {
            leader = hintedLeader;
            leaderEpoch = epoch;
        }
        out.wantMetadata();
        reopen(nowNs + (ctx.retryBackoffNs() << Math.min(refusals++, MAX_BACKOFF_SHIFT)));
    }

    private void onOpened(final long startOffset, final long newHighWatermark, final int epoch, final long nowNs)
    {
        if (position >= 0 && state == State.OPENING && startOffset != position)
        {
            reopen(nowNs + ctx.retryBackoffNs());
            return;
        }
        if (position < 0)
        {
            position = startOffset;
        }
        servedEpoch = Math.max(servedEpoch, epoch);
        highWatermark = Math.max(highWatermark, newHighWatermark);
        consumedBytes = 0;
        refusals = 0;
        timeouts = 0;
        lastHeardNs = nowNs;
        state = State.STREAMING;
    }

    /**
     * A Deliver frame of the current session.
     *
     * @return records handed out; or the complement of it (below 0) where the limit was reached within the batch: the
     * same frame has to come again
     */
    int onDeliver(final long newHighWatermark, final int epoch, final DirectBuffer buffer, final int offset,
        final int length, final RecordHandler handler, final int limit, final long nowNs)
    {
        if (state == State.OPENING && position >= 0)
        {
            // The answer to Fetch was lost, but what follows it is unmistakable.
            state = State.STREAMING;
        }
        if (state != State.STREAMING)
        {
            return 0;
        }
        lastHeardNs = nowNs;
        if (epoch < servedEpoch)
        {
            reopen(nowNs);
            return 0;
        }
        servedEpoch = epoch;
        highWatermark = Math.max(highWatermark, newHighWatermark);
        return length == 0 ? 0 : onBatch(buffer, offset, length, handler, limit, nowNs);
    }

    private int onBatch(final DirectBuffer buffer, final int offset, final int length, final RecordHandler handler,
        final int limit, final long nowNs)
    {
        if (length < BatchDescriptor.HEADER_LENGTH || !isSound(buffer, offset, length))
        {
            onCorrupt(nowNs);
            return 0;
        }
        batch.wrap(buffer, offset);
        final long endOffset = batch.endOffset();
        final int batchEpoch = batch.leaderEpoch();
        if (batch.baseOffset() > position || (endOffset > position && batchEpoch < lastEpoch))
        {
            // Frames were lost, or this replica's history is another one: ask again from where we are.
            end();
            reopen(nowNs);
            return 0;
        }
        final long session = fetchId;
        int handedOut = 0;
        records.wrap(buffer, offset);
        while (records.next())
        {
            final long recordOffset = records.offset();
            if (recordOffset < position)
            {
                continue;
            }
            if (handedOut == limit)
            {
                return ~handedOut;
            }
            handler.onRecord(handle, recordOffset, batchEpoch, records.timestampNs(), buffer,
                records.keyOffset(), records.keyLength(), records.valueOffset(), records.valueLength());
            handedOut++;
            if (fetchId != session)
            {
                // The handler sought or paused: the rest of this batch is not wanted.
                return handedOut;
            }
            position = recordOffset + 1;
            lastEpoch = batchEpoch;
        }
        consumedBytes += length;
        corruptions = 0;
        return handedOut;
    }

    private boolean isSound(final DirectBuffer buffer, final int offset, final int length)
    {
        if (!ctx.checkCrcs())
        {
            return buffer.getInt(offset + BatchDescriptor.LENGTH_OFFSET, java.nio.ByteOrder.LITTLE_ENDIAN) == length;
        }
        final long baseOffset = buffer.getLong(offset, java.nio.ByteOrder.LITTLE_ENDIAN);
        if (checkedOffset == baseOffset && position > baseOffset && position < checkedEndOffset)
        {
            // The rest of a batch that did not fit the limit; behind its end another one that claims its place is not
            // it.
            return true;
        }
        if (BatchValidator.validateStored(buffer, offset, length, key) != Codes.OK)
        {
            return false;
        }
        checkedOffset = baseOffset;
        checkedEndOffset = batch.wrap(buffer, offset).endOffset();
        return true;
    }

    private void onCorrupt(final long nowNs)
    {
        end();
        if (++corruptions >= CORRUPT_LIMIT)
        {
            stop(Codes.CORRUPT_BATCH, -1, position);
            return;
        }
        reopen(nowNs + ctx.retryBackoffNs());
    }

    private void stop(final int code, final int epoch, final long offset)
    {
        if (state != State.STOPPED)
        {
            state = State.STOPPED;
            servedBy = -1;
            fetchId = -1;
            newsCode = code;
            newsEpoch = epoch;
            newsOffset = offset;
        }
    }
}
