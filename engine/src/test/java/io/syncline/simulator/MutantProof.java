package io.syncline.simulator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;

/** Run by {@code -Pmutants} alone: {@code -Dsim.mutant=PART} of a name, {@code -Dsim.seeds=N} seeds for each at most. */
@Timeout(36_000)
class MutantProof
{
    @Test
    void everyMutantShouldBeCaught()
    {
        final MutantRunner runner =
            new MutantRunner(Path.of("src/main/java"), Integer.getInteger("sim.seeds", 2000), null);
        assertThat(runner.run(System.getProperty("sim.mutant", ""))).as("mutants that no seed caught").isZero();
    }
}
