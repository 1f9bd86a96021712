package io.syncline.bench;

import io.syncline.bench.profile.Profiler;
import io.syncline.bench.targets.Load;
import io.syncline.bench.targets.Target;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.NoOpIdleStrategy;
import org.agrona.concurrent.SystemNanoClock;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** One rate on one target: the rig, what the CPU did meanwhile, and the death of the leader where that was asked for. */
final class LoadRun
{
    private static final long NEVER = 0;

    private final Target target;
    private final ProcessCpu cpu;
    private volatile String killed;
    private long cpuBeforeNs;

    LoadRun(final Target target)
    {
        this.target = target;
        cpu = new ProcessCpu(target.pids());
    }

    /**
     * @param load          for the target
     * @param configuration of the rig
     * @param idle          of the load's thread, where the target has threads of its own
     * @param killAfterNs   from the start of the recorded load; 0 for never
     * @param profiler      runs with the recorded load; null for none
     * @return what it showed
     */
    RigResult run(final Load load, final RigConfiguration configuration, final RigIdle idle, final long killAfterNs,
        final Profiler profiler)
    {
        killed = killAfterNs == NEVER ? null : "nothing was killed before the run ended";
        final IdleStrategy idleStrategy = target.isTurnedByLoad() ? NoOpIdleStrategy.INSTANCE : idle.create();
        try (Transceiver transceiver = target.transceiver(load))
        {
            final RigResult result = new LatencyRig(transceiver, configuration, SystemNanoClock.INSTANCE, idleStrategy)
                .onMeasuring(() ->
                {
                    final Supplier<String> kill = killAfterNs == NEVER ? null : target.leaderKill();
                    if (profiler != null)
                    {
                        profiler.start();
                    }
                    cpuBeforeNs = cpu.totalNs();
                    if (kill != null)
                    {
                        killLater(kill, killAfterNs);
                    }
                })
                .run();
            if (profiler != null)
            {
                profiler.stop();
            }
            return result.observed(cpu.totalNs() - cpuBeforeNs, killed);
        }
    }

    /** On a thread of its own: the load does not wait for it. */
    private void killLater(final Supplier<String> kill, final long afterNs)
    {
        final long fromNs = System.nanoTime();
        final Thread thread = new Thread(() ->
        {
            long leftNs;
            while ((leftNs = afterNs - (System.nanoTime() - fromNs)) > 0)
            {
                LockSupport.parkNanos(leftNs);
            }
            try
            {
                final long atMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - fromNs);
                killed = kill.get() + " was killed after " + atMs + " ms";
            }
            catch (final RuntimeException ex)
            {
                killed = "nothing was killed: " + ex.getMessage();
            }
        }, "kill");
        thread.setDaemon(true);
        thread.start();
    }
}
