package io.syncline.broker;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/** In virtual time: what parks really sleeps a little, so there are few of them. */
@Timeout(30)
class AdaptiveIdleStrategyTest
{
    private static final long LONG_NS = TimeUnit.SECONDS.toNanos(10);

    private long nowNs = TimeUnit.SECONDS.toNanos(100);
    private final AdaptiveIdleStrategy idle = new AdaptiveIdleStrategy(() -> nowNs, LONG_NS, 100_000);

    @Test
    void shouldSleepUponHeartbeats()
    {
        for (int i = 0; i < 30; i++)
        {
            turnWithWork(3_300_000);
            assertThat(idle.isBusy()).isFalse();
        }
    }

    @Test
    void shouldStayAwakeFromTheFirstTurnsOfABurstOn()
    {
        for (int i = 0; i < AdaptiveIdleStrategy.BUSY_TURNS; i++)
        {
            assertThat(idle.isBusy()).isFalse();
            turnWithWork(100_000);
        }
        for (int i = 0; i < 1000; i++)
        {
            assertThat(idle.isBusy()).isTrue();
            turnWithWork(300_000);
        }
    }

    @Test
    void shouldSleepAtOnceWhereASleepEndsWithWorkAndCoresAreFew()
    {
        final List<Long> sleeps = new ArrayList<>();
        idle.maxParkNs(4_000_000).sleep(sleeps::add, false);
        idle.idle(1);
        for (int i = 0; i < 6; i++)
        {
            idle.idle(0);
        }
        assertThat(sleeps).containsExactly(1_000_000L, 1_000_000L, 1_000_000L, 1_000_000L, 4_000_000L, 4_000_000L);
        idle.idle(1);
        idle.idle(0);
        assertThat(sleeps).endsWith(4_000_000L, 1_000_000L);
    }

    @Test
    void shouldSleepAgainWhenTheBurstIsOver()
    {
        for (int i = 0; i < 200; i++)
        {
            turnWithWork(100_000);
        }
        assertThat(idle.isBusy()).isTrue();
        for (int i = 0; i < 14; i++)
        {
            turnWithWork(3_300_000);
        }
        assertThat(idle.isBusy()).isFalse();
    }

    @Test
    void shouldNotTakeWhatWasCountedBeforeALongSleepForABurst()
    {
        for (int i = 0; i < AdaptiveIdleStrategy.BUSY_TURNS - 1; i++)
        {
            turnWithWork(100_000);
        }
        turnWithWork(LONG_NS);
        turnWithWork(3_300_000);
        turnWithWork(3_300_000);
        assertThat(idle.isBusy()).isFalse();
    }

    /** One turn with work, and as many without as it takes until the thread yields or parks. */
    private void turnWithWork(final long untilNextNs)
    {
        idle.idle(1);
        for (int i = 0; i <= 20; i++)
        {
            idle.idle(0);
        }
        nowNs += untilNextNs;
    }
}
