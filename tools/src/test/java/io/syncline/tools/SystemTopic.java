package io.syncline.tools;

import io.syncline.client.Admin;
import io.syncline.client.ClientException;
import io.syncline.client.PartitionDescription;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.awaitility.core.ConditionTimeoutException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A topic of a cluster that is being broken, seen from outside.
 *
 * @param bootstrap of the cluster
 * @param topic     that exists
 */
record SystemTopic(String bootstrap, String topic)
{
    private static final Duration TIMEOUT = Duration.ofSeconds(120);
    private static final Duration POLL = Duration.ofMillis(100);

    /** @return the leader of partition 0, as soon as there is one */
    int leader()
    {
        final int[] leader = new int[1];
        await("a leader of " + topic).until(() -> (leader[0] = leaderOf(describe())) >= 0);
        return leader[0];
    }

    /** @return the leader epoch of partition 0, as soon as there is a leader */
    int leaderEpoch()
    {
        final int[] epoch = new int[1];
        await("a leader of " + topic).until(() ->
        {
            final List<PartitionDescription> partitions = describe();
            epoch[0] = leaderOf(partitions) < 0 ? -1 : partitions.get(0).info().leaderEpoch();
            return epoch[0] >= 0;
        });
        return epoch[0];
    }

    /** Has the leadership of partition 0 moved as planned; returns when the broker leads. */
    void moveTo(final int broker)
    {
        SystemCluster.run(
            "topic", "elect", topic, "--partition", "0", "--to", Integer.toString(broker), "--bootstrap", bootstrap);
        await("broker " + broker + " leads").until(() -> leader() == broker);
    }

    /** @return brokers that hold partition 0 */
    List<Integer> replicas()
    {
        final List<Integer> replicas = new ArrayList<>();
        await("replicas of " + topic).until(() ->
        {
            final List<PartitionDescription> partitions = describe();
            replicas.clear();
            partitions.stream().limit(1).forEach((partition) -> replicas.addAll(partition.info().replicas()));
            return !replicas.isEmpty();
        });
        return List.copyOf(replicas);
    }

    /** Waits until every replica of every partition is in sync. */
    void awaitInSync()
    {
        final String[] last = new String[1];
        try
        {
            await("every replica of " + topic + " in sync").until(() ->
            {
                final List<PartitionDescription> partitions = describe();
                last[0] = partitions.toString();
                return !partitions.isEmpty() && partitions.stream().allMatch((partition) ->
                    partition.info().leader() >= 0 && partition.info().isr().size() == partition.info().replicas().size());
            });
        }
        catch (final ConditionTimeoutException ex)
        {
            throw new AssertionError("not in sync after " + TIMEOUT.toSeconds() + " s: " + last[0], ex);
        }
    }

    static ConditionFactory await(final String what)
    {
        return Awaitility.await(what).atMost(TIMEOUT).pollInterval(POLL).pollInSameThread();
    }

    /**
     * The newest of what the brokers say, each asked by itself: one that has just woken from a SIGSTOP still tells of
     * the time before. A client of its own each time: between two looks it would stand still for too long.
     */
    private List<PartitionDescription> describe()
    {
        List<PartitionDescription> newest = List.of();
        for (final String address : bootstrap.split(","))
        {
            try (Admin admin = Admin.connect(address))
            {
                final List<PartitionDescription> partitions = admin.describe(topic).partitions();
                newest = newest.isEmpty() || version(partitions) > version(newest) ? partitions : newest;
            }
            catch (final ClientException ex)
            {
                // Not there, or not ready: the others know as well.
                continue;
            }
        }
        return newest;
    }

    private static long version(final List<PartitionDescription> partitions)
    {
        return partitions.stream().mapToLong((partition) -> partition.info().partitionEpoch()).sum();
    }

    private static int leaderOf(final List<PartitionDescription> partitions)
    {
        return partitions.isEmpty() ? -1 : partitions.get(0).info().leader();
    }
}
