package io.syncline.simulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;

/**
 * Proof that the simulator can see: runs seeds on each mutant until one breaks an invariant, and prints how many that
 * took; then the same seeds on the code as it is, which must break none. Each mutant has a thread of its own.
 */
public final class MutantRunner
{
    private static final String LINE = "%-52s %-24s %7s %7s %8s  %s%n";
    private static final int PROGRESS_SECONDS = 30;
    private static final int CONTROL_CHUNK = 50;
    private static final Mutant UNMUTATED = new Mutant("the code as it is", List.of());

    /** What became of a mutant. */
    private record Outcome(Mutant mutant, String rule, long seed, double seconds, String plan)
    {
        boolean isCaught()
        {
            return rule != null;
        }
    }

    private final Path module;
    private final long firstSeed;
    private final int seedLimit;
    private final int threads;
    private final Path plans;
    private final long shrinkMs;
    private final boolean isControlled;
    private final Map<Long, Boolean> cleanSeeds = new ConcurrentHashMap<>();
    private final Map<String, Long> running = new ConcurrentHashMap<>();

    /**
     * @param module    directory of the engine
     * @param firstSeed for each mutant
     * @param seedLimit for each mutant
     * @param threads   mutants at the same time
     * @param plans     where the plans named after mutants lie
     * @param shrinkMs  time to shrink each failure, which then takes the place of the mutant's plan; 0 for none of that
     * @param isControlled true to run the same seeds without a mutant
     */
    MutantRunner(
        final Path module, final long firstSeed, final int seedLimit, final int threads, final Path plans, final long shrinkMs,
        final boolean isControlled)
    {
        this.module = module;
        this.firstSeed = firstSeed;
        this.seedLimit = seedLimit;
        this.threads = threads;
        this.plans = plans;
        this.shrinkMs = shrinkMs;
        this.isControlled = isControlled;
    }

    /**
     * @param args pattern of the mutants' names ("" for all), and perhaps the first seed, seeds at most, and seconds to
     *             shrink each failure; from the engine's parent directory
     * @throws Exception when a mutant cannot be run
     */
    public static void main(final String[] args) throws Exception
    {
        final Path module = Path.of("engine");
        final int bad = new MutantRunner(
            module,
            args.length > 1 ? Long.parseLong(args[1]) : 1,
            args.length > 2 ? Integer.parseInt(args[2]) : 2000,
            Integer.getInteger("sim.threads", 1),
            module.resolve("src/test/resources/plans"),
            args.length > 3 ? Integer.parseInt(args[3]) * 1000L : 0,
            false).run(args.length > 0 ? args[0] : "");
        System.exit(bad > 0 ? 1 : 0);
    }

    /**
     * @param names of the mutants to run, a pattern that is found in them; "" for all
     * @return mutants that no seed caught, and seeds that fail without any mutant
     * @throws Exception when a mutant cannot be run
     */
    int run(final String names) throws Exception
    {
        final Pattern wanted = Pattern.compile(names);
        final List<Mutant> mutants = Mutant.ALL.stream().filter((mutant) -> wanted.matcher(mutant.name()).find()).toList();
        final ExecutorService executor = Executors.newFixedThreadPool(threads);
        try (MutantCompiler compiler = new MutantCompiler(module))
        {
            final List<Future<Outcome>> futures = new ArrayList<>();
            for (final Mutant mutant : mutants)
            {
                futures.add(executor.submit(() -> outcome(compiler, mutant)));
            }
            final List<Outcome> outcomes = await(futures);
            final long seeds = !isControlled ? 0 :
                outcomes.stream().filter(Outcome::isCaught).mapToLong((outcome) -> outcome.seed() - firstSeed + 1).max().orElse(0);
            final List<Future<Outcome>> controls = new ArrayList<>();
            for (long seed = firstSeed; seed < firstSeed + seeds; seed += CONTROL_CHUNK)
            {
                final long first = seed;
                final int count = (int)Math.min(CONTROL_CHUNK, firstSeed + seeds - seed);
                controls.add(executor.submit(() -> run(MutantSeeds.class, UNMUTATED, first, count)));
            }
            final List<Outcome> failed = await(controls).stream().filter(Outcome::isCaught).toList();
            return print(outcomes, failed, seeds);
        }
        finally
        {
            executor.shutdownNow();
        }
    }

    static String fileOf(final Mutant mutant)
    {
        return mutant.name().replaceAll("[^A-Za-z0-9]+", "-") + ".plan";
    }

    /** A seed that fails without the mutant proves nothing of it: the next one is asked. */
    private Outcome outcome(final MutantCompiler compiler, final Mutant mutant) throws Exception
    {
        final long startNs = System.nanoTime();
        final Class<?> seeds = compiler.load(mutant).loadClass(MutantSeeds.class.getName());
        Outcome outcome = run(seeds, mutant, firstSeed, seedLimit);
        while (outcome.isCaught() && !cleanSeeds.computeIfAbsent(outcome.seed(), MutantRunner::isClean))
        {
            final long next = outcome.seed() + 1;
            outcome = run(seeds, mutant, next, (int)(firstSeed + seedLimit - next));
        }
        final double seconds = (System.nanoTime() - startNs) / 1e9;
        System.out.printf("  %s: %s, %.0f s%n", mutant.name(),
            outcome.isCaught() ? outcome.rule() + " with seed " + outcome.seed() : "NOT CAUGHT", seconds);
        return new Outcome(mutant, outcome.rule(), outcome.seed(), seconds,
            outcome.isCaught() ? plan(seeds, mutant, outcome.rule(), outcome.seed()) : "");
    }

    private static boolean isClean(final long seed)
    {
        return MutantSeeds.firstFailing(seed, 1, (unused) -> {}) == null;
    }

    private Outcome run(final Class<?> seeds, final Mutant mutant, final long first, final int limit) throws Exception
    {
        final LongConsumer progress = (seed) -> running.put(mutant.name(), seed);
        final String result = (String)seeds.getMethod("firstFailing", long.class, int.class, LongConsumer.class)
            .invoke(null, first, limit, progress);
        running.remove(mutant.name());
        if (result == null)
        {
            return new Outcome(mutant, null, first + limit - 1, 0, "");
        }
        final String[] words = result.split(" ", 2);
        return new Outcome(mutant, words[1], Long.parseLong(words[0]), 0, "");
    }

    private String plan(final Class<?> seeds, final Mutant mutant, final String rule, final long seed) throws Exception
    {
        final Path file = plans.resolve(fileOf(mutant));
        if (shrinkMs > 0)
        {
            final String text = (String)seeds.getMethod("shrunk", long.class, long.class).invoke(null, seed, shrinkMs);
            Files.writeString(file, "# Mutant '" + mutant.name() + "' breaks " + rule + "; shrunk from seed " + seed + " to " + text);
        }
        final String size = Files.exists(file) ? (String)seeds.getMethod("caughtBy", Path.class).invoke(null, file) : null;
        return size == null ? "-" : size;
    }

    private List<Outcome> await(final List<Future<Outcome>> futures) throws InterruptedException, IOException
    {
        final List<Outcome> outcomes = new ArrayList<>();
        for (final Future<Outcome> future : futures)
        {
            while (true)
            {
                try
                {
                    outcomes.add(future.get(PROGRESS_SECONDS, TimeUnit.SECONDS));
                    break;
                }
                catch (final TimeoutException ignored)
                {
                    System.out.println("  ... " + new TreeMap<>(running));
                }
                catch (final ExecutionException ex)
                {
                    throw new IOException("a mutant cannot be run", ex.getCause());
                }
            }
        }
        return outcomes;
    }

    private int print(final List<Outcome> outcomes, final List<Outcome> failed, final long seeds)
    {
        System.out.printf("%n" + LINE, "mutant", "caught by", "seed", "seeds", "seconds", "stored plan that shows it");
        int caught = 0;
        for (final Outcome outcome : outcomes)
        {
            final boolean isCaught = outcome.isCaught();
            caught += isCaught ? 1 : 0;
            System.out.printf(LINE, outcome.mutant().name(), isCaught ? outcome.rule() : "NOT CAUGHT",
                isCaught ? outcome.seed() : "-", isCaught ? outcome.seed() - firstSeed + 1 : seedLimit,
                Math.round(outcome.seconds()), outcome.plan());
        }
        for (final Outcome outcome : failed)
        {
            System.out.println("WITHOUT ANY MUTANT seed " + outcome.seed() + " breaks " + outcome.rule() + ": a bug of the code");
        }
        System.out.println(!isControlled ? "the code as it is was not run" : "the code as it is: " + failed.size() + " violations in the same " + seeds + " seeds");
        System.out.println("mutants caught: " + caught + " of " + outcomes.size());
        return outcomes.size() - caught + failed.size();
    }
}
