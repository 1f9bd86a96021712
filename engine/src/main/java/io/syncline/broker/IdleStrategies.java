package io.syncline.broker;

import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SleepingMillisIdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;

import java.util.function.Supplier;

/** The idle strategies that {@code idle.strategy} names. */
public final class IdleStrategies
{
    private IdleStrategies()
    {
    }

    /**
     * @param name  {@code adaptive}, {@code backoff}, {@code yield}, {@code spin} or {@code sleep}
     * @param clock monotonic time
     * @return makes one for each thread
     * @throws IllegalArgumentException with the name and the choice
     */
    public static Supplier<IdleStrategy> supplier(final String name, final NanoClock clock)
    {
        return switch (name)
        {
            case "adaptive" -> () -> new AdaptiveIdleStrategy(
                clock, AdaptiveIdleStrategy.DEFAULT_AWAKE_NS, AdaptiveIdleStrategy.DEFAULT_MAX_PARK_NS);
            case "backoff" -> BackoffIdleStrategy::new;
            case "yield" -> YieldingIdleStrategy::new;
            case "spin" -> () -> BusySpinIdleStrategy.INSTANCE;
            case "sleep" -> () -> new SleepingMillisIdleStrategy(1);
            default -> throw new IllegalArgumentException(
                "idle.strategy=" + name + " must be one of adaptive, backoff, yield, spin, sleep");
        };
    }
}
