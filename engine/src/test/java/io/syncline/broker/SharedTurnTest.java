package io.syncline.broker;

import org.agrona.concurrent.Agent;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a shared data thread calls work, and in which order it turns its agents. */
class SharedTurnTest
{
    private static final int HEARTBEAT_BYTES = 64;

    private final List<String> turns = new ArrayList<>();
    private int arrived;
    private int inbox;
    private int outbox;

    private final SharedTurn turn = new SharedTurn(List.of(
        agent("leader", this::takeInbox), agent("follower", () -> 0), agent("streams", this::moveBytes)));

    @Test
    void shouldNotTakeAHeartbeatForWork() throws Exception
    {
        arrived = HEARTBEAT_BYTES;

        assertThat(turn.doWork()).isZero();
        assertThat(turn.doWork()).isZero();
    }

    @Test
    void shouldAnswerARecordInTheTurnThatItArrivesIn() throws Exception
    {
        arrived = HEARTBEAT_BYTES;
        inbox = 1;

        assertThat(turn.doWork()).isPositive();
        assertThat(outbox).isZero();
        assertThat(turns).containsExactly("streams", "leader", "follower", "streams");
    }

    @Test
    void shouldTakePartOfALargeFrameForWork() throws Exception
    {
        arrived = SharedTurn.FULL_DATAGRAM;

        assertThat(turn.doWork()).isPositive();
    }

    @Test
    void shouldTurnTheAgentsOnceWhereNothingMoved() throws Exception
    {
        assertThat(turn.doWork()).isZero();
        assertThat(turns).containsExactly("streams", "leader", "follower");
    }

    @Test
    void shouldGoOnBehindAnAgentThatThrew() throws Exception
    {
        final List<String> reached = new ArrayList<>();
        final SharedTurn failing = new SharedTurn(List.of(
            agent("leader", () ->
            {
                throw new IllegalStateException("a broken log");
            }),
            agent("follower", () -> reached.add("follower") ? 0 : 1),
            agent("streams", () -> reached.add("streams") ? 0 : 1)));

        assertThatThrownBy(failing::doWork).hasMessage("a broken log");
        failing.doWork();

        assertThat(reached).containsExactly("streams", "streams", "follower");
    }

    @Test
    void shouldCloseEveryAgent()
    {
        turn.onClose();

        assertThat(turns).containsExactly("leader closed", "follower closed", "streams closed");
    }

    /** What arrived is there for the agents from their next turn on. */
    private int takeInbox()
    {
        if (inbox == 0 || arrived > 0)
        {
            return 0;
        }
        inbox--;
        outbox += HEARTBEAT_BYTES;
        return 1;
    }

    private int moveBytes()
    {
        final int moved = arrived + outbox;
        arrived = 0;
        outbox = 0;
        return moved;
    }

    private Agent agent(final String name, final IntSupplier work)
    {
        return new Agent()
        {
            @Override
            public int doWork()
            {
                turns.add(name);
                return work.getAsInt();
            }

            @Override
            public void onClose()
            {
                turns.add(name + " closed");
            }

            @Override
            public String roleName()
            {
                return name;
            }
        };
    }
}
