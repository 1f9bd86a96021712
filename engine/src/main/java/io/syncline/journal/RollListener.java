package io.syncline.journal;

/** Hears of each log that goes on in its next segment. */
@FunctionalInterface
public interface RollListener
{
    /** Hears nothing. */
    RollListener NONE = (key, isPrepared, durationNs) -> {};

    /**
     * On the thread of the log's owner, between two appends.
     *
     * @param key        of the partition
     * @param isPrepared false when the owner had to make the segment itself
     * @param durationNs how long the owner took
     */
    void onRoll(long key, boolean isPrepared, long durationNs);
}
