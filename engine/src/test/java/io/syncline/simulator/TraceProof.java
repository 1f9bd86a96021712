package io.syncline.simulator;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;

/** Each trace of PROTOCOL.md holds on the code as it is and fails on its mutant: its scenario, and its plan where it has one. */
@Timeout(600)
public class TraceProof
{
    private static final Path PLANS = Path.of("src/test/resources/plans");

    @Test
    void everyTraceShouldFailOnItsMutant() throws Exception
    {
        final List<String> harmless = new ArrayList<>();
        try (MutantCompiler compiler = new MutantCompiler(Path.of("")))
        {
            for (final Trace trace : Trace.ALL)
            {
                look(compiler, trace, PLANS, harmless);
            }
        }
        assertThat(harmless).as("traces that do not show their mutant").isEmpty();
    }

    /**
     * Writes plans: runs seeds on the mutants of traces, and shrinks the first that fails. From the engine's parent
     * directory.
     *
     * @param args pattern of the traces' names, seeds at most, seconds to shrink; without the last two only looks
     * @throws Exception when a mutant cannot be run
     */
    public static void main(final String[] args) throws Exception
    {
        final Path module = Path.of("engine");
        final List<String> harmless = new ArrayList<>();
        try (MutantCompiler compiler = new MutantCompiler(module))
        {
            for (final Trace trace : Trace.ALL)
            {
                if (Pattern.compile(args[0]).matcher(trace.name()).find())
                {
                    if (args.length > 2)
                    {
                        write(compiler, trace, module.resolve(PLANS), Integer.parseInt(args[1]), Integer.parseInt(args[2]));
                    }
                    look(compiler, trace, module.resolve(PLANS), harmless);
                }
            }
        }
        harmless.forEach(System.out::println);
    }

    private static void look(
        final MutantCompiler compiler, final Trace trace, final Path plans, final List<String> harmless) throws Exception
    {
        final Path plan = plans.resolve(trace.planFile());
        final ClassLoader mutant = compiler.load(trace.mutant());
        String shown = "";
        if (trace.scenario() != null)
        {
            final String passed = failure(TraceProof.class.getClassLoader(), trace.scenario());
            final String failed = failure(mutant, trace.scenario());
            shown += failed == null ? "" : " " + failed.lines().findFirst().orElse("");
            if (passed != null || failed == null)
            {
                harmless.add(trace.name() + ": scenario " + trace.scenario() + (passed != null ? " fails: " + passed :
                    " passes on mutant '" + trace.mutant().name() + "'"));
            }
        }
        if (Files.exists(plan))
        {
            final Object size = mutant.loadClass(MutantSeeds.class.getName()).getMethod("caughtBy", Path.class).invoke(null, plan);
            shown += " | plan of " + size;
            if (size == null)
            {
                harmless.add(trace.name() + ": plan " + plan + " passes on mutant '" + trace.mutant().name() + "'");
            }
        }
        System.out.printf("%-70s %s%n", trace.name(), shown);
    }

    private static void write(
        final MutantCompiler compiler, final Trace trace, final Path plans, final int seeds, final int seconds)
        throws ReflectiveOperationException, IOException
    {
        final Class<?> runner = compiler.load(trace.mutant()).loadClass(MutantSeeds.class.getName());
        final LongConsumer nobody = (seed) -> {};
        final Path file = plans.resolve(trace.planFile());
        for (long first = 1; first <= seeds; first++)
        {
            final String result = (String)runner.getMethod("firstFailing", long.class, int.class, LongConsumer.class)
                .invoke(null, first, (int)(seeds - first + 1), nobody);
            if (result == null)
            {
                break;
            }
            final String[] words = result.split(" ", 2);
            first = Long.parseLong(words[0]);
            final String text = (String)runner.getMethod("shrunk", long.class, long.class).invoke(null, first, seconds * 1000L);
            Files.writeString(file, "# Trace: " + trace.name() + "\n# Mutant '" + trace.mutant().name() + "' breaks " + words[1] +
                "; shrunk from seed " + first + " to " + text);
            if (SimShrinker.failureOf(SimPlan.parse(Files.readString(file))) == null)
            {
                System.out.println(trace.name() + ": seed " + first + " breaks " + words[1]);
                return;
            }
            // A plan that fails on the code as it is says nothing of the mutant.
            Files.delete(file);
        }
        System.out.println(trace.name() + ": not found in " + seeds + " seeds");
    }

    /** @return what a scenario fails with when its classes are those of a loader, null when it passes */
    private static String failure(final ClassLoader loader, final String scenario) throws ReflectiveOperationException
    {
        final String[] words = scenario.split("#");
        final Class<?> scenarios = loader.loadClass("io.syncline." + words[0]);
        final Constructor<?> constructor = scenarios.getDeclaredConstructor();
        constructor.setAccessible(true);
        final Object instance = constructor.newInstance();
        try
        {
            for (final Method method : scenarios.getDeclaredMethods())
            {
                if (method.isAnnotationPresent(BeforeEach.class))
                {
                    method.setAccessible(true);
                    method.invoke(instance);
                }
            }
            final Method method = scenarios.getDeclaredMethod(words[1]);
            method.setAccessible(true);
            method.invoke(instance);
            return null;
        }
        catch (final InvocationTargetException ex)
        {
            return ex.getCause().toString().strip();
        }
    }
}
