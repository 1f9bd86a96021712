package io.syncline.tools;

import io.syncline.embedded.EmbeddedCluster;
import io.syncline.embedded.Transport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** What the commands that talk to a cluster say to right and to wrong use. */
@Timeout(180)
class ClusterCommandsTest
{
    private static EmbeddedCluster cluster;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeAll
    static void launch()
    {
        // Clients of the command have their own media driver and come over UDP.
        cluster = EmbeddedCluster.launch(
            new EmbeddedCluster.Context().brokers(2).transport(Transport.UDP));
        cluster.createTopic("orders", 2, 2);
    }

    @AfterAll
    static void close()
    {
        cluster.close();
    }

    @Test
    void aPartitionBelowZeroShouldNotMeanAllOfThem()
    {
        assertRefused("a\n", "has partitions 0 to 1, not -1 (--partition)", "produce", "--topic", "orders",
            "--partition", "-1");
        assertRefused("", "not -1 (--partition)", "consume", "--topic", "orders", "--partition", "-1", "--max", "0");
    }

    @Test
    void aNegativeMaxShouldNotMeanForEver()
    {
        assertRefused("", "--max is -1", "consume", "--topic", "orders", "--max", "-1");
    }

    @Test
    void anEmptyKeySeparatorShouldBeRefused()
    {
        assertRefused("a\n", "--key-separator is empty", "produce", "--topic", "orders", "--key-separator", "");
    }

    @Test
    void aBrokerWithoutAReplicaShouldNotBeReadAsIfItWereTheLeader()
    {
        assertRefused("", "broker 9 holds no replica of partition 0", "consume", "--topic", "orders",
            "--read-from", "9", "--max", "0");
        assertRefused("", "broker 9 holds no replica of partition 0", "verify", "consume", "--topic", "orders",
            "--read-from", "9", "--until-idle", "1s");
    }

    @Test
    void aRecordThatIsTooLargeShouldBeRefusedWithTheLimitOnceTheOnesBeforeItAreStored()
    {
        final String input = "first\n" + "x".repeat(300_000) + "\n";
        assertThat(run(input, "produce", "--topic", "orders")).isEqualTo(ExitCode.USAGE);

        assertThat(text(err)).contains("line 2 of 300000 bytes is refused: RECORD_TOO_LARGE", "262", "max.batch.bytes",
            "of the 1 records before it 1 are acknowledged");
    }

    @Test
    void withAcksNoneNothingShouldBeCalledAcknowledged()
    {
        assertThat(run("a\nb\n", "produce", "--topic", "orders", "--acks", "0")).as(text(err)).isZero();

        assertThat(text(out))
            .contains("2 records produced to topic orders, 2 sent without asking for an acknowledgement");
    }

    @Test
    void anElectionShouldSayWhoLeads()
    {
        assertThat(run("", "topic", "elect", "orders", "--partition", "1", "--to", "1")).as(text(err)).isZero();
        assertThat(text(out)).contains("partition 1 of topic orders is in leader epoch ", ", leader 1");

        assertThat(run("", "topic", "elect", "orders", "--partition", "1", "--to", "2", "--format", "json"))
            .as(text(err)).isZero();
        assertThat(text(out)).startsWith("{").contains("\"leader\" : 2", "\"leaderEpoch\" : ");
    }

    @Test
    void aMoveToABrokerThatIsNotThereShouldBeNoInternalError()
    {
        assertThat(run("", "topic", "reassign", "orders", "--partition", "0", "--to", "1,9", "--execute"))
            .as(text(err)).isEqualTo(ExitCode.UNHEALTHY);
        assertThat(text(err)).contains("broker 9", "start it first");
    }

    @Test
    void aHistoryShouldTakeTheFormatThatEveryCommandTakes()
    {
        assertThat(run("", "verify", "produce", "--topic", "orders", "--records", "2", "--format", "json"))
            .as(text(err)).isZero();
        assertThat(text(out)).contains("\"event\":\"summary\",\"records\":2");
        assertRefused("", "--records -5", "verify", "produce", "--topic", "orders", "--records", "-5");
    }

    @Test
    void aHostWithoutAnAddressShouldBeCalledThat()
    {
        assertThat(run("", List.of("topic", "list", "--bootstrap", "no-such-host.invalid:1")))
            .isEqualTo(ExitCode.UNHEALTHY);
        assertThat(text(err)).contains("no-such-host.invalid:1 has no address").doesNotContain("clientHost");
    }

    @Test
    void theDefaultReplicationFactorShouldNotBeCalledMinusOne()
    {
        assertRefused("", "and the default replication factor", "topic", "create", "bad name");
    }

    private void assertRefused(final String input, final String says, final String... args)
    {
        assertThat(run(input, args)).as(text(out)).isEqualTo(ExitCode.USAGE);
        assertThat(text(err).lines()).singleElement().asString().contains(says);
    }

    private int run(final String input, final String... args)
    {
        final List<String> all = new ArrayList<>(Arrays.asList(args));
        all.add("--bootstrap");
        all.add(cluster.bootstrap());
        return run(input, all);
    }

    private int run(final String input, final List<String> args)
    {
        final InputStream stdin = System.in;
        final PrintStream stdout = System.out;
        final PrintStream stderr = System.err;
        out.reset();
        err.reset();
        System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        try
        {
            return Syncline.execute(args.toArray(String[]::new));
        }
        finally
        {
            System.setIn(stdin);
            System.setOut(stdout);
            System.setErr(stderr);
        }
    }

    private static String text(final ByteArrayOutputStream bytes)
    {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
