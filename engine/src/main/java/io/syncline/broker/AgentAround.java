package io.syncline.broker;

import org.agrona.concurrent.Agent;

/** An agent that does something around the turns of another one, and else is that one. */
abstract class AgentAround implements Agent
{
    private final Agent agent;

    AgentAround(final Agent agent)
    {
        this.agent = agent;
    }

    /** @return who is turned */
    final Agent agent()
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
