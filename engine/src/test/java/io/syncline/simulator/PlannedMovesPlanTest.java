package io.syncline.simulator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;

/** The plan of moves without any other fault is worth something only while leaderships do move in it, and only as planned. */
@Timeout(120)
class PlannedMovesPlanTest
{
    @Test
    void r5_7_everyLeadershipOfThePlanMovesAsPlanned() throws IOException
    {
        final String plan = Files.readString(Path.of("src/test/resources/plans/planned-moves.plan"));
        final SimRun run = new SimRun(SimPlan.parse(plan), null).run();
        assertThat(run.plannedMoves().arePlanned()).isTrue();
        assertThat(run.plannedMoves().moves()).isGreaterThan(20);
        assertThat(run.history().count(SimHistory.Outcome.ACKED)).isGreaterThan(1_000);
    }
}
