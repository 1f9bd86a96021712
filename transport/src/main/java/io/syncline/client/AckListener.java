package io.syncline.client;

/**
 * Hears what became of offered records: every sequence exactly once, in the order of the sequences of its partition, on
 * the thread that calls {@link Producer#poll()}. Must not throw and must not close the producer.
 */
public interface AckListener
{
    /**
     * Records are acknowledged at the producer's acks level. They stand side by side: the offset of sequence s is
     * {@code upToOffset - (upToSequence - s)}. Everything below {@code fromSequence} was reported before, so for a
     * producer that has seen no failure {@code upToSequence} alone says how far it is.
     *
     * @param handle       of the partition
     * @param fromSequence first of the records
     * @param upToSequence last of the records, inclusive
     * @param upToOffset   offset of the last record; -1 with {@link Acks#NONE}
     * @param leaderEpoch  epoch of the leader that answered; -1 with {@link Acks#NONE}
     */
    void onAck(int handle, long fromSequence, long upToSequence, long upToOffset, int leaderEpoch);

    /**
     * Records were not acknowledged within the delivery timeout, or never can be. With {@code TIMED_OUT} or
     * {@code NOT_ENOUGH_REPLICAS_AFTER_APPEND} the outcome is unknown, see {@link Producer#isUnknown(int)}: they may
     * stand in the log or come to. With any other code they are not in the log and never will be.
     *
     * @param handle       of the partition
     * @param fromSequence first of the records
     * @param toSequence   last of the records, inclusive
     * @param code         a code of {@link io.syncline.protocol.Codes}
     */
    default void onFailed(final int handle, final long fromSequence, final long toSequence, final int code)
    {
    }
}
