package io.syncline.tools;

import io.syncline.client.Admin;
import io.syncline.client.PartitionInfo;

import java.util.List;

import static io.syncline.tools.SystemCluster.run;

/** What an operator does to a partition under load, none of which a client may notice: PROTOCOL R5.7. */
enum PlannedMoves
{
    /** Another leader, on demand. */
    ELECT
    {
        @Override
        void move(final SystemCluster cluster, final String topic)
        {
            final PartitionInfo before = partition(cluster, topic);
            final int next = before.replicas().get((before.replicas().indexOf(before.leader()) + 1) % before.replicas().size());
            run("topic", "elect", topic, "--partition", "0", "--to", Integer.toString(next), "--bootstrap", cluster.bootstrap());
            await("broker " + next + " leads", cluster, topic, (info) -> info.leader() == next);
        }
    },

    /** The leader's replica goes to the broker that has none. */
    REASSIGN
    {
        @Override
        void move(final SystemCluster cluster, final String topic)
        {
            final PartitionInfo before = partition(cluster, topic);
            final int added = cluster.brokers().stream().filter((id) -> !before.replicas().contains(id)).findFirst().orElseThrow();
            final List<Integer> target = before.replicas().stream().map((id) -> id == before.leader() ? added : id).toList();
            run("topic", "reassign", topic, "--partition", "0", "--to",
                String.join(",", target.stream().map(String::valueOf).toList()), "--bootstrap", cluster.bootstrap());
            await("replicas are " + target, cluster, topic, (info) -> List.copyOf(info.replicas()).equals(target) &&
                info.isr().size() == target.size() && target.contains(info.leader()));
        }
    },

    /** The leader is told to end, and comes back. */
    STOP
    {
        @Override
        void move(final SystemCluster cluster, final String topic)
        {
            final int leader = partition(cluster, topic).leader();
            cluster.act("stop", List.of(leader));
            await("another broker leads", cluster, topic, (info) -> info.leader() >= 0 && info.leader() != leader);
            cluster.act("start", List.of(leader));
        }
    };

    /** Says yes to what was waited for. */
    @FunctionalInterface
    private interface Look
    {
        boolean is(PartitionInfo info);
    }

    abstract void move(SystemCluster cluster, String topic);

    /**
     * Moves once; on return every replica is in sync.
     *
     * @param cluster with one broker more than the topic has replicas
     * @param history told of it
     * @param topic   with one partition
     */
    void round(final SystemCluster cluster, final SystemHistory history, final String topic)
    {
        history.fault("planned " + name());
        move(cluster, topic);
        cluster.awaitInSync(topic);
        history.checkClients();
    }

    private static PartitionInfo partition(final SystemCluster cluster, final String topic)
    {
        try (Admin admin = Admin.connect(cluster.bootstrap()))
        {
            return admin.describe(topic).partitions().get(0).info();
        }
    }

    private static void await(final String what, final SystemCluster cluster, final String topic, final Look look)
    {
        SystemTopic.await(what).until(() -> look.is(partition(cluster, topic)));
    }
}
