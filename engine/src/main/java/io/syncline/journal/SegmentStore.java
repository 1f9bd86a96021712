package io.syncline.journal;

import org.agrona.DirectBuffer;

import java.io.IOException;

/**
 * Port down: writes the segments of one partition. {@link #append} and {@link #roll} belong to the log's owner;
 * {@link #prepare}, {@link #reserve} and {@link #release} to the conductor, at the same time.
 */
public interface SegmentStore extends AutoCloseable
{
    /** What is reserved in one piece, at multiples of its own length; a power of two. A force ends between two of them. */
    int CHUNK_BYTES = 64 * 1024;

    /** A segment file that is created, initialised and mapped for as long as this is held. */
    interface Prepared
    {
        /** @return its cycle */
        int cycle();

        /** @return end of the part that is reserved; any thread */
        long reservedTo();
    }

    /** @return most bytes a segment takes before the next must have begun */
    long capacity();

    /**
     * Creates and maps a segment, ahead of {@link #roll}. Opens a file.
     *
     * @param cycle   of the segment
     * @param written end of what was written to it before, 0 for a new one
     * @return it, with a little room reserved
     * @throws IOException when it cannot be made
     */
    Prepared prepare(int cycle, long written) throws IOException;

    /**
     * Makes room on the device and in memory, so that the writer neither waits for a page nor meets a full device in
     * the middle of a store. By one thread at a time, and only where the writer keeps below {@link
     * Prepared#reservedTo()}: what is behind that is overwritten with zeros.
     *
     * @param prepared not released
     * @param upTo     position
     * @return true when anything was to be done
     * @throws IOException when the device is full, or has failed; reserved is then what was before
     */
    boolean reserve(Prepared prepared, long upTo) throws IOException;

    /**
     * A hint: nothing is stored to a range any more, and it is about to be forced. By who releases.
     *
     * @param prepared not released
     * @param from     position, a multiple of {@link #CHUNK_BYTES}
     * @param to       position behind the last one, a multiple of it too
     */
    void leave(Prepared prepared, long from, long to);

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
