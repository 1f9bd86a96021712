package io.syncline.bench;

import org.agrona.collections.MutableLong;
import org.agrona.concurrent.NoOpIdleStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(20)
class LatencyRigTest
{
    private static final long STEP_NS = 1_000;
    private final MutableLong nowNs = new MutableLong(1);

    @Test
    void shouldChargeAStallToEveryRecordThatWasDueMeanwhile()
    {
        // 10,000 a second for a second; the system stands still for 100 ms in the middle.
        final Scripted system = new Scripted(500_000_000L, 600_000_000L, 0);
        final RigResult result = run(system, 10_000, 1_000_000_000L);

        assertThat(result.missed()).isNull();
        assertThat(result.acked()).isEqualTo(10_000);
        final long charged = result.response().getCountBetweenValues(1_000_000L, 120_000_000L);
        assertThat(charged).as("records that waited over 1 ms").isBetween(950L, 1_010L);
        assertThat(result.response().getMaxValue()).isBetween(99_000_000L, 101_000_000L);
        assertThat(result.timeline().gapNs()).as("time without an acknowledgement").isBetween(99_000_000L, 101_000_000L);
        assertThat(result.timeline().gapEndNs()).isBetween(599_000_000L, 601_000_000L);
        assertThat(result.timeline().acked(550)).isZero();
    }

    @Test
    void shouldTellTimeFromDueApartFromTimeFromSent()
    {
        // Refuses to take anything for 100 ms: late sending counts in the response, not in the service time.
        final Scripted system = new Scripted(0, 0, 100_000_000L);
        final RigResult result = run(system, 10_000, 1_000_000_000L);

        assertThat(result.response().getMaxValue()).isGreaterThan(95_000_000L);
        // The thousand records due by then go out at one clock step each before the next poll acknowledges them.
        assertThat(result.service().getMaxValue()).isLessThan(2_000_000L);
    }

    @Test
    void shouldFailARunThatLosesARecord()
    {
        final Scripted system = new Scripted(0, Long.MAX_VALUE, 0);
        final RigResult result = run(system, 1_000, 100_000_000L);

        assertThat(result.missed()).contains("not acknowledged");
    }

    private RigResult run(final Scripted system, final long rate, final long durationNs)
    {
        final RigConfiguration configuration =
            new RigConfiguration(rate, 64, 0, durationNs, TimeUnit.SECONDS.toNanos(1), 1 << 16);
        return new LatencyRig(system, configuration, this::tick, NoOpIdleStrategy.INSTANCE).run();
    }

    private long tick()
    {
        nowNs.value += STEP_NS;
        return nowNs.value;
    }

    /** Acknowledges at the next poll, but for a window of time in which it stands still, or one in which it refuses. */
    private final class Scripted implements Transceiver
    {
        private final long stallFromNs;
        private final long stallToNs;
        private final long refuseToNs;
        private Receipts receipts;
        private long next;

        Scripted(final long stallFromNs, final long stallToNs, final long refuseToNs)
        {
            this.stallFromNs = stallFromNs;
            this.stallToNs = stallToNs;
            this.refuseToNs = refuseToNs;
        }

        @Override
        public String open(final Receipts receipts)
        {
            this.receipts = receipts;
            return "scripted";
        }

        @Override
        public long send(final int length)
        {
            return nowNs.value < refuseToNs ? -2 : next++;
        }

        @Override
        public int poll()
        {
            if (nowNs.value >= stallFromNs && nowNs.value < stallToNs || next == 0)
            {
                return 0;
            }
            receipts.onAcked(next - 1);
            return 1;
        }

        @Override
        public boolean isDelivering()
        {
            return false;
        }

        @Override
        public void close()
        {
        }
    }
}
