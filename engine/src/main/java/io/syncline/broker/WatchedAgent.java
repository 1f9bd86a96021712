package io.syncline.broker;

import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;

/** Counts the turns of an agent that does not do so itself. */
final class WatchedAgent extends AgentAround
{
    private final DutyCycle dutyCycle;
    private final NanoClock clock;

    WatchedAgent(final Agent agent, final DutyCycle dutyCycle, final NanoClock clock)
    {
        super(agent);
        this.dutyCycle = dutyCycle;
        this.clock = clock;
    }

    @Override
    public int doWork() throws Exception
    {
        dutyCycle.begin(clock.nanoTime());
        return super.doWork();
    }
}
