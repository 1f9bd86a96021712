package io.syncline.tools;

import io.syncline.broker.Broker;
import io.syncline.broker.BrokerContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every mistake in a node's configuration: not exit status 0, one line that names what governs it, and a data directory
 * whose every byte is as before, which holds a node's files already.
 */
@Timeout(30)
class ConfigurationMistakesTest
{
    /** Of all tests: that it is never touched is what they show. */
    @TempDir
    private static Path data;

    @TempDir
    private Path dir;

    private final PrintStream systemErr = System.err;
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

    @BeforeAll
    static void makeADirectoryOfNode1() throws IOException
    {
        launch(data, 1, "syncline").kill();
        Files.createDirectories(data.resolve("partitions/7-0"));
        Files.writeString(data.resolve("partitions/7-0/manifest"), "records of the people who own this");
    }

    @BeforeEach
    void takeStandardError()
    {
        System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void giveStandardErrorBack()
    {
        System.setErr(systemErr);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "no.such.key=1                                          | no.such.key",
        "node.id=one                                            | node.id",
        "node.id=-1                                             | node.id",
        "node.id=                                               | node.id",
        "node.id=2                                              | belongs to node.id=1",
        "cluster.id=elsewhere                                   | cluster.id=elsewhere",
        "process.roles=tourist                                  | process.roles",
        "process.roles=broker,tourist                           | process.roles",
        "process.roles=                                         | process.roles",
        "process.roles=broker                                   | controller.quorum.voters",
        "controller.quorum.voters=localhost:29000               | controller.quorum.voters",
        "controller.quorum.voters=2@localhost:29000             | controller.quorum.voters",
        "controller.quorum.voters=1@localhost:29000,1@localhost:29100 | controller.quorum.voters",
        "controller.quorum.voters=1@localhost:29000,2@localhost:29003 | controller.quorum.voters",
        "controller.quorum.voters=1@localhost:port              | controller.quorum.voters",
        "controller.quorum.voters=1@localhost:65533             | controller.quorum.voters",
        "controller.quorum.voters=1@198.51.100.7:29000          | security.mode=insecure",
        "broker.session.timeout=5                               | broker.session.timeout",
        "broker.session.timeout=2 parsecs                       | broker.session.timeout",
        "broker.session.timeout=-2s                             | broker.session.timeout",
        "broker.session.timeout=0s                              | broker.session.timeout",
        "broker.session.timeout=50ms                            | broker.session.timeout",
        "leader.silence.timeout=20ms                            | heartbeat.interval",
        "replica.lag.time.max=soon                              | replica.lag.time.max",
        "default.replication.factor=0                           | default.replication.factor",
        "min.insync.replicas=0                                  | min.insync.replicas",
        "min.insync.replicas=4                                  | default.replication.factor",
        "log.segment.bytes=-1                                   | log.segment.bytes",
        "log.segment.bytes=1q                                   | log.segment.bytes",
        "log.segment.bytes=4k                                   | log.segment.bytes",
        "log.segment.bytes=4g                                   | log.segment.bytes",
        "log.retention.bytes=0                                  | log.retention.bytes",
        "log.retention.bytes=plenty                             | log.retention.bytes",
        "log.retention.bytes=99999999999g                       | log.retention.bytes",
        "log.retention.bytes=                                   | log.retention.bytes",
        "replica.catchup.rate=fast                              | replica.catchup.rate",
        "log.free.bytes.min=enough                              | log.free.bytes.min",
        "log.retention.time=12                                  | log.retention.time",
        "log.retention.time=-2h                                 | log.retention.time",
        "log.retention.time=0s                                  | log.retention.time",
        "max.batch.bytes=10                                     | max.batch.bytes",
        "max.batch.bytes=64m                                    | max.batch.bytes",
        "durability=probably                                    | durability",
        "threading=sometimes                                    | threading",
        "threading=invoker                                      | embed a Broker",
        "idle.strategy=dream                                    | idle.strategy",
        "unclean.leader.election.enable=maybe                   | unclean.leader.election.enable",
        "unclean.leader.election.enable=true                    | topic elect --unclean",
        "security.mode=tls                                      | security.mode",
        "listeners=localhost                                    | listeners",
        "listeners=localhost:                                   | listeners",
        "listeners=localhost:99999                              | listeners",
        "listeners=client://localhost:29000                     | listeners",
        "listeners=client://localhost:29000,replication://localhost:29000 | listeners",
        "listeners=no-such-host.invalid:29000                   | listeners",
        "listeners=198.51.100.7:29000                           | security.mode=insecure",
        "expected.clients=1000000                               | expected.clients",
        "expected.brokers=0                                     | expected.brokers",
        "aeron.dir=/nonexistent/driver                          | aeron.dir",
        "log.dir=                                               | log.dir",
        "log.dir=/dev/null                                      | log.dir",
        "log.dir=/dev/null/data                                 | log.dir",
        "log.dir=/proc/syncline/data                            | log.dir"
    })
    void shouldSayWhatIsWrongInOneLineAndTouchNothing(final String mistake, final String governs) throws IOException
    {
        final int equals = mistake.indexOf('=');
        assertRefused(Map.of(mistake.substring(0, equals), mistake.substring(equals + 1)), governs);
    }

    @Test
    void shouldRefuseAnAddressOfAnotherMachineAndEveryInterfaceWithoutAName() throws IOException
    {
        assertRefused(Map.of("listeners", "198.51.100.7:29000", "security.mode", "insecure"), "listeners");
        assertRefused(Map.of("listeners", "0.0.0.0:29000", "security.mode", "insecure"), "advertised.host");
    }

    @Test
    void aMistypedSystemPropertyShouldBeRefusedAsInTheFile() throws IOException
    {
        System.setProperty("syncline.threadin", "shared");
        try
        {
            assertRefused(Map.of(), "unknown key 'threadin' in -Dsyncline.threadin");
        }
        finally
        {
            System.clearProperty("syncline.threadin");
        }
    }

    @Test
    void shouldRefuseAPortInUse() throws IOException
    {
        try (DatagramSocket taken = new DatagramSocket(0, InetAddress.getByName("localhost")))
        {
            assertRefused(Map.of("listeners", "localhost:" + taken.getLocalPort()), "UDP port " + taken.getLocalPort());
            assertRefused(Map.of("controller.quorum.voters", "1@localhost:" + taken.getLocalPort()),
                "controller.quorum.voters");
        }
    }

    @Test
    void shouldRefuseADirectoryThatAnotherNodeUses() throws IOException
    {
        final Broker owner = launch(data, 1, "syncline");
        try
        {
            final SynclineProcess.Result second = SynclineProcess.run(dir, "", "node", "--config", config(Map.of()).toString());

            assertThat(second.exitCode()).isEqualTo(ExitCode.USAGE);
            assertThat(second.errors().lines()).singleElement().asString()
                .contains("log.dir").contains("in use by another process");
        }
        finally
        {
            owner.kill();
        }
    }

    @Test
    void shouldRefuseAFileThatCannotBeTheConfiguration() throws IOException
    {
        final Map<String, String> before = hashes(data);
        assertRefused(dir.resolve("missing.properties"), "--config", before);
        assertRefused(dir, "--config", before);
        assertRefused(Files.writeString(dir.resolve("twice"), "node.id=1\nnode.id=2\n"), "node.id", before);
        assertRefused(Files.writeString(dir.resolve("escape"), "log.dir=C:\\users\n"), "--config", before);
        assertRefused(Files.write(dir.resolve("latin"), new byte[]{ 'a', '=', (byte)0xE4, '\n' }), "--config", before);
    }

    @Test
    void shouldSayTheSameAsAProcess() throws IOException
    {
        final Map<String, String> before = hashes(data);
        for (final String[] mistake : new String[][]{ { "no.such.key", "1" }, { "log.segment.bytes", "4k" } })
        {
            final SynclineProcess.Result result = SynclineProcess.run(
                dir, "", "node", "--config", config(Map.of(mistake[0], mistake[1])).toString());

            assertThat(result.exitCode()).isEqualTo(ExitCode.USAGE);
            assertThat(result.output()).isEmpty();
            assertThat(result.errors().lines()).singleElement().asString().contains(mistake[0]);
            assertThat(hashes(data)).isEqualTo(before);
        }
    }

    private void assertRefused(final Map<String, String> mistakes, final String governs) throws IOException
    {
        assertRefused(config(mistakes), governs, hashes(data));
    }

    private void assertRefused(final Path config, final String governs, final Map<String, String> before)
    {
        errors.reset();
        final int exitCode = Syncline.execute("node", "--config", config.toString());

        final String said = errors.toString(StandardCharsets.UTF_8);
        assertThat(exitCode).as(said).isIn(ExitCode.USAGE, ExitCode.INTERNAL);
        assertThat(said.lines()).singleElement().asString()
            .startsWith("syncline node: ").contains(governs).doesNotContain("internal error").doesNotContain("Exception");
        assertThat(hashes(data)).as("the data directory").isEqualTo(before);
    }

    /** A good configuration but for what the caller puts instead. */
    private Path config(final Map<String, String> mistakes) throws IOException
    {
        final Map<String, String> keys = new TreeMap<>(Map.of(
            "node.id", "1",
            "process.roles", "broker,controller",
            "log.dir", data.toString(),
            "listeners", "client://localhost:0,replication://localhost:0"));
        keys.putAll(mistakes);
        final StringBuilder text = new StringBuilder();
        keys.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
        return Files.writeString(dir.resolve("node.properties"), text);
    }

    /** A broker that found no controller yet: it owns its directory, which is all that matters here. */
    private static Broker launch(final Path directory, final int nodeId, final String clusterId)
    {
        return Broker.launch(new BrokerContext()
            .nodeId(nodeId)
            .directory(directory.toFile())
            .set("cluster.id", clusterId)
            .set("listeners", "client://localhost:0,replication://localhost:0")
            .controllerSession(SilentControllerSession::new));
    }

    private static Map<String, String> hashes(final Path directory)
    {
        final Map<String, String> hashes = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory))
        {
            for (final Path file : files.toList())
            {
                hashes.put(directory.relativize(file).toString(), Files.isDirectory(file) ? "directory" :
                    HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file))));
            }
            return hashes;
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
        catch (final NoSuchAlgorithmException ex)
        {
            throw new IllegalStateException(ex);
        }
    }
}
