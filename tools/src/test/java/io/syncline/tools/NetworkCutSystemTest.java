package io.syncline.tools;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A short selection of what {@link NetworkCutProof} does at length. Gaps are not judged here: the machine may be busy.
 */
@Timeout(600)
class NetworkCutSystemTest
{
    private static final String TOPIC = "history";

    @TempDir
    private Path dir;

    @Test
    void shouldAcknowledgeNothingOnTheSideOfALeaderThatIsAlone() throws IOException
    {
        final String obstacle = SystemNetwork.obstacle();
        Assumptions.assumeTrue(obstacle == null, obstacle);
        try (SystemNetwork network = SystemNetwork.up(dir, 3))
        {
            final SystemTopic topic = new SystemTopic(network.bootstrap(), TOPIC);
            SystemCluster.run("topic", "create", TOPIC, "--partitions", "1", "--replication-factor", "3",
                "--config", "min.insync.replicas=2", "--bootstrap", network.bootstrap());
            try (SystemHistory history =
                new SystemHistory(dir.resolve("history"), network.bootstrap(), TOPIC, List.of()))
            {
                history.start(300, "leader");
                NetworkCut.LEADER_AND_CLIENT_ISOLATED.round(network, history, topic, 0, Duration.ofSeconds(3));
                final SystemHistory.Verdict verdict = history.finish(network.machines());

                assertThat(verdict.violations()).isEmpty();
                assertThat(verdict.unjudged()).as("rules that had nothing to look at")
                    .doesNotContain("H1", "H3", "H6", "H9", "H10");
            }
            // Nodes that are killed leave their Aeron directories to the next start, which these never have.
            network.stop();
        }
    }
}
