package io.syncline.tools;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The long selection, by {@code mvn -pl tools -am verify -Psystem}: every scenario on a cluster of its own at 1,000
 * records a second with acks=all, replication factor 3, min.insync.replicas 2.
 * <pre>
 *   -Dsystem.kills=20      faults of the leader and of a follower; half of it for the controllers' leader and for pauses, a quarter for all
 *   -Dsystem.scenarios=... names, comma-separated; default: all
 *   -Dsystem.interval=5s   from one fault to the next
 *   -Dsystem.pause=10s     from SIGSTOP to SIGCONT
 *   -Dsystem.idle=600      seconds of the idle cluster; 0: none
 *   -Dsystem.rate=1000     records a second
 *   -Dsystem.behind=1024   MiB that a follower is behind before it catches up; 0: none
 * </pre>
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SystemProof
{
    private static final String TOPIC = "history";
    private static final int KILLS = Integer.getInteger("system.kills", 20);
    private static final int RATE = Integer.getInteger("system.rate", 1000);
    private static final long BEHIND_MIB = Long.getLong("system.behind", 1024);
    private static final int IDLE_S = Integer.getInteger("system.idle", 600);

    @TempDir
    private Path dir;

    @BeforeAll
    void beginTable() throws IOException
    {
        SystemFigures.title("cluster of 3 brokers and 3 controllers, " + RATE + " records/s, acks=all, RF 3, min ISR 2; gaps in ms");
    }

    @AfterAll
    void sayWhere()
    {
        System.out.println("figures are in " + SystemFigures.FILE);
    }

    @ParameterizedTest
    @EnumSource
    void shouldLoseDoubleAndReorderNothing(final SystemScenario scenario) throws IOException
    {
        assumeChosen(scenario.toString());
        final Path own = dir.resolve(scenario.toString());
        final int faults = faultsOf(scenario);
        try (SystemCluster cluster = SystemCluster.up(own.resolve("cluster"), 3, 3))
        {
            cluster.createTopic(TOPIC, 1);
            try (SystemHistory history = new SystemHistory(own.resolve("history"), cluster.bootstrap(), TOPIC, List.of()))
            {
                history.start(RATE, "leader", "1", "2", "3");
                for (int i = 0; i < faults; i++)
                {
                    scenario.round(cluster, history, TOPIC, i, SystemTimes.of("system.pause", "10s"),
                        SystemTimes.of("system.interval", "5s"));
                }
                final SystemHistory.Verdict verdict = history.finish(cluster.brokers());

                SystemFigures.row(scenario.toString(), faults, verdict);
                for (final var violation : verdict.violations())
                {
                    SystemFigures.print("%s", violation);
                }
                assertThat(verdict.violations()).isEmpty();
                assertThat(verdict.unjudged()).as("rules that had nothing to look at").isEmpty();
            }
        }
    }

    @Test
    void shouldCatchUpBesideAProducer() throws IOException
    {
        assumeChosen("follower-behind");
        Assumptions.assumeTrue(BEHIND_MIB > 0, "-Dsystem.behind=0");
        final Path own = dir.resolve("follower-behind");
        try (SystemCluster cluster = SystemCluster.up(own.resolve("cluster"), 3, 3))
        {
            cluster.createTopic(TOPIC, 1);
            try (SystemHistory history = new SystemHistory(own.resolve("history"), cluster.bootstrap(), TOPIC, List.of()))
            {
                history.start(RATE, "leader");
                final SystemCatchUp.Outcome outcome =
                    SystemCatchUp.run(cluster, history, TOPIC, BEHIND_MIB * 1024 * 1024);
                SystemFigures.print("follower-behind: %d MiB behind, start %d ms, in sync %d ms later, %.0f MB/s; ack p99 %d us " +
                    "usually, %d us while it started, %d us while it caught up", BEHIND_MIB, outcome.startNs() / 1_000_000, outcome.catchUpNs() / 1_000_000,
                    outcome.megabytesPerSecond(), outcome.usualP99Us(), outcome.startP99Us(), outcome.duringP99Us());
                history.stop();
                assertThat(outcome.usualP99Us()).isPositive();
                assertThat(outcome.duringP99Us()).isPositive();
                SystemCluster.run("replicas", "verify", TOPIC, "--bootstrap", cluster.bootstrap());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldLoseAndFailNothingInPlannedMoves(final PlannedMoves move) throws IOException
    {
        final String name = "planned-" + move.name().toLowerCase(java.util.Locale.ROOT);
        assumeChosen(name);
        final Path own = dir.resolve(name);
        try (SystemCluster cluster = SystemCluster.up(own.resolve("cluster"), 4, 3))
        {
            cluster.createTopic(TOPIC, 1);
            try (SystemHistory history = new SystemHistory(own.resolve("history"), cluster.bootstrap(), TOPIC, List.of()))
            {
                history.start(RATE, "leader");
                for (int i = 0; i < KILLS; i++)
                {
                    move.round(cluster, history, TOPIC);
                }
                final SystemHistory.Verdict verdict =
                    history.finish(new SystemTopic(cluster.bootstrap(), TOPIC).replicas());

                SystemFigures.row(name, KILLS, verdict);
                assertThat(verdict.violations()).isEmpty();
                assertThat(verdict.failed() + verdict.unknown()).as("records that failed or are in doubt").isZero();
            }
        }
    }

    @Test
    void shouldStayFlatWhenIdle() throws IOException
    {
        Assumptions.assumeTrue(IDLE_S > 0, "-Dsystem.idle=0");
        try (SystemCluster cluster = SystemCluster.up(dir.resolve("idle"), 3, 3))
        {
            cluster.createTopic(TOPIC, 4);
            cluster.awaitInSync(TOPIC);
            SystemIdle.sample(cluster, Duration.ofSeconds(IDLE_S));
        }
    }

    /** Skips what {@code -Dsystem.scenarios} does not name. */
    static void assumeChosen(final String scenario)
    {
        final String chosen = System.getProperty("system.scenarios", "");
        Assumptions.assumeTrue(
            chosen.isEmpty() || List.of(chosen.split(",")).contains(scenario), "not in -Dsystem.scenarios=" + chosen);
    }

    private static int faultsOf(final SystemScenario scenario)
    {
        return Math.max(1, switch (scenario)
        {
            case LEADER_KILL, FOLLOWER_KILL -> KILLS;
            case ALL_KILL, BOTH_LEADERS_KILL -> KILLS / 4;
            default -> KILLS / 2;
        });
    }
}
