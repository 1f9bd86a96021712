package io.syncline.tools;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A short selection of what {@link SystemProof} does at length: three brokers and three controllers as processes,
 * killed and stopped one after the other while clients in other processes go on. Gaps are not judged here: the machine
 * may be busy.
 */
@Timeout(600)
class ProcessesSystemTest
{
    private static final String TOPIC = "history";

    @TempDir
    private Path dir;

    @Test
    void shouldLoseDoubleAndReorderNothingWhateverIsKilledOrStopped() throws IOException
    {
        try (SystemCluster cluster = SystemCluster.up(dir.resolve("cluster"), 3, 3))
        {
            cluster.createTopic(TOPIC, 1);
            try (SystemHistory history = new SystemHistory(dir.resolve("history"), cluster.bootstrap(), TOPIC, List.of()))
            {
                history.start(500, "leader", Integer.toString(cluster.leader(TOPIC) % 3 + 1));
                final List<SystemScenario> scenarios = List.of(
                    SystemScenario.BOTH_LEADERS_KILL, SystemScenario.LEADER_PAUSE, SystemScenario.ALL_KILL);
                for (final SystemScenario scenario : scenarios)
                {
                    scenario.round(cluster, history, TOPIC, 0, Duration.ofSeconds(3), Duration.ofSeconds(2));
                }
                final SystemHistory.Verdict verdict = history.finish(cluster.brokers());

                assertThat(verdict.violations()).isEmpty();
                assertThat(verdict.acked()).isGreaterThan(1000);
                assertThat(verdict.unjudged()).as("rules that had nothing to look at").doesNotContain("H1", "H3", "H6", "H10");
            }
        }
    }
}
