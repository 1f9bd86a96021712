package io.syncline.simulator;

import java.util.ArrayList;
import java.util.List;

/** Leaves out of a failing plan whatever it fails without: halves first, then quarters, down to single actions. */
final class SimShrinker
{
    private SimShrinker()
    {
    }

    /** @return name of the invariant that the plan breaks, null for none */
    static String failureOf(final SimPlan plan)
    {
        try
        {
            new SimRun(plan, null).run();
            return null;
        }
        catch (final Violation violation)
        {
            return violation.invariant();
        }
        catch (final AssertionError | RuntimeException ex)
        {
            return ex.getClass().getSimpleName();
        }
    }

    /**
     * @param plan    that fails
     * @param limitMs after which the smallest plan so far is good enough
     * @return a plan that breaks the same invariant
     */
    static SimPlan shrink(final SimPlan plan, final long limitMs)
    {
        final String failure = failureOf(plan);
        if (failure == null)
        {
            throw new IllegalArgumentException("the plan does not fail");
        }
        final long deadlineMs = System.currentTimeMillis() + limitMs;
        SimPlan best = plan;
        boolean isSmaller = true;
        while (isSmaller)
        {
            isSmaller = false;
            for (int size = Math.max(1, best.actions().size() / 2); size >= 1; size /= 2)
            {
                for (int from = 0; from < best.actions().size() && System.currentTimeMillis() < deadlineMs; )
                {
                    final List<SimAction> rest = new ArrayList<>(best.actions());
                    rest.subList(from, Math.min(rest.size(), from + size)).clear();
                    final SimPlan smaller = new SimPlan(best.config(), List.copyOf(rest));
                    if (failure.equals(failureOf(smaller)))
                    {
                        best = smaller;
                        isSmaller = true;
                    }
                    else
                    {
                        from += size;
                    }
                }
            }
            isSmaller &= System.currentTimeMillis() < deadlineMs;
        }
        return best;
    }
}
