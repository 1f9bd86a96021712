package io.syncline.bench.targets;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs {@code syncline} commands as processes. */
final class Launcher
{
    private static final String VARIABLE = "SYNCLINE_COMMAND";

    private final Path command;

    Launcher(final Path command)
    {
        this.command = command;
    }

    /** @return the command beside which this code was built, or the one the environment names */
    static Launcher find()
    {
        final String named = System.getenv(VARIABLE);
        try
        {
            final Path code = Path.of(Launcher.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            // bench/target/classes or bench/target/syncline-bench.jar
            final Path command = named != null ? Path.of(named) :
                code.getParent().resolve("../../tools/bin/syncline").normalize();
            if (!Files.isExecutable(command))
            {
                throw new IllegalArgumentException("no command at " + command + ": name tools/bin/syncline in " + VARIABLE);
            }
            return new Launcher(command);
        }
        catch (final URISyntaxException ex)
        {
            throw new IllegalStateException("where this code is from is no path", ex);
        }
    }

    /**
     * @param arguments of the command, which prints one JSON document
     * @return every value by its path, array indexes left out
     */
    Map<String, List<String>> json(final List<String> arguments)
    {
        final String printed = run(arguments);
        final Map<String, List<String>> values = new LinkedHashMap<>();
        try (JsonParser parser = new JsonFactory().createParser(printed))
        {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken())
            {
                if (token.isScalarValue())
                {
                    final String path =
                        parser.getParsingContext().pathAsPointer().toString().replaceAll("/\\d+", "").replace('/', '.');
                    values.computeIfAbsent(path.substring(1), (ignore) -> new ArrayList<>()).add(parser.getText());
                }
            }
            return values;
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(String.join(" ", arguments) + " did not print JSON but: " + printed, ex);
        }
    }

    /**
     * @param arguments of the command
     * @return what it printed
     */
    String run(final List<String> arguments)
    {
        final List<String> line = new ArrayList<>(List.of(command.toString()));
        line.addAll(arguments);
        try
        {
            final Path errors = Files.createTempFile("syncline-bench", ".err");
            try
            {
                final Process process = new ProcessBuilder(line).redirectError(errors.toFile()).start();
                process.getOutputStream().close();
                final String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                final int exitCode = process.waitFor();
                if (exitCode != 0)
                {
                    throw new IllegalStateException("syncline " + String.join(" ", arguments) + " ended with " + exitCode + ": " +
                        Files.readString(errors).trim());
                }
                return printed;
            }
            finally
            {
                Files.deleteIfExists(errors);
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot run " + command, ex);
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + command, ex);
        }
    }
}
