package io.syncline.broker;

import org.agrona.concurrent.UnsafeBuffer;

/** Reads one partition's log beside its owner: cold reads for consumers and feeds. Belongs to one thread. */
public interface PartitionReader extends AutoCloseable
{
    /** @return offset of the first record kept, as far as this reader knows */
    long logStart();

    /**
     * Wraps the stored batch that holds an offset, in place.
     *
     * @param offset wanted, anywhere in a batch
     * @param view   wrapped around the batch; valid until the next call on this reader
     * @return length of the batch; 0 at the end of what is there; OFFSET_OUT_OF_RANGE below the log start;
     * CORRUPT_BATCH
     */
    int read(long offset, UnsafeBuffer view);

    @Override
    void close();
}
