package io.syncline.replica;

import io.syncline.protocol.Codes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.Collections;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import static io.syncline.replica.ReplicaCluster.ALL;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random schedules of one partition: crashes, pauses, elections, lost and reordered frames, metadata that arrives
 * late or at some only, ISR changes of unknown outcome. After every step I3, I4, I5, I9, I10, I11 and I13 hold; after
 * healing all replicas are the same and everything is committed. The seed is in the message; {@code -Dsyncline.seed=N}
 * repeats one.
 */
@Timeout(60)
class RandomSchedulesTest
{
    private static final int SCHEDULES = 2_000;
    private static final int STEPS = 60;
    private static final long PRODUCER = 4;

    @Test
    void noScheduleShouldBreakAnInvariant()
    {
        final Long only = Long.getLong("syncline.seed");
        final long first = only == null ? 1 : only;
        final long last = only == null ? SCHEDULES : only;
        long records = 0;
        for (long seed = first; seed <= last; seed++)
        {
            try
            {
                records += new Schedule(seed).run();
            }
            catch (final AssertionError | RuntimeException ex)
            {
                throw new AssertionError("seed " + seed + ": " + ex.getMessage(), ex);
            }
        }
        assertThat(records).as("records committed, or nothing was tested").isGreaterThan((last - first + 1) * 3);
    }

    /** One seed. */
    private static final class Schedule
    {
        private final Random random;
        private final ReplicaCluster cluster;
        private int nextSequence;
        private int ackedSequence;
        private int acksSeen;

        Schedule(final long seed)
        {
            random = new Random(seed * 0x9E3779B97F4A7C15L);
            final int brokers = 2 + random.nextInt(3);
            cluster = new ReplicaCluster(brokers, 1 + random.nextInt(Math.min(2, brokers)),
                ReplicaConfig.DEFAULT.withLagTimeMaxNs(TimeUnit.MILLISECONDS.toNanos(30 + random.nextInt(100))));
        }

        long run()
        {
            cluster.elect(1);
            cluster.run(random.nextInt(10));
            for (int i = 0; i < STEPS; i++)
            {
                act();
                cluster.run(random.nextInt(4));
                noteAcks();
            }
            heal();
            return cluster.truth.end();
        }

        private void act()
        {
            final int broker = 1 + random.nextInt(cluster.nodes.size());
            final ReplicaNode node = cluster.node(broker);
            switch (random.nextInt(22))
            {
                case 0, 1, 2, 3, 4, 5 -> produceIdempotent();
                case 6, 7 -> produceAnywhere(node);
                case 8 -> lose();
                case 9 -> hold();
                case 10 -> Collections.shuffle(cluster.network, random);
                case 11 -> crash(node);
                case 12, 13 -> restart(node);
                case 14 -> node.isPaused = node.isUp && !node.isPaused;
                case 15 -> electAny();
                case 16 -> electAgain();
                case 17 -> cluster.announce();
                case 18 -> cluster.announce(broker);
                case 19 -> cluster.isControllerReachable = random.nextBoolean();
                case 20 -> doubt();
                default -> node.follower.onStreamLost(cluster.nowNs);
            }
        }

        /** A client with several batches in flight, which sends again from the first that was not acknowledged. */
        private void produceIdempotent()
        {
            if (cluster.controller.leader < 0)
            {
                return;
            }
            if (random.nextInt(3) == 0)
            {
                nextSequence = ackedSequence;
            }
            final int count = 1 + random.nextInt(2);
            for (int i = 0; i < count && cluster.leader().isUp; i++)
            {
                if (nextSequence < ackedSequence + ProducerSequences.BATCHES)
                {
                    cluster.produce(PRODUCER, 0, nextSequence, 1);
                    nextSequence++;
                }
            }
        }

        private void produceAnywhere(final ReplicaNode node)
        {
            if (node.isUp && !node.isPaused)
            {
                cluster.produce(node.id, random.nextInt(3) - 1, 1 + random.nextInt(3));
            }
        }

        private void lose()
        {
            final int percent = random.nextInt(3) * 20;
            cluster.lost = (message) -> random.nextInt(100) < percent;
        }

        private void hold()
        {
            final int from = 1 + random.nextInt(cluster.nodes.size());
            final int to = random.nextInt(cluster.nodes.size() + 3);
            cluster.held = (message) -> message.from() == from && message.to() == to;
        }

        private void crash(final ReplicaNode node)
        {
            if (node.isUp)
            {
                cluster.crash(node.id);
                if (random.nextBoolean())
                {
                    fence(node);
                }
            }
        }

        private void fence(final ReplicaNode node)
        {
            if (cluster.controller.eligible[node.id - 1])
            {
                cluster.controller.fence(node.id);
                tellSomebody();
            }
        }

        private void restart(final ReplicaNode node)
        {
            if (!node.isUp)
            {
                fence(node);
                if (random.nextBoolean())
                {
                    node.highWatermark = 0;
                }
                cluster.restart(node.id);
                if (cluster.controller.leader < 0)
                {
                    electAny();
                }
            }
        }

        private void electAny()
        {
            if (cluster.controller.leader < 0 && cluster.controller.electAny())
            {
                tellSomebody();
            }
        }

        /** A member of the ISR, perhaps the same again: any election is safe. */
        private void electAgain()
        {
            final int[] isr = cluster.controller.isr;
            if (isr.length > 0)
            {
                final int chosen = isr[random.nextInt(isr.length)];
                if (cluster.controller.eligible[chosen - 1])
                {
                    cluster.controller.elect(chosen);
                    tellSomebody();
                }
            }
        }

        private void tellSomebody()
        {
            if (random.nextInt(3) == 0)
            {
                cluster.announce(1 + random.nextInt(cluster.nodes.size()));
            }
            else
            {
                cluster.announce();
            }
        }

        /** An ISR change takes effect, or does not, and the leader is told that nobody knows. */
        private void doubt()
        {
            final ScriptedController.AlterIsr request = cluster.controller.requests.poll();
            if (request != null)
            {
                if (random.nextBoolean())
                {
                    cluster.controller.decide(request);
                }
                cluster.refuse(request, Codes.TIMED_OUT);
            }
        }

        private void noteAcks()
        {
            for (; acksSeen < cluster.acks.size(); acksSeen++)
            {
                final ReplicaCluster.Ack ack = cluster.acks.get(acksSeen);
                final int sequence = cluster.truth.sequenceAt(ack.baseOffset(), PRODUCER);
                if (ack.code() == Codes.OK && ack.clientId() == ReplicaCluster.CLIENT && sequence >= 0)
                {
                    ackedSequence = Math.max(ackedSequence, sequence + 1);
                    nextSequence = Math.max(nextSequence, ackedSequence);
                }
            }
        }

        private void heal()
        {
            cluster.lost = (message) -> false;
            cluster.held = (message) -> false;
            cluster.isControllerReachable = true;
            for (final ReplicaNode node : cluster.nodes)
            {
                node.isPaused = false;
                restart(node);
            }
            electAny();
            cluster.announce();
            cluster.tickNs = TimeUnit.MILLISECONDS.toNanos(25);
            cluster.run(60);
            cluster.produce(ALL);
            cluster.run(60);

            final ReplicaNode leader = cluster.leader();
            for (final ReplicaNode node : cluster.nodes)
            {
                assertThat(node.faults).as("faults of " + node).isEmpty();
                assertThat(node.log.logEnd()).as("converged: " + cluster).isEqualTo(leader.log.logEnd());
            }
            assertThat(cluster.truth.end()).as("committed: " + cluster).isEqualTo(leader.log.logEnd());
            assertThat(cluster.controller.isr).as("in sync: " + cluster).hasSize(cluster.nodes.size());
        }
    }
}
