package io.syncline.simulator;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/** What is run of a mutant; loaded once for each, by the loader that holds its classes. */
public final class MutantSeeds
{
    private MutantSeeds()
    {
    }

    /**
     * @param first    seed
     * @param limit    seeds
     * @param progress is told each seed before it runs
     * @return the first seed that breaks an invariant and the name of that, null when none does
     */
    public static String firstFailing(final long first, final int limit, final LongConsumer progress)
    {
        for (long seed = first; seed < first + limit; seed++)
        {
            progress.accept(seed);
            final String failure = SimShrinker.failureOf(plan(seed));
            if (failure != null)
            {
                return seed + " " + failure;
            }
        }
        return null;
    }

    /**
     * @param file of a plan
     * @return the plan's size when it breaks an invariant, null when it does not
     * @throws Exception when the file cannot be read
     */
    public static String caughtBy(final Path file) throws Exception
    {
        final SimPlan plan = SimPlan.parse(Files.readString(file));
        return SimShrinker.failureOf(plan) == null ? null : size(plan);
    }

    /**
     * @param seed    that fails
     * @param limitMs after which the smallest plan so far is good enough
     * @return the plan it shrinks to, and in the first line its size
     */
    public static String shrunk(final long seed, final long limitMs)
    {
        final SimPlan plan = SimShrinker.shrink(plan(seed), limitMs);
        return size(plan) + "\n" + plan.toText();
    }

    private static SimPlan plan(final long seed)
    {
        return SimPlan.dense(seed);
    }

    private static String size(final SimPlan plan)
    {
        final long faults = plan.faultCount();
        return faults + " faults, " + (plan.actions().size() - faults) + " operations";
    }
}
