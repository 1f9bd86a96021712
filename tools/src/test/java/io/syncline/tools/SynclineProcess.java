package io.syncline.tools;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/** The command as a process of its own, with the launcher's very flags and this test's classes. */
final class SynclineProcess implements AutoCloseable
{
    private static final long TIMEOUT_S = 120;

    private final Process process;
    private final Path errors;

    /** What a finished command left. */
    record Result(int exitCode, String output, String errors)
    {
    }

    private SynclineProcess(final Process process, final Path errors)
    {
        this.process = process;
        this.errors = errors;
    }

    /**
     * @param dir  for the file that takes standard error
     * @param args of the command
     * @return the running process
     */
    static SynclineProcess start(final Path dir, final String... args)
    {
        return start(dir, List.of(), null, args);
    }

    /**
     * @param dir    for the file that takes standard error
     * @param prefix of the command line, for instance what enters a network namespace
     * @param output file for standard output, null to read it here
     * @param args   of the command
     * @return the running process
     */
    static SynclineProcess start(final Path dir, final List<String> prefix, final Path output, final String... args)
    {
        final List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("@" + Repository.file("tools/bin/jvm.flags"));
        command.addAll(flagsOfLaterJdks(Runtime.version().feature()));
        command.addAll(List.of(
            "-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
            "-cp", System.getProperty("java.class.path"), Syncline.class.getName()));
        command.addAll(List.of(args));
        try
        {
            final Path errors = Files.createTempFile(dir, "errors", ".txt");
            final ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
            builder.environment().remove("JAVA_TOOL_OPTIONS");
            if (output != null)
            {
                builder.redirectOutput(output.toFile());
            }
            return new SynclineProcess(builder.start(), errors);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    /** What the launcher adds where the JDK knows it, against warnings on standard error. */
    private static List<String> flagsOfLaterJdks(final int feature)
    {
        final List<String> flags = new ArrayList<>();
        if (feature >= 22)
        {
            flags.add("--enable-native-access=ALL-UNNAMED");
        }
        if (feature >= 24)
        {
            flags.add("--sun-misc-unsafe-memory-access=allow");
        }
        return flags;
    }

    /**
     * Runs a command to its end.
     *
     * @param dir   for the file that takes standard error
     * @param input for its standard input
     * @param args  of the command
     * @return what it left
     */
    static Result run(final Path dir, final String input, final String... args)
    {
        try (SynclineProcess process = start(dir, args))
        {
            process.process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
            process.process.getOutputStream().close();
            final String output = new String(process.process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), output, process.errors());
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    /** @return the first line of standard output */
    String readLine()
    {
        try
        {
            // Not closed: it would close the process's output.
            final BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
            return reader.readLine();
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    /** Sends SIGTERM and waits for the end. */
    int terminate()
    {
        process.destroy();
        return waitFor();
    }

    /** Sends SIGKILL and waits for the end. */
    void kill()
    {
        close();
    }

    /** @return false once it has ended */
    boolean isAlive()
    {
        return process.isAlive();
    }

    /** @return number of the process */
    long pid()
    {
        return process.pid();
    }

    /** Waits for the end, which comes by itself. */
    int await()
    {
        return waitFor();
    }

    /** @return what was written to standard error so far */
    String errors()
    {
        try
        {
            return Files.readString(errors);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    @Override
    public void close()
    {
        process.destroyForcibly();
        waitFor();
    }

    private int waitFor()
    {
        try
        {
            assertThat(process.waitFor(TIMEOUT_S, TimeUnit.SECONDS)).as("the command ended").isTrue();
            return process.exitValue();
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(ex);
        }
    }
}
