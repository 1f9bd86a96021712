package io.syncline.bench;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** CPU time of this process and of others. One that ended counts with what it had when it was last looked at. */
final class ProcessCpu
{
    private final List<Long> pids;
    private final Map<Long, Long> lastNs = new HashMap<>();

    /**
     * @param others besides this process
     */
    ProcessCpu(final List<Long> others)
    {
        pids = List.copyOf(others);
    }

    /** @return of all together, in nanoseconds; the kernel counts in steps of some milliseconds */
    long totalNs()
    {
        long total = ns(ProcessHandle.current());
        for (final long pid : pids)
        {
            final Optional<ProcessHandle> process = ProcessHandle.of(pid);
            process.ifPresent((handle) -> lastNs.merge(pid, ns(handle), Math::max));
            total += lastNs.getOrDefault(pid, 0L);
        }
        return total;
    }

    private static long ns(final ProcessHandle process)
    {
        return process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
    }
}
