package io.syncline.client;

import io.syncline.protocol.PartitionKey;
import io.syncline.protocol.client.BooleanType;
import io.syncline.protocol.client.MessageHeaderEncoder;
import io.syncline.protocol.client.MetadataEncoder;
import io.syncline.record.BatchFlyweight;
import io.syncline.stream.Endpoint;
import io.syncline.stream.MemoryStreams;
import io.syncline.stream.Streams;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Brokers that speak the client protocol in memory, one log for each partition that all of them share, and a clock that
 * moves a millisecond with each turn. What a broker does wrong is scripted.
 */
final class ScriptedCluster
{
    static final long TURN_NS = TimeUnit.MILLISECONDS.toNanos(1);
    static final long TOPIC_ID = 7;
    static final String TOPIC = "orders";

    final Streams streams;
    final List<ScriptedBroker> brokers = new ArrayList<>();
    final List<int[]> leaders = new ArrayList<>();
    final List<Integer> outOfSync = new ArrayList<>();
    final Map<Long, ScriptedLog> logs = new HashMap<>();
    final Map<String, Long> committed = new HashMap<>();
    long nowNs = TimeUnit.SECONDS.toNanos(100);
    long version = 1;
    int producerEpoch = -1;
    boolean hasTopic = true;

    ScriptedCluster(final int brokerCount, final int partitionCount)
    {
        this(new MemoryStreams(), brokerCount, partitionCount);
    }

    ScriptedCluster(final Streams streams, final int brokerCount, final int partitionCount)
    {
        this.streams = streams;
        for (int i = 1; i <= brokerCount; i++)
        {
            brokers.add(new ScriptedBroker(this, i));
        }
        for (int i = 0; i < partitionCount; i++)
        {
            leaders.add(new int[]{1, 1});
            logs.put(PartitionKey.of(TOPIC_ID, i), new ScriptedLog());
        }
    }

    String bootstrap()
    {
        final StringBuilder text = new StringBuilder();
        brokers.forEach((broker) -> text.append(text.length() == 0 ? "" : ",").append(broker.endpoint));
        return text.toString();
    }

    ScriptedBroker broker(final int id)
    {
        return brokers.get(id - 1);
    }

    ScriptedLog log(final int partition)
    {
        return logs.get(PartitionKey.of(TOPIC_ID, partition));
    }

    long nanoTime()
    {
        return nowNs;
    }

    void turn()
    {
        nowNs += TURN_NS;
        brokers.forEach(ScriptedBroker::doWork);
    }

    /** Makes another broker lead, with the next epoch, and tells every client whose broker is alive. */
    void elect(final int partition, final int leader)
    {
        leaders.get(partition)[0] = leader;
        leaders.get(partition)[1]++;
        version++;
        brokers.forEach(ScriptedBroker::pushMetadata);
    }

    int leader(final int partition)
    {
        return leaders.get(partition)[0];
    }

    int leaderEpoch(final int partition)
    {
        return leaders.get(partition)[1];
    }

    <T extends ClientContext<T>> T configure(final T context)
    {
        return context
            .bootstrap(bootstrap())
            .streams(streams)
            .nanoClock(this::nanoTime)
            .epochClock(this::nanoTime)
            .idleStrategy(new TurningIdleStrategy(this::turn));
    }

    int encodeMetadata(
        final MutableDirectBuffer buffer, final long clientId, final long correlationId, final long ofVersion)
    {
        final MetadataEncoder metadata = new MetadataEncoder();
        metadata.wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
            .clientId(clientId)
            .correlationId(correlationId)
            .version(ofVersion);
        final MetadataEncoder.BrokersEncoder brokerGroup = metadata.brokersCount(brokers.size());
        for (final ScriptedBroker broker : brokers)
        {
            brokerGroup.next().brokerId(broker.id).incarnation(broker.incarnation).fenced(BooleanType.F)
                .endpoint(broker.endpoint.toString()).rack("rack" + broker.id);
        }
        final MetadataEncoder.TopicsEncoder topics = metadata.topicsCount(hasTopic ? 1 : 0);
        if (hasTopic)
        {
            topics.next().topicId(TOPIC_ID);
            final MetadataEncoder.TopicsEncoder.PartitionsEncoder partitions = topics.partitionsCount(leaders.size());
            for (int i = 0; i < leaders.size(); i++)
            {
                partitions.next().partition(i).leader(leader(i)).leaderEpoch(leaderEpoch(i)).partitionEpoch(0);
                final MetadataEncoder.TopicsEncoder.PartitionsEncoder.ReplicasEncoder replicas =
                    partitions.replicasCount(brokers.size());
                for (final ScriptedBroker broker : brokers)
                {
                    replicas.next().brokerId(broker.id).membership((byte)(outOfSync.contains(broker.id) ? 0 : 2));
                }
            }
            topics.configsCount(0);
            topics.name(TOPIC);
        }
        return MessageHeaderEncoder.ENCODED_LENGTH + metadata.encodedLength();
    }

    /** The truth of one partition: batches with their leader's stamp, and what is known of the producer. */
    static final class ScriptedLog
    {
        final List<byte[]> batches = new ArrayList<>();
        final List<Long> baseOffsets = new ArrayList<>();
        final List<String> producerBatches = new ArrayList<>();
        long end;
        int lastProducerEpoch = -1;
        int nextSequence;

        /** @return base offset, or a code */
        long append(final byte[] bytes, final long key, final int leaderEpoch)
        {
            final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
            final BatchFlyweight batch = new BatchFlyweight().wrap(buffer, 0);
            if (batch.producerId() >= 0)
            {
                final String name = batch.producerEpoch() + ":" + batch.baseSequence() + ":" + batch.count();
                final int known = producerBatches.indexOf(name);
                if (known >= 0)
                {
                    return baseOffsets.get(known);
                }
                if (batch.producerEpoch() > lastProducerEpoch)
                {
                    lastProducerEpoch = batch.producerEpoch();
                    nextSequence = 0;
                }
                if (batch.baseSequence() != nextSequence)
                {
                    return io.syncline.protocol.Codes.OUT_OF_ORDER_SEQUENCE;
                }
                nextSequence += batch.count();
                producerBatches.add(name);
            }
            else
            {
                producerBatches.add("plain");
            }
            final byte[] stamped = Arrays.copyOf(bytes, bytes.length);
            BatchFlyweight.stampLeader(new UnsafeBuffer(stamped), 0, key, end, leaderEpoch);
            batches.add(stamped);
            baseOffsets.add(end);
            end += batch.count();
            return baseOffsets.get(baseOffsets.size() - 1);
        }
    }

    /** Blocking calls of a client turn the cluster. */
    static final class TurningIdleStrategy implements IdleStrategy
    {
        private final Runnable turn;

        TurningIdleStrategy(final Runnable turn)
        {
            this.turn = turn;
        }

        @Override
        public void idle(final int workCount)
        {
            turn.run();
        }

        @Override
        public void idle()
        {
            turn.run();
        }

        @Override
        public void reset()
        {
        }
    }

    Endpoint endpointOf(final int brokerId)
    {
        return !(streams instanceof MemoryStreams) ? streams.resolve(new Endpoint("localhost", 0)) :
            new Endpoint("localhost", 9000 + brokerId);
    }
}
