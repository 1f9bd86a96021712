package io.syncline.client;

import org.agrona.MutableDirectBuffer;

/**
 * Place for one record's value inside a batch, see {@link Producer#tryClaim(int, int, RecordClaim)}. Reusable; belongs
 * to the producer's thread.
 */
public final class RecordClaim
{
    private ProducerPartition partition;
    private MutableDirectBuffer buffer;
    private int offset;
    private int length;

    void set(final ProducerPartition partition, final MutableDirectBuffer buffer, final int offset, final int length)
    {
        this.partition = partition;
        this.buffer = buffer;
        this.offset = offset;
        this.length = length;
    }

    /** @return write the value here, from {@link #offset()} on, nowhere else */
    public MutableDirectBuffer buffer()
    {
        return buffer;
    }

    /** @return where the value starts */
    public int offset()
    {
        return offset;
    }

    /** @return bytes of the value */
    public int length()
    {
        return length;
    }

    /** The value is complete: the record counts as offered. */
    public void commit()
    {
        end(true);
    }

    /** The record is taken back; its sequence goes to the next one. */
    public void abort()
    {
        end(false);
    }

    private void end(final boolean isCommitted)
    {
        if (partition == null)
        {
            throw new IllegalStateException("nothing is claimed");
        }
        final ProducerPartition claimed = partition;
        partition = null;
        buffer = null;
        claimed.onClaimEnded(isCommitted);
    }
}
