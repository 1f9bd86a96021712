package io.syncline.simulator;

import io.syncline.client.Consumer;
import io.syncline.client.Producer;
import io.syncline.client.ReadFrom;
import io.syncline.metadata.ControllerRequest;
import io.syncline.metadata.Decision;
import io.syncline.metadata.PartitionState;
import io.syncline.metadata.TopicState;
import io.syncline.protocol.PartitionKey;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One run of a plan, in one thread and in virtual time: SAFETY under faults, heal, drain. Throws {@link Violation} where an
 * invariant does not hold.
 */
final class SimRun
{
    private static final String TOPIC = "t";
    private static final long IDLE_STEP_NS = 10_000_000;
    private static final long HEAL_LIMIT_NS = 60_000_000_000L;

    private final SimPlan plan;
    private final SimConfig config;
    private final SimClock clock = new SimClock();
    private final SimRandom order;
    private final SimRandom chance;
    private final SimTrace trace;
    private final SimTruth truth;
    private final SimHistory history;
    private final SimNetwork network;
    private final SimController controller;
    private final SimNodes nodes;
    private final SimInvariants invariants;
    private final List<SimProducer> producers = new ArrayList<>();
    private final List<SimConsumer> consumers = new ArrayList<>();
    private final int[] nodeOrder;
    private final SimNodes.ReplicaCheck check;
    private long[] keys;
    private int nextAction;
    private long rounds;
    private boolean isHealed;

    SimRun(final SimPlan plan, final java.util.function.Consumer<String> out)
    {
        this.plan = plan;
        config = plan.config();
        order = new SimRandom(config.seed(), 3);
        chance = new SimRandom(config.seed(), 4);
        trace = new SimTrace(clock, out);
        truth = new SimTruth(trace);
        history = new SimHistory(truth);
        network = new SimNetwork(clock, new SimRandom(config.seed(), 5), trace);
        network.windowFrames(config.windowFrames());
        controller = new SimController(
            clock, new SimRandom(config.seed(), 6), trace, this::onDecision, 2_000_000_000L);
        nodes = new SimNodes(config, clock, new SimRandom(config.seed(), 7), network, controller, trace, truth);
        invariants = new SimInvariants(nodes, truth);
        check = new SimNodes.ReplicaCheck(invariants, controller);
        nodeOrder = new int[config.brokers()];
        for (int i = 0; i < nodeOrder.length; i++)
        {
            nodeOrder[i] = i + 1;
        }
    }

    /** Runs to the end. */
    SimRun run()
    {
        try
        {
            begin();
            final long endNs = clock.nowNs() + config.safetyMs() * 1_000_000L;
            final long startNs = clock.nowNs();
            while (clock.nowNs() < endNs)
            {
                while (nextAction < plan.actions().size() &&
                    plan.actions().get(nextAction).atUs() * 1000 <= clock.nowNs() - startNs)
                {
                    act(plan.actions().get(nextAction++));
                }
                final long nextNs = nextAction < plan.actions().size() ?
                    startNs + plan.actions().get(nextAction).atUs() * 1000 : endNs;
                round(nextNs);
            }
            heal();
            return this;
        }
        finally
        {
            producers.forEach(SimProducer::close);
            consumers.forEach(SimConsumer::close);
            nodes.killAll();
        }
    }

    long traceHash()
    {
        return trace.hash();
    }

    long events()
    {
        return trace.events();
    }

    long rounds()
    {
        return rounds;
    }

    long simulatedNs()
    {
        return clock.nowNs();
    }

    SimHistory history()
    {
        return history;
    }

    String nowSeconds()
    {
        return String.format("%.6f s", clock.nowNs() / 1e9);
    }

    private void begin()
    {
        for (final SimNodes.SimNode node : nodes.all())
        {
            nodes.start(node);
        }
        until("brokers register", 10_000_000_000L, () ->
        {
            for (final SimNodes.SimNode node : nodes.all())
            {
                if (!node.node.isReady())
                {
                    return false;
                }
            }
            return true;
        });
        final long topicId = controller.request(topic(TOPIC, config.partitions())).value();
        keys = new long[config.partitions()];
        for (int i = 0; i < keys.length; i++)
        {
            keys[i] = PartitionKey.of(topicId, i);
        }
        final String bootstrap = "b1:1,b" + config.brokers() + ":1";
        for (int i = 0; i < SimPlan.PRODUCERS; i++)
        {
            final String name = "p" + i;
            producers.add(new SimProducer(i, TOPIC, keys, new Producer.Context()
                .clientId(100 + i)
                .bootstrap(bootstrap)
                .clientHost(name)
                .streams(network.node(name))
                .maxBatchBytes(4096)
                .deliveryTimeoutNs(i == 1 ? 2_000_000_000L : 20_000_000_000L)
                .nanoClock(clock.nanoClock(i * 1_000_000_000_000L, 0))
                .epochClock(clock.epochNanoClock())
                .errorHandler((error) -> trace.line(name + ": " + error)), history, trace));
        }
        for (int i = 0; i < 3; i++)
        {
            final String name = "c" + i;
            consumers.add(new SimConsumer(name, TOPIC, keys, new Consumer.Context()
                .clientId(200 + i)
                .bootstrap(bootstrap)
                .clientHost(name)
                .streams(network.node(name))
                .readFrom(i == 0 ? ReadFrom.LEADER : ReadFrom.broker(1 + i % config.brokers()))
                .nanoClock(clock.nanoClock(i * 1_000_000_000_000L, 0))
                .epochClock(clock.epochNanoClock())
                .errorHandler((error) -> trace.line(name + ": " + error)), history));
        }
    }

    private ControllerRequest.CreateTopic topic(final String name, final int partitions)
    {
        return new ControllerRequest.CreateTopic(name, partitions, config.replication(), Map.of(
            "min.insync.replicas", Integer.toString(config.minIsr()),
            "durability", config.fsynced() ? "fsynced" : "replicated"));
    }

    private void onDecision(final ControllerRequest request, final Decision decision)
    {
        invariants.onDecision(controller.state(), request, decision);
    }

    /** Everybody has a turn, in an order of chance; then time passes until something is due. */
    private void round(final long limitNs)
    {
        rounds++;
        network.beginRound();
        int work = controller.doWork();
        for (int i = nodeOrder.length - 1; i > 0; i--)
        {
            final int j = order.nextInt(i + 1);
            final int swapped = nodeOrder[i];
            nodeOrder[i] = nodeOrder[j];
            nodeOrder[j] = swapped;
        }
        for (final int id : nodeOrder)
        {
            final SimNodes.SimNode node = nodes.get(id);
            if (node.isUp())
            {
                work += turn(node);
            }
        }
        nodes.finishStops();
        for (int i = 0; i < producers.size(); i++)
        {
            work += producers.get(i).poll();
        }
        for (int i = 0; i < consumers.size(); i++)
        {
            work += consumers.get(i).poll();
        }
        final long nowNs = clock.nowNs();
        final long stepNs = work > 0 ? 20_000 + order.nextLong(200_000) :
            Math.max(20_000, Math.min(network.nextDueNs() - nowNs, IDLE_STEP_NS));
        clock.advance(Math.max(1000, Math.min(stepNs, limitNs - nowNs)));
    }

    private int turn(final SimNodes.SimNode node)
    {
        int work = 0;
        final int count = node.node.agentCount();
        final int first = order.nextInt(count);
        for (int i = 0; i < count; i++)
        {
            final int agent = (first + i) % count;
            final long stalledUntilNs = agent == 0 ? node.conductorStalledUntilNs : node.dataStalledUntilNs;
            if (clock.nowNs() < stalledUntilNs || !isHealed && order.chance(config.skipPerMillion()))
            {
                continue;
            }
            final int done = node.node.turn(agent);
            if (done > 0)
            {
                work += done;
                check.node = node;
                node.node.forEachReplica(check);
            }
        }
        return work;
    }

    private void act(final SimAction action)
    {
        if (trace.isRead())
        {
            trace.line("== " + action.toLine());
        }
        final SimNodes.SimNode node = nodes.get(action.a());
        switch (action.kind())
        {
            case PRODUCE -> producers.get(action.a()).produce(action.b(), (int)action.c());
            case KILL -> nodes.kill(node);
            case POWER -> nodes.losePower(node, false);
            case WIPE -> nodes.losePower(node, true);
            case START -> nodes.start(node);
            case STOP -> nodes.stop(node);
            case PAUSE ->
            {
                node.conductorStalledUntilNs = clock.nowNs() + action.c() * 1000;
                node.dataStalledUntilNs = clock.nowNs() + action.c() * 1000;
            }
            case STALL ->
            {
                if (action.b() == 0)
                {
                    node.dataStalledUntilNs = clock.nowNs() + action.c() * 1000;
                }
                else
                {
                    node.conductorStalledUntilNs = clock.nowNs() + action.c() * 1000;
                }
            }
            case CUT -> network.cut("b" + action.a(), "b" + action.b());
            case HEAL -> network.heal("b" + action.a(), "b" + action.b());
            case ISOLATE -> isolate(node, action.c() == 1, true);
            case REJOIN -> isolate(node, true, false);
            case CUT_CONTROLLER -> cutController(node, action.c() == 1);
            case BREAK -> network.breakSessions("b" + action.a(), "b" + action.b());
            case LOSS -> network.loss((int)action.c());
            case REFUSE -> network.refuse((int)action.c());
            case LATENCY -> network.latency(Math.min(50, action.c()) * 1000, action.c() * 1000);
            case AWAY -> controller.away(action.c() * 1000);
            case DOUBLE -> controller.doubles((int)action.c());
            case CONTROLLER_LATENCY -> controller.latency(Math.min(200, action.c()) * 1000, action.c() * 1000 + 1);
            case SESSION_LOST ->
            {
                if (node.isUp())
                {
                    node.session.dropFromClient("given up by plan");
                }
            }
            case ELECT -> request(new ControllerRequest.ElectLeader(TOPIC, action.b(), action.a(), false));
            case CREATE -> request(topic("extra-" + action.c(), 1));
            case DELETE -> request(new ControllerRequest.DeleteTopic("extra-" + action.c()));
            case REASSIGN -> reassign(action);
            case SYNC -> node.store.syncIntervalNs(action.c() * 1000);
            default -> throw new IllegalArgumentException(action.toLine());
        }
    }

    private void request(final ControllerRequest request)
    {
        if (!controller.isAway())
        {
            controller.request(request);
        }
    }

    private void reassign(final SimAction action)
    {
        final SimRandom random = new SimRandom(action.c(), 8);
        final ArrayList<Integer> replicas = new ArrayList<>();
        while (replicas.size() < config.replication())
        {
            final int candidate = 1 + random.nextInt(config.brokers());
            if (!replicas.contains(candidate))
            {
                replicas.add(candidate);
            }
        }
        request(new ControllerRequest.Reassign(TOPIC, action.b(), replicas));
    }

    private void cutController(final SimNodes.SimNode node, final boolean cut)
    {
        if (node.session != null)
        {
            node.session.cut(cut);
        }
    }

    private void isolate(final SimNodes.SimNode node, final boolean controllerToo, final boolean cut)
    {
        for (final SimNodes.SimNode other : nodes.all())
        {
            if (other != node)
            {
                if (cut)
                {
                    network.cut("b" + node.id, "b" + other.id);
                    network.cut("b" + other.id, "b" + node.id);
                }
                else
                {
                    network.heal("b" + node.id, "b" + other.id);
                    network.heal("b" + other.id, "b" + node.id);
                }
            }
        }
        if (controllerToo)
        {
            cutController(node, cut);
        }
    }

    /** Everything is made whole; then all that was accepted has its fate, and all replicas are the same (H9, H10). */
    private void heal()
    {
        trace.line("== heal");
        isHealed = true;
        network.healAll();
        controller.heal();
        for (final SimNodes.SimNode node : nodes.all())
        {
            node.conductorStalledUntilNs = 0;
            node.dataStalledUntilNs = 0;
            cutController(node, false);
            node.store.syncIntervalNs(20_000_000);
            if (node.isStopping)
            {
                nodes.kill(node);
            }
            nodes.start(node);
        }
        for (int i = 0; i < keys.length; i++)
        {
            producers.get(0).produce(i, 1);
        }
        until("H9: every producer is answered", HEAL_LIMIT_NS, () -> producers.stream().allMatch(SimProducer::isIdle));
        until("H10: replicas converge", HEAL_LIMIT_NS, this::isConverged);
        until("H10: consumers reach the end", HEAL_LIMIT_NS, this::isConsumed);
        final ArrayList<Long> all = new ArrayList<>();
        for (final long key : keys)
        {
            all.add(key);
        }
        history.check(all);
        for (final long key : keys)
        {
            for (final int replica : controller.state().partition(key).replicas())
            {
                SimSequences.check(nodes.get(replica).store, key);
            }
        }
    }

    private boolean isConverged()
    {
        for (final PartitionState partition : controller.state().partitions())
        {
            if (partition.isr().size() < partition.replicas().size() || partition.isReassigning())
            {
                return false;
            }
            for (final int replica : partition.replicas())
            {
                final SimLog log = nodes.log(replica, partition.key());
                if (log == null || log.logEnd() != truth.end(partition.key()) ||
                    log.chainAt(log.logEnd()) != nodes.log(partition.leader(), partition.key()).chainAt(log.logEnd()))
                {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean isConsumed()
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

    private void until(final String what, final long limitNs, final java.util.function.BooleanSupplier condition)
    {
        final long deadlineNs = clock.nowNs() + limitNs;
        int sinceChecked = 0;
        while (true)
        {
            if (sinceChecked++ % 16 == 0 && condition.getAsBoolean())
            {
                return;
            }
            if (clock.nowNs() >= deadlineNs)
            {
                throw new Violation("H9", what + ": not within " + limitNs / 1_000_000_000L + " s of being healed\n" + describe());
            }
            round(deadlineNs);
        }
    }

    String describe()
    {
        final StringBuilder text = new StringBuilder();
        for (final TopicState topic : controller.state().topics())
        {
            text.append(topic).append('\n');
        }
        for (final PartitionState partition : controller.state().partitions())
        {
            text.append(partition).append(" true HW ").append(truth.end(partition.key())).append('\n');
            for (final int replica : partition.replicas())
            {
                text.append("  ").append(nodes.log(replica, partition.key())).append('\n');
            }
        }
        controller.state().brokers().forEach((broker) -> text.append(broker).append('\n'));
        for (int i = 0; i < producers.size(); i++)
        {
            text.append("producer ").append(i).append(producers.get(i).isIdle() ? " idle" : " waits").append('\n');
        }
        if (keys != null)
        {
            for (int i = 0; i < consumers.size(); i++)
            {
                text.append("consumer ").append(i);
                for (int j = 0; j < keys.length; j++)
                {
                    text.append(' ').append(consumers.get(i).next(j));
                }
                text.append('\n');
            }
        }
        history.records().stream().filter((record) -> record.outcome == SimHistory.Outcome.OPEN).limit(5)
            .forEach((record) -> text.append(record).append('\n'));
        return text.toString();
    }
}
