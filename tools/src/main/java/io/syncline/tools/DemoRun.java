package io.syncline.tools;

import io.syncline.client.Admin;
import io.syncline.client.PartitionInfo;
import io.syncline.client.TopicInfo;
import io.syncline.client.TopicPartition;
import io.syncline.embedded.EmbeddedCluster;
import io.syncline.journal.JournalLayout;
import io.syncline.protocol.PartitionKey;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * One demo from launch to verdict. This thread watches, kills and checks; one thread produces and one reads meanwhile.
 * <pre>
 *   launch - create topic - produce ......... half-way ........ last ack - in sync - close - read every replica
 *                           read from a follower  | kill, fail over, restart         |
 * </pre>
 */
final class DemoRun
{
    private static final String TOPIC = "demo";
    private static final long WATCH_INTERVAL_NS = TimeUnit.MICROSECONDS.toNanos(500);
    private static final long FAILOVER_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(5);
    private static final Duration IN_SYNC_TIMEOUT = Duration.ofSeconds(60);

    /**
     * As the newest metadata in the cluster has it: a leader's own is newer than its first ack, where a broker that is
     * asked may not have heard of it yet.
     */
    private record Leadership(int leader, int leaderEpoch)
    {
        static Leadership of(final EmbeddedCluster cluster, final int partition)
        {
            final TopicPartition name = new TopicPartition(TOPIC, partition);
            return new Leadership(cluster.leaderOf(name), cluster.leaderEpochOf(name));
        }
    }

    private final DemoOptions options;
    private final LineFile lines;
    private final Progress progress;
    private final StopSignal stop;
    private final List<String> defects = new ArrayList<>();
    private final Map<Integer, Path> directories = new HashMap<>();
    private TopicInfo topic;
    private DemoProducer producer;
    private DemoReader reader;
    private Leadership before;
    private Leadership after;
    private long elapsedNs;

    DemoRun(final DemoOptions options, final LineFile lines, final Progress progress, final StopSignal stop)
    {
        this.options = options;
        this.lines = lines;
        this.progress = progress;
        this.stop = stop;
    }

    /** @return what was found, verified or not */
    DemoOutcome run() throws Exception
    {
        progress.step(String.format(Locale.ROOT, "%,d lines; starting %d brokers in this process",
            lines.lines(), options.brokers()));
        try (EmbeddedCluster cluster = EmbeddedCluster.launch(new EmbeddedCluster.Context()
            .brokers(options.brokers())
            .directory(options.directory().toFile())
            .errorHandler(Syncline::debug)))
        {
            cluster.brokers().forEach((broker) -> directories.put(broker, cluster.directoryOf(broker).toPath()));
            createTopic(cluster);
            produceAndRead(cluster);
        }
        finally
        {
            progress.clear();
        }
        return checkEverything();
    }

    private void createTopic(final EmbeddedCluster cluster)
    {
        topic = cluster.createTopic(TOPIC, options.partitions(), options.replicationFactor(),
            Map.of("min.insync.replicas", Integer.toString(options.minIsr())));
        try (Admin admin = Admin.connect(cluster.admin()))
        {
            topic = admin.describeCluster().topics().stream()
                .filter((candidate) -> TOPIC.equals(candidate.name())).findFirst().orElseThrow();
        }
        before = Leadership.of(cluster, 0);
        after = before;
        progress.step("topic " + TOPIC + ": " + options.partitions() + " partitions, " + options.replicationFactor() +
            " replicas, min ISR " + options.minIsr() + "; broker " + before.leader() + " leads partition 0");
    }

    private void produceAndRead(final EmbeddedCluster cluster) throws InterruptedException
    {
        final long half = lines.lines() / 2;
        producer = new DemoProducer(cluster.producer(), TOPIC, options.partitions(), lines,
            options.rate(), options.kill() ? half + half / 2 : Long.MAX_VALUE);
        reader = new DemoReader(cluster::consumer, TOPIC, followers(), lines);
        final Thread producing = new Thread(producer, "demo-producer");
        final Thread reading = new Thread(reader, "demo-reader");
        final long startNs = System.nanoTime();
        producing.start();
        reading.start();
        if (options.kill())
        {
            await("producing", () -> producer.offered() >= half || producer.isDone());
            killLeader(cluster);
        }
        await("producing", producer::isDone);
        elapsedNs = System.nanoTime() - startNs;
        producing.join();
        rethrow(producer.failure(), "producing");

        progress.step(String.format(Locale.ROOT, "%,d of %,d records acknowledged in %.2f s",
            producer.acked(), lines.lines(), elapsedNs / 1e9));
        final long[] ends = new long[options.partitions()];
        for (int i = 0; i < ends.length; i++)
        {
            ends[i] = producer.ledger(i).endOffset();
        }
        reader.onProduced(ends);
        await("reading from a follower", reader::isDone);
        reading.join();
        rethrow(reader.failure(), "reading");
        for (int i = 0; i < options.partitions(); i++)
        {
            cluster.awaitInSync(new TopicPartition(TOPIC, i), IN_SYNC_TIMEOUT);
        }
    }

    private void killLeader(final EmbeddedCluster cluster)
    {
        // Leadership may have moved since the start: who leads now is who dies.
        before = Leadership.of(cluster, 0);
        final int victim = before.leader();
        progress.step(String.format(Locale.ROOT, "killing broker %d, leader of partition 0, after %,d records",
            victim, producer.offered()));
        final long killNs = System.nanoTime();
        producer.onKill(IntStream.range(0, options.partitions())
            .mapToObj((partition) -> Leadership.of(cluster, partition))
            .mapToInt((leadership) -> leadership.leader() == victim ? leadership.leaderEpoch() : -1).toArray());
        cluster.kill(victim);
        producer.onKilled();
        if (options.replicationFactor() > options.minIsr())
        {
            awaitFailover(killNs);
            onFailedOver(cluster);
            cluster.restart(victim);
        }
        else
        {
            // Without the victim no record can be acknowledged.
            cluster.restart(victim);
            awaitFailover(System.nanoTime());
            onFailedOver(cluster);
        }
    }

    private void awaitFailover(final long startNs)
    {
        await("failing over", () -> producer.newEpoch() >= 0 || producer.isDone() ||
            System.nanoTime() - startNs > FAILOVER_TIMEOUT_NS);
    }

    private void onFailedOver(final EmbeddedCluster cluster)
    {
        after = Leadership.of(cluster, 0);
        progress.step("broker " + after.leader() + " leads partition 0 in epoch " + after.leaderEpoch());
    }

    /** For each partition a replica that neither leads it nor will be killed, where there is one. */
    private int[] followers()
    {
        final int[] followers = new int[options.partitions()];
        for (int i = 0; i < followers.length; i++)
        {
            final PartitionInfo partition = topic.partitions().get(i);
            followers[i] = partition.replicas().stream()
                .filter((broker) -> broker != partition.leader() && broker != before.leader())
                .findFirst().orElse(partition.leader());
        }
        return followers;
    }

    private DemoOutcome checkEverything() throws IOException
    {
        progress.step("reading every replica's log back");
        long lost = 0;
        long duplicated = 0;
        long reordered = 0;
        boolean identical = true;
        try (LineFile.Cursor cursor = lines.open())
        {
            for (int i = 0; i < options.partitions(); i++)
            {
                final List<RecordCheck> checks = new ArrayList<>();
                checks.add(reader.checks()[i]);
                identical &= checkReplicas(topic.partitions().get(i), cursor, checks);
                for (final RecordCheck check : checks)
                {
                    check.onEnd(producer.ledger(i));
                    lost += check.lost();
                    duplicated += check.duplicated();
                    reordered += check.reordered();
                    if (!check.isClean())
                    {
                        defects.add(check.firstDefect());
                    }
                }
            }
        }
        finally
        {
            progress.clear();
        }
        if (producer.firstFailure() != null)
        {
            defects.add(producer.firstFailure());
        }
        if (options.kill() && after.leaderEpoch() <= before.leaderEpoch())
        {
            defects.add("broker " + before.leader() + ", leader of partition 0 in epoch " + before.leaderEpoch() +
                ", was killed, but epoch " + after.leaderEpoch() + " is still the newest: nothing failed over");
        }
        return new DemoOutcome(lines.lines(), producer.acked(), lost, duplicated, reordered,
            producer.longestSilenceNs(), before.leader(), after.leader(), before.leaderEpoch(), after.leaderEpoch(),
            producer.latencies(), identical, elapsedNs, defects);
    }

    private boolean checkReplicas(
        final PartitionInfo partition, final LineFile.Cursor cursor, final List<RecordCheck> checks) throws IOException
    {
        final long key = PartitionKey.of(topic.topicId(), partition.partition());
        try (ReplicaLogs replicas = new ReplicaLogs())
        {
            for (final int broker : partition.replicas())
            {
                replicas.add("broker " + broker, JournalLayout.partition(directories.get(broker), key));
            }
            for (int i = 0; i < replicas.size(); i++)
            {
                final RecordCheck check = new RecordCheck(
                    replicas.name(i), partition.partition(), options.partitions(), lines, cursor);
                checks.add(check);
                final String defect = replicas.readAll(i, check);
                if (defect != null)
                {
                    defects.add(defect);
                }
            }
            final LogComparison.Result comparison = replicas.compare();
            if (!comparison.isIdentical())
            {
                defects.add(comparison.defect());
            }
            return comparison.isIdentical();
        }
    }

    private void await(final String doing, final BooleanSupplier condition)
    {
        while (!condition.getAsBoolean())
        {
            if (stop.isRaised())
            {
                throw new CommandFailure(ExitCode.INTERNAL, "interrupted while " + doing);
            }
            progress.update(System.nanoTime(), () -> String.format(Locale.ROOT,
                "%s: %,d of %,d records sent, %,d acknowledged, %,d read from a follower", doing,
                producer.offered(), lines.lines(), producer.acked(), reader.records()));
            LockSupport.parkNanos(WATCH_INTERVAL_NS);
        }
    }

    private static void rethrow(final Throwable failure, final String doing)
    {
        if (failure instanceof RuntimeException exception)
        {
            throw exception;
        }
        if (failure != null)
        {
            throw new CommandFailure(ExitCode.INTERNAL, doing + " failed: " + failure, failure);
        }
    }
}
