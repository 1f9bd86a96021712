package io.syncline.tools;

import io.syncline.stream.MediaDrivers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.DatagramSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A node in one process, every client in another. */
@Timeout(300)
class NodeSystemTest
{
    @TempDir
    private Path dir;

    @Test
    void shouldServeClientsOfOtherProcessesAndStopCleanly() throws IOException
    {
        final Path config = Files.writeString(dir.resolve("node.properties"), String.join("\n",
            "node.id=1", "process.roles=broker,controller", "log.dir=" + dir.resolve("data"),
            "listeners=client://localhost:" + freePort() + ",replication://localhost:" + freePort(),
            "default.replication.factor=1", "min.insync.replicas=1"));
        final String input = IntStream.range(0, 500).mapToObj((i) -> "key" + i % 7 + ",value " + i)
            .collect(Collectors.joining("\n"));
        try (SynclineProcess node = SynclineProcess.start(dir, "node", "--config", config.toString()))
        {
            final String ready = node.readLine();
            assertThat(ready).as(node.errors()).startsWith("READY node=1 roles=broker,controller bootstrap=localhost:");
            final String bootstrap = ready.substring(ready.lastIndexOf('=') + 1);

            assertOk("", "topic", "create", "prices", "--partitions", "2", "--replication-factor", "1",
                "--bootstrap", bootstrap);
            assertThat(assertOk(input, "produce", "--topic", "prices", "--key-separator", ",",
                "--bootstrap", bootstrap))
                .contains("500 records produced to topic prices, 500 acknowledged");
            assertThat(assertOk("", "consume", "--topic", "prices", "--from-beginning", "--max", "500",
                "--bootstrap-server", bootstrap).lines())
                .containsExactlyInAnyOrderElementsOf(
                    IntStream.range(0, 500).mapToObj((i) -> "value " + i).toList());
            assertThat(assertOk("", "topic", "describe", "prices", "--format", "json", "--bootstrap", bootstrap))
                .contains("\"replicaStates\"", "\"state\" : \"online\"");
            assertOk("", "replicas", "verify", "prices", "--bootstrap", bootstrap);

            assertOk("", "topic", "create", "history", "--partitions", "2", "--replication-factor", "1",
                "--bootstrap", bootstrap);
            final String sent = assertOk("", "verify", "produce", "--topic", "history", "--records", "300",
                "--bootstrap", bootstrap);
            final String read = assertOk("", "verify", "consume", "--topic", "history", "--until-idle", "2s",
                "--bootstrap", bootstrap);
            assertThat(ids(sent, "send")).hasSize(300).doesNotHaveDuplicates();
            assertThat(ids(sent, "ack")).containsExactlyInAnyOrderElementsOf(ids(sent, "send"));
            assertThat(ids(read, "record")).containsExactlyInAnyOrderElementsOf(ids(sent, "send"));
            assertThat(sent.lines().reduce((first, second) -> second).orElse(""))
                .startsWith("{\"event\":\"summary\",\"records\":300,\"sent\":300,\"acked\":300,");

            final SynclineProcess.Result unknown =
                SynclineProcess.run(dir, "x", "produce", "--topic", "nope", "--bootstrap", bootstrap);
            assertThat(unknown.exitCode()).isEqualTo(ExitCode.USAGE);
            assertThat(unknown.errors().lines()).hasSize(1);

            final SynclineProcess.Result second = SynclineProcess.run(dir, "", "node", "--config", config.toString());
            assertThat(second.exitCode()).isNotZero();
            assertThat(second.errors().lines()).hasSize(1);
            assertThat(second.errors()).contains("in use by another process");

            assertThat(node.terminate()).as(node.errors()).isZero();
        }
        assertThat(Syncline.execute("log", "verify", "--dir", dir.resolve("data").toString())).isEqualTo(ExitCode.OK);
    }

    @Test
    void aNodeThatIsStoppedWhileItStartsShouldEndAndSayNothing() throws IOException
    {
        final Path data = dir.resolve("data");
        final Path config = Files.writeString(dir.resolve("node.properties"), String.join("\n",
            "node.id=1", "process.roles=broker,controller", "log.dir=" + data,
            "listeners=client://localhost:" + freePort() + ",replication://localhost:" + freePort(),
            "default.replication.factor=1", "min.insync.replicas=1"));
        try (SynclineProcess node = SynclineProcess.start(dir, "node", "--config", config.toString()))
        {
            await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(1)).until(() -> Files.exists(data));

            assertThat(node.terminate()).as(node.errors()).isZero();
            assertThat(node.errors()).isEmpty();
        }
        assertThat(Path.of(MediaDrivers.directoryFor("broker", data.toFile()))).as("shared memory").doesNotExist();
    }

    private String assertOk(final String input, final String... args)
    {
        final SynclineProcess.Result result = SynclineProcess.run(dir, input, args);
        assertThat(result.exitCode()).as(String.join(" ", args) + ": " + result.errors()).isZero();
        return result.output();
    }

    private static List<String> ids(final String lines, final String event)
    {
        return lines.lines().filter((line) -> line.startsWith("{\"event\":\"" + event + "\""))
            .map((line) -> line.replaceAll(".*\"id\":\"([^\"]+)\".*", "$1")).toList();
    }

    private static int freePort() throws IOException
    {
        try (DatagramSocket socket = new DatagramSocket(0))
        {
            return socket.getLocalPort();
        }
    }
}
