package io.syncline.tools;

import io.syncline.broker.Broker;
import io.syncline.client.Acks;
import io.syncline.client.Admin;
import io.syncline.client.Consumer;
import io.syncline.client.Producer;
import org.agrona.IoUtil;
import picocli.CommandLine.Command;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * {@code syncline archive}: uses everything that a node or a client loads at its start, once, so that a JVM that was
 * told to with {@code -XX:ArchiveClassesAtExit} stores the classes as it has parsed them. The launcher does that after
 * a build; every process that is started with the archive then saves a third of the time its start takes.
 */
@Command(name = "archive", hidden = true, mixinStandardHelpOptions = true,
    description = "Loads what nodes and clients load; with -XX:ArchiveClassesAtExit=FILE in SYNCLINE_OPTS that is archived.",
    footer = {"", "Example:", "  syncline archive"})
final class ArchiveCommand implements Callable<Integer>
{
    private static final String TOPIC = "archive";
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);

    private final long startNs = System.nanoTime();

    @Override
    public Integer call() throws Exception
    {
        final Path directory = Files.createTempDirectory("syncline-archive-");
        try
        {
            final Path file = directory.resolve("node.properties");
            Files.write(file, List.of(
                "node.id=1", "process.roles=broker,controller", "log.dir=" + directory.resolve("data"),
                "listeners=client://localhost:0,replication://localhost:0", "log.segment.bytes=1m",
                "default.replication.factor=1", "min.insync.replicas=1"), StandardCharsets.UTF_8);
            run(NodeConfiguration.load(file));
            return ExitCode.OK;
        }
        finally
        {
            IoUtil.delete(directory.toFile(), true);
        }
    }

    private void run(final NodeConfiguration configuration) throws InterruptedException
    {
        try (ControllerMember controller = new ControllerMember(configuration))
        {
            final Broker.Context context = new Broker.Context();
            context.properties(configuration.properties(), configuration.source()).controllerSession(controller::session);
            try (Broker broker = Broker.launch(context))
            {
                while (!controller.isReady() || !broker.isReady())
                {
                    checkTime();
                    Thread.sleep(1);
                }
                use(broker.clientEndpoint().toString());
            }
        }
    }

    private void use(final String bootstrap)
    {
        try (Admin admin = Admin.connect(new Admin.Context().bootstrap(bootstrap)))
        {
            admin.createTopic(TOPIC, 1, 1);
            try (Producer producer = Producer.connect(new Producer.Context().bootstrap(bootstrap).acks(Acks.ALL));
                Consumer consumer = Consumer.connect(new Consumer.Context().bootstrap(bootstrap)))
            {
                producer.send(TOPIC, 0, null, TOPIC.getBytes(StandardCharsets.UTF_8)).join();
                consumer.assign(TOPIC, 0);
                while (consumer.poll((partition, offset, epoch, time, buffer, keyOffset, keyLength, valueOffset, valueLength) -> {},
                    1) == 0)
                {
                    checkTime();
                    Thread.onSpinWait();
                }
            }
            admin.verifyReplicas(TOPIC);
        }
    }

    private void checkTime()
    {
        if (System.nanoTime() - startNs > TIMEOUT_NS)
        {
            throw new CommandFailure(ExitCode.TIMED_OUT, "the node is not ready after 60 s");
        }
    }
}
