package io.syncline.simulator;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.LongStream;

/**
 * Runs seeds or a plan: {@code seeds FIRST COUNT}, {@code twice FIRST COUNT}, {@code replay SEED|FILE}, {@code shrink
 * SEED|FILE}; {@code -Dsim.dense=true} for seeds of a tenth of the time, with their faults closer together. {@code rot
 * FIRST COUNT [KIND]}: such seeds, each with faults of {@link SimDevices}; {@code rotten SEED [KIND]}: one of them,
 * with its trace.
 */
public final class Simulate
{
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
            case "seeds" -> new SimBatch(Long.parseLong(args[1]), Long.parseLong(args[2]), -1).run();
            case "rot" -> rot(Long.parseLong(args[1]), Long.parseLong(args[2]), kind(args, 3));
            case "twice" -> twice(Long.parseLong(args[1]), Long.parseLong(args[2]));
            case "replay" -> replay(args[1]);
            case "rotten" -> replay(rotten(Long.parseLong(args[1]), kind(args, 2)));
            case "shrink" -> System.out.println(SimShrinker.shrink(plan(args[1]), 300_000L).toText());
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static SimAction.Kind kind(final String[] args, final int index)
    {
        return args.length > index ? SimAction.Kind.valueOf(args[index]) : null;
    }

    private static SimPlan rotten(final long seed, final SimAction.Kind kind)
    {
        return SimDevices.with(SimPlan.of(SimConfig.swarm(seed).dense()), kind);
    }

    private static void rot(final long first, final long count, final SimAction.Kind kind)
    {
        int bad = 0;
        for (long seed = first; seed < first + count; seed++)
        {
            final SimPlan plan = rotten(seed, kind);
            try
            {
                new SimRun(plan, null).run();
            }
            catch (final AssertionError | RuntimeException ex)
            {
                bad++;
                System.out.println("seed " + seed + ": " + ex);
            }
        }
        System.out.println(count + " rotting seeds from " + first + ", " + bad + " with a violation");
    }

    private static void twice(final long first, final long count)
    {
        LongStream.range(first, first + count).parallel().forEach(new I15SameSeedSameTrace()::check);
        System.out.println(count + " seeds from " + first + " gave the same trace twice");
    }

    /** Prints the trace. */
    static int replay(final String what) throws Exception
    {
        return replay(plan(what));
    }

    private static int replay(final SimPlan plan)
    {
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
        return what.matches("-?\\d+") ? SimBatch.plan(Long.parseLong(what)) : SimPlan.parse(Files.readString(Path.of(what)));
    }
}
