package io.syncline.simulator;

import io.syncline.metadata.ControllerRequest;
import io.syncline.metadata.PartitionState;

import java.util.ArrayList;
import java.util.Map;

/** Carries the plan's actions out. */
final class SimActs
{
    /** Threads of a process that was stopped run again within this time. */
    private static final long AWAKE_WITHIN_NS = 300_000;

    private final SimConfig config;
    private final SimClock clock;
    private final SimTrace trace;
    private final SimTurns turns;
    private final SimNetwork network;
    private final SimController controller;
    private final SimNodes nodes;
    private final SimWorkload workload;
    private final SimAdmin admin;

    SimActs(
        final SimConfig config, final SimClock clock, final SimTrace trace, final SimTurns turns, final SimNetwork network,
        final SimController controller, final SimNodes nodes, final SimWorkload workload, final SimAdmin admin)
    {
        this.config = config;
        this.clock = clock;
        this.trace = trace;
        this.turns = turns;
        this.network = network;
        this.controller = controller;
        this.nodes = nodes;
        this.workload = workload;
        this.admin = admin;
    }

    void act(final SimAction action)
    {
        if (trace.isRead())
        {
            trace.line("== " + action.toLine());
        }
        final SimNodes.SimNode node = nodes.get(action.a());
        switch (action.kind())
        {
            case PRODUCE -> workload.produce(action.a(), action.b(), (int)action.c());
            case KILL -> nodes.kill(node);
            case POWER -> nodes.losePower(node, false);
            case WIPE -> nodes.losePower(node, true);
            case RESTORE ->
            {
                if (action.c() != 0)
                {
                    nodes.putOldCopy(node);
                }
                else
                {
                    nodes.putNewest(node);
                }
            }
            case START -> nodes.start(node);
            case STOP -> nodes.stop(node);
            case PAUSE -> node.stall(SimTurns.CONDUCTOR, SimTurns.KEEPER, clock.nowNs() + action.c() * 1000);
            case STALL -> stall(node, action.b(), clock.nowNs() + action.c() * 1000);
            case ZOMBIE -> zombie(workload.keys()[action.b()], clock.nowNs() + action.c() * 1000);
            case FENCE -> workload.fence(action.b(), (int)action.c());
            case CUT -> network.cut(host(action.a()), host(action.b()));
            case HEAL -> network.heal(host(action.a()), host(action.b()));
            case ISOLATE -> isolate(node, action.c() == 1, true);
            case REJOIN -> isolate(node, true, false);
            case CUT_CONTROLLER -> cutController(node, action.c() == 1);
            case BREAK -> network.breakSessions(host(action.a()), host(action.b()), action.c() * 1000);
            case LOSS -> network.loss((int)action.c());
            case CORRUPT -> network.corrupt((int)action.c());
            case SHORTEN -> network.shorten((int)action.c());
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
            case ELECT -> request(new ControllerRequest.ElectLeader(SimWorkload.TOPIC, action.b(), action.a(), false));
            case PROPOSALS -> controller.loses((int)action.c());
            case ANSWERS -> controller.spoilsAnswers((int)action.c());
            case CLOCK -> node.wallOffsetMs = action.c();
            case CREATE -> create("extra-" + action.c(), action.b() == 1);
            case WRITE -> workload.write("extra-" + action.c(), action.b());
            case DELETE -> delete("extra-" + action.c(), action.b() == 1);
            case REASSIGN -> reassign(action);
            case CRASH ->
            {
                node.isCrashDark = action.c() != 0;
                node.store.crashAfter(action.b());
            }
            case SYNC -> node.store.syncIntervalNs(action.c() * 1000);
            case FLIP -> nodes.flip(node, workload.keys()[action.b()]);
            case BAD_SYNC -> nodes.failSyncs(node, (int)action.c());
            case BAD_READ -> nodes.failReads(node, (int)action.c());
            case GONE -> nodes.takeAway(node, workload.keys()[action.b()], action.c() == 1);
            case FULL -> nodes.fill(node, action.c());
            case UNHEARD -> controller.unheard((int)action.c());
            default -> throw new IllegalArgumentException(action.toLine());
        }
    }

    private static void stall(final SimNodes.SimNode node, final int who, final long untilNs)
    {
        switch (who)
        {
            case 0 -> node.stall(SimTurns.LEADER, SimTurns.KEEPER, untilNs);
            case 1 -> node.stall(SimTurns.CONDUCTOR, SimTurns.CONDUCTOR, untilNs);
            default -> node.stall(who - 1, who - 1, untilNs);
        }
    }

    private void zombie(final long key, final long untilNs)
    {
        final PartitionState partition = controller.state().partition(key);
        final SimNodes.SimNode leader = partition == null ? null : nodes.get(partition.leader());
        for (int agent = SimTurns.CONDUCTOR; leader != null && agent <= SimTurns.KEEPER; agent++)
        {
            leader.stall(agent, agent, untilNs + (SimRandom.mix(untilNs + agent) >>> 1) % AWAKE_WITHIN_NS);
        }
    }

    private static String host(final int node)
    {
        return node < SimPlan.CLIENT ? "b" + node : SimWorkload.hostOf(node - SimPlan.CLIENT);
    }

    /** Everything is made whole. */
    void heal()
    {
        network.healAll();
        healController();
        nodes.all().forEach(this::healNode);
    }

    /** The controller is there for whoever reaches it, and quick. */
    void healController()
    {
        controller.heal();
        turns.wakeSoon(SimTurns.CONTROLLER);
    }

    /** A broker runs, on a whole machine, and reaches the controller. */
    void healNode(final SimNodes.SimNode node)
    {
        node.goOn();
        cutController(node, false);
        node.store.syncIntervalNs(20_000_000);
        node.store.crashAfter(0);
        node.store.disk().healed();
        node.store.lookAtAll();
        if (node.isStopping)
        {
            nodes.kill(node);
        }
        nodes.putNewest(node);
        nodes.start(node);
        turns.started(node.id);
    }

    /** @return what creates a topic as this run wants its topics */
    ControllerRequest.CreateTopic topic(final String name, final int partitions)
    {
        return new ControllerRequest.CreateTopic(name, partitions, config.replication(), topicConfig());
    }

    private void create(final String name, final boolean byClient)
    {
        if (byClient && !admin.isBusy())
        {
            admin.create(name, 1, config.replication(), topicConfig());
        }
        else
        {
            request(topic(name, 1));
        }
    }

    private void delete(final String name, final boolean byClient)
    {
        if (byClient && !admin.isBusy())
        {
            admin.delete(name);
        }
        else
        {
            request(new ControllerRequest.DeleteTopic(name));
        }
    }

    private Map<String, String> topicConfig()
    {
        return Map.of(
            "min.insync.replicas", Integer.toString(config.minIsr()),
            "durability", config.fsynced() ? "fsynced" : "replicated");
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
        request(new ControllerRequest.Reassign(SimWorkload.TOPIC, action.b(), replicas));
    }

    private void cutController(final SimNodes.SimNode node, final boolean cut)
    {
        if (node.session != null)
        {
            node.session.cut(cut);
        }
    }

    /** Cuts a broker off from all others, or mends that; perhaps from the controller too. */
    void isolate(final SimNodes.SimNode node, final boolean controllerToo, final boolean cut)
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
}
