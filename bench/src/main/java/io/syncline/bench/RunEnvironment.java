package io.syncline.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Where a run took place: what two figures must share before they are compared. */
final class RunEnvironment
{
    private RunEnvironment()
    {
    }

    /** @return name and value, in a stable order; "unknown" where it cannot be read */
    static Map<String, String> read()
    {
        final Map<String, String> environment = new LinkedHashMap<>();
        environment.put("cpu", firstLineValue("/proc/cpuinfo", "model name"));
        environment.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
        environment.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        environment.put("clockSource", line("/sys/devices/system/clocksource/clocksource0/current_clocksource"));
        environment.put("jvm", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        environment.put("jvmFlags", String.join(" ", ManagementFactory.getRuntimeMXBean().getInputArguments()));
        environment.put("gitRevision", gitRevision());
        return environment;
    }

    private static String firstLineValue(final String file, final String key)
    {
        try
        {
            for (final String line : Files.readAllLines(Path.of(file)))
            {
                if (line.startsWith(key))
                {
                    return line.substring(line.indexOf(':') + 1).trim();
                }
            }
        }
        catch (final IOException ignore)
        {
            // not this operating system
        }
        return "unknown";
    }

    private static String line(final String file)
    {
        try
        {
            return Files.readString(Path.of(file)).trim();
        }
        catch (final IOException ex)
        {
            return "unknown";
        }
    }

    private static String gitRevision()
    {
        try
        {
            final Process process = new ProcessBuilder("git", "describe", "--always", "--dirty")
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
            final String revision = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
            return process.waitFor(5, TimeUnit.SECONDS) && process.exitValue() == 0 ? revision : "unknown";
        }
        catch (final IOException ex)
        {
            return "unknown";
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
            return "unknown";
        }
    }
}
