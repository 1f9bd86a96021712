package io.syncline.bench;

import com.fasterxml.jackson.core.JsonGenerator;
import io.syncline.broker.Threading;
import io.syncline.embedded.EmbeddedCluster;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;

/** {@code bench sampling}: what does it cost that the stages of one record in so many are measured? */
@Command(
    name = "sampling",
    description = {"What stage.sampling costs: two producers of one embedded cluster, one that samples and one that does not, everything " +
        "on one thread. They send in turn, a few milliseconds each, and every turn is compared with its neighbour: a machine that does " +
        "other things slows both. Printed are the median of these ratios, where it lies with 95 % confidence, and their quartiles.",
        "Of both loads: at a rate, and as fast as it goes."},
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  syncline bench sampling --duration 30s -o /tmp/sampling"})
final class SamplingCommand implements Callable<Integer>
{
    private static final int BROKERS = 3;
    private static final String TOPIC = "sampling";

    @Option(names = "--stage-sampling", defaultValue = "64", paramLabel = "N",
        description = "One record in so many. Default: ${DEFAULT-VALUE}.")
    private int sampling;

    @Option(names = "--rate", defaultValue = "10000", paramLabel = "N",
        description = "Records a second of the first load. Default: ${DEFAULT-VALUE}.")
    private long rate;

    @Option(names = "--size", defaultValue = "256", paramLabel = "BYTES", description = "Of a value. Default: ${DEFAULT-VALUE}.")
    private int lengthBytes;

    @Option(names = "--turn", defaultValue = "5ms", paramLabel = "TIME", converter = LoadOptions.DurationConverter.class,
        description = "Of one producer. Default: ${DEFAULT-VALUE}.")
    private long turnNs;

    @Option(names = "--duration", defaultValue = "20s", paramLabel = "TIME", converter = LoadOptions.DurationConverter.class,
        description = "Of each load. Default: ${DEFAULT-VALUE}.")
    private long durationNs;

    @Option(names = "--warmup", defaultValue = "5s", paramLabel = "TIME", converter = LoadOptions.DurationConverter.class,
        description = "Before each load. Default: ${DEFAULT-VALUE}.")
    private long warmupNs;

    @Mixin
    private FigureOutput output;

    /** Made by picocli. */
    SamplingCommand()
    {
    }

    @Override
    public Integer call() throws IOException
    {
        if (sampling < 1 || rate < 1 || turnNs < 1 || durationNs < 2 * turnNs)
        {
            throw new IllegalArgumentException("--stage-sampling, --rate and --turn must be positive, and --duration at least two turns");
        }
        final PairedRatios p50;
        final PairedRatios throughput;
        try (EmbeddedCluster cluster = EmbeddedCluster.launch(new EmbeddedCluster.Context()
            .brokers(BROKERS).threading(Threading.INVOKER).set("min.insync.replicas", "2")))
        {
            cluster.createTopic(TOPIC, 1, BROKERS);
            try (TurnLoad with = new TurnLoad(cluster, TOPIC, sampling, lengthBytes);
                TurnLoad without = new TurnLoad(cluster, TOPIC, 0, lengthBytes))
            {
                p50 = inTurn(with, without, (load) -> load.p50Ns(turnNs, rate));
                throughput = inTurn(with, without, (load) -> load.recordsPerSecond(turnNs));
            }
        }
        System.out.printf(Locale.ROOT, "one record in %d sampled against none, %d brokers on one thread, IPC, acks=all, %d bytes%n",
            sampling, BROKERS, lengthBytes);
        print("ack p50, " + rate + " a second", "%.2f us", 1e-3, p50);
        print("as fast as it goes", "%,.0f records a second", 1, throughput);
        output.write("sampling", (json) ->
        {
            write(json, "p50", p50);
            write(json, "throughput", throughput);
        });
        return Bench.EXIT_OK;
    }

    private PairedRatios inTurn(final TurnLoad with, final TurnLoad without, final ToDoubleFunction<TurnLoad> turn)
    {
        pairs(with, without, turn, warmupNs);
        return pairs(with, without, turn, durationNs);
    }

    /** With, without, without, with: what a turn does to the next one it does to both. */
    private PairedRatios pairs(
        final TurnLoad with, final TurnLoad without, final ToDoubleFunction<TurnLoad> turn, final long forNs)
    {
        final PairedRatios ratios = new PairedRatios();
        final long startNs = System.nanoTime();
        for (boolean isWithFirst = true; System.nanoTime() - startNs < forNs; isWithFirst = !isWithFirst)
        {
            final double first = turn.applyAsDouble(isWithFirst ? with : without);
            final double second = turn.applyAsDouble(isWithFirst ? without : with);
            ratios.add(isWithFirst ? first : second, isWithFirst ? second : first);
        }
        return ratios;
    }

    private static void print(final String load, final String unit, final double scale, final PairedRatios ratios)
    {
        System.out.printf(Locale.ROOT, "  %-26s %.4f times (95 %%: %.4f to %.4f; quartiles %.3f, %.3f; %d pairs), " + unit +
            " against " + unit + "%n", load, ratios.median(), ratios.low(), ratios.high(), ratios.quantile(0.25),
            ratios.quantile(0.75), ratios.size(), scale * ratios.medianOfFirst(), scale * ratios.medianOfSecond());
    }

    private static void write(final JsonGenerator json, final String name, final PairedRatios ratios) throws IOException
    {
        json.writeNumberField(name + "Times", ratios.median());
        json.writeNumberField(name + "TimesLow", ratios.low());
        json.writeNumberField(name + "TimesHigh", ratios.high());
        json.writeNumberField(name + "Pairs", ratios.size());
    }
}
