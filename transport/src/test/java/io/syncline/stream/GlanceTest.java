package io.syncline.stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class GlanceTest
{
    @Test
    void shouldLookSeldomWhereTurnsAreShort()
    {
        final Glance glance = new Glance(5);
        int looks = 0;
        for (long nowNs = 5; nowNs < 5 + 10 * Glance.INTERVAL_NS; nowNs += 1_000)
        {
            looks += glance.isDue(nowNs) ? 1 : 0;
        }
        assertThat(looks).isEqualTo(10);
    }

    /** A count of turns made a broker that slept 4 ms between them hear a heartbeat 16 ms late. */
    @Test
    void shouldLookInEveryTurnWhereTurnsAreLong()
    {
        final Glance glance = new Glance(Long.MAX_VALUE);
        long nowNs = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++)
        {
            assertThat(glance.isDue(nowNs)).isTrue();
            assertThat(glance.isDue(nowNs)).isFalse();
            nowNs += 4_000_000;
        }
    }
}
