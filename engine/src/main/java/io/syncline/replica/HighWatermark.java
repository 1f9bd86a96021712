package io.syncline.replica;

/**
 * The end of the prefix that every replica of the maximal ISR holds (R3): arithmetic only.
 * <p>
 * Invariants: it never goes backward; it stays where the old leader left it until this leader's whole log, up to LESO,
 * is replicated (R3.2), because what an earlier epoch left behind commits only together with the epoch that took it
 * over.
 */
final class HighWatermark
{
    private long value;
    private long leso;

    /** A new leadership: what this replica knew as a follower is where it starts. */
    void lead(final long key, final long initial, final long leaderEpochStartOffset)
    {
        Invariant.check(initial <= leaderEpochStartOffset, key, "committed records are missing from the new leader's log, " +
            "HW <= LESO (R5.2)", initial, leaderEpochStartOffset);
        value = initial;
        leso = leaderEpochStartOffset;
    }

    /**
     * R3.2.
     *
     * @param candidate     minimum over the maximal ISR, -1 while a member is unknown
     * @param committedSize members of the committed ISR
     * @param minIsr        m
     * @return true when it moved
     */
    boolean advance(final long candidate, final int committedSize, final int minIsr)
    {
        if (committedSize < minIsr || candidate < leso || candidate <= value)
        {
            return false;
        }
        value = candidate;
        return true;
    }

    /** R3.5: whether it may be told to anybody as this leader's. */
    boolean isKnown()
    {
        return value >= leso;
    }

    long value()
    {
        return value;
    }

    long leso()
    {
        return leso;
    }
}
