package io.syncline.bench.targets;

import io.syncline.bench.Transceiver;
import io.syncline.broker.Threading;
import io.syncline.client.TopicPartition;
import io.syncline.embedded.EmbeddedCluster;
import io.syncline.embedded.Transport;

import java.util.Locale;
import java.util.function.Supplier;

/** Brokers, controller and clients in this process. */
public final class EmbeddedTarget implements Target
{
    private final TargetSpec spec;
    private final Threading threading;
    private final EmbeddedCluster cluster;

    private EmbeddedTarget(final TargetSpec spec, final Threading threading, final EmbeddedCluster cluster)
    {
        this.spec = spec;
        this.threading = threading;
        this.cluster = cluster;
    }

    /**
     * @param spec   with settings
     * @param layout ipc or udp
     * @return it, with the loaded topic
     */
    public static EmbeddedTarget start(final TargetSpec spec, final Layout layout)
    {
        final Threading threading = spec.oneOf("threading", Threading.SHARED);
        final int brokers = spec.number("brokers", 3);
        final EmbeddedCluster.Context context = new EmbeddedCluster.Context()
            .brokers(brokers)
            .threading(threading)
            .transport(layout == Layout.UDP ? Transport.UDP : Transport.IPC)
            .set("min.insync.replicas", Integer.toString(spec.number("min-isr", 2)))
            .set("stage.sampling", Integer.toString(spec.number("sampling", 64)));
        spec.ownSettings().forEach(context::set);
        final EmbeddedCluster cluster = EmbeddedCluster.launch(context);
        try
        {
            cluster.createTopic(Topics.NAME, 1, brokers);
            return new EmbeddedTarget(spec, threading, cluster);
        }
        catch (final RuntimeException ex)
        {
            cluster.close();
            throw ex;
        }
    }

    @Override
    public String title()
    {
        return String.format(Locale.ROOT, "Syncline embedded, %d brokers over %s, %s", spec.number("brokers", 3),
            spec.get(TargetSpec.LAYOUT, "ipc"), threading.name().toLowerCase(Locale.ROOT));
    }

    @Override
    public Transceiver transceiver(final Load load)
    {
        return new SynclineTransceiver(title() + ", " + SynclineProvider.tail(spec, load),
            Topics.producer(cluster.producer(), spec, load), load.isDelivering() ? Topics.consumer(cluster.consumer(), spec, this::leader) : null, Topics.NAME,
            isTurnedByLoad() ? cluster::doWork : null, load.lengthBytes());
    }

    @Override
    public boolean isTurnedByLoad()
    {
        return threading == Threading.INVOKER;
    }

    /** @return the brokers */
    public EmbeddedCluster cluster()
    {
        return cluster;
    }

    private int leader()
    {
        return cluster.leaderOf(new TopicPartition(Topics.NAME, 0));
    }

    @Override
    public Supplier<String> leaderKill()
    {
        final int leader = leader();
        return () ->
        {
            cluster.kill(leader);
            return "broker " + leader;
        };
    }

    @Override
    public void close()
    {
        cluster.close();
    }
}
