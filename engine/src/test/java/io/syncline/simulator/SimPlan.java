package io.syncline.simulator;

import io.syncline.simulator.SimAction.Kind;
import io.syncline.simulator.SimConfig.FaultClass;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a run consists of: its configuration and every fault and client operation with its time. A seed expands into
 * one; it is what runs, shrinks, is stored and replays.
 *
 * @param config  of the run
 * @param actions by time
 */
record SimPlan(SimConfig config, List<SimAction> actions)
{
    /** Producers of a run: idempotent at acks=all, plain at acks=all, idempotent at acks=leader, plain at acks=none. */
    static final int PRODUCERS = 5;
    /** Where clients stand for nodes: this and the number of the client. */
    static final int CLIENT = 100;

    private static final int CONSUMERS = 3;
    private static final long DAY_AND_MORE_MS = 25 * 3_600_000L;

    static SimPlan of(final long seed)
    {
        return of(SimConfig.swarm(seed));
    }

    /** @return the seed in a tenth of the time, and in every second one such faults as must meet */
    static SimPlan dense(final long seed)
    {
        return SimShapes.into(of(SimConfig.swarm(seed).dense()));
    }

    static SimPlan of(final SimConfig config)
    {
        final SimRandom random = new SimRandom(config.seed(), 2);
        final List<SimAction> actions = new ArrayList<>();
        final long endUs = config.safetyMs() * 1000L;
        // Records and faults come in clusters: most bugs need several things close together.
        final long[] busyUs = new long[1 + random.nextInt(6)];
        for (int i = 0; i < busyUs.length; i++)
        {
            busyUs[i] = random.nextLong(endUs);
        }
        final long busyForUs = 200_000 + random.nextLong(4_000_000);
        for (int offered = 0; offered < config.records(); )
        {
            final int burst = 1 + (random.nextInt(8) == 0 ? random.nextInt(40) : random.nextInt(3));
            final long atUs = random.nextInt(5) == 0 ? random.nextLong(endUs) :
                Math.min(endUs - 1, busyUs[random.nextInt(busyUs.length)] + random.nextLong(busyForUs));
            actions.add(new SimAction(
                atUs, Kind.PRODUCE, random.nextInt(PRODUCERS), random.nextInt(config.partitions()), burst));
            offered += burst;
        }
        final List<FaultClass> classes = new ArrayList<>();
        for (final FaultClass faultClass : FaultClass.values())
        {
            if (config.has(faultClass))
            {
                classes.add(faultClass);
            }
        }
        if (random.nextBoolean())
        {
            actions.add(new SimAction(0, Kind.CONTROLLER_LATENCY, 0, 0, 500 + random.nextLong(200_000)));
        }
        long centreUs = busyUs[0];
        for (int i = 0; i < config.faults() && !classes.isEmpty(); i++)
        {
            if (random.nextInt(4) == 0)
            {
                centreUs = random.nextInt(4) == 0 ? random.nextLong(endUs) : busyUs[random.nextInt(busyUs.length)];
            }
            final long atUs = Math.min(endUs - 1, centreUs + random.nextLong(random.nextBoolean() ? 50_000 : 2_000_000));
            add(actions, random, config, classes.get(random.nextInt(classes.size())), atUs, endUs);
        }
        restores(actions, config, busyUs, endUs);
        actions.sort(Comparator.comparingLong(SimAction::atUs));
        return new SimPlan(config, List.copyOf(actions));
    }

    /** D3; of numbers of its own, so that a seed's other faults stay where they are. */
    private static void restores(
        final List<SimAction> actions, final SimConfig config, final long[] busyUs, final long endUs)
    {
        final SimRandom random = new SimRandom(config.seed(), 17);
        for (int i = config.has(FaultClass.WIPE) ? random.nextInt(4) : 0; i > 0; i--)
        {
            final int broker = 1 + random.nextInt(config.brokers());
            final long atUs = Math.min(endUs - 1, busyUs[random.nextInt(busyUs.length)] + random.nextLong(2_000_000));
            final long backUs = atUs + random.nextLong(random.nextBoolean() ? 300_000 : 3_000_000);
            actions.add(new SimAction(atUs, Kind.RESTORE, broker, 0, 1));
            if (random.nextBoolean())
            {
                // However often it is started.
                down(actions, Kind.KILL, broker, atUs + (backUs - atUs) / 4, atUs + (backUs - atUs) / 2);
            }
            actions.add(new SimAction(backUs, Kind.RESTORE, broker, 0, 0));
        }
    }

    private static void add(
        final List<SimAction> actions, final SimRandom random, final SimConfig config, final FaultClass faultClass,
        final long atUs, final long endUs)
    {
        final int broker = 1 + random.nextInt(config.brokers());
        final int other = 1 + random.nextInt(config.brokers());
        final long laterUs = atUs + switch (random.nextInt(3))
        {
            case 0 -> 1000 + random.nextLong(30_000);
            case 1 -> random.nextLong(300_000);
            default -> random.nextLong(8_000_000);
        };
        final int partition = random.nextInt(config.partitions());
        switch (faultClass)
        {
            case KILL -> crashes(actions, random, Kind.KILL, broker, atUs, laterUs);
            case POWER ->
            {
                if (config.fsynced() && random.nextInt(3) == 0)
                {
                    // P3: nothing is lost when all of them lose it at once.
                    for (int each = 1; each <= config.brokers(); each++)
                    {
                        down(actions, Kind.POWER, each, atUs, laterUs + random.nextLong(2_000_000));
                    }
                }
                else
                {
                    crashes(actions, random, Kind.POWER, broker, atUs, laterUs);
                }
            }
            case WIPE -> crashes(actions, random, Kind.WIPE, broker, atUs, laterUs);
            case STOP -> down(actions, Kind.STOP, broker, atUs, laterUs);
            case PAUSE -> actions.add(random.nextBoolean() ?
                new SimAction(atUs, Kind.PAUSE, broker, 0, laterUs - atUs) :
                new SimAction(atUs, Kind.STALL, broker, random.nextInt(6), laterUs - atUs));
            case CUT -> cut(actions, random, broker, random.nextInt(4) == 0 ? client(random) : other, atUs, laterUs);
            case SESSION -> actions.add(random.nextInt(4) == 0 ?
                new SimAction(atUs, Kind.SESSION_LOST, broker, 0, 0) :
                broken(random, broker, other, atUs));
            case LOSS ->
            {
                final Kind kind = random.nextInt(3) == 0 ? Kind.REFUSE : Kind.LOSS;
                actions.add(new SimAction(atUs, kind, 0, 0, random.nextInt(300_000)));
                actions.add(new SimAction(laterUs, kind, 0, 0, 0));
            }
            case CRASH ->
            {
                actions.add(new SimAction(atUs, Kind.CRASH, broker, 1 + random.nextInt(6), random.nextInt(2)));
                actions.add(new SimAction(laterUs, Kind.START, broker, 0, 0));
            }
            case CORRUPT ->
            {
                actions.add(new SimAction(atUs, Kind.CORRUPT, 0, 0, random.nextInt(100_000)));
                actions.add(new SimAction(laterUs, Kind.CORRUPT, 0, 0, 0));
            }
            case SLOW ->
            {
                actions.add(new SimAction(atUs, Kind.LATENCY, 0, 0, 500 + random.nextLong(random.nextBoolean() ? 20_000 : 1_000_000)));
                actions.add(new SimAction(laterUs, Kind.LATENCY, 0, 0, 500));
            }
            case CONTROLLER -> actions.add(switch (random.nextInt(6))
            {
                case 0 -> new SimAction(atUs, Kind.AWAY, 0, 0, laterUs - atUs);
                case 1 -> new SimAction(atUs, Kind.DOUBLE, 0, 0, random.nextInt(300_000));
                case 2 -> new SimAction(atUs, Kind.CONTROLLER_LATENCY, 0, 0, random.nextLong(300_000));
                case 3 -> new SimAction(atUs, Kind.PROPOSALS, 0, 0, random.nextInt(300_000));
                case 4 -> new SimAction(atUs, Kind.ANSWERS, 0, 0, random.nextInt(500_000));
                default -> new SimAction(atUs, Kind.CUT_CONTROLLER, broker, 0, random.nextInt(2));
            });
            case CLOCK -> actions.add(new SimAction(atUs, Kind.CLOCK, broker, 0, random.nextInt(4) == 0 ?
                -SimClock.EPOCH_MS : random.nextLong(2 * DAY_AND_MORE_MS) - DAY_AND_MORE_MS));
            case ADMIN -> admin(actions, random, config, broker, partition, atUs);
            default -> actions.add(new SimAction(atUs, Kind.SYNC, broker, 0, 1000 + random.nextLong(3_000_000)));
        }
    }

    private static void down(
        final List<SimAction> actions, final Kind kind, final int broker, final long atUs, final long laterUs)
    {
        actions.add(new SimAction(atUs, kind, broker, 0, 0));
        actions.add(new SimAction(laterUs, Kind.START, broker, 0, 0));
    }

    /** Now and then a loop of them, each soon after the start before it. */
    private static void crashes(
        final List<SimAction> actions, final SimRandom random, final Kind kind, final int broker, final long atUs,
        final long laterUs)
    {
        down(actions, kind, broker, atUs, laterUs);
        long crashUs = laterUs;
        while (random.nextInt(3) == 0)
        {
            crashUs += random.nextLong(random.nextBoolean() ? 50_000 : 1_000_000);
            final long startUs = crashUs + 1000 + random.nextLong(30_000);
            down(actions, kind, broker, crashUs, startUs);
            crashUs = startUs;
        }
    }

    private static int client(final SimRandom random)
    {
        return CLIENT + random.nextInt(PRODUCERS + CONSUMERS);
    }

    private static SimAction broken(final SimRandom random, final int broker, final int other, final long atUs)
    {
        final long lateUs = random.nextLong(random.nextBoolean() ? 200_000 : 5_000_000);
        return switch (random.nextInt(4))
        {
            case 0 -> new SimAction(atUs, Kind.BREAK, client(random), broker, lateUs);
            case 1 -> new SimAction(atUs, Kind.BREAK, broker, client(random), lateUs);
            default -> new SimAction(atUs, Kind.BREAK, broker, other, lateUs);
        };
    }

    private static void cut(
        final List<SimAction> actions, final SimRandom random, final int broker, final int other, final long atUs,
        final long laterUs)
    {
        switch (random.nextInt(3))
        {
            case 0 ->
            {
                actions.add(new SimAction(atUs, Kind.CUT, broker, other, 0));
                actions.add(new SimAction(laterUs, Kind.HEAL, broker, other, 0));
            }
            case 1 ->
            {
                actions.add(new SimAction(atUs, Kind.CUT, broker, other, 0));
                actions.add(new SimAction(atUs, Kind.CUT, other, broker, 0));
                actions.add(new SimAction(laterUs, Kind.HEAL, broker, other, 0));
                actions.add(new SimAction(laterUs, Kind.HEAL, other, broker, 0));
            }
            default ->
            {
                actions.add(new SimAction(atUs, Kind.ISOLATE, broker, 0, random.nextInt(2)));
                actions.add(new SimAction(laterUs, Kind.REJOIN, broker, 0, 0));
            }
        }
    }

    private static void admin(
        final List<SimAction> actions, final SimRandom random, final SimConfig config, final int broker, final int partition,
        final long atUs)
    {
        switch (random.nextInt(6))
        {
            case 0, 1 -> recreate(actions, random, atUs);
            case 2 -> actions.add(new SimAction(atUs, Kind.REASSIGN, 0, partition, random.nextInt(1_000_000)));
            default ->
            {
                // Sometimes to and fro, faster than those concerned can follow.
                int to = broker;
                long electUs = atUs;
                do
                {
                    actions.add(new SimAction(electUs, Kind.ELECT, to, partition, 0));
                    to = 1 + random.nextInt(config.brokers());
                    electUs += random.nextLong(random.nextBoolean() ? 3_000 : 30_000);
                }
                while (random.nextInt(3) > 0);
            }
        }
    }

    /** A topic comes, is written to, goes, and perhaps comes again. */
    private static void recreate(final List<SimAction> actions, final SimRandom random, final long atUs)
    {
        final int name = 1 + random.nextInt(3);
        long stepUs = atUs;
        do
        {
            actions.add(new SimAction(stepUs, Kind.CREATE, 0, random.nextInt(2), name));
            stepUs += random.nextLong(200_000);
            actions.add(new SimAction(stepUs, Kind.WRITE, 0, 1 + random.nextInt(10), name));
            stepUs += random.nextLong(random.nextBoolean() ? 100_000 : 2_000_000);
            actions.add(new SimAction(stepUs, Kind.DELETE, 0, random.nextInt(2), name));
            stepUs += random.nextLong(random.nextBoolean() ? 5_000 : 500_000);
        }
        while (random.nextInt(3) > 0);
    }

    long faultCount()
    {
        return actions.stream().filter((action) -> action.kind().isFault()).count();
    }

    /** @return what clients and operators do */
    long operationCount()
    {
        return actions.size() - faultCount();
    }

    /** @return the plan as text, one action a line */
    String toText()
    {
        return config.toLine() + "\n" + actions.stream().map(SimAction::toLine).collect(Collectors.joining("\n")) + "\n";
    }

    static SimPlan parse(final String text)
    {
        final List<String> lines = text.lines().map(String::trim)
            .filter((line) -> !line.isEmpty() && !line.startsWith("#")).toList();
        return new SimPlan(
            SimConfig.parse(lines.get(0)), lines.stream().skip(1).map(SimAction::parse).toList());
    }
}
