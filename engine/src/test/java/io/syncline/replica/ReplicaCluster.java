package io.syncline.replica;

import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;
import io.syncline.record.BatchBuilder;
import io.syncline.record.BatchDescriptor;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * One partition on a few brokers, in memory, on one thread: a network whose frames the test delivers, drops and holds
 * back, a controller that decides what it is told to, a clock that moves when asked. After every step {@link
 * CommittedTruth} checks the invariants of PROTOCOL.
 */
final class ReplicaCluster
{
    static final long KEY = PartitionKey.of(7, 0);
    /** Who produces at acks=all. */
    static final long CLIENT = 99;
    /** Who produces at any other level. */
    static final long OTHER_CLIENT = 98;
    static final int ALL = -1;
    static final int LEADER = 1;
    static final int NONE = 0;

    /** A frame on its way. */
    record Message(int from, int to, String kind, Consumer<ReplicaNode> delivery)
    {
        boolean is(final String name)
        {
            return kind.startsWith(name);
        }
    }

    /** What a client was told. */
    record Ack(int broker, long clientId, int leaderEpoch, long from, long to, long baseOffset, int code)
    {
    }

    final ReplicaConfig config;
    final ScriptedController controller;
    final CommittedTruth truth = new CommittedTruth(this);
    final List<ReplicaNode> nodes = new ArrayList<>();
    final List<Message> network = new ArrayList<>();
    final List<Ack> acks = new ArrayList<>();
    Predicate<Message> lost = (message) -> false;
    Predicate<Message> held = (message) -> false;
    boolean isControllerReachable = true;
    long nowNs = 1_000_000;
    long tickNs = TimeUnit.MILLISECONDS.toNanos(1);
    private long sequence;

    ReplicaCluster(final int brokers, final int minIsr)
    {
        this(brokers, minIsr, ReplicaConfig.DEFAULT);
    }

    ReplicaCluster(final int brokers, final int minIsr, final ReplicaConfig config)
    {
        this.config = config;
        final int[] replicas = new int[brokers];
        for (int i = 0; i < brokers; i++)
        {
            replicas[i] = i + 1;
            nodes.add(new ReplicaNode(i + 1, this));
        }
        controller = new ScriptedController(replicas, minIsr);
        nodes.forEach((node) -> node.start(controller.register(node.id)));
    }

    /** All brokers up, broker 1 leads, everybody follows. */
    static ReplicaCluster started(final int brokers, final int minIsr)
    {
        final ReplicaCluster cluster = new ReplicaCluster(brokers, minIsr);
        cluster.elect(1);
        cluster.run(50);
        return cluster;
    }

    ReplicaNode node(final int id)
    {
        return nodes.get(id - 1);
    }

    ReplicaNode leader()
    {
        return node(controller.leader);
    }

    /** Elects and tells everybody who runs. */
    void elect(final int broker)
    {
        controller.elect(broker);
        announce();
    }

    /** Tells the current assignment to everybody who runs. */
    void announce()
    {
        final Assignment a = controller.assignment();
        nodes.forEach((node) -> tell(node, a));
    }

    /** Tells the current assignment to some. */
    void announce(final int... brokers)
    {
        for (final int broker : brokers)
        {
            tell(node(broker), controller.assignment());
        }
    }

    private void tell(final ReplicaNode node, final Assignment a)
    {
        if (node.isUp && !node.isPaused)
        {
            node.learn(a);
        }
    }

    /** The process is gone; its log stays. */
    void crash(final int broker)
    {
        node(broker).isUp = false;
        network.removeIf((message) -> message.to() == broker);
    }

    /** Starts a crashed process again, as a new incarnation, and tells it what the controller knows. */
    void restart(final int broker)
    {
        node(broker).start(controller.register(broker));
        announce();
    }

    /** Time passes, a tick (a millisecond unless said otherwise) at a time; everything that can arrive arrives. */
    void run(final long ticks)
    {
        for (long i = 0; i < ticks; i++)
        {
            nowNs += tickNs;
            for (final ReplicaNode node : nodes)
            {
                if (node.isUp && !node.isPaused)
                {
                    node.step();
                }
            }
            deliver();
            controllerWorks();
            truth.check();
        }
    }

    /** Delivers what is on its way now and not held back, in order. */
    void deliver()
    {
        for (int round = 0; round < 3; round++)
        {
            final List<Message> now = new ArrayList<>(network);
            network.clear();
            now.forEach(this::deliver);
        }
    }

    void deliver(final Message message)
    {
        final ReplicaNode to = node(message.to());
        if (to.isPaused || held.test(message))
        {
            network.add(message);
        }
        else if (to.isUp && !lost.test(message))
        {
            message.delivery().accept(to);
        }
    }

    void controllerWorks()
    {
        while (isControllerReachable && !controller.requests.isEmpty())
        {
            decide(controller.requests.poll());
        }
        while (isControllerReachable && !controller.handOvers.isEmpty())
        {
            if (controller.decide(controller.handOvers.poll()))
            {
                announce();
            }
        }
    }

    void decide(final ScriptedController.AlterIsr request)
    {
        final int code = controller.decide(request);
        if (code == Codes.OK)
        {
            announce();
        }
        else
        {
            refuse(request, code);
        }
    }

    void refuse(final ScriptedController.AlterIsr request, final int code)
    {
        final ReplicaNode node = node(request.broker());
        if (node.isUp && node.incarnation == request.incarnation())
        {
            node.acks.onAlterIsrRefused(request.leaderEpoch(), request.partitionEpoch(), code, nowNs);
        }
    }

    /** A record of a plain producer, to the leader. */
    long produce(final int acksLevel)
    {
        return produce(leader(), acksLevel, -1, batch(-1, -1, -1, 1));
    }

    /** So many records of a plain producer at a broker, each in a batch of its own. */
    void produce(final int broker, final int acksLevel, final int records)
    {
        for (int i = 0; i < records; i++)
        {
            produce(node(broker), acksLevel, -1, batch(-1, -1, -1, 1));
        }
    }

    /** An idempotent producer's batch, to the leader. */
    long produce(final long producerId, final int producerEpoch, final int baseSequence, final int count)
    {
        return produce(leader(), ALL, -1, batch(producerId, producerEpoch, baseSequence, count));
    }

    long produce(final ReplicaNode node, final int acksLevel, final int clientEpoch, final UnsafeBuffer batch)
    {
        final int count = batch.getInt(BatchDescriptor.COUNT_OFFSET);
        final long from = sequence;
        sequence += count;
        final long result =
            node.leader.onProduce(acksLevel == ALL ? CLIENT : OTHER_CLIENT, acksLevel, clientEpoch, from, batch, 0, batch.capacity(), nowNs);
        node.drainToAcks();
        return result;
    }

    /** A batch with values nobody else uses. */
    UnsafeBuffer batch(final long producerId, final int producerEpoch, final int baseSequence, final int count)
    {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[8192]);
        final BatchBuilder builder = new BatchBuilder().wrap(buffer, 0, buffer.capacity());
        for (int i = 0; i < count; i++)
        {
            final String text = producerId < 0 ? "record " + sequence + "+" + i :
                "producer " + producerId + " epoch " + producerEpoch + " sequence " +
                ProducerSequences.sequenceAfter(baseSequence, i);
            final UnsafeBuffer value = new UnsafeBuffer(text.getBytes(StandardCharsets.US_ASCII));
            builder.append(value, 0, value.capacity(), 1_000 + i);
        }
        builder.producer(producerId, producerEpoch, baseSequence);
        final int length = builder.finish();
        return new UnsafeBuffer(java.util.Arrays.copyOf(buffer.byteArray(), length));
    }

    Ack lastAck()
    {
        return acks.get(acks.size() - 1);
    }

    /** How many frames of a kind are on their way to a broker. */
    long underway(final String kind, final int to)
    {
        return network.stream().filter((message) -> message.is(kind) && message.to() == to).count();
    }

    @Override
    public String toString()
    {
        return "isr " + java.util.Arrays.toString(controller.isr) + " elr " + java.util.Arrays.toString(controller.elr) +
            " leader " + controller.leader + " epoch " + controller.leaderEpoch + "\n" + nodes;
    }
}
