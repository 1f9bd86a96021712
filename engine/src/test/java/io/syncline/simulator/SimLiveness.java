package io.syncline.simulator;

import io.syncline.metadata.PartitionState;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * H9: only a random sufficient core of the cluster is healed, everybody else is down, cut off or stands still, and
 * every partition accepts writes again within a bound. A core is sufficient when it holds m replicas of each partition,
 * one of them with everything that was committed: a member of its ISR, or of its ELR where the ISR is empty.
 */
final class SimLiveness
{
    /** From the heal of the core to the last partition's write; sessions of the lost brokers have to run out first. */
    static final long LIMIT_NS = 20_000_000_000L;

    private static final long FOREVER_NS = Long.MAX_VALUE / 4;

    private final SimConfig config;
    private final SimRandom random;
    private final SimTrace trace;
    private final SimNetwork network;
    private final SimController controller;
    private final SimNodes nodes;
    private final SimActs acts;
    private final TreeSet<Integer> core = new TreeSet<>();

    SimLiveness(
        final SimConfig config, final SimTrace trace, final SimNetwork network, final SimController controller,
        final SimNodes nodes, final SimActs acts)
    {
        this.config = config;
        this.random = new SimRandom(config.seed(), 9);
        this.trace = trace;
        this.network = network;
        this.controller = controller;
        this.nodes = nodes;
        this.acts = acts;
    }

    /** Chooses a core and heals it alone. */
    void begin(final long[] keys)
    {
        for (final long key : keys)
        {
            choose(controller.state().partition(key));
        }
        trace.line("== heal core " + core);
        network.healFrames();
        acts.healController();
        for (final SimNodes.SimNode node : nodes.all())
        {
            if (!core.contains(node.id))
            {
                leaveOut(node);
            }
        }
        for (final int id : core)
        {
            heal(id);
        }
    }

    /**
     * What the controller had not decided when the core was chosen may have made it insufficient.
     *
     * @return true when it was, and another broker has joined it
     */
    boolean widen(final long[] keys)
    {
        for (final long key : keys)
        {
            final PartitionState partition = controller.state().partition(key);
            final List<Integer> complete = complete(partition);
            if (complete.stream().noneMatch(core::contains) || count(partition) < controller.state().minIsr(partition))
            {
                final int before = core.size();
                choose(partition);
                if (core.size() == before)
                {
                    continue;
                }
                trace.line("== heal core " + core);
                for (final int id : core)
                {
                    heal(id);
                }
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString()
    {
        return core.toString();
    }

    private void choose(final PartitionState partition)
    {
        final List<Integer> complete = complete(partition);
        if (complete.isEmpty())
        {
            core.addAll(partition.replicas());
            return;
        }
        if (complete.stream().noneMatch(core::contains))
        {
            core.add(complete.get(random.nextInt(complete.size())));
        }
        while (count(partition) < controller.state().minIsr(partition))
        {
            core.add(partition.replicas().get(random.nextInt(partition.replicas().size())));
        }
    }

    private long count(final PartitionState partition)
    {
        return partition.replicas().stream().filter(core::contains).count();
    }

    /** Who may be elected and holds everything: of the ISR, or of the ELR where the ISR is empty. */
    private List<Integer> complete(final PartitionState partition)
    {
        final List<Integer> members = new ArrayList<>(partition.isr().isEmpty() ? partition.elr() : partition.isr());
        members.removeIf(nodes::isLossUntold);
        return members;
    }

    private void heal(final int id)
    {
        acts.healNode(nodes.get(id));
        mend("b" + id, SimWorkload.hostOf(SimWorkload.CLIENTS - 1));
        for (final int other : core)
        {
            if (other != id)
            {
                mend("b" + id, "b" + other);
            }
        }
    }

    private void mend(final String host, final String other)
    {
        network.heal(host, other);
        network.heal(other, host);
    }

    /** Gone for good, as far as the others can see. */
    private void leaveOut(final SimNodes.SimNode node)
    {
        switch (random.nextInt(3))
        {
            case 0 -> nodes.kill(node);
            case 1 ->
            {
                node.stall(SimTurns.CONDUCTOR, SimTurns.KEEPER, FOREVER_NS);
            }
            default ->
            {
                acts.isolate(node, true, true);
                for (int client = 0; client < SimWorkload.CLIENTS; client++)
                {
                    network.cut("b" + node.id, SimWorkload.hostOf(client));
                    network.cut(SimWorkload.hostOf(client), "b" + node.id);
                }
            }
        }
    }
}
