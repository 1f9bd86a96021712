package io.syncline.replica;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.Arrays;

import static io.syncline.replica.ReplicaCluster.ALL;
import static org.assertj.core.api.Assertions.assertThat;

/** A replica that is taken out and put back counts for nothing of what it held before (R1.2, R2.3). */
@Timeout(10)
class PutBackRulesTest
{
    /** Dense seed 35216: neither side said anything, and the replica stayed out of the ISR until the leadership moved. */
    @Test
    void aReplicaTakenOutAndPutBackUnawaresFollowsAgain()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        final long oldSession = sessionId(cluster, 3);
        final ScriptedController controller = cluster.controller;
        controller.isr = new int[]{1, 2};
        controller.partitionEpoch++;
        cluster.node(1).learn(new Assignment(
            ReplicaCluster.KEY, 1, controller.leaderEpoch, controller.partitionEpoch, controller.isr,
            Arrays.copyOf(controller.incarnations, 2), Arrays.copyOf(controller.eligible, 2), controller.isr, new int[0],
            controller.minIsr, false, -1));
        cluster.run(1);
        controller.partitionEpoch++;
        cluster.announce(1);
        cluster.announce(3);
        cluster.produce(ALL);
        cluster.run(100);

        assertThat(sessionId(cluster, 3)).isGreaterThan(oldSession);
        assertThat(cluster.node(3).log.logEnd()).isOne();
        assertThat(controller.isr).containsExactly(1, 2, 3);
    }

    /** Dense seed 90996: the leader put the replica into the ISR by the log that it had before it was taken out. */
    @Test
    void aReplicaTakenOutAndPutBackBetweenTwoLooksIsNotKnownAnyMore()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.produce(1, ALL, 5);
        cluster.run(30);
        assertThat(knownEnd(cluster, 3)).isEqualTo(5);

        takeOutAndPutBack(cluster);

        assertThat(knownEnd(cluster, 3)).as("of the log that is deleted").isEqualTo(FollowerProgress.UNKNOWN);
        assertThat(knownEnd(cluster, 2)).as("of one that is in the ISR").isEqualTo(5);
        cluster.announce(3);
        cluster.run(200);
        assertThat(cluster.controller.isr).as("it kept its log unawares, and followed again").containsExactly(1, 2, 3);
    }

    @Test
    void aQuestionFromBeforeTheReplicaWasTakenOutIsRefused()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.produce(1, ALL, 5);
        cluster.run(30);
        final int before = cluster.controller.partitionEpoch;
        final long incarnation = cluster.node(3).incarnation;
        takeOutAndPutBack(cluster);

        cluster.node(1).leader.onFollow(3, 1, before, incarnation, sessionId(cluster, 3) + 1, 5, 1, cluster.nowNs);
        cluster.node(1).drainToAcks();
        assertThat(knownEnd(cluster, 3)).isEqualTo(FollowerProgress.UNKNOWN);
        cluster.node(1).leader.onFollow(
            3, 1, cluster.controller.partitionEpoch, incarnation, sessionId(cluster, 3) + 2, 0, -1, cluster.nowNs);
        cluster.node(1).drainToAcks();
        assertThat(knownEnd(cluster, 3)).isZero();
    }

    /** The leader side may hear of new metadata later than the acks side. */
    @Test
    void aSessionBegunBeforeTheReplicaWasTakenOutCountsForNothing()
    {
        final ReplicaCluster cluster = ReplicaCluster.started(3, 2);
        cluster.produce(1, ALL, 5);
        cluster.run(30);
        final int before = cluster.controller.partitionEpoch;
        final long incarnation = cluster.node(3).incarnation;
        takeOutAndPutBack(cluster);

        cluster.node(1).acks.onSessionStarted(1, before, 3, incarnation, sessionId(cluster, 3) + 1, 5, cluster.nowNs);
        assertThat(knownEnd(cluster, 3)).isEqualTo(FollowerProgress.UNKNOWN);
    }

    /** Out of the replicas and of the ISR, and back as a replica; the leader is shown the end of it. */
    private static void takeOutAndPutBack(final ReplicaCluster cluster)
    {
        cluster.controller.isr = new int[]{1, 2};
        cluster.controller.partitionEpoch += 2;
        cluster.announce(1);
    }

    private static long knownEnd(final ReplicaCluster cluster, final int follower)
    {
        return cluster.node(1).acks.logEndOf(follower);
    }

    private static long sessionId(final ReplicaCluster cluster, final int broker)
    {
        return cluster.node(broker).follower.sessionId();
    }
}
