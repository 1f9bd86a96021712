package io.syncline.bench;

import io.syncline.broker.Threading;
import io.syncline.client.Acks;
import io.syncline.client.Consumer;
import io.syncline.client.Producer;
import io.syncline.client.ReadFrom;
import io.syncline.embedded.EmbeddedCluster;
import io.syncline.embedded.Transport;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.NoOpIdleStrategy;
import org.agrona.concurrent.SystemNanoClock;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/** Loads a cluster: one in this process, or one that runs and is named by {@code --bootstrap}. */
abstract class LoadCommand implements Callable<Integer>
{
    private static final String TOPIC = "bench";

    @Mixin
    private LoadOptions load;

    @Option(names = {"--bootstrap", "--bootstrap-server"}, paramLabel = "HOST:PORT",
        description = "A running cluster. Default: an embedded one, for the run only.")
    private String bootstrap;

    @Option(names = "--topic", defaultValue = TOPIC, paramLabel = "NAME",
        description = "Topic in the running cluster; it exists and nobody else writes to it. Default: ${DEFAULT-VALUE}.")
    private String topic;

    @Option(names = "--brokers", defaultValue = "3", paramLabel = "N",
        description = "Brokers, and replicas, of the embedded cluster. Default: ${DEFAULT-VALUE}.")
    private int brokers;

    @Option(names = "--min-isr", defaultValue = "2", paramLabel = "N",
        description = "min.insync.replicas of the topic in the embedded cluster. Default: ${DEFAULT-VALUE}.")
    private int minIsr;

    @Option(names = "--threading", defaultValue = "shared", paramLabel = "MODE",
        description = "dedicated, shared, or invoker: everything on the load's own thread. Default: ${DEFAULT-VALUE}.")
    private Threading threading;

    @Option(names = "--transport", defaultValue = "ipc", paramLabel = "ipc|udp",
        description = "Between the embedded brokers and their clients. Default: ${DEFAULT-VALUE}.")
    private Transport transport;

    @Option(names = "--in-flight", defaultValue = "5", paramLabel = "N",
        description = "Batches a producer has under way at most. Default: ${DEFAULT-VALUE}.")
    private int maxInFlight;

    @Option(names = "--stage-sampling", defaultValue = "64", paramLabel = "N",
        description = "Measure the stages of one record in so many; 0 for none. Default: ${DEFAULT-VALUE}.")
    private int stageSampling;

    @Option(names = "--idle", defaultValue = "yield", paramLabel = "STRATEGY",
        description = "What the load's own thread does while nothing is due: yield, park or spin. Default: ${DEFAULT-VALUE}.")
    private RigIdle idle;

    /** Made by picocli. */
    LoadCommand()
    {
    }

    /** @return true when the records are to be read back */
    abstract boolean isDelivering();

    @Override
    public Integer call() throws IOException
    {
        return bootstrap == null ? loadEmbedded() : loadRunning();
    }

    private int loadEmbedded() throws IOException
    {
        final EmbeddedCluster.Context context = new EmbeddedCluster.Context()
            .brokers(brokers)
            .threading(threading)
            .transport(transport)
            .set("min.insync.replicas", Integer.toString(minIsr))
            .set("stage.sampling", Integer.toString(stageSampling));
        try (EmbeddedCluster cluster = EmbeddedCluster.launch(context))
        {
            cluster.createTopic(TOPIC, 1, brokers);
            final boolean isInvoker = threading == Threading.INVOKER;
            final String name = String.format(Locale.ROOT, "embedded, %d brokers over %s, %s, acks=%s, min ISR %d",
                brokers, transport.name().toLowerCase(Locale.ROOT), threading.name().toLowerCase(Locale.ROOT),
                load.acks.name().toLowerCase(Locale.ROOT), minIsr);
            return run(name, cluster.producer(), cluster.consumer(), TOPIC, isInvoker ? cluster::doWork : null);
        }
    }

    private int loadRunning() throws IOException
    {
        return run("cluster at " + bootstrap + ", acks=" + load.acks.name().toLowerCase(Locale.ROOT),
            new Producer.Context().bootstrap(bootstrap), new Consumer.Context().bootstrap(bootstrap), topic, null);
    }

    private int run(
        final String name,
        final Producer.Context producer,
        final Consumer.Context consumer,
        final String loadedTopic,
        final IntSupplier crank)
        throws IOException
    {
        producer.acks(load.acks).maxInFlight(maxInFlight).stageSampling(stageSampling).deliveryTimeoutNs(TimeUnit.SECONDS.toNanos(30));
        consumer.readFrom(ReadFrom.LEADER);
        final RigConfiguration configuration = load.configuration();
        // The load's thread must not sleep past a due time for want of a precise timer.
        io.syncline.stream.TimerSlack.set(1);
        final RigResult result;
        try (Transceiver transceiver = new SynclineTransceiver(
            name, producer, isDelivering() && load.acks != Acks.NONE ? consumer : null, loadedTopic, crank, load.size))
        {
            final IdleStrategy idleStrategy = crank != null ? NoOpIdleStrategy.INSTANCE : idle.create();
            result = new LatencyRig(transceiver, configuration, SystemNanoClock.INSTANCE, idleStrategy).run();
        }
        if (load.output != null)
        {
            System.err.println("written to " + HistogramFiles.write(load.output, fileName(), configuration, result) + ".*");
        }
        ResultTable.print(System.out, load.format, configuration, result);
        return result.missed() == null ? Bench.EXIT_OK : Bench.EXIT_CHECK_FAILED;
    }

    private String fileName()
    {
        return String.format(Locale.ROOT, "%s-%s-%d-%dB-acks-%s",
            bootstrap == null ? threading.name().toLowerCase(Locale.ROOT) + "-" +
                transport.name().toLowerCase(Locale.ROOT) : "cluster",
            isDelivering() ? "e2e" : "produce", load.rate, load.size, load.acks.name().toLowerCase(Locale.ROOT));
    }

    /** {@code bench e2e}: to the acknowledgement and on to a consumer. */
    @Command(
        name = "e2e",
        description = "Open-loop load, timed to the acknowledgement and to a consumer of the leader.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  syncline bench e2e --rate 10000 --size 256 --duration 20s -o /tmp/e2e"})
    static final class E2e extends LoadCommand
    {
        @Override
        boolean isDelivering()
        {
            return true;
        }
    }

    /** {@code bench produce}: to the acknowledgement. */
    @Command(
        name = "produce",
        description = "Open-loop load, timed to the acknowledgement; --rate 0 shows the throughput.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  syncline bench produce --rate 0 --size 64 --duration 10s"})
    static final class Produce extends LoadCommand
    {
        @Override
        boolean isDelivering()
        {
            return false;
        }
    }
}
