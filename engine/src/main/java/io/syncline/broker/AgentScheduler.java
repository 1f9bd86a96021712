package io.syncline.broker;

import io.syncline.stream.TimerSlack;
import org.agrona.CloseHelper;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.CompositeAgent;

import java.util.ArrayList;
import java.util.List;

/**
 * Decides which agents share a thread: one each ({@code dedicated}), all data agents on one ({@code shared}), or none at all
 * ({@code invoker}). The conductor has a thread of its own in the first two.
 */
final class AgentScheduler implements AutoCloseable
{
    private final List<AgentRunner> runners = new ArrayList<>();
    private final BrokerContext context;
    private AgentInvoker dataInvoker;
    private AgentInvoker conductorInvoker;

    AgentScheduler(final BrokerContext context)
    {
        this.context = context;
    }

    /**
     * Starts the threads, or readies the invokers.
     *
     * @param conductor    agent of everything slow
     * @param data         agents of the data path, in the order of a record's life
     * @param errorHandler takes what an agent throws; the agent goes on
     */
    void start(
        final Agent conductor, final List<Agent> data, final ErrorHandler errorHandler)
    {
        switch (context.threading())
        {
            case DEDICATED ->
            {
                data.forEach((agent) -> run(agent, errorHandler));
                run(conductor, errorHandler);
            }
            case SHARED ->
            {
                run(new CompositeAgent(data), errorHandler);
                run(conductor, errorHandler);
            }
            default ->
            {
                dataInvoker = new AgentInvoker(errorHandler, null, new CompositeAgent(data));
                conductorInvoker = new AgentInvoker(errorHandler, null, conductor);
                dataInvoker.start();
                conductorInvoker.start();
            }
        }
    }

    /** @return turns the data agents once; null unless threading is {@code invoker} */
    AgentInvoker dataInvoker()
    {
        return dataInvoker;
    }

    /** @return turns the conductor once; null unless threading is {@code invoker} */
    AgentInvoker conductorInvoker()
    {
        return conductorInvoker;
    }

    /** Stops every agent; each closes its own streams on its own thread. On return no thread is left. */
    @Override
    public void close()
    {
        CloseHelper.closeAll(runners);
        runners.clear();
        CloseHelper.closeAll(conductorInvoker, dataInvoker);
    }

    private void run(final Agent agent, final ErrorHandler errorHandler)
    {
        final AgentRunner runner = new AgentRunner(
            context.idleStrategy().get(), errorHandler, null, new PunctualAgent(agent));
        runners.add(0, runner);
        AgentRunner.startOnThread(runner, (task) ->
        {
            final Thread thread = new Thread(task, agent.roleName());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Asks the kernel, once its thread runs, to end its sleeps on time. */
    private record PunctualAgent(Agent agent) implements Agent
    {
        @Override
        public void onStart()
        {
            TimerSlack.set(1);
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
}
