package io.syncline.tools;

import org.agrona.IoUtil;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/** {@code syncline demo}: the main job, on a real input, checked to the last byte. */
@Command(name = "demo", mixinStandardHelpOptions = true,
    description = {
        "Runs a cluster in this process, produces every line of a file with acks=all, kills the leader half-way, and " +
        "then compares every acknowledged record with every replica's log.",
        "Exits 0 only when the result is verified, 3 when it is not."},
    footer = {"", "Example:", "  syncline demo --input prices.csv --partitions 4 --format json"})
final class DemoCommand implements Callable<Integer>
{
    /** Replicas of a partition at most. */
    private static final int REPLICATION_FACTOR_MAX = 3;
    private static final int BROKERS_MAX = 16;
    private static final int PARTITIONS_MAX = 256;

    @Option(names = "--input", paramLabel = "FILE",
        description = "File whose lines become records, as bytes. Default: a sample that ships")
    private Path input;

    @Option(names = "--brokers", paramLabel = "N", defaultValue = "3",
        description = "Number of brokers. Default: ${DEFAULT-VALUE}")
    private int brokers;

    @Option(names = "--partitions", paramLabel = "P", defaultValue = "1",
        description = "Number of partitions; lines go to them in turn. Default: ${DEFAULT-VALUE}")
    private int partitions;

    @Option(names = "--min-isr", paramLabel = "M",
        description = "min.insync.replicas of the topic. Default: 2, or 1 with one broker")
    private Integer minIsr;

    @Option(names = "--rate", paramLabel = "N", defaultValue = "0",
        description = "Lines a second. Default: as fast as acks come back")
    private long rate;

    @Option(names = "--no-kill", description = "Leave the leader alive.")
    private boolean noKill;

    @Option(names = "--dir", paramLabel = "DIR",
        description = "Where the cluster keeps its data; must be empty or not exist. Default: a temporary directory")
    private Path directory;

    @Option(names = "--keep", description = "Keep the data, for 'syncline log dump' to look at.")
    private boolean keep;

    @Mixin
    private FormatOptions format;

    @Override
    public Integer call() throws Exception
    {
        final int replicationFactor = Math.min(brokers, REPLICATION_FACTOR_MAX);
        checkOptions(replicationFactor);
        final boolean existed = directory != null && Files.exists(directory);
        final Path data = prepareDirectory();
        try (StopSignal stop = new StopSignal())
        {
            final DemoOptions options = new DemoOptions(
                data, brokers, partitions, replicationFactor,
                minIsr == null ? Math.min(2, replicationFactor) : minIsr, rate, !noKill);
            final LineFile lines = DemoInput.open(input, data, DemoOptions.MAX_RECORD_LENGTH);
            final DemoOutcome outcome = new DemoRun(options, lines, new Progress(), stop).run();
            if (format.isJson())
            {
                FormatOptions.document(System.out, outcome::writeTo);
            }
            else
            {
                outcome.printTo(System.out);
                if (keep)
                {
                    System.out.println("data kept in " + data);
                }
            }
            outcome.defects().forEach((defect) -> System.err.println("syncline demo: " + defect));
            return outcome.isVerified() ? ExitCode.OK : ExitCode.CHECK_FAILED;
        }
        finally
        {
            if (!keep)
            {
                clear(data, existed);
            }
        }
    }

    private void checkOptions(final int replicationFactor)
    {
        require(brokers >= 1 && brokers <= BROKERS_MAX, "--brokers " + brokers + " is not within 1 to " + BROKERS_MAX);
        require(partitions >= 1 && partitions <= PARTITIONS_MAX,
            "--partitions " + partitions + " is not within 1 to " + PARTITIONS_MAX);
        require(minIsr == null || minIsr >= 1, "--min-isr " + minIsr + " is below 1");
        require(minIsr == null || minIsr <= replicationFactor, "--min-isr " + minIsr +
            " is above the replication factor " + replicationFactor + " of " + brokers +
            " brokers: no record could ever be acknowledged");
        require(rate >= 0, "--rate " + rate + " is below 0");
    }

    private static void require(final boolean condition, final String message)
    {
        if (!condition)
        {
            throw CommandFailure.usage(message);
        }
    }

    private Path prepareDirectory()
    {
        try
        {
            if (directory == null)
            {
                return Files.createTempDirectory("syncline-demo-");
            }
            Files.createDirectories(directory);
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory))
            {
                require(!entries.iterator().hasNext(), "directory " + directory +
                    " is not empty: the demo starts from nothing and deletes what it made (--dir)");
            }
            return directory;
        }
        catch (final IOException ex)
        {
            throw new CommandFailure(
                ExitCode.USAGE, "directory " + directory + " cannot be used: " + ex.getMessage() + " (--dir)", ex);
        }
    }

    private static void clear(final Path directory, final boolean keepDirectory) throws IOException
    {
        if (!keepDirectory)
        {
            IoUtil.delete(directory.toFile(), true);
            return;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory))
        {
            for (final Path entry : entries)
            {
                IoUtil.delete(entry.toFile(), true);
            }
        }
    }
}
