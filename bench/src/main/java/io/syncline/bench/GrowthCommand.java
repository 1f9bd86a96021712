package io.syncline.bench;

import com.fasterxml.jackson.core.JsonGenerator;
import io.syncline.broker.Threading;
import io.syncline.embedded.EmbeddedCluster;
import io.syncline.stream.TimerSlack;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** {@code bench growth}: does a record cost the same among many partitions, and at the end of a long log? */
@Command(
    name = "growth",
    description = "What a record costs in CPU time with one partition and with many, with a short log and with a long one, and what " +
        "many partitions cost while nothing happens. Embedded cluster, threading shared.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  syncline bench growth --partitions 100 --log 4g -o /tmp/growth"})
final class GrowthCommand implements Callable<Integer>
{
    private static final int BROKERS = 3;
    private static final int LENGTH = 256;
    private static final String TOPIC = "growth";

    @Option(names = "--partitions", defaultValue = "100", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}.")
    private int partitions;

    @Option(names = "--rate", defaultValue = "50000", paramLabel = "N", description = "Records a second. Default: ${DEFAULT-VALUE}.")
    private long rate;

    @Option(names = "--duration", defaultValue = "10s", paramLabel = "TIME", converter = LoadOptions.DurationConverter.class,
        description = "Of each load. Default: ${DEFAULT-VALUE}.")
    private long durationNs;

    @Option(names = "--idle-for", defaultValue = "5s", paramLabel = "TIME", converter = LoadOptions.DurationConverter.class,
        description = "Time without load. Default: ${DEFAULT-VALUE}.")
    private long idleNs;

    @Option(names = "--log", defaultValue = "1g", paramLabel = "SIZE", converter = SizeConverter.class,
        description = "Bytes of values in the long log, such as 64m or 4g; three replicas of it are kept meanwhile. Default: " +
            "${DEFAULT-VALUE}.")
    private long logBytes;

    @Mixin
    private FigureOutput output;

    /** Made by picocli. */
    GrowthCommand()
    {
    }

    @Override
    public Integer call() throws IOException
    {
        TimerSlack.set(1);
        // The long log first: what follows finds everything compiled, as it has.
        final double longLog;
        try (EmbeddedCluster cluster = launch(1))
        {
            longLog = secondsPerMillion(cluster, 1, logBytes / LENGTH);
        }
        final double one;
        final double oneIdleCores;
        try (EmbeddedCluster cluster = launch(1))
        {
            one = secondsPerMillion(cluster, 1, 0);
            oneIdleCores = idleCores();
        }
        final double many;
        final double idleCores;
        try (EmbeddedCluster cluster = launch(partitions))
        {
            many = secondsPerMillion(cluster, partitions, 0);
            idleCores = idleCores();
        }
        System.out.printf(Locale.ROOT, "CPU s per million records of %d bytes at %d a second, 3 brokers, acks=all%n", LENGTH, rate);
        System.out.printf(Locale.ROOT, "  1 partition, short log    %8.2f%n", one);
        System.out.printf(Locale.ROOT, "  1 partition, %6d MiB   %8.2f   %.2f times%n", logBytes >> 20, longLog, longLog / one);
        System.out.printf(Locale.ROOT, "  %d partitions            %8.2f   %.2f times%n", partitions, many, many / one);
        System.out.printf(Locale.ROOT, "%d partitions idle: %.1f %% of a core, with one partition the same brokers take %.1f %%%n",
            partitions, idleCores * 100, oneIdleCores * 100);
        output.write("growth", (json) ->
        {
            write(json, one, longLog, many);
            json.writeNumberField("idlePercentOfACore", idleCores * 100);
            json.writeNumberField("onePartitionIdlePercentOfACore", oneIdleCores * 100);
            json.writeNumberField("idlePercentBeyondOnePartition", (idleCores - oneIdleCores) * 100);
        });
        return Bench.EXIT_OK;
    }

    private void write(
        final JsonGenerator json, final double one, final double longLog, final double many)
        throws IOException
    {
        json.writeNumberField("partitions", partitions);
        json.writeNumberField("logMiB", logBytes >> 20);
        json.writeNumberField("onePartitionSecondsPerMillion", one);
        json.writeNumberField("longLogSecondsPerMillion", longLog);
        json.writeNumberField("manyPartitionsSecondsPerMillion", many);
        json.writeNumberField("longLogTimes", longLog / one);
        json.writeNumberField("manyPartitionsTimes", many / one);
    }

    private EmbeddedCluster launch(final int count)
    {
        final EmbeddedCluster cluster = EmbeddedCluster.launch(new EmbeddedCluster.Context()
            .brokers(BROKERS).threading(Threading.SHARED).set("min.insync.replicas", "2"));
        try
        {
            cluster.createTopic(TOPIC, count, BROKERS);
            return cluster;
        }
        catch (final RuntimeException ex)
        {
            cluster.close();
            throw ex;
        }
    }

    /** After a warm-up, or after so many records that nobody counts. */
    private double secondsPerMillion(final EmbeddedCluster cluster, final int count, final long before)
    {
        final ProcessCpu cpu = new ProcessCpu(List.of());
        final long records = Math.max(1, rate * durationNs / TimeUnit.SECONDS.toNanos(1));
        try (PacedLoad load = new PacedLoad(cluster.producer(), TOPIC, count, LENGTH))
        {
            load.run(before, 0);
            load.run(records, rate);
            final long cpuBeforeNs = cpu.totalNs();
            load.run(records, rate);
            return (cpu.totalNs() - cpuBeforeNs) / 1e3 / records;
        }
    }

    private double idleCores()
    {
        final ProcessCpu cpu = new ProcessCpu(List.of());
        final long cpuBeforeNs = cpu.totalNs();
        final long startNs = System.nanoTime();
        while (System.nanoTime() - startNs < idleNs)
        {
            LockSupport.parkNanos(idleNs - (System.nanoTime() - startNs));
        }
        return (double)(cpu.totalNs() - cpuBeforeNs) / (System.nanoTime() - startNs);
    }
}
