package io.syncline.bench;

import io.syncline.bench.profile.Profile;
import io.syncline.bench.profile.Profiler;
import io.syncline.bench.targets.Load;
import io.syncline.bench.targets.Target;
import io.syncline.bench.targets.TargetSpec;
import io.syncline.bench.targets.Targets;
import io.syncline.client.Acks;
import io.syncline.stream.TimerSlack;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;

/** Loads a system: Syncline in this process, as processes or as it runs, or a peer of it. */
abstract class LoadCommand implements Callable<Integer>
{
    @Mixin
    private LoadOptions load;

    @Option(names = "--system", defaultValue = "syncline", paramLabel = "SYSTEM[:LAYOUT][,KEY=VALUE]...",
        description = {"syncline, aeron (the same hops, nothing kept: the floor), chronicle (an append) or kafka; layouts ipc, udp " +
            "and processes. Keys: those of the options below without their dashes (in-flight, sampling, ...), and keys of the " +
            "nodes' configuration such as idle.strategy. Default: ${DEFAULT-VALUE}."})
    private String system;

    @Option(names = {"--bootstrap", "--bootstrap-server"}, paramLabel = "HOST:PORT",
        description = "A running cluster. Default: one of the run's own.")
    private String bootstrap;

    @Option(names = "--topic", paramLabel = "NAME",
        description = "Topic in the running cluster; it exists and nobody else writes to it. Default: bench.")
    private String topic;

    @Option(names = "--brokers", paramLabel = "N",
        description = "Brokers, and replicas, of the run's own cluster. Default: 3.")
    private Integer brokers;

    @Option(names = "--min-isr", paramLabel = "N",
        description = "min.insync.replicas of the topic in the run's own cluster. Default: 2.")
    private Integer minIsr;

    @Option(names = "--threading", paramLabel = "MODE",
        description = "dedicated, shared, or invoker: everything on the load's own thread. Default: shared.")
    private String threading;

    @Option(names = "--transport", paramLabel = "ipc|udp",
        description = "Between the embedded brokers and their clients. Default: ipc.")
    private String transport;

    @Option(names = "--in-flight", paramLabel = "N",
        description = "Batches a producer has under way at most. Default: 5.")
    private Integer maxInFlight;

    @Option(names = "--linger", paramLabel = "TIME",
        description = "How long a producer's batch waits for further records at most. Default: 0us.")
    private String linger;

    @Option(names = {"--sampling", "--stage-sampling"}, paramLabel = "N",
        description = "Measure the stages of one record in so many; 0 for none. Default: 64.")
    private Integer stageSampling;

    @Option(names = "--idle", defaultValue = "yield", paramLabel = "STRATEGY",
        description = "What the load's own thread does while nothing is due: yield, park or spin; " +
            "or sleep, after every turn. Default: ${DEFAULT-VALUE}.")
    private RigIdle idle;

    @Option(names = "--kill-leader-after", paramLabel = "TIME", converter = LoadOptions.DurationConverter.class,
        description = "End the leader without warning so long after the warm-up; the report shows the gap.")
    private Long killAfterNs;

    @Option(names = "--profile", arity = "0..1", fallbackValue = "cpu", paramLabel = "EVENT",
        description = {"Sample this process during the recorded load: flame graphs of the run and of the times at which a slow record " +
            "was under way, in the report and as .collapsed files. Needs -o. Events: cpu (the default; falls back to ctimer " +
            "and itimer where the kernel forbids perf events), wall and others of async-profiler's. What runs in other " +
            "processes is not seen."})
    private String profileEvent;

    /** Made by picocli. */
    LoadCommand()
    {
    }

    /** @return true when the records are to be read back */
    abstract boolean isDelivering();

    @Override
    public Integer call() throws IOException
    {
        if (profileEvent != null && load.output == null)
        {
            throw new IllegalArgumentException("--profile needs a place for what it finds: name one with -o");
        }
        final TargetSpec spec = TargetSpec.parse(system).withDefaults(settings());
        // The load's thread must not sleep past a due time for want of a precise timer.
        TimerSlack.set(1);
        final List<Outcome> outcomes = new ArrayList<>();
        try (Target target = Targets.start(spec); StopHook hook = StopHook.of(target))
        {
            hook.arm();
            final LoadRun run = new LoadRun(target);
            for (final long rate : load.rates)
            {
                final RigConfiguration configuration = load.configuration(rate);
                final Profiler profiler = profileEvent == null ? null : new Profiler(profileEvent);
                outcomes.add(new Outcome(configuration, run.run(
                    new Load(rate, load.size, load.acks, isDelivering() && load.acks != Acks.NONE), configuration, idle,
                    killAfterNs == null ? 0 : killAfterNs, profiler), profiler));
            }
        }
        // Only now: what this thread turns would stand still while the reports are written.
        int exitCode = Bench.EXIT_OK;
        for (final Outcome outcome : outcomes)
        {
            if (load.output != null)
            {
                System.err.println("written to " + HistogramFiles.write(load.output,
                    fileName(spec, outcome.configuration().rate()), outcome.configuration(), outcome.result(),
                    profile(outcome.profiler(), outcome.result())) + ".*");
            }
            ResultTable.print(System.out, load.format, outcome.configuration(), outcome.result());
            exitCode = outcome.result().missed() == null ? exitCode : Bench.EXIT_CHECK_FAILED;
        }
        return exitCode;
    }

    private record Outcome(RigConfiguration configuration, RigResult result, Profiler profiler)
    {
    }

    private static Profile profile(final Profiler profiler, final RigResult result)
    {
        if (profiler == null)
        {
            return null;
        }
        final Profile profile = profiler.sort(result);
        if (!profiler.trouble().isEmpty())
        {
            System.err.println("bench: profile: " + profiler.trouble());
        }
        return profile;
    }

    /** Options that are settings of the system under another name. */
    private Map<String, String> settings()
    {
        final Map<String, String> settings = new TreeMap<>();
        put(settings, TargetSpec.LAYOUT, transport == null ? null : transport.toLowerCase(Locale.ROOT));
        // Commas separate settings.
        put(settings, "bootstrap", bootstrap == null ? null : bootstrap.replace(',', ';'));
        put(settings, "topic", topic);
        put(settings, "brokers", brokers);
        put(settings, "min-isr", minIsr);
        put(settings, "threading", threading);
        put(settings, "in-flight", maxInFlight);
        put(settings, "linger", linger);
        put(settings, "sampling", stageSampling);
        return settings;
    }

    private static void put(final Map<String, String> settings, final String key, final Object value)
    {
        if (value != null)
        {
            settings.put(key, value.toString());
        }
    }

    private String fileName(final TargetSpec spec, final long rate)
    {
        return String.format(Locale.ROOT, "%s-%s-%d-%dB-acks-%s", spec.toString().replaceAll("[^A-Za-z0-9.]+", "-"),
            isDelivering() ? "e2e" : "produce", rate, load.size, load.acks.name().toLowerCase(Locale.ROOT));
    }

    /** {@code bench e2e}: to the acknowledgement and on to a consumer. */
    @Command(
        name = "e2e",
        description = "Open-loop load, timed to the acknowledgement and to a consumer of the leader.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  syncline bench e2e --rate 10000 --size 256 --duration 20s -o /tmp/e2e"})
    static final class E2e extends LoadCommand
    {
        @Override
        boolean isDelivering()
        {
            return true;
        }
    }

    /** {@code bench produce}: to the acknowledgement. */
    @Command(
        name = "produce",
        description = "Open-loop load, timed to the acknowledgement; --rate 0 shows the throughput.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  syncline bench produce --rate 0 --size 64 --duration 10s"})
    static final class Produce extends LoadCommand
    {
        @Override
        boolean isDelivering()
        {
            return false;
        }
    }
}
