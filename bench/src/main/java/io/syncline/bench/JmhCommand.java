package io.syncline.bench;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/** {@code bench jmh}: the parts, each with the bytes it allocates. */
@Command(
    name = "jmh",
    description = "Runs the JMH benchmarks of the parts with the gc profiler.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  syncline bench jmh HighWatermark -o /tmp/jmh"})
final class JmhCommand implements Callable<Integer>
{
    @Parameters(arity = "0..*", paramLabel = "PATTERN", description = "Which benchmarks; all when none is named.")
    private String[] patterns = {};

    @Option(names = "--quick", description = "One short iteration of each: shows that they run, says nothing of speed.")
    private boolean quick;

    @Option(names = {"-o", "--output"}, paramLabel = "DIR", description = "Where to leave jmh.json.")
    private Path output;

    /** Made by picocli. */
    JmhCommand()
    {
    }

    @Override
    public Integer call() throws RunnerException, IOException
    {
        ChainedOptionsBuilder options = new OptionsBuilder().addProfiler(GCProfiler.class).shouldFailOnError(true);
        for (final String pattern : patterns)
        {
            options = options.include(pattern);
        }
        if (quick)
        {
            options = options.forks(0).warmupIterations(0).measurementIterations(1)
                .measurementTime(org.openjdk.jmh.runner.options.TimeValue.milliseconds(50));
        }
        if (output != null)
        {
            Files.createDirectories(output);
            options = options.resultFormat(ResultFormatType.JSON).result(output.resolve("jmh.json").toString());
        }
        new Runner(options.build()).run();
        return Bench.EXIT_OK;
    }
}
