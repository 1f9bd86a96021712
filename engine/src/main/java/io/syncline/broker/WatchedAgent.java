package io.syncline.broker;

import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;

/** Counts the turns of an agent that does not do so itself. */
final class WatchedAgent implements Agent
{
    private final Agent agent;
    private final DutyCycle dutyCycle;
    private final NanoClock clock;

    WatchedAgent(final Agent agent, final DutyCycle dutyCycle, final NanoClock clock)
    {
        this.agent = agent;
        this.dutyCycle = dutyCycle;
        this.clock = clock;
    }

    /** @return who is watched */
    Agent agent()
    {
        return agent;
    }

    @Override
    public void onStart()
    {
        agent.onStart();
    }

    @Override
    public int doWork() throws Exception
    {
        dutyCycle.begin(clock.nanoTime());
        return agent.doWork();
    }

    @Override
    public void onClose()
    {
        agent.onClose();
    }

    @Override
    public String roleName()
    {
        return agent.roleName();
    }
}
