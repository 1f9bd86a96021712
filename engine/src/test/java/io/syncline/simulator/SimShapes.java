package io.syncline.simulator;

import io.syncline.simulator.SimAction.Kind;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Faults that only together, and in an order, part a rule from its mistake. Drawn one by one they hardly ever meet: a
 * leader that was deposed in its sleep, while its clients go on; a broker that leads, is led, and leads again, while
 * what it was told is late; a follower that comes back with less than it had said; two holders of one producer's name;
 * a replica that is put back before it is known that it was out.
 */
final class SimShapes
{
    private static final int PLANS = 2;
    private static final int NAMED = 1;
    private static final long SLOW_FOR_US = 300_000;
    private static final long STREAM = 14;
    private static final int MOVED_PLANS = 4;
    private static final int MOVES = 3;
    private static final long MOVES_STREAM = 15;

    private final SimConfig config;
    private final SimRandom random;
    private final List<SimAction> actions;
    private final long endUs;

    private SimShapes(final SimPlan plan, final SimRandom random)
    {
        config = plan.config();
        actions = new ArrayList<>(plan.actions());
        endUs = config.safetyMs() * 1000L;
        this.random = random;
    }

    /**
     * @return every second plan with some of these, and every fourth with replicas that are put back; drawn apart, so
     * that everything else is as it was
     */
    static SimPlan into(final SimPlan plan)
    {
        return withMoves(withOthers(plan));
    }

    private static SimPlan withOthers(final SimPlan plan)
    {
        final SimRandom random = new SimRandom(plan.config().seed(), STREAM);
        if (random.nextInt(PLANS) > 0)
        {
            return plan;
        }
        final SimShapes shapes = new SimShapes(plan, random);
        for (int i = 1 + random.nextInt(4); i > 0; i--)
        {
            shapes.add();
        }
        return shapes.plan();
    }

    private static SimPlan withMoves(final SimPlan plan)
    {
        final SimConfig config = plan.config();
        final SimRandom random = new SimRandom(config.seed(), MOVES_STREAM);
        if (random.nextInt(MOVED_PLANS) > 0 || config.replication() == config.brokers())
        {
            return plan;
        }
        final SimShapes shapes = new SimShapes(plan, random);
        for (int i = 0; i < MOVES; i++)
        {
            shapes.putBack(random.nextLong(shapes.endUs), random.nextInt(config.partitions()));
        }
        return shapes.plan();
    }

    private SimPlan plan()
    {
        actions.sort(Comparator.comparingLong(SimAction::atUs));
        return new SimPlan(config, List.copyOf(actions));
    }

    private void add()
    {
        final long atUs = random.nextLong(endUs);
        final int partition = random.nextInt(config.partitions());
        switch (random.nextInt(4))
        {
            case 0 -> zombie(atUs, partition);
            case 1 -> leadsAgain(atUs, partition);
            case 2 -> comesBackWithLess(atUs, partition);
            default -> fenced(atUs, partition);
        }
    }

    /** Long enough for its followers to report it, short enough for its session to live. */
    private long zombie(final long atUs, final int partition)
    {
        final long forUs = 250_000 + random.nextLong(random.nextBoolean() ? 500_000 : 3_000_000);
        at(atUs, Kind.ZOMBIE, 0, partition, forUs);
        produce(atUs, forUs, partition, random.nextInt(3));
        produce(atUs, forUs, partition, random.nextInt(3));
        return atUs + forUs;
    }

    /** R2.4. */
    private void leadsAgain(final long atUs, final int partition)
    {
        long nextUs = atUs;
        for (int i = 2 + random.nextInt(2); i > 0; i--)
        {
            late(nextUs, 1 + random.nextInt(config.brokers()));
            nextUs = random.nextBoolean() ? zombie(nextUs, partition) : elected(nextUs, partition);
            nextUs += random.nextLong(random.nextBoolean() ? 20_000 : 400_000);
        }
    }

    /** R5.7: with records under way to the successor when the leader stops taking them. */
    private long elected(final long atUs, final int partition)
    {
        at(atUs, Kind.ELECT, 1 + random.nextInt(config.brokers()), partition, 0);
        produce(atUs - 150_000, 200_000, partition, random.nextInt(SimPlan.PRODUCERS));
        produce(atUs - 150_000, 200_000, partition, random.nextInt(SimPlan.PRODUCERS));
        return atUs + random.nextLong(100_000);
    }

    /** R2.3: the leader's epoch goes on meanwhile. */
    private void comesBackWithLess(final long atUs, final int partition)
    {
        final int broker = 1 + random.nextInt(config.brokers());
        produce(atUs, 100_000, partition, random.nextInt(SimPlan.PRODUCERS));
        final long fallsUs = atUs + SLOW_FOR_US / 2 + random.nextLong(100_000);
        late(fallsUs, broker);
        at(fallsUs, random.nextInt(4) == 0 ? Kind.WIPE : random.nextBoolean() ? Kind.POWER : Kind.KILL, broker, 0, 0);
        at(fallsUs + 1000 + random.nextLong(20_000), Kind.START, broker, 0, 0);
    }

    /**
     * R2.4, within one leader epoch: a reassignment is taken back, and the replicas that it had added leave with their
     * logs; it is asked for again, and they are back. The leader may look once for both, and what they have said may
     * be late.
     */
    private void putBack(final long atUs, final int partition)
    {
        final int from = random.nextInt(1_000_000);
        final int to = random.nextInt(1_000_000);
        at(atUs, Kind.REASSIGN, 0, partition, from);
        long nextUs = atUs + 100_000 + random.nextLong(900_000);
        produce(atUs, nextUs - atUs, partition, random.nextInt(SimPlan.PRODUCERS));
        at(nextUs, Kind.REASSIGN, 0, partition, to);
        for (int i = 1 + random.nextInt(4); i > 0; i--)
        {
            nextUs += 1_000 + random.nextLong(random.nextBoolean() ? 20_000 : 400_000);
            produce(nextUs, 100_000, partition, random.nextInt(SimPlan.PRODUCERS));
            final long backUs = nextUs + random.nextLong(random.nextBoolean() ? 3_000 : 100_000);
            if (random.nextBoolean())
            {
                late(nextUs - random.nextLong(50_000), 1 + random.nextInt(config.brokers()));
            }
            if (random.nextBoolean())
            {
                at(nextUs - random.nextLong(2_000), Kind.ZOMBIE, 0, partition, backUs - nextUs + random.nextLong(30_000));
            }
            at(nextUs, Kind.REASSIGN, 0, partition, from);
            at(backUs, Kind.REASSIGN, 0, partition, to);
            nextUs = backUs;
        }
    }

    /** R6.3: the one before goes on sending until it is told. */
    private void fenced(final long atUs, final int partition)
    {
        produce(atUs, 300_000, partition, NAMED);
        at(atUs + random.nextLong(200_000), Kind.FENCE, 0, partition, 1 + random.nextInt(5));
        produce(atUs + 100_000, 500_000, partition, NAMED);
    }

    /** What a broker has said is late, beside what it says next; much is under way, for everything takes its time then. */
    private void late(final long atUs, final int broker)
    {
        at(atUs - SLOW_FOR_US / 2, Kind.LATENCY, 0, 0, 20_000 + random.nextLong(100_000));
        at(atUs + SLOW_FOR_US, Kind.LATENCY, 0, 0, 500);
        for (int other = 1; other <= config.brokers(); other++)
        {
            if (other != broker)
            {
                at(atUs, Kind.BREAK, broker, other, 1000 + random.nextLong(random.nextBoolean() ? 200_000 : 2_000_000));
                at(atUs, Kind.BREAK, other, broker, 1000);
            }
        }
    }

    private void produce(final long fromUs, final long forUs, final int partition, final int producer)
    {
        for (int i = 2 + random.nextInt(6); i > 0; i--)
        {
            at(fromUs + random.nextLong(forUs), Kind.PRODUCE, producer, partition, 1 + random.nextInt(3));
        }
    }

    private void at(final long atUs, final Kind kind, final int a, final int b, final long c)
    {
        actions.add(new SimAction(Math.max(0, Math.min(endUs - 1, atUs)), kind, a, b, c));
    }
}
