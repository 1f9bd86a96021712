package io.syncline.client;

import org.agrona.concurrent.SystemEpochNanoClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(10)
class RecordClockTest
{
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

    @Test
    void shouldTellTheWallClocksTimeAndNeverLessThanBefore()
    {
        final RecordClock clock = new RecordClock();
        long last = 0;
        for (int i = 0; i < 1000; i++)
        {
            final long before = SystemEpochNanoClock.INSTANCE.nanoTime();
            final long told = clock.nanoTime();
            final long after = SystemEpochNanoClock.INSTANCE.nanoTime();
            assertThat(told).isBetween(before - 5 * MS, after + 5 * MS).isGreaterThanOrEqualTo(last);
            last = told;
        }
    }

    @Test
    void shouldFollowAClockThatWasSetAndNotItsMilliseconds()
    {
        assertThat(RecordClock.follow(1000 * MS, 7 * MS, 1007 * MS - 999_999)).isEqualTo(1000 * MS);
        assertThat(RecordClock.follow(1000 * MS, 7 * MS, 2007 * MS)).isEqualTo(2000 * MS);
        assertThat(RecordClock.follow(1000 * MS, 7 * MS, 507 * MS)).isEqualTo(500 * MS);
    }
}
