package io.syncline.simulator;

/** I15: the same seed gives the same trace, also when the plan went through its text in between. */
final class I15SameSeedSameTrace extends SimInvariant
{
    I15SameSeedSameTrace()
    {
        super("I15");
    }

    void check(final long seed)
    {
        final SimPlan plan = SimPlan.of(seed);
        final long first = new SimRun(plan, null).run().traceHash();
        final long second = new SimRun(SimPlan.parse(plan.toText()), null).run().traceHash();
        require(first == second, () -> "seed " + seed + " gave trace " + Long.toHexString(first) + " and then " +
            Long.toHexString(second));
    }
}
