package io.syncline.bench.floor;

import io.aeron.Aeron;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.syncline.broker.IdleStrategies;
import io.syncline.stream.MediaDrivers;
import io.syncline.stream.StreamsContext;
import io.syncline.stream.TimerSlack;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.SystemNanoClock;

import java.util.List;
import java.util.concurrent.TimeUnit;

/** One duty cycle of a driver, a client's conductor and the parts beside them, as a data thread of Syncline has it. */
final class FloorAgents implements Agent
{
    /** As long as Syncline's clients wait for a driver that stands still. */
    private static final long DRIVER_TIMEOUT_MS = TimeUnit.NANOSECONDS.toMillis(StreamsContext.DRIVER_TIMEOUT_NS_DEFAULT);

    private final MediaDriver driver;
    private final Aeron aeron;
    private final List<Agent> parts;

    /**
     * @param driver turned first, again while it has work; one with threads of its own is left alone
     * @param aeron  whose conductor is turned next, where it has no thread
     * @param parts  turned in this order
     */
    FloorAgents(final MediaDriver driver, final Aeron aeron, final List<Agent> parts)
    {
        this.driver = driver;
        this.aeron = aeron;
        this.parts = List.copyOf(parts);
    }

    /** Aeron's own, as its users invoke it. */
    static MediaDriver launchInvoked()
    {
        return MediaDriver.launch(MediaDrivers.context(FloorAgents::report).threadingMode(ThreadingMode.INVOKER));
    }

    static Aeron connect(final MediaDriver driver, final boolean isInvoked)
    {
        final Aeron.Context context = new Aeron.Context()
            .aeronDirectoryName(driver.aeronDirectoryName())
            .driverTimeoutMs(DRIVER_TIMEOUT_MS)
            .useConductorAgentInvoker(isInvoked)
            .errorHandler(FloorAgents::report);
        return Aeron.connect(isInvoked ? context.driverAgentInvoker(driver.sharedAgentInvoker()) : context);
    }

    /** For a client on another thread than the one that turns the driver. */
    static Aeron connect(final MediaDriver driver)
    {
        return Aeron.connect(
            new Aeron.Context()
                .aeronDirectoryName(driver.aeronDirectoryName())
                .driverTimeoutMs(DRIVER_TIMEOUT_MS)
                .errorHandler(FloorAgents::report));
    }

    static AgentInvoker started(final Agent agent)
    {
        final AgentInvoker invoker = new AgentInvoker(FloorAgents::report, null, agent);
        invoker.start();
        return invoker;
    }

    static AgentRunner run(final Agent agent)
    {
        final AgentRunner runner = new AgentRunner(
            IdleStrategies.supplier("adaptive", SystemNanoClock.INSTANCE).get(), FloorAgents::report, null, agent);
        AgentRunner.startOnThread(runner, (task) ->
        {
            final Thread thread = new Thread(task, agent.roleName());
            thread.setDaemon(true);
            return thread;
        });
        return runner;
    }

    static void report(final Throwable error)
    {
        System.err.println("bench: aeron: " + error);
    }

    @Override
    public void onStart()
    {
        TimerSlack.set(1);
    }

    @Override
    public int doWork() throws Exception
    {
        int work = 0;
        final AgentInvoker driverInvoker = driver.sharedAgentInvoker();
        for (int turn = 0; driverInvoker != null && turn < StreamsContext.DRIVER_INVOCATIONS_MAX_DEFAULT; turn++)
        {
            final int done = driverInvoker.invoke();
            work += done;
            if (done == 0)
            {
                break;
            }
        }
        if (aeron.conductorAgentInvoker() != null)
        {
            work += aeron.conductorAgentInvoker().invoke();
        }
        for (int i = 0, size = parts.size(); i < size; i++)
        {
            work += parts.get(i).doWork();
        }
        return work;
    }

    @Override
    public String roleName()
    {
        return "floor";
    }
}
