package io.syncline.tools;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Leaders moved, replicas moved and brokers shut down under a producer with acks=all: nothing is lost and nothing
 * fails. And a second node with the same node.id, which is refused.
 */
@Timeout(600)
class PlannedMovesSystemTest
{
    private static final String TOPIC = "moved";

    @TempDir
    private Path dir;

    @Test
    void shouldLoseAndFailNothingInPlannedMovesNorThroughASecondNodeOfTheSameId() throws IOException
    {
        try (SystemCluster cluster = SystemCluster.up(dir.resolve("cluster"), 4, 1))
        {
            cluster.createTopic(TOPIC, 1);
            try (SystemHistory history = new SystemHistory(dir.resolve("history"), cluster.bootstrap(), TOPIC, List.of()))
            {
                history.start(500, "leader");
                for (final PlannedMoves move : PlannedMoves.values())
                {
                    move.round(cluster, history, TOPIC);
                }
                refuseASecondNode(cluster, cluster.leader(TOPIC));
                history.checkClients();
                final List<Integer> holders = holders(cluster);
                final SystemHistory.Verdict verdict = history.finish(holders);

                assertThat(verdict.violations()).isEmpty();
                assertThat(verdict.failed()).as("records that failed").isZero();
                assertThat(verdict.unknown()).as("records in doubt").isZero();
                assertThat(verdict.acked()).isGreaterThan(1000);
            }
        }
    }

    /** Its directory and its ports are its own, its number is not. */
    private void refuseASecondNode(final SystemCluster cluster, final int nodeId) throws IOException
    {
        final Path twin = Files.createDirectories(dir.resolve("twin"));
        final Path config = twin.resolve("node.properties");
        Files.write(config, Files.readAllLines(cluster.node(nodeId).config()).stream()
            .map((line) -> line.startsWith("log.dir") ? "log.dir=" + twin.resolve("data") : line)
            .map((line) -> line.startsWith("listeners") ? "listeners=client://localhost:0,replication://localhost:0" : line)
            .toList());
        try (SynclineProcess second = SynclineProcess.start(twin, "node", "--config", config.toString()))
        {
            await("the second node " + nodeId + " ends").atMost(Duration.ofSeconds(60)).until(() -> !second.isAlive());
            assertThat(second.await()).isEqualTo(ExitCode.USAGE);
            assertThat(second.errors()).contains("two nodes have the same node.id");
        }
        assertThat(cluster.node(nodeId).state()).isEqualTo(ProcessIdentity.State.RUNNING);
        assertThat(cluster.leader(TOPIC)).as("the first goes on").isEqualTo(nodeId);
    }

    private List<Integer> holders(final SystemCluster cluster)
    {
        return new SystemTopic(cluster.bootstrap(), TOPIC).replicas();
    }
}
