package io.syncline.tools;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(20)
class SystemGapsTest
{
    private static final long MS = 1_000_000;

    @Test
    void shouldTakeTheLongestTimeBetweenTwoAcksAfterEachFault()
    {
        final SystemGaps gaps = SystemGaps.of(ms(1, 2, 3, 303, 304, 1000, 1001, 1500, 1501), ms(4, 1001));

        assertThat(gaps.sortedNs()).containsExactly(ms(499, 696));
        assertThat(gaps.ms(50)).isEqualTo("499");
        assertThat(gaps.ms(99)).isEqualTo("696");
    }

    @Test
    void shouldSeeThatAcksNeverCameBack()
    {
        final SystemGaps gaps = SystemGaps.of(ms(1, 2, 3), ms(2, 5));

        assertThat(gaps.ms(50)).isEqualTo("1");
        assertThat(gaps.ms(100)).isEqualTo("never");
        assertThat(SystemGaps.of(ms(1), ms()).ms(50)).isEqualTo("-");
    }

    @Test
    void shouldTakeTheTimeFromHealingToTheNextAck()
    {
        final SystemGaps healed = SystemGaps.untilWritten(ms(1, 2, 700, 701), ms(2, 3, 702));

        assertThat(healed.sortedNs()).containsExactly(0, 697 * MS, SystemGaps.NEVER);
    }

    private static long[] ms(final long... times)
    {
        final long[] result = times.clone();
        for (int i = 0; i < result.length; i++)
        {
            result[i] *= MS;
        }
        return result;
    }
}
