package io.syncline.tools;

import io.syncline.client.Admin;
import io.syncline.client.ClientException;
import io.syncline.client.PartitionDescription;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.awaitility.core.ConditionTimeoutException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;

/** Brokers and controllers as processes, made and broken by the very {@code cluster} commands. */
final class SystemCluster implements AutoCloseable
{
    private static final Duration TIMEOUT = Duration.ofSeconds(90);
    private static final Duration POLL = Duration.ofMillis(100);

    private final Path dir;
    private final ClusterDirectory cluster;

    private SystemCluster(final Path dir)
    {
        this.dir = dir;
        this.cluster = ClusterDirectory.open(dir);
    }

    /**
     * @param dir         where it lives
     * @param brokers     number of them
     * @param controllers number of them, processes of their own
     * @return a healthy cluster on any free ports
     */
    static SystemCluster up(final Path dir, final int brokers, final int controllers)
    {
        try
        {
            run("cluster", "up", "--dir", dir.toString(), "--brokers", Integer.toString(brokers), "--controllers",
                Integer.toString(controllers), "--base-port", "0", "--config", "log.segment.bytes=16m", "--timeout", "120");
            return new SystemCluster(dir);
        }
        catch (final AssertionError | RuntimeException ex)
        {
            Syncline.execute("cluster", "down", "--dir", dir.toString());
            throw ex;
        }
    }

    String bootstrap()
    {
        return cluster.bootstrap();
    }

    List<Integer> brokers()
    {
        return cluster.nodes().stream().filter(ClusterNode::isBroker).map(ClusterNode::id).toList();
    }

    List<Integer> nodes()
    {
        return cluster.nodes().stream().map(ClusterNode::id).toList();
    }

    ClusterNode node(final int id)
    {
        return cluster.node(id);
    }

    void createTopic(final String topic, final int partitions)
    {
        run("topic", "create", topic, "--partitions", Integer.toString(partitions), "--replication-factor",
            Integer.toString(Math.min(3, brokers().size())), "--config", "min.insync.replicas=2", "--bootstrap", bootstrap());
    }

    /** Kill, pause, resume, stop or start of nodes, all at once. */
    void act(final String command, final List<Integer> ids)
    {
        run("cluster", command, "--dir", dir.toString(), "--node",
            ids.stream().map(String::valueOf).collect(Collectors.joining(",")));
    }

    /** @return the leader of partition 0, as soon as there is one */
    int leader(final String topic)
    {
        final int[] leader = new int[1];
        await("a leader of " + topic).until(() -> (leader[0] = leaderOf(describe(topic))) >= 0);
        return leader[0];
    }

    /** @return the controllers' leader, as soon as there is one */
    int controllerLeader()
    {
        final int[] leader = new int[1];
        await("a controller that leads").until(() -> (leader[0] = ClusterStatus.of(cluster).controllerLeader()) >= 0);
        return leader[0];
    }

    /** Waits until every replica of every partition is in sync. */
    void awaitInSync(final String topic)
    {
        final String[] last = new String[1];
        try
        {
            await("every replica of " + topic + " in sync").until(() ->
            {
                final List<PartitionDescription> partitions = describe(topic);
                last[0] = partitions.toString();
                return !partitions.isEmpty() && partitions.stream().allMatch((partition) ->
                    partition.info().leader() >= 0 && partition.info().isr().size() == partition.info().replicas().size());
            });
        }
        catch (final ConditionTimeoutException ex)
        {
            throw new AssertionError("not in sync after " + TIMEOUT + ": " + last[0] + ", " + ClusterStatus.of(cluster), ex);
        }
    }

    /** A client of its own each time: between two looks it would stand still for too long. */
    private List<PartitionDescription> describe(final String topic)
    {
        try (Admin admin = Admin.connect(bootstrap()))
        {
            return admin.describe(topic).partitions();
        }
        catch (final ClientException ex)
        {
            return List.of();
        }
    }

    @Override
    public void close()
    {
        final List<Integer> ended = new ArrayList<>();
        for (final ClusterNode node : cluster.nodes())
        {
            if (node.state() == ProcessIdentity.State.DEAD)
            {
                ended.add(node.id());
            }
        }
        assertThat(Syncline.execute("cluster", "down", "--dir", dir.toString())).as("cluster down, " + ended + " were dead").isZero();
    }

    static void run(final String... args)
    {
        assertThat(Syncline.execute(args)).as(String.join(" ", args)).isZero();
    }

    private static int leaderOf(final List<PartitionDescription> partitions)
    {
        return partitions.isEmpty() ? -1 : partitions.get(0).info().leader();
    }

    private static ConditionFactory await(final String what)
    {
        return Awaitility.await(what).atMost(TIMEOUT).pollInterval(POLL).pollInSameThread();
    }
}
