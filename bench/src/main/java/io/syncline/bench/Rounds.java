package io.syncline.bench;

import io.syncline.bench.targets.TargetSpec;
import io.syncline.bench.targets.Targets;
import org.agrona.IoUtil;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Runs systems in turn, forwards in one round and backwards in the next (A B, B A, ...), each run in a JVM of its own: what one
 * run has compiled, cached or left behind does not help or harm the next.
 */
final class Rounds
{
    private final List<String> systems;
    private final List<String> arguments;
    private final int rounds;
    private final Path output;
    private final PrintStream progress;

    /**
     * @param systems   distinct, as {@link TargetSpec} has them
     * @param arguments of {@code bench} in every run: the command, {@code produce} or {@code e2e}, and its options
     * @param rounds    one run of each system in each
     * @param output    directory for the runs' files; null for none
     * @param progress  a line a run
     */
    Rounds(
        final List<String> systems,
        final List<String> arguments,
        final int rounds,
        final Path output,
        final PrintStream progress)
    {
        systems.forEach((system) -> Targets.check(TargetSpec.parse(system)));
        if (systems.stream().distinct().count() < systems.size())
        {
            throw new IllegalArgumentException("'" + String.join(" ", systems) +
                "': the same system twice; a setting that changes nothing tells them apart, such as brokers=3");
        }
        this.systems = List.copyOf(systems);
        this.arguments = List.copyOf(arguments);
        this.rounds = rounds;
        this.output = output;
        this.progress = progress;
    }

    /** @return what the runs showed */
    Comparison run() throws IOException
    {
        final Comparison comparison = new Comparison(systems);
        final Path directory = output == null ? Files.createTempDirectory("syncline-bench-") : output;
        try
        {
            for (int round = 0; round < rounds; round++)
            {
                final List<String> order = new ArrayList<>(systems);
                if (round % 2 == 1)
                {
                    Collections.reverse(order);
                }
                for (final String system : order)
                {
                    progress.println("round " + (round + 1) + " of " + rounds + ": " + system);
                    final Path home = directory.resolve("round-" + (round + 1)).resolve(system.replaceAll("[^A-Za-z0-9.]+", "-"));
                    IoUtil.delete(home.toFile(), true);
                    run(system, home);
                    for (final ResultFile file : ResultFile.in(home))
                    {
                        final Map<String, String> figures = file.figures();
                        comparison.add(round, Long.parseLong(figures.get("rate")), system, figures);
                    }
                }
            }
            return comparison;
        }
        finally
        {
            if (output == null)
            {
                IoUtil.delete(directory.toFile(), true);
            }
        }
    }

    private void run(final String system, final Path home) throws IOException
    {
        final List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of("--system", system, "-o", home.toString()));
        fork(all, home);
    }

    /**
     * Runs a command of {@code bench} in a JVM of its own.
     *
     * @param arguments of it
     * @param home      where what it prints goes, as output.txt
     */
    static void fork(final List<String> arguments, final Path home) throws IOException
    {
        Files.createDirectories(home);
        final Path printed = home.resolve("output.txt");
        final Process process = new ProcessBuilder(Jvm.command(List.of("-Xmx1g"), Bench.class.getName(), arguments))
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile())
            .start();
        process.getOutputStream().close();
        try
        {
            final int exitCode = process.waitFor();
            if (exitCode != Bench.EXIT_OK && exitCode != Bench.EXIT_CHECK_FAILED)
            {
                final String said = Files.readString(printed).trim();
                throw exitCode == Bench.EXIT_USAGE ? new IllegalArgumentException(said) :
                    new IllegalStateException(String.join(" ", arguments) + " ended with " + exitCode + ": " + said);
            }
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", ex);
        }
        finally
        {
            // Its own end stops what it started.
            process.destroy();
        }
    }
}
