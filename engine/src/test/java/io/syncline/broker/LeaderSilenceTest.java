package io.syncline.broker;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** PROTOCOL R5.1: when a leader counts as silent. */
class LeaderSilenceTest
{
    private static final long TIMEOUT_NS = 200;
    private static final int NOBODY = -1;

    private final LeaderSilence silence = new LeaderSilence(TIMEOUT_NS);

    @Test
    void aLeaderIsSilentOnceTheTimeoutHasPassedAndAgainAfterTheNext()
    {
        silence.onHeard(1, 0);
        assertThat(silence.nextSilent(199)).isEqualTo(NOBODY);
        assertThat(silence.nextSilent(200)).isEqualTo(1);
        assertThat(silence.nextSilent(201)).isEqualTo(NOBODY);
        assertThat(silence.nextSilent(400)).isEqualTo(1);
    }

    @Test
    void aRefusedLeaderIsSilentAfterAQuarterOfTheTimeout()
    {
        silence.onHeard(1, 0);
        silence.onHeard(2, 0);
        silence.onRefused(1);
        assertThat(silence.nextSilent(49)).isEqualTo(NOBODY);
        assertThat(silence.nextSilent(50)).isEqualTo(1);
        assertThat(silence.nextSilent(50)).isEqualTo(NOBODY);
    }

    @Test
    void aRefusalOlderThanASignOfLifeIsForgotten()
    {
        silence.onHeard(1, 0);
        silence.onRefused(1);
        silence.onHeard(1, 10);
        assertThat(silence.nextSilent(209)).isEqualTo(NOBODY);
        assertThat(silence.nextSilent(210)).isEqualTo(1);
    }

    /** Each heartbeat to a dead process is refused: its followers must not report it each time. */
    @Test
    void refusalsOfOneSilenceCountOnce()
    {
        silence.onHeard(1, 0);
        silence.onRefused(1);
        silence.onRefused(1);
        assertThat(silence.nextSilent(49)).isEqualTo(NOBODY);
        assertThat(silence.nextSilent(50)).isEqualTo(1);
        silence.onRefused(1);
        assertThat(silence.nextSilent(249)).isEqualTo(NOBODY);
        assertThat(silence.nextSilent(250)).isEqualTo(1);
    }

    @Test
    void timeInWhichNobodyCouldBeHeardDoesNotCount()
    {
        silence.onHeard(1, 0);
        silence.onRefused(1);
        silence.onStalled(100);
        assertThat(silence.nextSilent(149)).isEqualTo(NOBODY);
        assertThat(silence.nextSilent(150)).isEqualTo(1);
    }

    @Test
    void aRefusalOfAPeerNeverHeardChangesNothing()
    {
        silence.onRefused(7);
        assertThat(silence.nextSilent(1_000)).isEqualTo(NOBODY);
    }
}
