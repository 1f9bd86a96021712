package io.syncline.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Leaves out of a failing plan whatever it breaks the same invariant without. First everything behind the failure, then
 * actions: halves, quarters, down to single ones; then what of the configuration and of the bursts is not plain.
 */
final class SimShrinker
{
    private final String failure;
    private final long deadlineMs;
    private SimPlan best;
    private boolean isSmaller;

    private SimShrinker(final SimPlan plan, final String failure, final long deadlineMs)
    {
        this.failure = failure;
        this.deadlineMs = deadlineMs;
        best = plan;
    }

    /** @return name of the invariant that the plan breaks, null for none */
    static String failureOf(final SimPlan plan)
    {
        return failureOf(new SimRun(plan, null));
    }

    private static String failureOf(final SimRun run)
    {
        try
        {
            run.run();
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
        final long deadlineMs = System.currentTimeMillis() + limitMs;
        final SimRun run = new SimRun(plan, null);
        final String failure = failureOf(run);
        if (failure == null)
        {
            throw new IllegalArgumentException("the plan does not fail");
        }
        final SimShrinker shrinker = new SimShrinker(plan, failure, deadlineMs);
        shrinker.cutTo(run.safetyMs());
        do
        {
            shrinker.isSmaller = false;
            shrinker.leaveOutActions();
            shrinker.makePlain();
            shrinker.cutBursts();
        }
        while (shrinker.isSmaller && shrinker.hasTime());
        return shrinker.best;
    }

    private boolean hasTime()
    {
        return System.currentTimeMillis() < deadlineMs;
    }

    private boolean accept(final SimPlan smaller)
    {
        if (smaller.equals(best) || !failure.equals(failureOf(smaller)))
        {
            return false;
        }
        best = smaller;
        isSmaller = true;
        return true;
    }

    /** What was still to come when it failed has no part in it. */
    private void cutTo(final long failedMs)
    {
        if (failedMs < best.config().safetyMs())
        {
            final int safetyMs = (int)failedMs + 1;
            accept(new SimPlan(
                best.config().withSafetyMs(safetyMs),
                best.actions().stream().filter((action) -> action.atUs() < safetyMs * 1000L).toList()));
        }
    }

    private void leaveOutActions()
    {
        for (int size = Math.max(1, best.actions().size() / 2); size >= 1; size /= 2)
        {
            for (int from = 0; from < best.actions().size() && hasTime(); )
            {
                final List<SimAction> rest = new ArrayList<>(best.actions());
                rest.subList(from, Math.min(rest.size(), from + size)).clear();
                if (!accept(new SimPlan(best.config(), List.copyOf(rest))))
                {
                    from += size;
                }
            }
        }
    }

    private void makePlain()
    {
        final List<UnaryOperator<SimConfig>> plainer = List.of(
            SimConfig::withoutSkips, SimConfig::withWideWindow, SimConfig::withPlainTurns);
        for (final UnaryOperator<SimConfig> each : plainer)
        {
            if (hasTime())
            {
                accept(new SimPlan(each.apply(best.config()), best.actions()));
            }
        }
    }

    private void cutBursts()
    {
        for (int i = 0; i < best.actions().size() && hasTime(); i++)
        {
            final SimAction action = best.actions().get(i);
            if (action.kind() == SimAction.Kind.PRODUCE && action.c() > 1)
            {
                final List<SimAction> changed = new ArrayList<>(best.actions());
                changed.set(i, new SimAction(action.atUs(), action.kind(), action.a(), action.b(), 1));
                accept(new SimPlan(best.config(), List.copyOf(changed)));
            }
        }
    }
}
