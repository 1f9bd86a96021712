package io.syncline.embedded;

import io.syncline.stream.TimerSlack;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.ManyToOneConcurrentLinkedQueue;

import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One duty cycle out of many: turns the invokers of all brokers, one after the other. Invokers join and leave while it runs; on
 * return of {@link #remove} nothing turns the invoker any more. With a thread of its own or, where the application owns every
 * thread, without.
 */
final class Turner implements Agent
{
    private static final long TIMER_SLACK_NS = 1;
    private static final long HAND_OVER_TIMEOUT_S = 30;
    private static final int REPEATS_WHILE_BUSY = 3;

    private final String name;
    private final ManyToOneConcurrentLinkedQueue<Runnable> changes = new ManyToOneConcurrentLinkedQueue<>();
    private final ArrayList<AgentInvoker> invokers = new ArrayList<>();
    private final AgentInvoker first;
    private AgentRunner runner;
    private volatile boolean isClosed;

    /**
     * @param name  of the thread
     * @param first turned before all others, repeatedly while it has work (a media driver moves one datagram a turn); null for
     *              none
     */
    Turner(final String name, final AgentInvoker first)
    {
        this.name = name;
        this.first = first;
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

    void add(final AgentInvoker invoker)
    {
        execute(() -> invokers.add(invoker));
    }

    void remove(final AgentInvoker invoker)
    {
        execute(() -> invokers.remove(invoker));
    }

    @Override
    public void onStart()
    {
        TimerSlack.set(TIMER_SLACK_NS);
    }

    @Override
    public int doWork()
    {
        int work = 0;
        if (first != null)
        {
            int turns = 0;
            int done;
            do
            {
                done = first.invoke();
                work += done;
            }
            while (done > 0 && ++turns < REPEATS_WHILE_BUSY);
        }
        for (int i = 0, size = invokers.size(); i < size; i++)
        {
            work += invokers.get(i).invoke();
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
