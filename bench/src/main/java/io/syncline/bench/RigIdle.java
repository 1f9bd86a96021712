package io.syncline.bench;

import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;

import java.util.concurrent.locks.LockSupport;

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
    /**
     * Sleeps for half a millisecond after every turn, with or without work, as an application does that has other
     * things to do: what fell due meanwhile goes out together, and late. The one whose own CPU time does not drown what
     * the system takes.
     */
    SLEEP
    {
        @Override
        IdleStrategy create()
        {
            return new IdleStrategy()
            {
                @Override
                public void idle(final int workCount)
                {
                    LockSupport.parkNanos(SLEEP_NS);
                }

                @Override
                public void idle()
                {
                    LockSupport.parkNanos(SLEEP_NS);
                }

                @Override
                public void reset()
                {
                    // Sleeps as long each time.
                }
            };
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

    private static final long SLEEP_NS = 500_000;

    abstract IdleStrategy create();
}
