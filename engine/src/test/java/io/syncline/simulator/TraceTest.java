package io.syncline.simulator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import static org.assertj.core.api.Assertions.assertThat;

/** The traces of PROTOCOL.md are all there, each with a scenario or a plan, and their mutants fit the sources. */
@Timeout(120)
class TraceTest
{
    private static final Path PLANS = Path.of("src/test/resources/plans");

    @Test
    void everyTraceShouldHaveAScenarioOrAPlan() throws Exception
    {
        assertThat(Trace.ALL).hasSize(17);
        for (final Trace trace : Trace.ALL)
        {
            if (trace.scenario() == null)
            {
                assertThat(PLANS.resolve(trace.planFile())).as(trace.name()).exists();
            }
            else
            {
                final String[] words = trace.scenario().split("#");
                assertThat(Arrays.stream(Class.forName("io.syncline." + words[0]).getDeclaredMethods())
                    .filter((method) -> method.isAnnotationPresent(Test.class)).map(Method::getName))
                    .as(trace.name()).contains(words[1]);
            }
        }
    }

    @Test
    void everyPlanOfATraceShouldBelongToOne() throws Exception
    {
        try (var files = Files.list(PLANS))
        {
            assertThat(files.map((file) -> file.getFileName().toString()).filter((name) -> name.startsWith("trace-")))
                .isSubsetOf(Trace.ALL.stream().map(Trace::planFile).toList());
        }
    }

    @Test
    void everyMutantOfATraceShouldFindItsPlaceAndCompile() throws Exception
    {
        try (MutantCompiler compiler = new MutantCompiler(Path.of("")))
        {
            for (final Trace trace : Trace.ALL)
            {
                assertThat(compiler.compile(trace.mutant())).as(trace.name()).isNotEmpty();
            }
        }
    }
}
