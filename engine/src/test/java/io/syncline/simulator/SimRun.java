package io.syncline.simulator;

import io.syncline.metadata.ControllerRequest;
import io.syncline.metadata.Decision;
import io.syncline.metadata.PartitionState;
import io.syncline.metadata.TopicState;
import io.syncline.protocol.PartitionKey;

import java.util.ArrayList;
import java.util.function.BooleanSupplier;

/**
 * One run of a plan, in one thread and in virtual time: SAFETY under faults, LIVENESS of a healed core, heal, drain.
 * Throws {@link Violation} where an invariant does not hold.
 */
final class SimRun
{
    private static final long HEAL_LIMIT_NS = 60_000_000_000L;
    private static final long LOOK_INTERVAL_NS = 20_000_000;
    /** A client's session at a broker, and a request to the controller, are given up sooner. */
    private static final long PATIENCE_NS = 12_000_000_000L;
    private static final long WAIT_STEP_NS = 1_000_000;

    private final SimPlan plan;
    private final SimConfig config;
    private final SimClock clock = new SimClock();
    private final SimRandom chance;
    private final SimTrace trace;
    private final SimTruth truth;
    private final SimHistory history;
    private final SimTurns turns;
    private final SimNetwork network;
    private final SimController controller;
    private final SimNodes nodes;
    private final SimWorkload workload;
    private final SimAdmin admin;
    private final SimActs acts;
    private final SimLiveness liveness;
    private final SimInvariants invariants;
    private final SimReplicaCheck check;
    private final Runnable between;
    private final SimPlannedMoves plannedMoves = new SimPlannedMoves();
    private int nextAction;
    private long turnCount;
    private long safetyStartNs = -1;
    private boolean isQuiet;

    SimRun(final SimPlan plan, final java.util.function.Consumer<String> out)
    {
        this.plan = plan;
        config = plan.config();
        chance = new SimRandom(config.seed(), 4);
        trace = new SimTrace(clock, out);
        truth = new SimTruth(trace);
        turns = new SimTurns(config, clock, new SimRandom(config.seed(), 3), config.brokers(), SimWorkload.ACTORS);
        network = new SimNetwork(clock, new SimRandom(config.seed(), 5), trace);
        network.windowFrames(config.windowFrames());
        controller = new SimController(
            clock, new SimRandom(config.seed(), 6), trace, this::onDecision, turns, 2_000_000_000L);
        nodes = new SimNodes(config, clock, new SimRandom(config.seed(), 7), network, controller, trace, truth, turns);
        truth.replicas(nodes, controller);
        invariants = new SimInvariants(nodes, truth);
        history = new SimHistory(truth, clock, invariants);
        workload = new SimWorkload(config, clock, network, turns, trace, truth, history);
        admin = new SimAdmin(trace, workload.adminContext(), this::goOn);
        acts = new SimActs(config, clock, trace, turns, network, controller, nodes, workload, admin);
        liveness = new SimLiveness(config, trace, network, controller, nodes, acts);
        check = new SimReplicaCheck(invariants, controller);
        between = check::look;
        network.watch(invariants::onWritten);
    }

    /** Runs to the end. */
    SimRun run()
    {
        try
        {
            begin();
            safety();
            if (!plannedMoves.arePlanned())
            {
                // Leaving brokers out ends leaderships without a plan, and then R5.7 could not be asked of any run.
                liveness();
            }
            heal();
            return this;
        }
        finally
        {
            admin.close();
            workload.close();
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

    long turns()
    {
        return turnCount;
    }

    long simulatedNs()
    {
        return clock.nowNs();
    }

    SimPlannedMoves plannedMoves()
    {
        return plannedMoves;
    }

    /** @return milliseconds since the SAFETY phase began */
    long safetyMs()
    {
        return safetyStartNs < 0 ? 0 : (clock.nowNs() - safetyStartNs) / 1_000_000;
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
        until("brokers register", 10_000_000_000L, this::isReady);
        final long topicId = controller.request(acts.topic(SimWorkload.TOPIC, config.partitions())).value();
        final long[] keys = new long[config.partitions()];
        for (int i = 0; i < keys.length; i++)
        {
            keys[i] = PartitionKey.of(topicId, i);
        }
        workload.open(keys);
    }

    private boolean isReady()
    {
        for (final SimNodes.SimNode node : nodes.all())
        {
            if (!node.node.isReady())
            {
                return false;
            }
        }
        return true;
    }

    private void onDecision(final ControllerRequest request, final Decision decision)
    {
        invariants.onDecision(controller.state(), request, decision);
        plannedMoves.onDecision(request, decision);
    }

    private void safety()
    {
        safetyStartNs = clock.nowNs();
        final long safetyEndNs = safetyStartNs + config.safetyMs() * 1_000_000L;
        while (clock.nowNs() < safetyEndNs)
        {
            step(safetyEndNs);
        }
    }

    /** The next action of the plan or the next turn, whichever comes first; none may be due by then. */
    private void step(final long limitNs)
    {
        if (nextAction < plan.actions().size())
        {
            final SimAction action = plan.actions().get(nextAction);
            final long atNs = safetyStartNs + action.atUs() * 1000;
            if (atNs < limitNs)
            {
                if (!turnBefore(atNs))
                {
                    clock.advanceTo(atNs);
                    nextAction++;
                    acts.act(action);
                }
                return;
            }
        }
        if (!turnBefore(limitNs))
        {
            clock.advanceTo(limitNs);
        }
    }

    /** Someone waits within an action: the others go on, and so does the plan. */
    private void goOn()
    {
        final long limitNs = clock.nowNs() + WAIT_STEP_NS;
        while (clock.nowNs() < limitNs)
        {
            step(limitNs);
        }
    }

    /** Time passes to whoever is due first, and it has its turn. */
    private boolean turnBefore(final long limitNs)
    {
        final int actor = turns.first();
        final long dueNs = turns.dueNs(actor);
        if (dueNs >= limitNs)
        {
            return false;
        }
        turnCount++;
        clock.advanceTo(dueNs);
        turns.begin(actor);
        final int client = turns.clientOf(actor);
        if (actor == SimTurns.CONTROLLER)
        {
            turns.end(actor, controller.doWork(), controller.nextDueNs());
            nodes.finishStops();
        }
        else if (client >= 0)
        {
            turns.end(actor, workload.turn(client), workload.nextDueNs(client));
        }
        else
        {
            turn(actor, nodes.get(SimTurns.brokerOf(actor)), SimTurns.agentOf(actor));
        }
        return true;
    }

    private void turn(final int actor, final SimNodes.SimNode node, final int agent)
    {
        if (!node.isUp())
        {
            return;
        }
        final long stalledUntilNs = node.stalledUntilNs[agent];
        if (clock.nowNs() < stalledUntilNs)
        {
            turns.notBefore(actor, stalledUntilNs);
        }
        else if (!isQuiet && chance.chance(config.skipPerMillion()))
        {
            turns.notBefore(actor, clock.nowNs() + 1 + chance.nextLong(2_000_000));
        }
        else
        {
            int work;
            try
            {
                check.begin(node, agent);
                work = node.node.turn(agent, between);
            }
            catch (final SimLogStore.Crash ex)
            {
                nodes.crash(node, ex.getMessage());
                return;
            }
            if (node.isUp())
            {
                turns.end(actor, work, SimNodes.nextDueNs(node, agent));
                if (work > 0)
                {
                    turns.neighbours(node.id, agent, check.isMoved(), node.node.isConductorTold());
                }
            }
        }
    }

    /** A core is made whole, and no more: every partition accepts writes again (H9). */
    private void liveness()
    {
        isQuiet = true;
        final long[] keys = workload.keys();
        liveness.begin(keys);
        workload.probe();
        while (!within(SimLiveness.LIMIT_NS, workload::isProbed))
        {
            if (!liveness.widen(keys))
            {
                throw new Violation("H9", "not every partition accepts writes " + SimLiveness.LIMIT_NS / 1_000_000_000L +
                    " s after core " + liveness + " was healed\n" + describe());
            }
        }
    }

    /** Everything is made whole; then all that was accepted has its fate, and all replicas are the same (H9, H10). */
    private void heal()
    {
        trace.line("== heal");
        acts.heal();
        final long[] keys = workload.keys();
        for (int i = 0; i < keys.length; i++)
        {
            workload.produce(0, i, 1);
        }
        until("H9: every producer is answered", HEAL_LIMIT_NS, workload::isAnswered);
        until("H10: replicas converge", HEAL_LIMIT_NS, this::isConverged);
        until("H10: consumers reach the end", HEAL_LIMIT_NS, workload::isConsumed);
        // What clients left behind, and requests whose answers were lost, run out first; what does not, I14 reports.
        admin.close();
        within(PATIENCE_NS, invariants::isNothingLeft);
        final ArrayList<Long> all = new ArrayList<>();
        for (final long key : keys)
        {
            all.add(key);
        }
        invariants.onQuiet(controller.state(), history);
        history.check(all);
        for (final long key : keys)
        {
            if (plannedMoves.arePlanned(key))
            {
                history.checkAcksLeader(key);
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
                if (log == null || !log.isOpen() || !log.isWhole() || log.logEnd() != truth.end(partition.key()) ||
                    log.chainAt(log.logEnd()) != nodes.log(partition.leader(), partition.key()).chainAt(log.logEnd()))
                {
                    return false;
                }
            }
        }
        return true;
    }

    private void until(final String what, final long limitNs, final BooleanSupplier condition)
    {
        if (!within(limitNs, condition))
        {
            throw new Violation("H9", what + ": not within " + limitNs / 1_000_000_000L + " s of being healed\n" + describe());
        }
    }

    private boolean within(final long limitNs, final BooleanSupplier condition)
    {
        final long deadlineNs = clock.nowNs() + limitNs;
        while (!condition.getAsBoolean())
        {
            if (clock.nowNs() >= deadlineNs)
            {
                return false;
            }
            final long lookNs = clock.nowNs() + LOOK_INTERVAL_NS;
            while (turnBefore(lookNs))
            {
                // Whoever is due has a turn.
            }
            clock.advanceTo(lookNs);
        }
        return true;
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
        workload.describe(text);
        return text.toString();
    }
}
