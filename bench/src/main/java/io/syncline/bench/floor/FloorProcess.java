package io.syncline.bench.floor;

import io.aeron.Aeron;
import io.aeron.driver.MediaDriver;
import io.syncline.bench.Jvm;
import io.syncline.bench.targets.Layout;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Leader or follower in a process of its own, with a driver of its own; ends when its standard input does. */
public final class FloorProcess
{
    private static final int STOP_TIMEOUT_S = 10;

    private FloorProcess()
    {
    }

    /**
     * @param args part (0: the leader, else a follower), and the ports of the plan
     * @throws IOException when standard input fails
     */
    public static void main(final String[] args) throws IOException
    {
        final int part = Integer.parseInt(args[0]);
        final List<Integer> ports = Arrays.stream(args[1].split(",")).map(Integer::valueOf).toList();
        final FloorPlan plan = new FloorPlan(Layout.PROCESSES, ports);
        try (MediaDriver driver = FloorAgents.launchInvoked();
            Aeron aeron = FloorAgents.connect(driver, true))
        {
            final Agent agent = part == 0 ? new FloorLeader(aeron, plan) : new FloorFollower(aeron, plan, part - 1);
            final AgentRunner runner = FloorAgents.run(new FloorAgents(driver, aeron, List.of(agent)));
            while (System.in.read() >= 0)
            {
                // Nothing is said; the end is.
            }
            runner.close();
        }
    }

    static Process start(final FloorPlan plan, final int part)
    {
        final List<String> command = Jvm.command(List.of("-Xmx128m", "-XX:+UseSerialGC"), FloorProcess.class.getName(), List.of(
            Integer.toString(part), plan.ports().stream().map(String::valueOf).collect(Collectors.joining(","))));
        try
        {
            return new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot start " + String.join(" ", command), ex);
        }
    }

    static void stop(final Process process)
    {
        try
        {
            process.getOutputStream().close();
            if (!process.waitFor(STOP_TIMEOUT_S, TimeUnit.SECONDS))
            {
                process.destroyForcibly();
            }
        }
        catch (final IOException ex)
        {
            process.destroyForcibly();
        }
        catch (final InterruptedException ex)
        {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
