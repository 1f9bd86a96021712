package io.syncline.bench.floor;

import io.aeron.Aeron;
import io.aeron.driver.MediaDriver;
import io.syncline.bench.Transceiver;
import io.syncline.bench.targets.Layout;
import io.syncline.bench.targets.Load;
import io.syncline.bench.targets.Target;
import io.syncline.bench.targets.TargetSpec;
import io.syncline.broker.Threading;
import io.syncline.stream.MediaDrivers;
import org.agrona.CloseHelper;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.AgentRunner;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A leader and its followers, threads and drivers shared out as in the same layout of Syncline. */
final class AeronTarget implements Target
{
    private final FloorPlan plan;
    private final Threading threading;
    private final MediaDriver driver;
    /** The client's; the parts share it unless they are turned by another thread. */
    private final Aeron aeron;
    private final Aeron partsAeron;
    private final AgentInvoker turned;
    private final List<AgentRunner> runners = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();
    private AeronTransceiver last;
    private long sentBefore;

    private AeronTarget(final FloorPlan plan, final Threading threading)
    {
        this.plan = plan;
        this.threading = threading;
        final boolean isDriverThreaded = plan.layout() != Layout.PROCESSES && threading == Threading.DEDICATED;
        driver = isDriverThreaded ? MediaDrivers.launchShared(FloorAgents::report) :
            FloorAgents.launchInvoked();
        final boolean isTurnedByThread = plan.layout() != Layout.PROCESSES && threading == Threading.SHARED;
        partsAeron = FloorAgents.connect(driver, !isDriverThreaded);
        if (plan.layout() == Layout.PROCESSES)
        {
            aeron = partsAeron;
            turned = FloorAgents.started(new FloorAgents(driver, aeron, List.of()));
            for (int part = 0; part <= FloorPlan.FOLLOWERS; part++)
            {
                processes.add(FloorProcess.start(plan, part));
            }
            return;
        }
        final List<Agent> parts = new ArrayList<>(List.of(new FloorLeader(partsAeron, plan)));
        for (int i = 0; i < FloorPlan.FOLLOWERS; i++)
        {
            parts.add(new FloorFollower(partsAeron, plan, i));
        }
        turned = threading == Threading.INVOKER ? FloorAgents.started(new FloorAgents(driver, partsAeron, parts)) : null;
        if (isTurnedByThread)
        {
            runners.add(FloorAgents.run(new FloorAgents(driver, partsAeron, parts)));
        }
        if (threading == Threading.DEDICATED)
        {
            parts.forEach((part) -> runners.add(FloorAgents.run(part)));
        }
        // Only after its thread runs: a driver that is invoked answers nobody before.
        aeron = isTurnedByThread ? FloorAgents.connect(driver) : partsAeron;
    }

    static AeronTarget start(final TargetSpec spec, final Layout layout)
    {
        return new AeronTarget(FloorPlan.of(layout), spec.oneOf("threading", Threading.SHARED));
    }

    @Override
    public String title()
    {
        return String.format(Locale.ROOT, "bare Aeron, client, leader, %d followers and back, %s", FloorPlan.FOLLOWERS,
            plan.layout() == Layout.PROCESSES ? "as processes" : "over " + plan.layout().name().toLowerCase(Locale.ROOT) + ", " +
                threading.name().toLowerCase(Locale.ROOT));
    }

    @Override
    public Transceiver transceiver(final Load load)
    {
        if (load.isDelivering())
        {
            throw new IllegalArgumentException("aeron: nothing is kept that could be delivered; use bench produce");
        }
        sentBefore += last == null ? 0 : last.sent();
        last = new AeronTransceiver(
            title(), aeron, plan, turned == null ? () -> 0 : turned::invoke, load.lengthBytes(), sentBefore);
        return last;
    }

    @Override
    public List<Long> pids()
    {
        return processes.stream().map(Process::pid).toList();
    }

    @Override
    public boolean isTurnedByLoad()
    {
        return threading == Threading.INVOKER && plan.layout() != Layout.PROCESSES;
    }

    @Override
    public void close()
    {
        processes.forEach(FloorProcess::stop);
        if (aeron != partsAeron)
        {
            aeron.close();
        }
        CloseHelper.closeAll(runners);
        CloseHelper.closeAll(turned, partsAeron, driver);
    }
}
