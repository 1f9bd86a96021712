package io.syncline.simulator;

import java.nio.file.Files;
import java.nio.file.Path;

/** Runs seeds or a plan: {@code seeds FIRST COUNT}, {@code replay SEED|FILE}, {@code shrink SEED|FILE}. */
public final class Simulate
{
    private static final int MESSAGE_LIMIT = 800;

    private Simulate()
    {
    }

    /**
     * @param args see above
     * @throws Exception where a file cannot be read
     */
    public static void main(final String[] args) throws Exception
    {
        switch (args[0])
        {
            case "seeds" -> seeds(Long.parseLong(args[1]), Long.parseLong(args[2]));
            case "replay" -> replay(args[1]);
            case "shrink" -> System.out.println(SimShrinker.shrink(plan(args[1]), 300_000L).toText());
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    /** @return seeds that failed */
    static int seeds(final long first, final long count)
    {
        final long startNs = System.nanoTime();
        int failed = 0;
        long events = 0;
        long simulatedNs = 0;
        long acked = 0;
        long rounds = 0;
        for (long seed = first; seed < first + count; seed++)
        {
            final SimRun run = new SimRun(SimPlan.of(seed), null);
            try
            {
                run.run();
                acked += run.history().count(SimHistory.Outcome.ACKED);
            }
            catch (final AssertionError | RuntimeException ex)
            {
                failed++;
                final String text = ex.toString();
                System.out.println("seed " + seed + " at " + run.nowSeconds() + ": " +
                    text.substring(0, Math.min(text.length(), MESSAGE_LIMIT)));
                System.out.println("repeat it: mvn -pl engine -am verify -Psimulate -Dsim.replay=" + seed);
                if (ex instanceof RuntimeException || ex.getCause() != null)
                {
                    ex.printStackTrace(System.out);
                }
            }
            events += run.events();
            rounds += run.rounds();
            simulatedNs += run.simulatedNs();
        }
        final double seconds = (System.nanoTime() - startNs) / 1e9;
        System.out.printf(
            "%d seeds, %d failed, %.1f s, %.0f seeds/min, %.0f events/s, %.0f rounds/s, simulated/real %.0f, acked %d%n",
            count, failed, seconds, count / seconds * 60, events / seconds, rounds / seconds, simulatedNs / 1e9 / seconds, acked);
        return failed;
    }

    /** Prints the trace. */
    static int replay(final String what) throws Exception
    {
        final SimPlan plan = plan(what);
        System.out.print(plan.toText());
        final SimRun run = new SimRun(plan, System.out::println);
        try
        {
            run.run();
        }
        catch (final AssertionError | RuntimeException ex)
        {
            System.out.println(run.nowSeconds());
            System.out.println(run.describe());
            ex.printStackTrace(System.out);
            return 1;
        }
        System.out.println("no violation, hash " + Long.toHexString(run.traceHash()));
        return 0;
    }

    private static SimPlan plan(final String what) throws Exception
    {
        return what.matches("-?\\d+") ? SimPlan.of(Long.parseLong(what)) : SimPlan.parse(Files.readString(Path.of(what)));
    }
}
