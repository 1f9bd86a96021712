package io.syncline.tools;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;

/** Brokers and controllers as processes, made and broken by the very {@code cluster} commands. */
final class SystemCluster implements AutoCloseable
{
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
        return new SystemTopic(bootstrap(), topic).leader();
    }

    /** @return the controllers' leader, as soon as there is one */
    int controllerLeader()
    {
        final int[] leader = new int[1];
        SystemTopic.await("a controller that leads").until(() -> (leader[0] = ClusterStatus.of(cluster).controllerLeader()) >= 0);
        return leader[0];
    }

    /** Waits until every replica of every partition is in sync. */
    void awaitInSync(final String topic)
    {
        new SystemTopic(bootstrap(), topic).awaitInSync();
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
}
