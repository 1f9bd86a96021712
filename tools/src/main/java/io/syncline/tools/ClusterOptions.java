package io.syncline.tools;

import io.syncline.client.Admin;
import io.syncline.client.ClientContext;
import io.syncline.client.ReadFrom;
import io.syncline.client.TopicInfo;
import picocli.CommandLine.Option;

import java.util.List;

/** {@code --bootstrap}, on every command that talks to a running cluster. */
final class ClusterOptions
{
    @Option(names = {"--bootstrap", "--bootstrap-server"}, paramLabel = "HOST:PORT[,HOST:PORT]",
        defaultValue = "localhost:19092",
        description = "One or more brokers of the cluster. Default: ${DEFAULT-VALUE}")
    private String bootstrap;

    /**
     * @param context of a client
     * @param <T>     its type
     * @return the context, with what these options say
     */
    <T extends ClientContext<T>> T applyTo(final T context)
    {
        return context.bootstrap(bootstrap).clientName("syncline");
    }

    /** @return an admin, connected */
    Admin connectAdmin()
    {
        return Admin.connect(applyTo(new Admin.Context()));
    }

    /**
     * @param topic      name
     * @param partition  that was asked for; null where none was
     * @param partitions that the topic has
     */
    static void requirePartition(final String topic, final Integer partition, final int partitions)
    {
        if (partition != null && (partition < 0 || partition >= partitions))
        {
            throw CommandFailure.usage("topic " + topic + " has partitions 0 to " + (partitions - 1) + ", not " +
                partition + " (--partition)");
        }
    }

    /**
     * A consumer reads from the leader while the broker it was told to read from is not in sync. One that holds no
     * replica never will be, and whoever named it would compare the leader with itself.
     *
     * @param topic     as the cluster shows it
     * @param partition number, of the topic
     * @param readFrom  that was asked for
     */
    static void requireReplica(final TopicInfo topic, final int partition, final ReadFrom readFrom)
    {
        final List<Integer> replicas = topic.partitions().get(partition).replicas();
        if (readFrom.brokerId() >= 0 && !replicas.contains(readFrom.brokerId()))
        {
            throw CommandFailure.usage("broker " + readFrom.brokerId() + " holds no replica of partition " + partition +
                " of topic " + topic.name() + ", its replicas are " + replicas + " (--read-from)");
        }
    }
}
