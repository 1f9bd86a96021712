package io.syncline.tools;

import io.syncline.metadata.QuorumVoters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Who is in a cluster's directory, and what is refused before anything is written. */
@Timeout(30)
class ClusterDirectoryTest
{
    @TempDir
    private Path dir;

    @Test
    void shouldWriteConfigurationsThatNodesAcceptOnPortsOfTheirOwn()
    {
        for (final boolean combined : new boolean[]{ false, true })
        {
            final Path path = dir.resolve("cluster-" + combined);
            final ClusterDirectory cluster =
                ClusterDirectory.create(path, ClusterPlan.of(3, 3, combined, 0, Map.of("leader.silence.timeout", "300ms")));

            assertThat(cluster.nodes()).extracting(ClusterNode::id).isEqualTo(
                combined ? List.of(1, 2, 3) : List.of(1, 2, 3, 101, 102, 103));
            for (final ClusterNode node : cluster.nodes())
            {
                final NodeConfiguration configuration = NodeConfiguration.load(node.config());
                assertThat(configuration.nodeId()).isEqualTo(node.id());
                assertThat(configuration.roles()).isEqualTo(node.roles());
                assertThat(configuration.voters().voters()).hasSize(3);
                assertThat(configuration.settings().directory().toPath()).isEqualTo(node.data());
                assertThat(configuration.settings().get("leader.silence.timeout")).isEqualTo("300ms");
                assertThat(node.data()).doesNotExist();
                assertThat(node.process()).isNull();
                assertThat(node.state()).isEqualTo(ProcessIdentity.State.DEAD);
            }
            assertThat(cluster.bootstrap().split(",")).hasSize(3);
            assertThat(ClusterDirectory.open(path)).isEqualTo(cluster);
            assertThatThrownBy(() -> cluster.node(7)).hasMessageContaining("no node 7").hasMessageContaining("--node");
        }
    }

    @Test
    void shouldRememberAProcessAndForgetIt()
    {
        final ClusterNode node = ClusterDirectory.create(dir, ClusterPlan.of(1, 1, true, 0, Map.of())).node(1);
        final ProcessIdentity self = ProcessIdentity.of(ProcessHandle.current().pid());
        node.process(self);
        assertThat(node.process()).isEqualTo(self);
        assertThat(node.state()).isEqualTo(ProcessIdentity.State.RUNNING);
        assertThatThrownBy(() -> new ClusterNodeCommand.Start().require(List.of(node)))
            .hasMessageContaining("node 1 is running and cannot be started");
        node.forgetProcess();
        assertThat(node.process()).isNull();
    }

    @Test
    void allShouldBeTheNodesToWhichItCanBeDone()
    {
        final ClusterDirectory cluster = ClusterDirectory.create(dir, ClusterPlan.of(2, 1, false, 0, Map.of()));
        cluster.node(1).process(ProcessIdentity.of(ProcessHandle.current().pid()));

        assertThat(new ClusterNodeCommand.Start().ableNodes(cluster)).extracting(ClusterNode::id).containsExactly(2, 101);
        assertThat(new ClusterNodeCommand.Kill().ableNodes(cluster)).extracting(ClusterNode::id).containsExactly(1);
        assertThatThrownBy(() -> new ClusterNodeCommand.Resume().ableNodes(cluster))
            .hasMessageContaining("can be resumed").hasMessageContaining("none is paused").hasMessageContaining("--node all");
    }

    @Test
    void shouldRefuseCountsAndPortsThatDoNotWork() throws Exception
    {
        assertRefused(0, 3, false, 0, "--brokers 0");
        assertRefused(3, 2, false, 0, "--controllers 2");
        assertRefused(1, 3, true, 0, "--combined");
        assertRefused(3, 3, false, 65530, "--base-port 65530");
        try (DatagramSocket taken = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
        {
            final int base = Math.min(taken.getLocalPort(), 65535 - 2 - QuorumVoters.PORTS);
            assertRefused(1, 1, false, base, "UDP port ");
        }
        assertThat(Syncline.execute("cluster", "up", "--dir", dir.resolve("x").toString(), "--controllers", "2"))
            .isEqualTo(ExitCode.USAGE);
        assertThat(dir.resolve("x")).doesNotExist();
        assertThat(Syncline.execute("cluster", "status", "--dir", dir.resolve("x").toString())).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void shouldNotStartNodesWhileAnotherCommandDoes() throws Exception
    {
        final ClusterDirectory cluster = ClusterDirectory.create(dir, ClusterPlan.of(1, 1, true, 0, Map.of()));
        cluster.locked(() ->
        {
            assertThatThrownBy(() -> cluster.locked(() -> null)).hasMessageContaining("another command");
            return null;
        });
        assertThat(cluster.<String>locked(() -> "free again")).isEqualTo("free again");
        assertThat(Files.exists(dir.resolve("cluster.properties"))).isTrue();
    }

    private static void assertRefused(
        final int brokers, final int controllers, final boolean combined, final int basePort, final String why)
    {
        assertThatThrownBy(() -> ClusterPlan.of(brokers, controllers, combined, basePort, Map.of()))
            .isInstanceOf(CommandFailure.class).hasMessageContaining(why);
    }
}
