package io.syncline.bench;

import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;

/** What the load's thread does between records. */
enum RigIdle
{
    /** Gives the core to whoever wants it, and comes back at once: sends on time while cores are free. */
    YIELD
    {
        @Override
        IdleStrategy create()
        {
            return new YieldingIdleStrategy();
        }
    },
    /** Sleeps a little: leaves the core to others, and is late by the timer's precision. */
    PARK
    {
        @Override
        IdleStrategy create()
        {
            return new BackoffIdleStrategy(10, 20, 1, 20_000);
        }
    },
    /** Needs a core of its own. */
    SPIN
    {
        @Override
        IdleStrategy create()
        {
            return new BusySpinIdleStrategy();
        }
    };

    abstract IdleStrategy create();
}
