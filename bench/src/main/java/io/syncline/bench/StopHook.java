package io.syncline.bench;

import io.syncline.bench.targets.Target;

/** Stops a target's processes when this one is interrupted: they may outlive it otherwise. */
final class StopHook implements AutoCloseable
{
    private final Thread thread;
    private boolean isArmed;

    private StopHook(final Thread thread)
    {
        this.thread = thread;
    }

    /** For a target without processes it does nothing: those are gone with this one, and a thread still turns their memory. */
    static StopHook of(final Target target)
    {
        return new StopHook(target.pids().isEmpty() ? null : new Thread(target::close, "stop"));
    }

    void arm()
    {
        if (thread != null)
        {
            Runtime.getRuntime().addShutdownHook(thread);
            isArmed = true;
        }
    }

    /** The run is over: whoever started the target closes it. */
    @Override
    public void close()
    {
        if (isArmed)
        {
            isArmed = false;
            try
            {
                Runtime.getRuntime().removeShutdownHook(thread);
            }
            catch (final IllegalStateException ignore)
            {
                // It runs already.
            }
        }
    }
}
