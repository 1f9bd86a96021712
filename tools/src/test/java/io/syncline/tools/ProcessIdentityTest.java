package io.syncline.tools;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/** A process is never taken for another one that was given its number. */
@Timeout(30)
class ProcessIdentityTest
{
    @Test
    void shouldFollowAProcessThroughPauseAndEnd() throws IOException, InterruptedException
    {
        final Process process = new ProcessBuilder("sleep", "60").start();
        try
        {
            final ProcessIdentity identity = ProcessIdentity.parse(ProcessIdentity.of(process.pid()).toString());
            assertThat(identity.pid()).isEqualTo(process.pid());
            assertThat(identity.state()).isEqualTo(ProcessIdentity.State.RUNNING);

            assertThat(identity.signal("STOP")).isTrue();
            await(identity, ProcessIdentity.State.PAUSED);
            assertThat(identity.signal("CONT")).isTrue();
            await(identity, ProcessIdentity.State.RUNNING);
            assertThat(identity.signal("KILL")).isTrue();
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            await(identity, ProcessIdentity.State.DEAD);
            assertThat(identity.signal("TERM")).isFalse();
        }
        finally
        {
            process.destroyForcibly();
        }
    }

    @Test
    void shouldCallAProcessDeadWhoseNumberIsInUseAgain() throws IOException
    {
        final Process process = new ProcessBuilder("sleep", "60").start();
        try
        {
            final ProcessIdentity now = ProcessIdentity.of(process.pid());
            final ProcessIdentity earlier = new ProcessIdentity(process.pid(), now.start() + "0");
            assertThat(earlier.state()).isEqualTo(ProcessIdentity.State.DEAD);
            assertThat(earlier.signal("KILL")).isFalse();
            assertThat(now.state()).isEqualTo(ProcessIdentity.State.RUNNING);
        }
        finally
        {
            process.destroyForcibly();
        }
    }

    @Test
    void shouldTakeWhatIsNoIdentityForADeadProcess()
    {
        for (final String text : new String[]{ "", "  ", "abc", "12", "-1 x y", Long.toString(Long.MAX_VALUE) + " b 1" })
        {
            assertThat(ProcessIdentity.parse(text).state()).as(text).isEqualTo(ProcessIdentity.State.DEAD);
            assertThat(ProcessIdentity.parse(text).signal("KILL")).as(text).isFalse();
        }
    }

    private static void await(final ProcessIdentity identity, final ProcessIdentity.State state)
    {
        while (identity.state() != state)
        {
            Thread.onSpinWait();
        }
    }
}
