package io.syncline.replica;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** Idempotence of one partition (R6.3, R6.4). */
public final class ProducerSequences
{
    /** From {@link #check}: the batch was appended before; {@link #duplicateBaseOffset()} says where. */
    public static final int DUPLICATE = 1;

    public ProducerSequences(final int maxProducers)
    {
    }

    /** @return 0, {@link #DUPLICATE} or a code */
    public int check(
        final long producerId, final int producerEpoch, final int baseSequence, final int count, final boolean logIsWhole)
    {
        return 0;
    }

    public long duplicateBaseOffset()
    {
        return -1;
    }

    public void onAppended(
        final long producerId, final int producerEpoch, final int baseSequence, final int count, final long baseOffset)
    {
    }

    public void clear()
    {
    }

    /** Clears the table and fills it from the batches of the log at and above an offset. @return 0 or the log's code */
    public int rebuild(final ReplicaLog log, final long fromOffset)
    {
        return 0;
    }

    /** As rebuild, but keeps what is there: a snapshot was decoded before. @return 0 or the log's code */
    public int replay(final ReplicaLog log, final long fromOffset)
    {
        return 0;
    }

    public int encodedLength()
    {
        return 0;
    }

    public int encode(final MutableDirectBuffer buffer, final int offset)
    {
        return 0;
    }

    public void decode(final DirectBuffer buffer, final int offset, final int length)
    {
    }
}
