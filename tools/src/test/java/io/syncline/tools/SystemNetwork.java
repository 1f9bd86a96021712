package io.syncline.tools;

import io.syncline.controller.ControllerStatus;
import io.syncline.metadata.QuorumVoters;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Machines with a network between them: a network namespace each, joined by a bridge in one more, where this test is a
 * machine too.
 * <pre>
 *     node 1          node 2          node 3          this test
 *   10.231.7.1      10.231.7.2      10.231.7.3      10.231.7.254
 *       |               |               |               |
 *       +---------------+--- bridge ----+---------------+      a machine is cut off by its plug in the bridge,
 *                                                              one direction between two by a wrong address on it,
 *                                                              single packets by a filter at the bridge's plugs
 * </pre>
 * Each machine runs a broker that is a controller as well. Needs root on Linux, ip and the kernel's veth and bridge;
 * nft for what the filter does.
 */
final class SystemNetwork implements AutoCloseable
{
    /** This test, and with it every client that runs beside it, as an end of {@link #cut(int, int)}. */
    static final int TESTER = 254;

    private static final String SUBNET = "10.231.7.";
    private static final int CLIENT_PORT = 9092;
    private static final int CONTROLLER_PORT = 9100;
    private static final long TIMEOUT_S = 20;
    private static final String NOBODY = "02:00:00:00:00:fe";

    private final String name = "sl" + ProcessHandle.current().pid() % 100_000;
    private final Path dir;
    private final int machines;
    private final List<SynclineProcess> nodes = new ArrayList<>();
    private final List<List<String>> undo = new ArrayList<>();

    private SystemNetwork(final Path dir, final int machines)
    {
        this.dir = dir;
        this.machines = machines;
    }

    /** @return why there can be no such network here, null where there can */
    static String obstacle()
    {
        final SystemNetwork probe = new SystemNetwork(null, 1);
        try
        {
            probe.wire();
            return null;
        }
        catch (final IOException | IllegalStateException ex)
        {
            return "no network namespaces here: " + ex.getMessage();
        }
        finally
        {
            probe.unwire();
        }
    }

    /** @return why packets cannot be filtered here, null where they can */
    static String obstacleToFilter()
    {
        final SystemNetwork probe = new SystemNetwork(null, 1);
        try
        {
            probe.wire();
            probe.lose(1);
            return null;
        }
        catch (final IOException | IllegalStateException ex)
        {
            return "no packet filter here: " + ex.getMessage();
        }
        finally
        {
            probe.unwire();
        }
    }

    /**
     * @param dir      for the nodes' data and output
     * @param machines with a node each
     * @return the network with every node ready
     */
    static SystemNetwork up(final Path dir, final int machines) throws IOException
    {
        final SystemNetwork network = new SystemNetwork(dir, machines);
        try
        {
            network.wire();
            network.startNodes();
            return network;
        }
        catch (final IOException | RuntimeException | AssertionError ex)
        {
            network.close();
            throw ex;
        }
    }

    String bootstrap()
    {
        return machines().stream().map((id) -> SUBNET + id + ":" + CLIENT_PORT).collect(Collectors.joining(","));
    }

    List<Integer> machines()
    {
        return IntStream.rangeClosed(1, machines).boxed().toList();
    }

    List<Integer> others(final int machine)
    {
        return machines().stream().filter((id) -> id != machine).toList();
    }

    /** @return what a command line begins with that runs on a machine */
    List<String> on(final int machine)
    {
        return List.of("ip", "netns", "exec", name + "-" + machine);
    }

    /** @return the machine with the controllers' leader: of those that believe to lead, the one of the newest term */
    int controllerLeader()
    {
        final int[] leader = new int[1];
        SystemTopic.await("a controller that leads").until(() -> (leader[0] = newestControllerLeader()) >= 0);
        return leader[0];
    }

    /** Nobody reaches the machine, and it reaches nobody. */
    void isolate(final int machine) throws IOException
    {
        undo.add(List.of("ip", "-n", name, "link", "set", plug(machine), "up"));
        run("ip", "-n", name, "link", "set", plug(machine), "down");
    }

    /** What one machine sends to the other is lost; the other way it arrives. */
    void cut(final int from, final int to) throws IOException
    {
        final List<String> ip = from == TESTER ? List.of("ip") : List.of("ip", "-n", name + "-" + from);
        final List<String> neighbour = List.of(SUBNET + to, "dev", from == TESTER ? name : "eth0");
        undo.add(join(join(ip, List.of("neigh", "del")), neighbour));
        run(join(
            join(join(ip, List.of("neigh", "replace")), neighbour), List.of("lladdr", NOBODY, "nud", "permanent")));
    }

    /** Neither machine reaches the other. */
    void cutBothWays(final int one, final int other) throws IOException
    {
        cut(one, other);
        cut(other, one);
    }

    /** What controllers say to each other is lost where the machine sends or receives it; brokers and clients go on. */
    void cutController(final int machine) throws IOException
    {
        final String ports = CONTROLLER_PORT + 1 + "-" + (CONTROLLER_PORT + QuorumVoters.PORTS - 1);
        filter("ip saddr " + SUBNET + machine + " udp dport " + ports + " drop");
        filter("ip daddr " + SUBNET + machine + " udp dport " + ports + " drop");
    }

    /** So many of a hundred packets are lost, whoever sends them, at random. */
    void lose(final int percent) throws IOException
    {
        filter("meta protocol ip numgen random mod 100 < " + percent + " drop");
    }

    /** Undoes every cut. */
    void heal() throws IOException
    {
        while (!undo.isEmpty())
        {
            run(undo.remove(undo.size() - 1));
        }
    }

    @Override
    public void close()
    {
        nodes.forEach(SynclineProcess::close);
        unwire();
    }

    /** Controlled shutdown of every node, one after the other. */
    void stop()
    {
        for (final SynclineProcess node : nodes)
        {
            assertThat(node.terminate()).as(node.errors()).isZero();
        }
    }

    private int newestControllerLeader()
    {
        return machines().stream()
            .map((machine) -> ControllerStatus.read(
                ControllerMember.directory(dir.resolve("node-" + machine).resolve("data").toFile())))
            .filter((status) -> status != null && status.isLeader())
            .max(Comparator.comparingLong(ControllerStatus::leadershipTermId))
            .map(ControllerStatus::memberId)
            .orElse(-1);
    }

    /** A rule at every plug of the bridge, for what comes in there. */
    private void filter(final String rule) throws IOException
    {
        final List<String> nft = List.of("ip", "netns", "exec", name, "nft");
        final String plugs = Stream.concat(machines().stream(), Stream.of(TESTER)).map(SystemNetwork::plug)
            .collect(Collectors.joining(", "));
        if (undo.stream().noneMatch((command) -> command.contains("netdev")))
        {
            undo.add(join(nft, List.of("delete", "table", "netdev", "faults")));
            run(join(nft, List.of("add table netdev faults; add chain netdev faults in " +
                "{ type filter hook ingress devices = { " + plugs + " } priority 0; }")));
        }
        run(join(nft, List.of("add rule netdev faults in " + rule)));
    }

    private void wire() throws IOException
    {
        ip("netns", "add", name);
        ip("-n", name, "link", "add", "bridge", "type", "bridge");
        ip("-n", name, "link", "set", "bridge", "up");
        for (final int machine : machines())
        {
            ip("netns", "add", name + "-" + machine);
            ip("link", "add", plug(machine), "netns", name, "type", "veth", "peer", "name", "eth0", "netns", name + "-" + machine);
            ip("-n", name, "link", "set", plug(machine), "master", "bridge", "up");
            ip("-n", name + "-" + machine, "addr", "add", SUBNET + machine + "/24", "dev", "eth0");
            ip("-n", name + "-" + machine, "link", "set", "eth0", "up");
            ip("-n", name + "-" + machine, "link", "set", "lo", "up");
        }
        ip("link", "add", plug(TESTER), "netns", name, "type", "veth", "peer", "name", name);
        ip("-n", name, "link", "set", plug(TESTER), "master", "bridge", "up");
        ip("addr", "add", SUBNET + TESTER + "/24", "dev", name);
        ip("link", "set", name, "up");
    }

    /** The ends of a pair go with the namespace of either. */
    private void unwire()
    {
        for (int i = 0; i <= machines; i++)
        {
            try
            {
                ip("netns", "del", i == 0 ? name : name + "-" + i);
            }
            catch (final IOException | IllegalStateException ignore)
            {
                // It was never made.
            }
        }
    }

    private void startNodes() throws IOException
    {
        for (final int machine : machines())
        {
            final Path own = Files.createDirectories(dir.resolve("node-" + machine));
            final Path config = Files.writeString(own.resolve("node.properties"), String.join("\n",
                "node.id=" + machine, "process.roles=broker,controller", "log.dir=" + own.resolve("data"),
                "listeners=" + SUBNET + machine + ":" + CLIENT_PORT, "security.mode=insecure", "log.segment.bytes=16m",
                "controller.quorum.voters=" + machines().stream().map((id) -> id + "@" + SUBNET + id + ":" + CONTROLLER_PORT)
                    .collect(Collectors.joining(","))));
            nodes.add(SynclineProcess.start(own, on(machine),
                own.resolve("stdout.log"), "node", "--config", config.toString()));
        }
        for (final int machine : machines())
        {
            SystemTopic.await("node " + machine + " is ready").until(() ->
            {
                final SynclineProcess node = nodes.get(machine - 1);
                assertThat(node.isAlive()).as("node " + machine + ": " + node.errors()).isTrue();
                return Files.readString(dir.resolve("node-" + machine).resolve("stdout.log")).startsWith("READY ");
            });
        }
    }

    private static String plug(final int machine)
    {
        return "m" + machine;
    }

    private static List<String> join(final List<String> first, final List<String> second)
    {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    private static void ip(final String... args) throws IOException
    {
        run(join(List.of("ip"), List.of(args)));
    }

    private static void run(final String... command) throws IOException
    {
        run(List.of(command));
    }

    private static void run(final List<String> command) throws IOException
    {
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try
        {
            if (!process.waitFor(TIMEOUT_S, TimeUnit.SECONDS) || process.exitValue() != 0)
            {
                throw new IllegalStateException(String.join(" ", command) + ": " + output.strip());
            }
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(ex);
        }
    }
}
