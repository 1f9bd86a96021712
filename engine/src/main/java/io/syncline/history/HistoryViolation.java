package io.syncline.history;

/**
 * A rule that does not hold.
 *
 * @param rule      its name in PROTOCOL.md, "H1" to "H10"
 * @param partition key of the partition, as the events gave it
 * @param where     the partition, and the record, reader or replica concerned, in words
 * @param expected  what the rule asks for
 * @param found     what the history shows
 */
public record HistoryViolation(String rule, long partition, String where, String expected, String found)
{
    /** Takes violations as they are found. */
    @FunctionalInterface
    public interface Handler
    {
        /** @param violation found; may throw, which ends the check */
        void onViolation(HistoryViolation violation);
    }

    @Override
    public String toString()
    {
        return rule + ": " + where + ": expected " + expected + ", found " + found;
    }
}
