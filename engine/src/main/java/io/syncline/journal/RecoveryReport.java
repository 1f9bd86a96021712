package io.syncline.journal;

/**
 * What opening a log found (R8.2).
 *
 * @param outcome        what was done about it
 * @param logStart       offset of the first record kept
 * @param logEnd         LEO after opening; with damage, the first offset that cannot be read
 * @param highWatermark  the last known one, as given by the caller; -1 for none
 * @param scannedFrom    offset from which on every batch was checked; LEO when none was
 * @param scannedBatches number of batches checked
 * @param reason         why the scan stopped where it did; "" after a clean stop
 */
public record RecoveryReport(
    Outcome outcome,
    long logStart,
    long logEnd,
    long highWatermark,
    long scannedFrom,
    long scannedBatches,
    String reason)
{
    /** Kinds of opening. */
    public enum Outcome
    {
        /** There was no log. */
        CREATED,
        /** The last owner closed it. */
        CLEAN,
        /** The last owner did not close it; every batch up to its end was good, what was unfinished behind it is cut off. */
        RECOVERED,
        /**
         * Something below the last known high watermark is bad. Nothing was changed; the log reads up to there and
         * takes no append until it is truncated or restarted on purpose.
         */
        DAMAGED
    }

    /** @return true when this replica must not lead, and must leave ISR and ELR until repaired */
    public boolean isDamaged()
    {
        return outcome == Outcome.DAMAGED;
    }
}
