package io.syncline.history;

/**
 * H9: in every window in which m replicas, a controller majority and their links were healthy long enough, each
 * partition accepts writes. Who saw the faults knows the windows, and says how each ended.
 */
final class H9HealthyAcceptsWrites extends HistoryRule
{
    H9HealthyAcceptsWrites(final HistoryChecker checker)
    {
        super("H9", checker);
    }

    @Override
    void onProbe(final long partition, final long healthyNs, final long acceptedNs, final long boundNs)
    {
        judge();
        if (acceptedNs < 0 || acceptedNs - healthyNs > boundNs)
        {
            violated(partition, at(partition), "a write accepted within " + ms(boundNs) + " of being healthy",
                acceptedNs < 0 ? "none" : "one after " + ms(acceptedNs - healthyNs));
        }
    }

    private static String ms(final long timeNs)
    {
        return timeNs / 1_000_000 + " ms";
    }
}
