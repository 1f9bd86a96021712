package io.syncline.bench.kafka;

import io.syncline.bench.Transceiver;
import io.syncline.bench.targets.Load;
import io.syncline.bench.targets.Target;
import io.syncline.bench.targets.TargetSpec;
import org.agrona.IoUtil;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Three brokers that are the controllers as well, a process each, on free ports in a temporary directory. */
final class KafkaTarget implements Target
{
    static final String TOPIC = "bench";

    private static final int BROKERS = 3;
    private static final int START_TIMEOUT_S = 90;
    private static final int STOP_TIMEOUT_S = 20;
    private static final Path LIBRARIES = libraries();

    private final TargetSpec spec;
    private final Path directory;
    private final List<Integer> ports;
    private final List<Process> processes = new ArrayList<>();

    private KafkaTarget(final TargetSpec spec) throws IOException
    {
        this.spec = spec;
        directory = Files.createTempDirectory("syncline-bench-kafka-");
        ports = freePorts(2 * BROKERS);
        final String clusterId = Uuid.randomUuid().toString();
        for (int node = 1; node <= BROKERS; node++)
        {
            processes.add(launch(node, clusterId));
        }
    }

    static KafkaTarget start(final TargetSpec spec)
    {
        KafkaTarget target = null;
        try
        {
            target = new KafkaTarget(spec);
            target.createTopic();
            return target;
        }
        catch (final IOException | RuntimeException | ExecutionException | InterruptedException ex)
        {
            final String output = target == null ? "" : "; its output: " + target.lastWords();
            if (target != null)
            {
                target.close();
            }
            throw new IllegalStateException("Kafka did not start: " + ex + output, ex);
        }
    }

    @Override
    public String title()
    {
        return "Kafka, " + BROKERS + " brokers as processes";
    }

    @Override
    public Transceiver transceiver(final Load load)
    {
        return new KafkaTransceiver(String.format(Locale.ROOT, "%s, acks=%s, min ISR %d", title(),
            load.acks().name().toLowerCase(Locale.ROOT), spec.number("min-isr", 2)), bootstrap(), spec, load);
    }

    @Override
    public List<Long> pids()
    {
        return processes.stream().map(Process::pid).toList();
    }

    @Override
    public Supplier<String> leaderKill()
    {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap())))
        {
            final int leader =
                admin.describeTopics(List.of(TOPIC)).allTopicNames().get().get(TOPIC).partitions().get(0).leader().id();
            return () ->
            {
                processes.get(leader - 1).destroyForcibly();
                return "broker " + leader;
            };
        }
        catch (final ExecutionException ex)
        {
            throw new IllegalStateException("nobody told the leader", ex);
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", ex);
        }
    }

    @Override
    public void close()
    {
        processes.forEach(Process::destroy);
        for (final Process process : processes)
        {
            try
            {
                if (!process.waitFor(STOP_TIMEOUT_S, TimeUnit.SECONDS))
                {
                    process.destroyForcibly().waitFor();
                }
            }
            catch (final InterruptedException ex)
            {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
        IoUtil.delete(directory.toFile(), true);
    }

    private String bootstrap()
    {
        return ports.subList(0, BROKERS).stream().map((port) -> "localhost:" + port).collect(Collectors.joining(","));
    }

    private Process launch(final int node, final String clusterId) throws IOException
    {
        final List<String> voters = new ArrayList<>();
        for (int i = 1; i <= BROKERS; i++)
        {
            voters.add(i + "@localhost:" + ports.get(BROKERS + i - 1));
        }
        final Path home = Files.createDirectories(directory.resolve("node-" + node));
        final StringBuilder properties = new StringBuilder(String.join("\n",
            "process.roles=broker,controller",
            "node.id=" + node,
            "controller.quorum.voters=" + String.join(",", voters),
            "listeners=PLAINTEXT://localhost:" + ports.get(node - 1) + ",CONTROLLER://localhost:" + ports.get(BROKERS + node - 1),
            "controller.listener.names=CONTROLLER",
            "log.dirs=" + home.resolve("data"),
            "offsets.topic.replication.factor=" + BROKERS,
            "offsets.topic.num.partitions=1",
            "transaction.state.log.replication.factor=" + BROKERS,
            "group.initial.rebalance.delay.ms=0",
            ""));
        spec.ownSettings().forEach((key, value) -> properties.append(key).append('=').append(value).append('\n'));
        final Path file = Files.writeString(home.resolve("server.properties"), properties);
        final String heap = spec.get("heap", "1g");
        return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xms" + heap, "-Xmx" + heap, "-XX:+UseG1GC",
            "-XX:MaxGCPauseMillis=20", "-cp", brokerClassPath(), KafkaNode.class.getName(), clusterId, file.toString())
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("output").toFile())
            .start();
    }

    private void createTopic() throws ExecutionException, InterruptedException
    {
        final Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap(), "default.api.timeout.ms",
            START_TIMEOUT_S * 1000, "request.timeout.ms", 10_000);
        try (Admin admin = Admin.create(settings))
        {
            final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_TIMEOUT_S);
            while (admin.describeCluster().nodes().get().size() < BROKERS)
            {
                checkStarting(deadlineNs);
            }
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short)BROKERS)
                .configs(Map.of("min.insync.replicas", Integer.toString(spec.number("min-isr", 2)))))).all().get();
            while (admin.describeTopics(List.of(TOPIC)).allTopicNames().get().get(TOPIC).partitions().get(0).isr().size() < BROKERS)
            {
                checkStarting(deadlineNs);
            }
        }
    }

    private void checkStarting(final long deadlineNs) throws InterruptedException
    {
        if (System.nanoTime() - deadlineNs > 0 || processes.stream().anyMatch((process) -> !process.isAlive()))
        {
            throw new IllegalStateException("not every broker serves");
        }
        TimeUnit.MILLISECONDS.sleep(100);
    }

    private String lastWords()
    {
        final StringBuilder words = new StringBuilder();
        for (int node = 1; node <= BROKERS; node++)
        {
            try (Stream<String> lines = Files.lines(directory.resolve("node-" + node).resolve("output")))
            {
                final List<String> all = lines.toList();
                words.append(' ').append(all.subList(Math.max(0, all.size() - 3), all.size()));
            }
            catch (final IOException ex)
            {
                words.append(" nothing");
            }
        }
        return words.toString();
    }

    private static String brokerClassPath()
    {
        try (Stream<Path> jars = Files.list(LIBRARIES))
        {
            return Stream.concat(Stream.of(jar()), jars.sorted(Comparator.comparing(Path::toString)))
                .map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("no libraries in " + LIBRARIES, ex);
        }
    }

    private static Path libraries()
    {
        return jar().resolveSibling("lib");
    }

    private static Path jar()
    {
        try
        {
            return Path.of(KafkaTarget.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        }
        catch (final URISyntaxException ex)
        {
            throw new IllegalStateException("where this code is from is no path", ex);
        }
    }

    private static List<Integer> freePorts(final int count) throws IOException
    {
        final List<ServerSocket> sockets = new ArrayList<>();
        try
        {
            for (int i = 0; i < count; i++)
            {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        }
        finally
        {
            for (final ServerSocket socket : sockets)
            {
                socket.close();
            }
        }
    }
}
