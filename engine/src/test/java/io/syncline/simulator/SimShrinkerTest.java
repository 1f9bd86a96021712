package io.syncline.simulator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.nio.file.Path;
import java.util.function.LongConsumer;

import static org.assertj.core.api.Assertions.assertThat;

/** A failure that nobody can read is found in vain. */
class SimShrinkerTest
{
    private static final long LIMIT_MS = 200_000;
    private static final int MAX_FAULTS = 10;
    private static final int MAX_OPERATIONS = 50;

    @Test
    @Timeout(300)
    void aPlantedFailureShouldShrinkToTenFaultsAndFiftyOperations() throws Exception
    {
        final Mutant planted = Mutant.ALL.stream()
            .filter((mutant) -> mutant.name().equals("election outside ISR and ELR")).findFirst().orElseThrow();
        try (MutantCompiler compiler = new MutantCompiler(Path.of("")))
        {
            final Class<?> seeds = compiler.load(planted).loadClass(MutantSeeds.class.getName());
            final LongConsumer ignored = (seed) -> { };
            final String failing = (String)seeds.getMethod("firstFailing", long.class, int.class, LongConsumer.class)
                .invoke(null, 1L, 500, ignored);
            assertThat(failing).as("seed that the planted failure breaks").isNotNull();
            final long seed = Long.parseLong(failing.split(" ")[0]);
            final long startNs = System.nanoTime();
            final String text = (String)seeds.getMethod("shrunk", long.class, long.class).invoke(null, seed, LIMIT_MS);
            final SimPlan shrunk = SimPlan.parse(text.substring(text.indexOf('\n') + 1));
            System.out.printf("%s (seed %d) shrunk to %d faults and %d operations in %.1f s%n",
                failing, seed, shrunk.faultCount(), shrunk.operationCount(), (System.nanoTime() - startNs) / 1e9);
            assertThat(shrunk.faultCount()).isLessThanOrEqualTo(MAX_FAULTS);
            assertThat(shrunk.operationCount()).isLessThanOrEqualTo(MAX_OPERATIONS);
        }
    }
}
