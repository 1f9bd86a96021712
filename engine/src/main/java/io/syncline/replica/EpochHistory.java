package io.syncline.replica;

import java.util.Arrays;

/**
 * Which leader epoch begins where in one log: what divergence is judged by (R1.3, KIP-101, KIP-279).
 * <p>
 * Invariant (R1.6): strictly increasing in both columns. An epoch without records is replaced by the next one that
 * starts at the same offset. Allocates only when it grows.
 */
public final class EpochHistory
{
    /** No epoch. */
    public static final int NULL_EPOCH = -1;

    private int[] epochs = new int[8];
    private long[] startOffsets = new long[8];
    private int size;

    /**
     * Notes that an epoch starts. Does nothing when it is the latest already.
     *
     * @param epoch       not below the latest
     * @param startOffset not below the latest start
     */
    public void add(final int epoch, final long startOffset)
    {
        if (size > 0)
        {
            final int lastEpoch = epochs[size - 1];
            final long lastStart = startOffsets[size - 1];
            if (epoch == lastEpoch)
            {
                return;
            }
            if (epoch < lastEpoch || startOffset < lastStart)
            {
                throw new IllegalStateException("epoch " + epoch + " at offset " + startOffset +
                    " does not follow epoch " + lastEpoch + " at offset " + lastStart + " (R1.6)");
            }
            if (startOffset == lastStart)
            {
                epochs[size - 1] = epoch;
                return;
            }
        }
        if (size == epochs.length)
        {
            epochs = Arrays.copyOf(epochs, size * 2);
            startOffsets = Arrays.copyOf(startOffsets, size * 2);
        }
        epochs[size] = epoch;
        startOffsets[size] = startOffset;
        size++;
    }

    /** @return number of epochs */
    public int size()
    {
        return size;
    }

    /**
     * @param index from 0, oldest first
     * @return the epoch
     */
    public int epoch(final int index)
    {
        return epochs[index];
    }

    /**
     * @param index from 0, oldest first
     * @return where it starts
     */
    public long startOffset(final int index)
    {
        return startOffsets[index];
    }

    /** @return the newest epoch, or {@link #NULL_EPOCH} */
    public int latestEpoch()
    {
        return size == 0 ? NULL_EPOCH : epochs[size - 1];
    }

    /**
     * @param epoch to look for
     * @return the largest known epoch that is not above it, or {@link #NULL_EPOCH}
     */
    public int floorEpoch(final int epoch)
    {
        final int index = floorIndex(epoch);
        return index < 0 ? NULL_EPOCH : epochs[index];
    }

    /**
     * @param epoch  a known epoch, or one between two of them
     * @param logEnd LEO of the log
     * @return end(floor(epoch)): the start of the next epoch, or LEO for the latest; the start of the first epoch when
     * the given one is below all of them, and LEO for an empty history
     */
    public long endOffset(final int epoch, final long logEnd)
    {
        final int next = floorIndex(epoch) + 1;
        return next >= size ? logEnd : startOffsets[next];
    }

    /**
     * @param offset of a record
     * @return epoch in which it was appended, or {@link #NULL_EPOCH} when it lies before the first known epoch
     */
    public int epochAt(final long offset)
    {
        for (int i = size - 1; i >= 0; i--)
        {
            if (startOffsets[i] <= offset)
            {
                return epochs[i];
            }
        }
        return NULL_EPOCH;
    }

    /**
     * Forgets the epochs that start at or above an offset, as the log is truncated to it.
     *
     * @param offset the new LEO
     */
    public void truncateTo(final long offset)
    {
        while (size > 0 && startOffsets[size - 1] >= offset)
        {
            size--;
        }
    }

    /**
     * Forgets the epochs that end at or below a new log start. The one that holds it keeps its start, and the latest
     * stays in any case: a log of which nothing is left still knows the epoch of its last record.
     *
     * @param logStart the new log start
     */
    public void trimTo(final long logStart)
    {
        int drop = 0;
        while (drop + 1 < size && startOffsets[drop + 1] <= logStart)
        {
            drop++;
        }
        if (drop > 0)
        {
            System.arraycopy(epochs, drop, epochs, 0, size - drop);
            System.arraycopy(startOffsets, drop, startOffsets, 0, size - drop);
            size -= drop;
        }
    }

    /** Forgets everything. */
    public void clear()
    {
        size = 0;
    }

    private int floorIndex(final int epoch)
    {
        for (int i = size - 1; i >= 0; i--)
        {
            if (epochs[i] <= epoch)
            {
                return i;
            }
        }
        return -1;
    }

    @Override
    public String toString()
    {
        final StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < size; i++)
        {
            text.append(i == 0 ? "" : ", ").append(epochs[i]).append('@').append(startOffsets[i]);
        }
        return text.append('}').toString();
    }
}
