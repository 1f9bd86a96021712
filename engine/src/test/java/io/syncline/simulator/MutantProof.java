package io.syncline.simulator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Run by {@code -Pmutants} alone: {@code -Dsim.mutant=PATTERN} of a name, {@code -Dsim.seeds=N} seeds for each at most,
 * from {@code -Dsim.first=S} on, {@code -Dsim.threads=N} mutants at the same time, {@code -Dsim.shrink=SECONDS} to
 * write their plans.
 */
@Timeout(36_000)
class MutantProof
{
    @Test
    void everyMutantShouldBeCaught() throws Exception
    {
        final MutantRunner runner = new MutantRunner(
            Path.of(""),
            Long.getLong("sim.first", 1),
            Integer.getInteger("sim.seeds", 2000),
            Integer.getInteger("sim.threads", Runtime.getRuntime().availableProcessors()),
            Path.of("src/test/resources/plans"),
            Integer.getInteger("sim.shrink", 0) * 1000L,
            true);
        assertThat(runner.run(System.getProperty("sim.mutant", "")))
            .as("mutants that no seed caught, and seeds that fail without one").isZero();
    }
}
