package io.syncline.embedded;

import org.agrona.concurrent.IdleStrategy;

/** Turns a cluster without threads while a client of it waits. */
final class TurningIdleStrategy implements IdleStrategy
{
    private final EmbeddedCluster cluster;

    TurningIdleStrategy(final EmbeddedCluster cluster)
    {
        this.cluster = cluster;
    }

    @Override
    public void idle(final int workCount)
    {
        idle();
    }

    @Override
    public void idle()
    {
        if (cluster.doWork() + cluster.doLogWork() == 0)
        {
            Thread.onSpinWait();
        }
    }

    @Override
    public void reset()
    {
        // Nothing to start again: each wait is one turn.
    }

    @Override
    public String alias()
    {
        return "turning";
    }
}
