package io.syncline.journal;

import java.util.Arrays;

/** Offsets and positions of one segment's batches, one for each {@link #SPACING_BYTES} or so; filled from front to back. */
final class SparseIndex
{
    /** Most bytes to walk from an entry to a batch, give or take a batch. */
    static final int SPACING_BYTES = 32 * 1024;

    private final long[] offsets;
    private final int[] positions;
    private int size;

    /** @param segmentBytes of the segment: room for all its entries is made now, and none while batches are read */
    SparseIndex(final int segmentBytes)
    {
        final int entries = segmentBytes / SPACING_BYTES + 2;
        offsets = new long[entries];
        positions = new int[entries];
    }

    /** Notes a batch when it lies far enough behind the last entry. */
    void onBatch(final long offset, final int position)
    {
        if (size == 0 || position - positions[size - 1] >= SPACING_BYTES && offset > offsets[size - 1])
        {
            offsets[size] = offset;
            positions[size] = position;
            size++;
        }
    }

    /** @return last entry that is not above an offset, or -1 */
    int floor(final long offset)
    {
        final int found = Arrays.binarySearch(offsets, 0, size, offset);
        return found >= 0 ? found : -found - 2;
    }

    long offset(final int entry)
    {
        return offsets[entry];
    }

    int position(final int entry)
    {
        return positions[entry];
    }
}
