package io.syncline.tools;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.syncline.client.Producer;
import io.syncline.client.TopicPartition;
import io.syncline.embedded.EmbeddedCluster;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/** The commands that look at nodes from outside, against a cluster that runs. */
@Timeout(120)
class StageCommandsTest
{
    private static final int RECORDS = 400;
    private static final int SAMPLING = 4;

    @TempDir
    private static Path dir;

    private static EmbeddedCluster cluster;
    private static int leader;

    @BeforeAll
    static void produce()
    {
        cluster = EmbeddedCluster.launch(new EmbeddedCluster.Context().directory(dir.toFile()).brokers(3));
        cluster.createTopic("orders", 1, 3);
        leader = cluster.leaderOf(new TopicPartition("orders", 0));
        try (Producer producer = Producer.connect(
            cluster.producer().stageSampling(SAMPLING).stageDirectory(dir.toFile())))
        {
            final int handle = producer.handle("orders", 0);
            final UnsafeBuffer value = new UnsafeBuffer(new byte[64]);
            for (int i = 0; i < RECORDS; i++)
            {
                assertThat(producer.offer(handle, value, 0, 64)).isEqualTo(i);
                assertThat(producer.flush(TimeUnit.SECONDS.toNanos(20))).isTrue();
            }
        }
    }

    @AfterAll
    static void close()
    {
        cluster.close();
    }

    @Test
    void stagesShouldShowEveryStageAndTheTotal()
    {
        final String text = run(ExitCode.OK, "stages", "--dir", dir.toString(), "--topic", "orders");

        assertThat(text).contains("sampled 1/4", "wait.producer", "net.producer", "leader.append", "leader.send", "net.replica",
            "follower.append", "follower.ack", "leader.commit", "leader.ack", "total", "sum of the medians");
        assertThat(text.lines().filter((line) -> line.startsWith("leader.append"))).singleElement().asString()
            .contains("  " + leader + " ");
    }

    @Test
    void stagesShouldBeReadableByPrograms() throws IOException
    {
        final String json = run(ExitCode.OK, "stages", "--dir", dir.toString(), "--format", "json");

        final List<String> names = names(json);
        assertThat(names).contains("stages", "total", "sumOfMediansUs", "shareOfTail", "p99.9", "followed");
        assertThat(number(json, "records")).isBetween(RECORDS / SAMPLING * 9 / 10, RECORDS / SAMPLING);
    }

    @Test
    void aLeadersFileAloneShouldShowWhatTheLeaderKnows()
    {
        final String text = run(ExitCode.OK, "stages", "--file",
            cluster.directoryOf(leader).toPath().resolve("stages.dat").toString());

        assertThat(text).contains("at their leaders", "leader.append").doesNotContain("wait.producer");
    }

    @Test
    void watchShouldShowWhatCameSince()
    {
        final String text = run(ExitCode.OK, "stages", "--dir", dir.toString(), "--watch", "--rounds", "1");

        assertThat(text).contains("last 1 s", " 0 records");
    }

    @Test
    void tailShouldShowTheWorstRecordsWithTheirStages() throws IOException
    {
        assertThat(run(ExitCode.OK, "tail", "--dir", dir.toString(), "--top", "3")).contains("partition 1-0", "acks=all", "net.replica");
        assertThat(names(run(ExitCode.OK, "tail", "--dir", dir.toString(), "--format", "json")))
            .contains("totalUs", "stagesUs", "happened", "follower");
    }

    @Test
    void whatifShouldKnowNoneOneAndTwoFollowers() throws IOException
    {
        assertThat(run(ExitCode.OK, "whatif", "--dir", dir.toString(), "--topic", "orders"))
            .contains("for no follower", "for one", "for 2").doesNotContain("for 3");
        assertThat(names(run(ExitCode.OK, "whatif", "--dir", dir.toString(), "--format", "json"))).contains("followers", "p50");
    }

    @Test
    void statShouldShowCountersStreamsAndErrors() throws IOException
    {
        assertThat(run(ExitCode.OK, "stat", "counters", "--dir", dir.toString(), "--node", Integer.toString(leader)))
            .contains("log-end orders-0", "cycles leader", "unprepared segment rolls", "unreserved-appends orders-0");
        assertThat(run(ExitCode.OK, "stat", "streams", "--dir", dir.toString())).contains("produce-ack", "live", "refused");
        assertThat(run(ExitCode.OK, "stat", "errors", "--dir", dir.toString())).contains("no errors");
        assertThat(names(run(ExitCode.OK, "stat", "streams", "--dir", dir.toString(), "--format", "json")))
            .contains("stream", "sent", "refused", "received");
        assertThat(names(run(ExitCode.OK, "stat", "counters", "--dir", dir.toString(), "--format", "json")))
            .contains("label", "value");
    }

    @Test
    void topShouldShowPartitionsAgentsAndStreams()
    {
        final String text = run(ExitCode.OK, "top", "--dir", dir.toString(), "--rounds", "1", "--interval-ms", "200");

        assertThat(text.lines().filter((line) -> line.startsWith("orders-0"))).singleElement().asString()
            .matches("orders-0 +" + leader + " +0 +1,2,3 +400 +400 +0 +0");
        assertThat(text).contains("leader", "follower", "acks", "delivery", "produce-ack", "REFUSED/S");
    }

    @Test
    void tailShouldTakeATopicByNameAsTheOthersDo()
    {
        assertThat(run(ExitCode.OK, "tail", "--dir", dir.toString(), "--topic", "orders", "--top", "1")).contains("partition");
        run(ExitCode.USAGE, "tail", "--dir", dir.toString(), "--topic", "unheard");
        run(ExitCode.USAGE, "tail", "--dir", dir.toString(), "--top", "0");
        run(ExitCode.USAGE, "tail", "--dir", dir.toString(), "--top", "-1");
    }

    @Test
    void topShouldShowTheNodeThatIsAskedForAndNoOther()
    {
        final String text = run(
            ExitCode.OK, "top", "--dir", dir.toString(), "--node", "2", "--rounds", "1", "--interval-ms", "1");

        assertThat(text).contains("\nnode 2: ").doesNotContain("\nnode 1: ", "\nnode 3: ");
    }

    @Test
    void aNodeThatIsNotThereShouldBeSaidAndNotShownAsIdle()
    {
        for (final String command : List.of("stages", "tail", "whatif", "top"))
        {
            run(ExitCode.USAGE, command, "--dir", dir.toString(), "--node", "77");
        }
        run(ExitCode.USAGE, "stat", "counters", "--dir", dir.toString(), "--node", "77");
        run(ExitCode.USAGE, "stat", "streams", "--dir", dir.toString(), "--node", "77");
    }

    @Test
    void shouldSayWhereItLookedInVain()
    {
        run(ExitCode.USAGE, "stages");
        run(ExitCode.USAGE, "stages", "--dir", dir.resolve("nothing").toString());
        run(ExitCode.USAGE, "stages", "--dir", dir.toString(), "--topic", "unheard");
        run(ExitCode.USAGE, "stages", "--file", cluster.directoryOf(leader).toPath().resolve("counters.dat").toString());
        run(ExitCode.USAGE, "stat", "counters", "--file", cluster.directoryOf(leader).toPath().resolve("stages.dat").toString());
    }

    private static String run(final int exitCode, final String... args)
    {
        final PrintStream stdout = System.out;
        final ByteArrayOutputStream captured = new ByteArrayOutputStream();
        System.setOut(new PrintStream(captured, true, StandardCharsets.UTF_8));
        try
        {
            assertThat(Syncline.execute(args)).isEqualTo(exitCode);
        }
        finally
        {
            System.setOut(stdout);
        }
        final String text = captured.toString(StandardCharsets.UTF_8);
        if (Boolean.getBoolean("syncline.show"))
        {
            stdout.println("$ syncline " + String.join(" ", args) + "\n" + text);
        }
        return text;
    }

    private static List<String> names(final String json) throws IOException
    {
        final List<String> names = new ArrayList<>();
        try (JsonParser parser = new JsonFactory().createParser(json))
        {
            while (parser.nextToken() != null)
            {
                if (parser.currentName() != null)
                {
                    names.add(parser.currentName());
                }
            }
        }
        return names;
    }

    private static int number(final String json, final String name) throws IOException
    {
        try (JsonParser parser = new JsonFactory().createParser(json))
        {
            while (parser.nextToken() != null)
            {
                if (name.equals(parser.currentName()) && parser.currentToken().isNumeric())
                {
                    return parser.getIntValue();
                }
            }
        }
        throw new AssertionError("no " + name + " in " + json);
    }
}
