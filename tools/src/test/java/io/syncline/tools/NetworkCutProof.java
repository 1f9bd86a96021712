package io.syncline.tools;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Machines in network namespaces, each a broker and a controller, and the network between them cut in every way;
 * with the long selection of {@link SystemProof}: {@code -Dsystem.cuts=5} of each kind for {@code -Dsystem.cut=5s},
 * {@code -Dsystem.scenarios} chooses.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NetworkCutProof
{
    private static final String TOPIC = "history";
    private static final int CUTS = Integer.getInteger("system.cuts", 5);
    private static final int RATE = Integer.getInteger("system.rate", 1000);

    @TempDir
    private Path dir;

    @BeforeAll
    void beginTable() throws IOException
    {
        Assumptions.assumeTrue(CUTS > 0, "-Dsystem.cuts=0");
        final String obstacle = SystemNetwork.obstacle();
        Assumptions.assumeTrue(obstacle == null, obstacle);
        SystemFigures.title("3 (bridge and majority-ring: 5) machines in network namespaces, a broker, a controller " +
            "and a replica each, " + RATE + " records/s, acks=all, min ISR a majority; gaps, and heal to ack, in ms");
    }

    @ParameterizedTest
    @EnumSource
    void shouldLoseDoubleAndReorderNothing(final NetworkCut cut) throws IOException
    {
        SystemProof.assumeChosen(cut.toString());
        final String obstacle = cut.isFiltered() ? SystemNetwork.obstacleToFilter() : null;
        Assumptions.assumeTrue(obstacle == null, obstacle);
        final Path own = dir.resolve(cut.toString());
        final int machines = cut.machines();
        try (SystemNetwork network = SystemNetwork.up(own, machines))
        {
            final SystemTopic topic = new SystemTopic(network.bootstrap(), TOPIC);
            SystemCluster.run("topic", "create", TOPIC, "--partitions", "1", "--replication-factor",
                Integer.toString(machines), "--config", "min.insync.replicas=" + (machines / 2 + 1), "--bootstrap",
                network.bootstrap());
            try (SystemHistory history = new SystemHistory(own.resolve("history"), network.bootstrap(), TOPIC, List.of()))
            {
                history.start(RATE, "leader", "1", "2", "3");
                int moves = 0;
                for (int i = 0; i < CUTS; i++)
                {
                    moves += cut.round(network, history, topic, i, SystemTimes.of("system.cut", "5s"));
                }
                final SystemHistory.Verdict verdict = history.finish(network.machines());

                SystemFigures.row(cut.toString(), CUTS, verdict);
                SystemFigures.print("%-26s moved the leadership %d times", "", moves);
                for (final var violation : verdict.violations())
                {
                    SystemFigures.print("%s", violation);
                }
                assertThat(verdict.violations()).isEmpty();
                assertThat(verdict.unjudged()).as("rules that had nothing to look at").isEmpty();
            }
            network.stop();
        }
    }
}
