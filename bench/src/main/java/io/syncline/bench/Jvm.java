package io.syncline.bench;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines of further JVMs that are set up as this one is. */
public final class Jvm
{
    private static final List<String> PASSED_ON = List.of(
        "--add-opens", "--add-exports", "--add-modules", "--enable-native-access", "--sun-misc-unsafe", "-Dchronicle.",
        "-Dsyncline.", "-Ddisable.perf.info");

    private Jvm()
    {
    }

    /**
     * @param options   of the JVM, besides the flags that Aeron and Chronicle need
     * @param main      class
     * @param arguments of it
     * @return the command line, on this JVM's class path
     */
    public static List<String> command(final List<String> options, final String main, final List<String> arguments)
    {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter((argument) -> PASSED_ON.stream().anyMatch(argument::startsWith))
            .forEach(command::add);
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        command.addAll(arguments);
        return command;
    }
}
