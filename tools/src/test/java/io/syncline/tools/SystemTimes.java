package io.syncline.tools;

import io.syncline.broker.Units;

import java.time.Duration;

/** Durations that the system tests take from system properties. */
final class SystemTimes
{
    private SystemTimes()
    {
    }

    static Duration of(final String property, final String otherwise)
    {
        return Duration.ofNanos(Units.durationNs(property, System.getProperty(property, otherwise)));
    }
}
