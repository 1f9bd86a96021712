package io.syncline.bench;

import io.syncline.bench.targets.EmbeddedTarget;
import io.syncline.bench.targets.Layout;
import io.syncline.bench.targets.Load;
import io.syncline.bench.targets.TargetSpec;
import io.syncline.bench.targets.Topics;
import io.syncline.client.Acks;
import io.syncline.client.TopicPartition;
import io.syncline.stream.TimerSlack;
import org.HdrHistogram.Histogram;
import org.agrona.concurrent.SystemNanoClock;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** {@code bench catchup}: a follower that was away copies what it missed while the load goes on. */
@Command(
    name = "catchup",
    description = "Stops a follower, writes so many bytes without it, starts it again under load, and compares its speed until it is in " +
        "sync with the disk's, and the latency meanwhile with the usual one. Embedded cluster, threading shared.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  syncline bench catchup --behind 1g -o /tmp/catchup"})
final class CatchUpCommand implements Callable<Integer>
{
    private static final int LENGTH = 1024;
    private static final int BLOCK = 1 << 20;
    private static final int BROKERS = 3;
    private static final TopicPartition PARTITION = new TopicPartition(Topics.NAME, 0);
    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static final long GRACE_NS = TimeUnit.SECONDS.toNanos(10);
    private static final int MAX_IN_FLIGHT = 1 << 20;

    @Option(names = "--behind", defaultValue = "1g", paramLabel = "SIZE", converter = SizeConverter.class,
        description = "What the follower missed. Default: ${DEFAULT-VALUE}.")
    private long behindBytes;

    @Option(names = "--rate", defaultValue = "10000", paramLabel = "N",
        description = "Records a second while it catches up. Default: ${DEFAULT-VALUE}.")
    private long rate;

    @Option(names = "--duration", defaultValue = "10s", paramLabel = "TIME", converter = LoadOptions.DurationConverter.class,
        description = "Load that shows the usual latency. Default: ${DEFAULT-VALUE}.")
    private long durationNs;

    @Option(names = "--transport", defaultValue = "udp", paramLabel = "ipc|udp", description = "Default: ${DEFAULT-VALUE}.")
    private Layout transport;

    @Mixin
    private FigureOutput output;

    private volatile boolean isInSync;

    /** Made by picocli. */
    CatchUpCommand()
    {
    }

    @Override
    public Integer call() throws IOException
    {
        TimerSlack.set(1);
        final double diskMbS = diskMegabytesPerSecond();
        try (EmbeddedTarget target = EmbeddedTarget.start(TargetSpec.parse("syncline"), transport))
        {
            // The first one is a warm-up.
            load(target, durationNs);
            final Histogram usual = load(target, durationNs);
            final int follower = target.cluster().leaderOf(PARTITION) % BROKERS + 1;
            target.cluster().stop(follower);
            fill(target);
            final CompletableFuture<Long> caughtUp = CompletableFuture.supplyAsync(() -> catchUp(target, follower));
            final Histogram meanwhile = load(target, LONGEST.toNanos());
            final double seconds = caughtUp.join() / 1e9;
            final double mbS = behindBytes / 1e6 / seconds;
            final double usualUs = usual.getValueAtPercentile(99) / 1e3;
            final double meanwhileUs = meanwhile.getValueAtPercentile(99) / 1e3;
            System.out.printf(Locale.ROOT, "%d MiB behind, in sync after %.2f s: %.0f MB a second, %.2f of the disk's %.0f%n",
                behindBytes >> 20, seconds, mbS, mbS / diskMbS, diskMbS);
            System.out.printf(Locale.ROOT, "ack p99 meanwhile %.1f us, usually %.1f us: %.2f times%n", meanwhileUs, usualUs,
                meanwhileUs / usualUs);
            output.write("catchup", (json) ->
            {
                json.writeNumberField("behindMiB", behindBytes >> 20);
                json.writeNumberField("seconds", seconds);
                json.writeNumberField("megabytesPerSecond", mbS);
                json.writeNumberField("diskMegabytesPerSecond", diskMbS);
                json.writeNumberField("shareOfDisk", mbS / diskMbS);
                json.writeNumberField("usualP99Us", usualUs);
                json.writeNumberField("meanwhileP99Us", meanwhileUs);
                json.writeNumberField("p99Times", meanwhileUs / usualUs);
            });
            return Bench.EXIT_OK;
        }
    }

    private Histogram load(final EmbeddedTarget target, final long longestNs)
    {
        final RigConfiguration configuration = new RigConfiguration(rate, LENGTH, 0, longestNs, GRACE_NS, MAX_IN_FLIGHT);
        try (Transceiver transceiver = target.transceiver(new Load(rate, LENGTH, Acks.ALL, false)))
        {
            return new LatencyRig(transceiver, configuration, SystemNanoClock.INSTANCE, RigIdle.YIELD.create())
                .endingWhen(() -> isInSync).run().response();
        }
    }

    private void fill(final EmbeddedTarget target)
    {
        try (PacedLoad load = new PacedLoad(target.cluster().producer(), Topics.NAME, 1, LENGTH))
        {
            load.run(Math.max(1, behindBytes / LENGTH), 0);
        }
    }

    /** From the moment it serves: how long a JVM or a log takes to open is measured elsewhere. */
    private long catchUp(final EmbeddedTarget target, final int follower)
    {
        try
        {
            target.cluster().restart(follower);
            final long startNs = System.nanoTime();
            target.cluster().awaitInSync(PARTITION, LONGEST);
            return System.nanoTime() - startNs;
        }
        finally
        {
            isInSync = true;
        }
    }

    private double diskMegabytesPerSecond() throws IOException
    {
        final Path file = Files.createTempFile("syncline-bench-", ".disk");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE))
        {
            final ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
            final long startNs = System.nanoTime();
            for (long written = 0; written < Math.max(BLOCK, behindBytes); )
            {
                block.clear();
                written += channel.write(block);
            }
            channel.force(false);
            return Math.max(BLOCK, behindBytes) / 1e6 / ((System.nanoTime() - startNs) / 1e9);
        }
        finally
        {
            Files.delete(file);
        }
    }
}
