package io.syncline.simulator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whole clusters in virtual time: {@code -Dsim.seeds=N -Dsim.first=S} runs seeds, {@code -Dsim.minutes=M} as many as
 * fit, {@code -Dsim.replay=SEED|PLAN} one of them with its trace, {@code -Dsim.twice=N} the first N twice;
 * {@code -Dsim.dense=true} makes the seeds short, with their faults close together.
 */
@Timeout(3600)
class SimulatorTest
{
    @Test
    void i15_theSameSeedShouldGiveTheSameTrace()
    {
        LongStream.rangeClosed(1, Long.getLong("sim.twice", 6)).parallel().forEach(new I15SameSeedSameTrace()::check);
    }

    @Test
    void noSeedShouldBreakAnInvariant() throws Exception
    {
        final String replay = System.getProperty("sim.replay");
        assertThat(replay == null ? batch().run() : Simulate.replay(replay))
            .as("seeds that broke an invariant, listed in the output of this test").isZero();
    }

    /** As many seeds as asked for, or those of so many minutes. */
    private static SimBatch batch()
    {
        final long first = Long.getLong("sim.first", 1);
        final Long minutes = Long.getLong("sim.minutes");
        return minutes == null ? new SimBatch(first, Long.getLong("sim.seeds", 300), -1) :
            new SimBatch(first, Long.getLong("sim.seeds", -1), TimeUnit.MINUTES.toNanos(minutes));
    }
}
