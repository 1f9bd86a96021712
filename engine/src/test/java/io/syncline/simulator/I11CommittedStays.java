package io.syncline.simulator;

/** I11: no replica removes a record below the true HW except by retention or delete. */
final class I11CommittedStays extends SimInvariant
{
    private final SimTruth truth;

    I11CommittedStays(final SimTruth truth)
    {
        super("I11");
        this.truth = truth;
    }

    void onTruncating(final SimLog log, final long offset, final boolean isRestart)
    {
        final long end = truth.firstHeldEnd(log, isRestart ? 0 : offset);
        require(end < 0, () -> (isRestart ? "starting again at " : "truncating to ") + offset +
            " removes the committed batch that ends at " + end + " from " + log);
    }
}
