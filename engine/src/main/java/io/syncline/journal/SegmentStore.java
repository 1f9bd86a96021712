package io.syncline.journal;

import org.agrona.DirectBuffer;

import java.io.IOException;

/**
 * Port down: writes the segments of one partition. {@link #append} and {@link #roll} belong to the log's owner;
 * {@link #prepare}, {@link #touch} and {@link #release} to the conductor, at the same time.
 */
public interface SegmentStore extends AutoCloseable
{
    /** A segment file that is created, initialised and mapped for as long as this is held. */
    interface Prepared
    {
        /** @return its cycle */
        int cycle();

        /** @return end of the pages that were touched */
        long touchedTo();
    }

    /** @return most bytes a segment takes before the next must have begun */
    long capacity();

    /**
     * Creates and maps a segment, ahead of {@link #roll}. Opens a file.
     *
     * @param cycle of the segment
     * @return it
     * @throws IOException when it cannot be made
     */
    Prepared prepare(int cycle) throws IOException;

    /**
     * Touches the pages of a prepared segment up to a position, so that the writer finds them there.
     *
     * @param prepared not released
     * @param upTo     position
     * @return pages touched
     */
    int touch(Prepared prepared, long upTo);

    /**
     * Lets go of a segment: not before the writer has left it.
     *
     * @param prepared by this
     */
    void release(Prepared prepared);

    /** Looks at the directory again, after files were deleted. */
    void refresh();

    /** @param cycle the next append goes to */
    void roll(int cycle);

    /**
     * Writes an excerpt, see {@link SegmentFile}.
     *
     * @param buffer      holds a batch; borrowed
     * @param offset      of the batch
     * @param length      of the batch
     * @param key         of the partition
     * @param baseOffset  to be stamped with the epoch, or -1 to copy the batch as it is
     * @param leaderEpoch to be stamped
     * @return position of the excerpt in its segment
     */
    long append(DirectBuffer buffer, int offset, int length, long key, long baseOffset, int leaderEpoch);

    @Override
    void close();
}
