package io.syncline.replica;

import io.syncline.protocol.Codes;
import io.syncline.record.BatchDescriptor;
import io.syncline.record.BatchFlyweight;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteOrder;
import java.util.ArrayList;

/**
 * The log port in memory, for tests of the rules. Held to the same contract as the journal, {@code ReplicaLogContract}.
 * Whatever was {@link #sync() synced} is durable; {@link #losePageCache()} is the power cut.
 */
public final class MemoryLog implements ReplicaLog
{
    private static final int DEFAULT_MAX_BATCH_BYTES = 256 * 1024;

    private final long key;
    private final int maxBatchBytes;
    private final EpochHistory epochs = new EpochHistory();
    private final ArrayList<UnsafeBuffer> batches = new ArrayList<>();
    private long logStart;
    private long logEnd;
    private volatile long synced;
    private int lastEpoch = EpochHistory.NULL_EPOCH;
    private boolean failed;
    private boolean isLowOnSpace;

    /** @param key of the partition */
    public MemoryLog(final long key)
    {
        this(key, DEFAULT_MAX_BATCH_BYTES);
    }

    /**
     * @param key           of the partition
     * @param maxBatchBytes largest batch it takes
     */
    public MemoryLog(final long key, final int maxBatchBytes)
    {
        this.key = key;
        this.maxBatchBytes = maxBatchBytes;
    }

    /** @return number of batches kept */
    public int batchCount()
    {
        return batches.size();
    }

    /** Makes everything written so far durable. */
    public void sync()
    {
        synced = logEnd;
    }

    /** Drops what was never synced, as a power cut may; epoch history included. */
    public void losePageCache()
    {
        drop(synced);
    }

    /** Whether its device has no room for more. */
    public void lowOnSpace(final boolean isLow)
    {
        isLowOnSpace = isLow;
    }

    /** From now on the device refuses everything. */
    public void fail()
    {
        failed = true;
    }

    /**
     * Moves the log start up, as retention does.
     *
     * @param offset a batch boundary, not above LEO
     */
    public void trimTo(final long offset)
    {
        while (!batches.isEmpty() && endOffset(batches.get(0)) <= offset)
        {
            batches.remove(0);
        }
        logStart = Math.max(logStart, batches.isEmpty() ? logEnd : baseOffset(batches.get(0)));
        epochs.trimTo(logStart);
    }

    /**
     * Flips a bit of the stored batch that holds an offset.
     *
     * @param offset from log start to LEO
     */
    public void corrupt(final long offset)
    {
        final UnsafeBuffer batch = batches.get(indexOf(offset));
        final int at = batch.capacity() - 1;
        batch.putByte(at, (byte)(batch.getByte(at) ^ 1));
    }

    @Override
    public long logStart()
    {
        return logStart;
    }

    @Override
    public long logEnd()
    {
        return logEnd;
    }

    @Override
    public long synced()
    {
        return synced;
    }

    @Override
    public int lastEpoch()
    {
        return lastEpoch;
    }

    @Override
    public EpochHistory epochs()
    {
        return epochs;
    }

    @Override
    public long appendAsLeader(
        final DirectBuffer buffer, final int offset, final int length, final int leaderEpoch)
    {
        final int code = check(buffer, offset, length, leaderEpoch);
        if (code != Codes.OK)
        {
            return code;
        }
        final UnsafeBuffer batch = copy(buffer, offset, length);
        BatchFlyweight.stampLeader(batch, 0, key, logEnd, leaderEpoch);
        return add(batch, leaderEpoch);
    }

    @Override
    public long appendAsFollower(final DirectBuffer buffer, final int offset, final int length)
    {
        if (length < BatchDescriptor.HEADER_LENGTH)
        {
            return failed ? Codes.STORAGE_ERROR : Codes.INVALID_BATCH;
        }
        final int epoch = buffer.getInt(offset + BatchDescriptor.LEADER_EPOCH_OFFSET, ByteOrder.LITTLE_ENDIAN);
        final int code = check(buffer, offset, length, epoch);
        if (code != Codes.OK)
        {
            return code;
        }
        if (buffer.getLong(offset + BatchDescriptor.BASE_OFFSET_OFFSET, ByteOrder.LITTLE_ENDIAN) != logEnd)
        {
            return Codes.OFFSET_OUT_OF_RANGE;
        }
        return add(copy(buffer, offset, length), epoch);
    }

    @Override
    public int read(final long offset, final UnsafeBuffer view)
    {
        if (failed)
        {
            return Codes.STORAGE_ERROR;
        }
        if (offset < logStart || offset > logEnd)
        {
            return Codes.OFFSET_OUT_OF_RANGE;
        }
        if (offset == logEnd)
        {
            return 0;
        }
        final UnsafeBuffer batch = batches.get(indexOf(offset));
        view.wrap(batch, 0, batch.capacity());
        return batch.capacity();
    }

    /** At once, as whole segments of one batch each. */
    @Override
    public void release(final long offset)
    {
        trimTo(offset);
    }

    @Override
    public void startEpoch(final int leaderEpoch)
    {
        if (leaderEpoch <= epochs.latestEpoch())
        {
            throw new IllegalStateException(
                "epoch " + leaderEpoch + " is not above the latest, " + epochs.latestEpoch() + " (R1.6)");
        }
        epochs.add(leaderEpoch, logEnd);
    }

    @Override
    public long truncateTo(final long offset)
    {
        if (offset < logStart || offset > logEnd)
        {
            throw new IllegalArgumentException("offset " + offset + " is not within " + logStart + " to " + logEnd);
        }
        drop(offset);
        return logEnd;
    }

    @Override
    public void restartAt(final long offset)
    {
        batches.clear();
        epochs.clear();
        logStart = offset;
        logEnd = offset;
        synced = offset;
        lastEpoch = EpochHistory.NULL_EPOCH;
    }

    private int check(final DirectBuffer buffer, final int offset, final int length, final int leaderEpoch)
    {
        if (failed)
        {
            return Codes.STORAGE_ERROR;
        }
        if (isLowOnSpace)
        {
            return Codes.NO_SPACE;
        }
        if (length > maxBatchBytes)
        {
            return Codes.RECORD_TOO_LARGE;
        }
        if (length < BatchDescriptor.HEADER_LENGTH || (length & (BatchDescriptor.ALIGNMENT - 1)) != 0 ||
            buffer.getInt(offset + BatchDescriptor.LENGTH_OFFSET, ByteOrder.LITTLE_ENDIAN) != length ||
            buffer.getInt(offset + BatchDescriptor.LAST_OFFSET_DELTA_OFFSET, ByteOrder.LITTLE_ENDIAN) < 0)
        {
            return Codes.INVALID_BATCH;
        }
        return leaderEpoch < epochs.latestEpoch() ? Codes.FENCED_LEADER_EPOCH : Codes.OK;
    }

    private long add(final UnsafeBuffer batch, final int leaderEpoch)
    {
        epochs.add(leaderEpoch, logEnd);
        lastEpoch = leaderEpoch;
        batches.add(batch);
        logEnd = endOffset(batch);
        return logEnd;
    }

    private void drop(final long offset)
    {
        while (!batches.isEmpty() && endOffset(batches.get(batches.size() - 1)) > offset)
        {
            logEnd = baseOffset(batches.remove(batches.size() - 1));
        }
        epochs.truncateTo(Math.min(offset, logEnd));
        lastEpoch = epochs.epochAt(logEnd - 1);
        synced = Math.min(synced, logEnd);
    }

    private int indexOf(final long offset)
    {
        int low = 0;
        int high = batches.size() - 1;
        while (low < high)
        {
            final int middle = low + high + 1 >>> 1;
            if (baseOffset(batches.get(middle)) <= offset)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }
        return low;
    }

    private static long baseOffset(final UnsafeBuffer batch)
    {
        return batch.getLong(BatchDescriptor.BASE_OFFSET_OFFSET, ByteOrder.LITTLE_ENDIAN);
    }

    private static long endOffset(final UnsafeBuffer batch)
    {
        return baseOffset(batch) + 1 +
            batch.getInt(BatchDescriptor.LAST_OFFSET_DELTA_OFFSET, ByteOrder.LITTLE_ENDIAN);
    }

    private static UnsafeBuffer copy(final DirectBuffer buffer, final int offset, final int length)
    {
        final UnsafeBuffer batch = new UnsafeBuffer(new byte[length]);
        batch.putBytes(0, buffer, offset, length);
        return batch;
    }
}
