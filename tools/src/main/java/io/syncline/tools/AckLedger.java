package io.syncline.tools;

/**
 * What one producer was told about one partition: which of its sequences are acknowledged, and at which offsets.
 * Sequences are the client's count from 0. Belongs to the producer's thread until it has finished; read by anyone
 * afterwards.
 * <p>
 * A producer hears of its sequences in order, each acknowledged or failed.
 */
final class AckLedger
{
    private final SequenceOffsets offsets = new SequenceOffsets();
    private long acked;
    private long offered;
    private long failed;
    private long endOffset;

    /** Another record was taken by the client. */
    void onOffered()
    {
        offered++;
    }

    /**
     * A range is acknowledged.
     *
     * @param fromSequence first
     * @param upToSequence last, inclusive
     * @param upToOffset   offset of the last
     */
    void onAck(final long fromSequence, final long upToSequence, final long upToOffset)
    {
        offsets.add(fromSequence, upToSequence, upToOffset - (upToSequence - fromSequence));
        endOffset = Math.max(endOffset, upToOffset + 1);
        acked += upToSequence - fromSequence + 1;
    }

    /**
     * A range is not acknowledged and never will be.
     *
     * @param fromSequence first
     * @param toSequence   last, inclusive
     */
    void onFailed(final long fromSequence, final long toSequence)
    {
        failed += toSequence - fromSequence + 1;
    }

    /** @return records the client has taken */
    long offered()
    {
        return offered;
    }

    /** @return records acknowledged */
    long acked()
    {
        return acked;
    }

    /** @return records failed */
    long failed()
    {
        return failed;
    }

    /** @return where the acknowledged records end, exclusive: the highest acknowledged offset and one */
    long endOffset()
    {
        return endOffset;
    }

    /** @return records taken but not yet decided */
    long inFlight()
    {
        return offered - acked - failed;
    }

    /**
     * @param sequence of a record
     * @return the offset it was acknowledged at, or {@link SequenceOffsets#NULL_OFFSET}
     */
    long offsetOf(final long sequence)
    {
        return offsets.offsetOf(sequence);
    }
}
