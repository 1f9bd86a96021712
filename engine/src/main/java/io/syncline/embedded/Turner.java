package io.syncline.embedded;

import io.syncline.stream.TimerSlack;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.ManyToOneConcurrentLinkedQueue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One duty cycle out of many: turns the first invokers of all brokers, then their second ones and so on, so that what
 * one broker has sent the next one has within the turn. Invokers join and leave while it runs; on
 * return of {@link #remove} nothing turns the invoker any more. With a thread of its own or, where the application owns
 * every thread, without.
 */
final class Turner implements Agent
{
    private static final long TIMER_SLACK_NS = 1;
    private static final long HAND_OVER_TIMEOUT_S = 30;
    private static final int REPEATS_WHILE_BUSY = 3;
    private static final int SELDOM_MASK = 0x3;
    private static final int AT_LEAST_MASK = 0x7;

    private final String name;
    private final ManyToOneConcurrentLinkedQueue<Runnable> changes = new ManyToOneConcurrentLinkedQueue<>();
    private final ArrayList<ArrayList<AgentInvoker>> phases = new ArrayList<>();
    private final AgentInvoker driver;
    private final boolean isDriverOnPath;
    private final int pathPhases;
    private int turns;
    private AgentRunner runner;
    private volatile boolean isClosed;

    /** For agents none of which waits for another. */
    Turner(final String name)
    {
        this(name, null, false, Integer.MAX_VALUE);
    }

    /**
     * @param name           of the thread
     * @param driver         of the media; null for none
     * @param isDriverOnPath true when a record waits for the driver: it is turned first and every time, and again while
     *                       it has work (a media driver moves one datagram a turn)
     * @param pathPhases     invokers of each broker, the first ones, that a record may wait for. The others, and a driver
     *                       that is not on the path, have their turn when those have nothing to do, or every eighth
     */
    Turner(final String name, final AgentInvoker driver, final boolean isDriverOnPath, final int pathPhases)
    {
        this.name = name;
        this.driver = driver;
        this.isDriverOnPath = isDriverOnPath;
        this.pathPhases = pathPhases;
    }

    /** Starts the thread; without this call whoever calls {@link #doWork()} turns the invokers. */
    void start(final IdleStrategy idleStrategy, final ErrorHandler errorHandler)
    {
        runner = new AgentRunner(idleStrategy, errorHandler, null, this);
        AgentRunner.startOnThread(runner, (task) ->
        {
            final Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** @param joining of one broker, in the order they are turned */
    void add(final List<AgentInvoker> joining)
    {
        execute(() ->
        {
            for (int i = 0; i < joining.size(); i++)
            {
                if (i == phases.size())
                {
                    phases.add(new ArrayList<>());
                }
                phases.get(i).add(joining.get(i));
            }
        });
    }

    /** @param leaving as they were added */
    void remove(final List<AgentInvoker> leaving)
    {
        execute(() ->
        {
            for (int i = 0; i < leaving.size(); i++)
            {
                phases.get(i).remove(leaving.get(i));
            }
        });
    }

    @Override
    public void onStart()
    {
        TimerSlack.set(TIMER_SLACK_NS);
    }

    @Override
    public int doWork()
    {
        final int size = phases.size();
        final int onPath = Math.min(size, pathPhases);
        int work = isDriverOnPath ? turnDriver() : 0;
        work += turn(0, onPath);
        turns++;
        if (work == 0 && (turns & SELDOM_MASK) == 0 || (turns & AT_LEAST_MASK) == 0)
        {
            work += driver == null || isDriverOnPath ? 0 : driver.invoke();
            work += turn(onPath, size);
        }
        if (!changes.isEmpty())
        {
            Runnable change;
            while ((change = changes.poll()) != null)
            {
                change.run();
                work++;
            }
        }
        return work;
    }

    @Override
    public String roleName()
    {
        return name;
    }

    /** Stops the thread; the invokers are not closed. */
    void close()
    {
        isClosed = true;
        if (runner != null)
        {
            runner.close();
        }
    }

    private int turn(final int from, final int to)
    {
        int work = 0;
        for (int i = from; i < to; i++)
        {
            final ArrayList<AgentInvoker> invokers = phases.get(i);
            for (int j = 0; j < invokers.size(); j++)
            {
                work += invokers.get(j).invoke();
            }
        }
        return work;
    }

    private int turnDriver()
    {
        int work = 0;
        int repeats = 0;
        int done;
        do
        {
            done = driver.invoke();
            work += done;
        }
        while (done > 0 && ++repeats < REPEATS_WHILE_BUSY);
        return work;
    }

    private void execute(final Runnable change)
    {
        if (runner == null || isClosed || Thread.currentThread() == runner.thread())
        {
            change.run();
            return;
        }
        final CompletableFuture<Void> done = new CompletableFuture<>();
        changes.add(() ->
        {
            change.run();
            done.complete(null);
        });
        try
        {
            done.get(HAND_OVER_TIMEOUT_S, TimeUnit.SECONDS);
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while '" + name + "' was changed", ex);
        }
        catch (final TimeoutException | java.util.concurrent.ExecutionException ex)
        {
            throw new IllegalStateException(
                "'" + name + "' has not turned for " + HAND_OVER_TIMEOUT_S + " s", ex);
        }
    }
}
