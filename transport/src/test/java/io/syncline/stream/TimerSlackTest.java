package io.syncline.stream;

import org.junit.jupiter.api.Test;

import java.util.concurrent.atomic.AtomicLong;

import static org.assertj.core.api.Assertions.assertThat;

class TimerSlackTest
{
    @Test
    void shouldSetTheSlackOfTheCallingThreadAlone() throws InterruptedException
    {
        final long before = TimerSlack.get();
        final AtomicLong inThread = new AtomicLong(-2);
        final Thread thread = new Thread(() -> inThread.set(TimerSlack.set(1_000) ? TimerSlack.get() : -1));
        thread.start();
        thread.join(10_000);

        assertThat(inThread.get()).isIn(1_000L, -1L);
        assertThat(TimerSlack.get()).isEqualTo(before);
    }
}
