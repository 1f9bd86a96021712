package io.syncline.simulator;

import io.syncline.client.Admin;
import io.syncline.client.ClientContext;
import io.syncline.client.Consumer;
import io.syncline.client.Producer;
import io.syncline.client.ReadFrom;

import java.util.ArrayList;
import java.util.List;

/** The clients of a run, the real ones: producers at every level of acks, consumers of leaders and of followers. */
final class SimWorkload
{
    static final String TOPIC = "t";
    /** Clients of a run. */
    static final int CLIENTS = SimPlan.PRODUCERS + 5;
    /** Whoever has turns: the clients, and perhaps the rival of one of them. */
    static final int ACTORS = CLIENTS + 1;
    /** Number of the producer that asks whether partitions accept writes. */
    static final int PROBE = SimPlan.PRODUCERS;

    /** Number of the producer that takes another one's name. */
    static final int RIVAL = PROBE + 1;

    private static final int CONSUMERS = 3;
    private static final int NAMED = 1;
    private static final long ALL_STREAMS = -1L;

    private final SimConfig config;
    private final SimClock clock;
    private final SimNetwork network;
    private final SimTurns turns;
    private final SimTrace trace;
    private final SimTruth truth;
    private final SimHistory history;
    private final List<SimProducer> producers = new ArrayList<>();
    private final List<SimConsumer> consumers = new ArrayList<>();
    private final List<SimStreams> streams = new ArrayList<>();
    private SimTopicWriter writer;
    private SimProducer probe;
    private SimProducer rival;
    private long[] keys = new long[0];

    SimWorkload(
        final SimConfig config, final SimClock clock, final SimNetwork network, final SimTurns turns, final SimTrace trace,
        final SimTruth truth, final SimHistory history)
    {
        this.config = config;
        this.clock = clock;
        this.network = network;
        this.turns = turns;
        this.trace = trace;
        this.truth = truth;
        this.history = history;
    }

    /** @param partitionKeys of the first topic */
    void open(final long[] partitionKeys)
    {
        keys = partitionKeys;
        for (int i = 0; i < SimPlan.PRODUCERS; i++)
        {
            if (!SimProducer.isIdempotent(i))
            {
                network.plain("p" + i);
            }
            producers.add(new SimProducer(i, TOPIC, keys, context("p" + i, i, 100 + i, new Producer.Context())
                .producerName(i == NAMED ? "named" : "")
                .maxBatchBytes(4096)
                .stageSampling(2)
                .deliveryTimeoutNs(i == 1 ? 2_000_000_000L : 20_000_000_000L), history, trace));
        }
        for (int i = 0; i < CONSUMERS; i++)
        {
            final String name = "c" + i;
            consumers.add(new SimConsumer(name, TOPIC, keys, context(name, i, 200 + i, new Consumer.Context())
                .readFrom(i == 0 ? ReadFrom.LEADER : ReadFrom.broker(1 + i % config.brokers())), history));
        }
        writer = new SimTopicWriter(clock, context("w0", 0, 300, new Producer.Context())
            .maxBatchBytes(4096)
            .stageSampling(2)
            .deliveryTimeoutNs(2_000_000_000L));
        probe = new SimProducer(PROBE, TOPIC, keys, context("h9", 1, 301, new Producer.Context())
            .maxBatchBytes(4096)
            .deliveryTimeoutNs(4 * SimLiveness.LIMIT_NS), history, trace);
    }

    /** @return host of a client, by its number */
    static String hostOf(final int client)
    {
        final int consumer = client - SimPlan.PRODUCERS;
        return consumer < 0 ? "p" + client : consumer < CONSUMERS ? "c" + consumer : client == CLIENTS - 1 ? "h9" : "w0";
    }

    private <T extends ClientContext<T>> T context(final String name, final int index, final long clientId, final T context)
    {
        final int actor = turns.client(streams.size());
        final SimStreams face = network.node(name, (stream, dueNs) -> turns.wake(actor, dueNs));
        streams.add(face);
        turns.wakeSoon(actor);
        return context(name, index, clientId, face, context);
    }

    /** @return for a client that is turned by whoever calls it */
    Admin.Context adminContext()
    {
        return context("a0", 2, 302, network.node("a0", (stream, dueNs) -> { }), new Admin.Context());
    }

    private <T extends ClientContext<T>> T context(
        final String name, final int index, final long clientId, final SimStreams face, final T context)
    {
        return context
            .clientId(clientId)
            .bootstrap(bootstrap())
            .clientHost(name)
            .keepAliveIntervalNs(1_000_000_000L)
            .streams(face)
            .nanoClock(clock.nanoClock(index * 1_000_000_000_000L, 0))
            .epochClock(clock.epochNanoClock())
            .errorHandler((error) -> trace.line(name + ": " + error));
    }

    private String bootstrap()
    {
        final StringBuilder text = new StringBuilder("b1:1");
        for (int id = 2; id <= config.brokers(); id++)
        {
            text.append(",b").append(id).append(":1");
        }
        return text.toString();
    }

    /** @return work done by a client */
    int turn(final int client)
    {
        final int consumer = client - producers.size();
        return consumer < 0 ? producers.get(client).poll() :
            consumer < consumers.size() ? consumers.get(consumer).poll() :
            client == CLIENTS ? rival.poll() : client == CLIENTS - 1 ? probe.poll() : writer.poll();
    }

    /** @return when a frame arrives for a client */
    long nextDueNs(final int client)
    {
        return streams.get(client).nextDueNs(ALL_STREAMS);
    }

    void produce(final int producer, final int partition, final int count)
    {
        producers.get(producer).produce(partition, count);
        turns.wakeSoon(turns.client(producer));
    }

    /** Beside the producer with a name comes another one of that name, which ends its epoch; the first goes on until it is told. */
    void fence(final int partition, final int count)
    {
        if (rival == null)
        {
            rival = new SimProducer(RIVAL, TOPIC, keys, context("p" + NAMED, NAMED, 303, new Producer.Context())
                .producerName("named")
                .maxBatchBytes(4096), history, trace);
        }
        rival.produce(partition, count);
        turns.wakeSoon(turns.client(CLIENTS));
    }

    void write(final String topic, final int count)
    {
        writer.write(topic, count);
        turns.wakeSoon(turns.client(CLIENTS - 2));
    }

    /** Asks whether every partition accepts a write that is safe. */
    void probe()
    {
        for (int i = 0; i < keys.length; i++)
        {
            probe.produce(i, 1);
        }
        turns.wakeSoon(turns.client(CLIENTS - 1));
    }

    /** @return true when every partition did */
    boolean isProbed()
    {
        return probe.acknowledged() >= keys.length;
    }

    long[] keys()
    {
        return keys;
    }

    boolean isAnswered()
    {
        return producers.stream().allMatch(SimProducer::isIdle) && writer.isIdle() && probe.isIdle() &&
            (rival == null || rival.isIdle());
    }

    boolean isConsumed()
    {
        for (final SimConsumer consumer : consumers)
        {
            for (int i = 0; i < keys.length; i++)
            {
                if (consumer.next(i) < truth.end(keys[i]))
                {
                    return false;
                }
            }
        }
        return true;
    }

    void close()
    {
        producers.forEach(SimProducer::close);
        consumers.forEach(SimConsumer::close);
        if (writer != null)
        {
            writer.close();
            probe.close();
        }
        if (rival != null)
        {
            rival.close();
        }
    }

    void describe(final StringBuilder text)
    {
        for (int i = 0; i < producers.size(); i++)
        {
            text.append("producer ").append(i).append(producers.get(i).isIdle() ? " idle" : " waits").append('\n');
        }
        for (int i = 0; i < consumers.size(); i++)
        {
            text.append("consumer ").append(i);
            for (int j = 0; j < keys.length; j++)
            {
                text.append(' ').append(consumers.get(i).next(j));
            }
            text.append('\n');
        }
        history.records().stream().filter((record) -> record.outcome == SimHistory.Outcome.OPEN).limit(5)
            .forEach((record) -> text.append(record).append('\n'));
    }
}
