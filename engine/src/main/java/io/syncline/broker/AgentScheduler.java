package io.syncline.broker;

import io.syncline.stream.Streams;
import io.syncline.stream.TimerSlack;
import org.agrona.CloseHelper;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.SleepingIdleStrategy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;

/**
 * Decides which agents share a thread: one each ({@code dedicated}), all data agents on one ({@code shared}), or none
 * at all ({@code invoker}). The conductor and the log keeper have a thread each in the first two, the keeper's mostly
 * asleep.
 */
final class AgentScheduler implements AutoCloseable
{
    /** Three brokers and their client on one machine have one busy thread each. */
    private static final int CORES_OF_NODES_AND_CLIENT = 4;
    /** Of a thread that datagrams and the other threads wake: timers alone, tens of milliseconds long, may be so late. */
    private static final long MAX_SLEEP_NS = TimeUnit.MILLISECONDS.toNanos(4);
    /** Of a conductor, which asks after requests and after what the controller decided. */
    private static final long MAX_CONDUCTOR_PARK_NS = TimeUnit.MILLISECONDS.toNanos(2);

    private final List<AgentRunner> runners = new ArrayList<>();
    private final BrokerContext context;
    private List<AgentInvoker> dataInvokers = List.of();
    private AgentInvoker dataInvoker;
    private AgentInvoker conductorInvoker;
    private AgentInvoker sessionInvoker;
    private AgentInvoker logInvoker;

    AgentScheduler(final BrokerContext context)
    {
        this.context = context;
    }

    /**
     * Starts the threads, or readies the invokers.
     *
     * @param conductor    agent of everything rare
     * @param keeper       agent of everything that waits for the disk
     * @param data         agents of the data path, in the order of a record's life
     * @param streams      that the last of them turns
     * @param dutyCycle    of the first of them, told of long sleeps where they share a thread
     * @param errorHandler takes what an agent throws; the agent goes on
     */
    void start(
        final Agent conductor, final Agent keeper, final List<Agent> data, final Streams streams,
        final DutyCycle dutyCycle, final ErrorHandler errorHandler)
    {
        switch (context.threading())
        {
            case DEDICATED ->
            {
                runKeeper(keeper, errorHandler);
                data.forEach((agent) -> run(agent, errorHandler));
                runConductor(conductor, errorHandler);
            }
            case SHARED ->
            {
                runKeeper(new WakingAgent(keeper, streams), errorHandler);
                final IdleStrategy idle = context.idleStrategy().get();
                if (idle instanceof AdaptiveIdleStrategy adaptive && streams.isWokenByArrivals())
                {
                    final LongConsumer sleep = (atMostNs) ->
                    {
                        dutyCycle.sleeps(atMostNs);
                        streams.await(atMostNs);
                    };
                    adaptive.maxParkNs(MAX_SLEEP_NS)
                        .sleep(sleep, Runtime.getRuntime().availableProcessors() > CORES_OF_NODES_AND_CLIENT);
                }
                run(new AgentRunner(idle, errorHandler, null, new PunctualAgent(new SharedTurn(data))));
                runConductor(new WakingAgent(conductor, streams), errorHandler);
            }
            default ->
            {
                dataInvokers = data.stream().map((agent) -> new AgentInvoker(errorHandler, null, agent)).toList();
                dataInvoker = new AgentInvoker(errorHandler, null, new InOrder(dataInvokers));
                sessionInvoker = new AgentInvoker(errorHandler, null, conductor);
                logInvoker = new AgentInvoker(errorHandler, null, keeper);
                conductorInvoker = new AgentInvoker(errorHandler, null, new InOrder(List.of(sessionInvoker, logInvoker)));
                dataInvokers.forEach(AgentInvoker::start);
                dataInvoker.start();
                sessionInvoker.start();
                logInvoker.start();
                conductorInvoker.start();
            }
        }
    }

    /** @return turns the data agents once; null unless threading is {@code invoker} */
    AgentInvoker dataInvoker()
    {
        return dataInvoker;
    }

    /** @return turn the data agents one by one; empty unless threading is {@code invoker} */
    List<AgentInvoker> dataInvokers()
    {
        return dataInvokers;
    }

    /** @return turns the conductor and the log keeper once; null unless threading is {@code invoker} */
    AgentInvoker conductorInvoker()
    {
        return conductorInvoker;
    }

    /** @return turns the conductor once; null unless threading is {@code invoker} */
    AgentInvoker sessionInvoker()
    {
        return sessionInvoker;
    }

    /** @return turns the log keeper once; null unless threading is {@code invoker} */
    AgentInvoker logInvoker()
    {
        return logInvoker;
    }

    /** Stops every agent; each closes its own streams on its own thread. On return no thread is left. */
    @Override
    public void close()
    {
        CloseHelper.closeAll(runners);
        runners.clear();
        CloseHelper.closeAll(conductorInvoker, sessionInvoker, dataInvoker);
        CloseHelper.closeAll(dataInvokers);
        CloseHelper.close(logInvoker);
    }

    private void run(final Agent agent, final ErrorHandler errorHandler)
    {
        run(new AgentRunner(context.idleStrategy().get(), errorHandler, null, new PunctualAgent(agent)));
    }

    private void runConductor(final Agent conductor, final ErrorHandler errorHandler)
    {
        final IdleStrategy idle = context.idleStrategy().get();
        if (idle instanceof AdaptiveIdleStrategy adaptive)
        {
            adaptive.maxParkNs(MAX_CONDUCTOR_PARK_NS);
        }
        run(new AgentRunner(idle, errorHandler, null, new PunctualAgent(conductor)));
    }

    /** Sleeps alike under every idle strategy: the conductor wakes it up, and housekeeping can wait. */
    private void runKeeper(final Agent keeper, final ErrorHandler errorHandler)
    {
        run(new AgentRunner(new SleepingIdleStrategy(Broker.LOG_INVOKER_SLEEP_NS), errorHandler, null, keeper));
    }

    private void run(final AgentRunner runner)
    {
        runners.add(0, runner);
        AgentRunner.startOnThread(runner, (task) ->
        {
            final Thread thread = new Thread(task, runner.agent().roleName());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** For an application of one thread. */
    private record InOrder(List<AgentInvoker> invokers) implements Agent
    {
        @Override
        public int doWork()
        {
            int work = 0;
            for (int i = 0; i < invokers.size(); i++)
            {
                work += invokers.get(i).invoke();
            }
            return work;
        }

        @Override
        public String roleName()
        {
            return invokers.stream().map((invoker) -> invoker.agent().roleName()).collect(Collectors.joining("+"));
        }
    }

    /** What it did may be for the data agents to go on with, or for their driver to send: they do not sleep past it. */
    private static final class WakingAgent extends AgentAround
    {
        private final Streams streams;

        WakingAgent(final Agent agent, final Streams streams)
        {
            super(agent);
            this.streams = streams;
        }

        @Override
        public int doWork() throws Exception
        {
            final int work = super.doWork();
            if (work > 0)
            {
                streams.wake();
            }
            return work;
        }
    }

    /** Asks the kernel, once its thread runs, to end its sleeps on time. */
    private static final class PunctualAgent extends AgentAround
    {
        PunctualAgent(final Agent agent)
        {
            super(agent);
        }

        @Override
        public void onStart()
        {
            TimerSlack.set(1);
            super.onStart();
        }
    }
}
