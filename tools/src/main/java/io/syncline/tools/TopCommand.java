package io.syncline.tools;

import org.agrona.CloseHelper;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** {@code syncline top}: a cluster at a glance, again and again. */
@Command(name = "top", mixinStandardHelpOptions = true,
    description = {
        "A live screen from the counters of the nodes on this machine: partitions with leader, ISR, lag and rate; nodes with " +
            "their agents' turns and latest turn, back-pressure and errors. Ends with an interrupt.",
        "",
        "Lag is what the furthest member of the partition is behind its leader, among the nodes looked at."},
    footer = {"", "Example:", "  syncline top --dir /var/lib/syncline"})
final class TopCommand implements Callable<Integer>
{
    private static final String CLEAR = "\033[H\033[2J";

    @Mixin
    private AttachOptions attach;

    @Option(names = "--interval-ms", paramLabel = "MS", defaultValue = "1000",
        description = "Between two screens. Default: ${DEFAULT-VALUE}")
    private long intervalMs;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "0", description = "Ends after so many. Default: never")
    private int rounds;

    @Override
    public Integer call()
    {
        final List<NodeCounters> nodes = attach.counters();
        try
        {
            final TopScreen screen = new TopScreen();
            screen.update(nodes, System.nanoTime());
            for (int round = 1; rounds == 0 || round <= rounds; round++)
            {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(intervalMs));
                screen.update(nodes, System.nanoTime());
                System.out.print(CLEAR + screen.text());
                System.out.flush();
            }
            return ExitCode.OK;
        }
        finally
        {
            CloseHelper.closeAll(nodes);
        }
    }
}
