package io.syncline.simulator;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Many seeds, on as many threads as there are: {@code -Dsim.threads}, by default one a core. Each run keeps to one
 * thread, and shares nothing with another.
 */
final class SimBatch
{
    private static final int MESSAGE_LIMIT = 800;
    private static final int REPORT_LIMIT = 10;

    private final long first;
    private final long count;
    private final long deadlineNs;
    private final AtomicLong next;
    private final long startNs = System.nanoTime();
    private long ran;
    private int failed;
    private long firstFailed = -1;
    private long events;
    private long turns;
    private long simulatedNs;
    private long acked;
    private long cpuNs;

    /**
     * @param first   seed
     * @param count   of seeds; those after it are run for as long as there is time when it is -1
     * @param limitNs time for them, -1 for no limit
     */
    SimBatch(final long first, final long count, final long limitNs)
    {
        this.first = first;
        this.count = count < 0 ? Long.MAX_VALUE - first : count;
        deadlineNs = limitNs < 0 ? Long.MAX_VALUE : startNs + limitNs;
        next = new AtomicLong(first);
    }

    /** @return seeds that failed; the figures are printed */
    int run()
    {
        final int threads = (int)Math.min(count, Integer.getInteger("sim.threads", Runtime.getRuntime().availableProcessors()));
        final List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < threads; i++)
        {
            final Thread worker = new Thread(this::work, "seeds-" + i);
            worker.setDaemon(true);
            worker.start();
            workers.add(worker);
        }
        try
        {
            for (final Thread worker : workers)
            {
                worker.join();
            }
        }
        catch (final InterruptedException ex)
        {
            next.set(first + count);
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted with " + ran + " seeds run", ex);
        }
        final double seconds = (System.nanoTime() - startNs) / 1e9;
        final double cpu = cpuNs / 1e9;
        System.out.printf(
            "%d seeds from %d, %d failed, %.1f s on %d threads; a core: %.0f seeds/min, %.0f events/s, %.0f turns/s, " +
            "simulated/real %.0f; acked %d%n",
            ran, first, failed, seconds, threads, ran / cpu * 60, events / cpu, turns / cpu, simulatedNs / 1e9 / cpu, acked);
        if (failed > 0)
        {
            shrink();
        }
        return failed;
    }

    /** The first failure as small as it gets in the time there is: {@code -Dsim.shrink=SECONDS}. */
    private void shrink()
    {
        final int seconds = Integer.getInteger("sim.shrink", 60);
        if (seconds > 0)
        {
            System.out.println("shrinking seed " + firstFailed + " for " + seconds + " s at most");
            final SimPlan plan = SimShrinker.shrink(plan(firstFailed), seconds * 1000L);
            System.out.print("# seed " + firstFailed + " at commit " + commit() + ", shrunk to " + plan.faultCount() + " faults and " +
                plan.operationCount() + " operations\n" + plan.toText());
            System.out.println("repeat it: save these lines as FILE, mvn -pl engine -am verify -Psimulate -Dsim.replay=FILE");
        }
    }

    private void work()
    {
        final var threads = ManagementFactory.getThreadMXBean();
        while (System.nanoTime() < deadlineNs)
        {
            final long seed = next.getAndIncrement();
            if (seed - first >= count)
            {
                break;
            }
            one(seed);
        }
        synchronized (this)
        {
            cpuNs += threads.getCurrentThreadCpuTime();
        }
    }

    private void one(final long seed)
    {
        Throwable failure = null;
        final SimRun run = new SimRun(plan(seed), null);
        try
        {
            run.run();
        }
        catch (final RuntimeException | Error ex)
        {
            failure = ex;
        }
        synchronized (this)
        {
            ran++;
            events += run.events();
            turns += run.turns();
            simulatedNs += run.simulatedNs();
            acked += run.history().count(SimHistory.Outcome.ACKED);
            if (failure != null)
            {
                firstFailed = failed++ == 0 ? seed : firstFailed;
                if (failed <= REPORT_LIMIT)
                {
                    report(seed, run, failure);
                }
            }
        }
    }

    /** @return what a seed expands into: as it is, or {@link SimPlan#dense} with {@code -Dsim.dense=true} */
    static SimPlan plan(final long seed)
    {
        return Boolean.getBoolean("sim.dense") ? SimPlan.dense(seed) : SimPlan.of(seed);
    }

    private static String commit()
    {
        try
        {
            final Process git = new ProcessBuilder("git", "describe", "--always", "--dirty").start();
            return new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
        }
        catch (final IOException ex)
        {
            return "unknown (" + ex.getMessage() + ")";
        }
    }

    private static void report(final long seed, final SimRun run, final Throwable failure)
    {
        final String text = failure.toString();
        System.out.println("seed " + seed + ", commit " + commit() + ", at " + run.nowSeconds() + ": " +
            text.substring(0, Math.min(text.length(), MESSAGE_LIMIT)));
        System.out.println("repeat it: mvn -pl engine -am verify -Psimulate -Dsim.replay=" + seed +
            (Boolean.getBoolean("sim.dense") ? " -Dsim.dense=true" : ""));
        if (!(failure instanceof AssertionError) || failure.getCause() != null)
        {
            failure.printStackTrace(System.out);
        }
    }
}
