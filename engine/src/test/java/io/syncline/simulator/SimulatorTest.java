package io.syncline.simulator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whole clusters in virtual time: {@code -Dsim.seeds=N -Dsim.first=S} runs seeds, {@code -Dsim.replay=SEED|PLAN} one of them with
 * its trace.
 */
@Timeout(3600)
class SimulatorTest
{
    @Test
    void i15_theSameSeedShouldGiveTheSameTrace()
    {
        for (long seed = 1; seed <= Long.getLong("sim.twice", 3); seed++)
        {
            new I15SameSeedSameTrace().check(seed);
        }
    }

    @Test
    void noSeedShouldBreakAnInvariant() throws Exception
    {
        final String replay = System.getProperty("sim.replay");
        assertThat(replay == null ?
            new SimBatch(Long.getLong("sim.first", 1), Long.getLong("sim.seeds", 20), -1).run() : Simulate.replay(replay))
            .as("seeds that broke an invariant, listed in the output of this test").isZero();
    }
}
