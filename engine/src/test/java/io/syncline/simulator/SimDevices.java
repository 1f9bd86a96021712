package io.syncline.simulator;

import io.syncline.simulator.SimAction.Kind;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Devices that fail, and what is on them spoiled (D2 to D4), a controller whose last decisions nobody hears of (M1),
 * and frames that lose their end (Z1). Whether one of these is too much (P2, P4) is known only when its time has come:
 * {@link SimNodes} lets fewer replicas fail at once than a commit has at least.
 */
final class SimDevices
{
    private static final long STREAM = 15;
    private static final List<Kind> KINDS =
        List.of(Kind.FLIP, Kind.BAD_SYNC, Kind.BAD_READ, Kind.GONE, Kind.FULL, Kind.UNHEARD, Kind.SHORTEN);

    private SimDevices()
    {
    }

    /** @return any plan with some of these: all of one kind, or, where that is null, of each */
    static SimPlan with(final SimPlan plan, final Kind kind)
    {
        return with(plan, new SimRandom(plan.config().seed(), STREAM), kind == null ? KINDS : List.of(kind));
    }

    private static SimPlan with(final SimPlan plan, final SimRandom random, final List<Kind> kinds)
    {
        final SimConfig config = plan.config();
        final List<SimAction> actions = new ArrayList<>(plan.actions());
        for (int i = 1 + random.nextInt(5); i > 0; i--)
        {
            final long atUs = random.nextLong(config.safetyMs() * 1000L);
            final int broker = 1 + random.nextInt(config.brokers());
            final int partition = random.nextInt(config.partitions());
            final long laterUs = atUs + 1000 + random.nextLong(random.nextBoolean() ? 50_000 : 3_000_000);
            final Kind kind = kinds.get(random.nextInt(kinds.size()));
            actions.add(switch (kind)
            {
                case FLIP -> new SimAction(atUs, kind, broker, partition, 0);
                case GONE -> new SimAction(atUs, kind, broker, partition, random.nextInt(3) == 0 ? 1 : 0);
                case FULL -> new SimAction(atUs, kind, broker, 0, random.nextLong(random.nextBoolean() ? 4096 : 65_536));
                case SHORTEN -> new SimAction(atUs, kind, 0, 0, 1 + random.nextInt(100_000));
                default -> new SimAction(atUs, kind, broker, 0, 1 + random.nextInt(3));
            });
            if (kind == Kind.GONE)
            {
                actions.add(new SimAction(laterUs, Kind.START, broker, 0, 0));
            }
            else if (kind == Kind.FULL || kind == Kind.SHORTEN)
            {
                actions.add(new SimAction(laterUs, kind, broker, 0, kind == Kind.FULL ? -1 : 0));
            }
        }
        actions.sort(Comparator.comparingLong(SimAction::atUs));
        return new SimPlan(config, List.copyOf(actions));
    }
}
