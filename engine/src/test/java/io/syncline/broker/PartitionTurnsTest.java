package io.syncline.broker;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class PartitionTurnsTest
{
    private static final class Partition extends PartitionTurns.Turned
    {
    }

    private final Partition first = new Partition();
    private final Partition second = new Partition();
    private long nowNs = -1;
    private final PartitionTurns<Partition> turns = new PartitionTurns<>(nowNs);

    PartitionTurnsTest()
    {
        turns.add(first);
        turns.add(second);
    }

    @Test
    void aNewPartitionHasItsTurn()
    {
        assertThat(turnAndRest()).containsExactlyInAnyOrder(first, second);
    }

    @Test
    void aPartitionAtRestHasNoTurnBeforeSomethingIsHeardOfIt()
    {
        turnAndRest();
        assertThat(turnAndRest()).isEmpty();
        turns.touch(second);
        turns.touch(second);
        assertThat(turnAndRest()).containsExactly(second);
        assertThat(turnAndRest()).isEmpty();
    }

    @Test
    void onePartitionThatIsNotDoneKeepsItsTurnAlone()
    {
        turns.begin(nowNs);
        turns.rest(1);
        assertThat(turns.begin(nowNs)).isEqualTo(1);
        assertThat(turns.get(0)).isSameAs(first);
    }

    @Test
    void everyPartitionHasATurnEachRound()
    {
        turnAndRest();
        nowNs += PartitionTurns.ROUND_INTERVAL_NS - 1;
        assertThat(turnAndRest()).isEmpty();
        nowNs++;
        assertThat(turnAndRest()).containsExactlyInAnyOrder(first, second);
        assertThat(turnAndRest()).isEmpty();
    }

    @Test
    void onePartitionThatIsGoneHasNoTurn()
    {
        turns.remove(first);
        assertThat(turnAndRest()).containsExactly(second);
        assertThat(turns.all()).containsExactly(second);
        turnAndRest();
        turns.remove(second);
        nowNs += PartitionTurns.ROUND_INTERVAL_NS;
        assertThat(turnAndRest()).isEmpty();
    }

    private List<Partition> turnAndRest()
    {
        final List<Partition> had = new ArrayList<>();
        for (int i = turns.begin(nowNs) - 1; i >= 0; i--)
        {
            had.add(turns.get(i));
            turns.rest(i);
        }
        return had;
    }
}
