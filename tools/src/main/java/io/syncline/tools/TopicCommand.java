package io.syncline.tools;

import com.fasterxml.jackson.core.JsonGenerator;
import io.syncline.client.Admin;
import io.syncline.client.ClusterDescription;
import io.syncline.client.PartitionDescription;
import io.syncline.client.PartitionInfo;
import io.syncline.client.ReplicaState;
import io.syncline.client.TopicDescription;
import io.syncline.client.TopicInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;

/** {@code syncline topic}: what there is, and changes to it. */
@Command(name = "topic", description = "Creates, lists, describes and deletes topics, moves leaderships and replicas.",
    mixinStandardHelpOptions = true, synopsisSubcommandLabel = "COMMAND",
    subcommands = {
        TopicCommand.Create.class, TopicCommand.ListTopics.class, TopicCommand.Describe.class,
        TopicCommand.Delete.class, TopicCommand.Elect.class, TopicCommand.Reassign.class},
    footer = {"", "Example:", "  syncline topic create prices --partitions 4 --replication-factor 3"})
final class TopicCommand implements Runnable
{
    @Spec
    private CommandSpec spec;

    @Override
    public void run()
    {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    @Command(name = "create", description = "Creates a topic.", mixinStandardHelpOptions = true,
        footer = {"", "Example:",
            "  syncline topic create prices --partitions 4 --replication-factor 3 --config min.insync.replicas=2"})
    static final class Create implements Callable<Integer>
    {
        @Parameters(paramLabel = "NAME", description = "Name of the topic: letters, digits, '.', '_', '-'.")
        private String name;

        @Option(names = "--partitions", paramLabel = "P", defaultValue = "1",
            description = "Number of partitions. Default: ${DEFAULT-VALUE}")
        private int partitions;

        @Option(names = "--replication-factor", paramLabel = "R", defaultValue = "-1",
            description = "Replicas of each partition. Default: the cluster's default.replication.factor")
        private int replicationFactor;

        @Option(names = "--config", paramLabel = "KEY=VALUE", description = "A setting of this topic; may be repeated.")
        private Map<String, String> configs = Map.of();

        @Mixin
        private ClusterOptions cluster;

        @Mixin
        private FormatOptions format;

        @Override
        public Integer call() throws IOException
        {
            try (Admin admin = cluster.connectAdmin())
            {
                final TopicInfo topic = admin.createTopic(name, partitions, replicationFactor, configs);
                if (format.isJson())
                {
                    FormatOptions.document(System.out, (json) -> summarise(json, topic));
                }
                else
                {
                    System.out.println("created topic " + topic.name() + " (id " + topic.topicId() + "), partitions " +
                        topic.partitions().size() + ", replicas " + topic.partitions().get(0).replicas().size());
                }
                return ExitCode.OK;
            }
        }
    }

    @Command(name = "list", description = "Lists the topics.", mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  syncline topic list --bootstrap localhost:19092 --format json"})
    static final class ListTopics implements Callable<Integer>
    {
        @Mixin
        private ClusterOptions cluster;

        @Mixin
        private FormatOptions format;

        @Override
        public Integer call() throws IOException
        {
            try (Admin admin = cluster.connectAdmin())
            {
                final ClusterDescription description = admin.describeCluster();
                if (format.isJson())
                {
                    FormatOptions.document(System.out, (json) ->
                    {
                        json.writeStartArray();
                        for (final TopicInfo topic : description.topics())
                        {
                            summarise(json, topic);
                        }
                        json.writeEndArray();
                    });
                }
                else
                {
                    description.topics().forEach((topic) -> System.out.println(topic.name()));
                }
                return ExitCode.OK;
            }
        }
    }

    @Command(name = "describe",
        description = "Shows a topic's partitions: leader, epochs, replicas, in-sync replicas, offsets.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  syncline topic describe prices --under-replicated --format json"})
    static final class Describe implements Callable<Integer>
    {
        @Parameters(paramLabel = "NAME", description = "Name of the topic.")
        private String name;

        @Option(names = "--under-replicated",
            description = "Only partitions with fewer in-sync replicas than replicas.")
        private boolean underReplicated;

        @Option(names = "--under-min-isr",
            description = "Only partitions with fewer in-sync replicas than min.insync.replicas.")
        private boolean underMinIsr;

        @Option(names = "--unavailable", description = "Only partitions without a leader.")
        private boolean unavailable;

        @Mixin
        private ClusterOptions cluster;

        @Mixin
        private FormatOptions format;

        @Override
        public Integer call() throws IOException
        {
            try (Admin admin = cluster.connectAdmin())
            {
                final TopicDescription topic = admin.describe(name);
                final List<PartitionDescription> partitions = new ArrayList<>();
                for (final PartitionDescription partition : topic.partitions())
                {
                    if (isWanted(partition.info(), minIsr(topic)))
                    {
                        partitions.add(partition);
                    }
                }
                if (format.isJson())
                {
                    FormatOptions.document(System.out, (json) -> write(json, topic, partitions));
                }
                else
                {
                    print(topic, partitions);
                }
                return ExitCode.OK;
            }
        }

        private boolean isWanted(final PartitionInfo partition, final int minIsr)
        {
            return (!underReplicated || partition.isr().size() < partition.replicas().size()) &&
                (!underMinIsr || partition.isr().size() < Math.min(minIsr, partition.replicas().size())) &&
                (!unavailable || partition.leader() < 0);
        }

        private static int minIsr(final TopicDescription topic)
        {
            return Integer.parseInt(topic.configs().getOrDefault("min.insync.replicas", "1"));
        }

        private static void print(final TopicDescription topic, final List<PartitionDescription> partitions)
        {
            System.out.println("topic " + topic.topic() + " (id " + topic.topicId() + ")" +
                (topic.configs().isEmpty() ? "" : " " + new TreeMap<>(topic.configs())));
            for (final PartitionDescription partition : partitions)
            {
                final PartitionInfo info = partition.info();
                System.out.println("  partition " + info.partition() + ": " + info.state() +
                    ", leader " + info.leader() + ", leader epoch " + info.leaderEpoch() +
                    ", replicas " + info.replicas() + ", isr " + info.isr() +
                    (info.elr().isEmpty() ? "" : ", elr " + info.elr()) +
                    ", offsets " + partition.logStart() + " to " + partition.highWatermark());
                for (final ReplicaState replica : partition.replicaStates())
                {
                    System.out.println("    broker " + replica.broker() + ": log end " + replica.logEnd() +
                        ", synced " + replica.synced());
                }
            }
        }

        private static void write(
            final JsonGenerator json, final TopicDescription topic, final List<PartitionDescription> partitions)
            throws IOException
        {
            json.writeStartObject();
            json.writeStringField("topic", topic.topic());
            json.writeNumberField("topicId", topic.topicId());
            json.writeObjectFieldStart("configs");
            for (final Map.Entry<String, String> config : new TreeMap<>(topic.configs()).entrySet())
            {
                json.writeStringField(config.getKey(), config.getValue());
            }
            json.writeEndObject();
            json.writeArrayFieldStart("partitions");
            for (final PartitionDescription partition : partitions)
            {
                write(json, partition);
            }
            json.writeEndArray();
            json.writeEndObject();
        }

        private static void write(final JsonGenerator json, final PartitionDescription partition) throws IOException
        {
            final PartitionInfo info = partition.info();
            json.writeStartObject();
            json.writeNumberField("partition", info.partition());
            json.writeNumberField("leader", info.leader());
            json.writeNumberField("leaderEpoch", info.leaderEpoch());
            json.writeNumberField("partitionEpoch", info.partitionEpoch());
            writeIds(json, "replicas", info.replicas());
            writeIds(json, "isr", info.isr());
            writeIds(json, "elr", info.elr());
            json.writeStringField("state", info.state());
            json.writeNumberField("logStart", partition.logStart());
            json.writeNumberField("highWatermark", partition.highWatermark());
            json.writeArrayFieldStart("replicaStates");
            for (final ReplicaState replica : partition.replicaStates())
            {
                json.writeStartObject();
                json.writeNumberField("broker", replica.broker());
                json.writeNumberField("incarnation", replica.incarnation());
                json.writeNumberField("logEnd", replica.logEnd());
                json.writeNumberField("synced", replica.synced());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
    }

    @Command(name = "delete",
        description = "Deletes a topic and every record in it. Says what it would do unless --execute.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  syncline topic delete prices --execute --yes-lose-data"})
    static final class Delete implements Callable<Integer>
    {
        @Parameters(paramLabel = "NAME", description = "Name of the topic.")
        private String name;

        @Mixin
        private ExecuteOptions execute;

        @Mixin
        private ClusterOptions cluster;

        @Override
        public Integer call()
        {
            try (Admin admin = cluster.connectAdmin())
            {
                final TopicDescription topic = admin.describe(name);
                long records = 0;
                for (final PartitionDescription partition : topic.partitions())
                {
                    records += Math.max(0, partition.highWatermark() - partition.logStart());
                }
                final String what = "topic " + name + " (id " + topic.topicId() + "), " + topic.partitions().size() +
                    " partitions, " + records + " committed records";
                if (execute.isConfirmed("delete " + what, true))
                {
                    admin.deleteTopic(name);
                    System.out.println("deleted " + what);
                }
                return ExitCode.OK;
            }
        }
    }

    @Command(name = "elect",
        description = "Moves the leadership of a partition to its preferred replica or a given one.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  syncline topic elect prices --partition 0 --to 2"})
    static final class Elect implements Callable<Integer>
    {
        @Parameters(paramLabel = "NAME", description = "Name of the topic.")
        private String name;

        @Option(names = "--partition", paramLabel = "P", required = true, description = "Number of the partition.")
        private int partition;

        @Option(names = "--to", paramLabel = "BROKER", defaultValue = "-1",
            description = "Broker that shall lead. Default: the preferred replica")
        private int to;

        @Option(names = "--unclean",
            description = "Elect at once, also a replica that lacks acknowledged records; they are lost for good. " +
                "Without it the new leader catches up first.")
        private boolean unclean;

        @Mixin
        private ExecuteOptions execute;

        @Mixin
        private ClusterOptions cluster;

        @Mixin
        private FormatOptions format;

        @Override
        public Integer call() throws IOException
        {
            final String what = "elect " + (to < 0 ? "the preferred replica" : "broker " + to) +
                " as leader of partition " + partition + " of topic " + name;
            if (unclean && !execute.isConfirmed(what + ", whether it holds every acknowledged record or not", true))
            {
                return ExitCode.OK;
            }
            try (Admin admin = cluster.connectAdmin())
            {
                final int leaderEpoch = admin.elect(name, partition, to, unclean);
                // Who leads by now, which is another one where that epoch has ended again.
                final PartitionInfo elected = admin.describe(name).partitions().get(partition).info();
                if (format.isJson())
                {
                    FormatOptions.document(System.out, (json) ->
                    {
                        json.writeStartObject();
                        json.writeStringField("topic", name);
                        json.writeNumberField("partition", partition);
                        json.writeNumberField("electedInEpoch", leaderEpoch);
                        json.writeNumberField("leader", elected.leader());
                        json.writeNumberField("leaderEpoch", elected.leaderEpoch());
                        json.writeEndObject();
                    });
                }
                else
                {
                    System.out.println("partition " + partition + " of topic " + name + " is in leader epoch " +
                        elected.leaderEpoch() + ", leader " + elected.leader());
                }
                return ExitCode.OK;
            }
        }
    }

    @Command(name = "reassign", description = "Moves a partition to other brokers.", mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  syncline topic reassign prices --partition 0 --to 1,2,4"})
    static final class Reassign implements Callable<Integer>
    {
        @Parameters(paramLabel = "NAME", description = "Name of the topic.")
        private String name;

        @Option(names = "--partition", paramLabel = "P", required = true, description = "Number of the partition.")
        private int partition;

        @Option(names = "--to", paramLabel = "BROKER[,BROKER]", required = true, split = ",",
            description = "All brokers that shall hold a replica, the preferred leader first.")
        private List<Integer> to;

        @Option(names = "--execute", description = "Accepted for those used to it: nothing is lost, so it is not needed.")
        private boolean execute;

        @Mixin
        private ClusterOptions cluster;

        @Mixin
        private FormatOptions format;

        @Override
        public Integer call() throws IOException
        {
            try (Admin admin = cluster.connectAdmin())
            {
                admin.reassign(name, partition, to);
                if (format.isJson())
                {
                    FormatOptions.document(System.out, (json) ->
                    {
                        json.writeStartObject();
                        json.writeStringField("topic", name);
                        json.writeNumberField("partition", partition);
                        writeIds(json, "to", to);
                        json.writeEndObject();
                    });
                }
                else
                {
                    System.out.println("partition " + partition + " of topic " + name + " moves to brokers " + to);
                }
                return ExitCode.OK;
            }
        }
    }

    private static void summarise(final JsonGenerator json, final TopicInfo topic) throws IOException
    {
        json.writeStartObject();
        json.writeStringField("topic", topic.name());
        json.writeNumberField("topicId", topic.topicId());
        json.writeNumberField("partitions", topic.partitions().size());
        json.writeNumberField("replicationFactor",
            topic.partitions().isEmpty() ? 0 : topic.partitions().get(0).replicas().size());
        json.writeEndObject();
    }

    private static void writeIds(final JsonGenerator json, final String name, final List<Integer> ids)
        throws IOException
    {
        json.writeArrayFieldStart(name);
        for (final int id : ids)
        {
            json.writeNumber(id);
        }
        json.writeEndArray();
    }
}
