package io.syncline.client;

import org.agrona.MutableDirectBuffer;

/** Place for one record's value inside a batch, see {@link Producer#tryClaim(int, int, RecordClaim)}. */
public final class RecordClaim
{
    /** Published ahead of its body. */
    public MutableDirectBuffer buffer()
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public int offset()
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public int length()
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public void commit()
    {
        throw new UnsupportedOperationException();
    }

    /** Published ahead of its body. */
    public void abort()
    {
        throw new UnsupportedOperationException();
    }

}
