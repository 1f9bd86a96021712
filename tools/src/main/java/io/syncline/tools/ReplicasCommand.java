package io.syncline.tools;

import io.syncline.client.Admin;
import io.syncline.client.ReplicaComparison;
import io.syncline.protocol.Codes;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code syncline replicas}: are the copies the same? */
@Command(name = "replicas", description = "Compares replicas.", mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND", subcommands = ReplicasCommand.Verify.class,
    footer = {"", "Example:", "  syncline replicas verify prices"})
final class ReplicasCommand implements Runnable
{
    @Spec
    private CommandSpec spec;

    @Override
    public void run()
    {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    @Command(name = "verify", mixinStandardHelpOptions = true,
        description = "Compares every replica of a topic with its leader up to the high watermark, by checksum; " +
            "exits 3 on a difference and names its first offset.",
        footer = {"", "Example:", "  syncline replicas verify prices --format json"})
    static final class Verify implements Callable<Integer>
    {
        @Parameters(paramLabel = "TOPIC", description = "Name of the topic.")
        private String topic;

        @Mixin
        private ClusterOptions cluster;

        @Mixin
        private FormatOptions format;

        @Override
        public Integer call() throws IOException
        {
            final Progress progress = new Progress();
            try (Admin admin = cluster.connectAdmin())
            {
                final List<ReplicaComparison> comparisons = admin.verifyReplicas(topic,
                    (name, partition, from, upTo, to) -> progress.update(System.nanoTime(), () ->
                        "partition " + partition + ": " + (upTo - from) + " of " + (to - from) + " records compared"));
                progress.clear();
                final boolean identical = comparisons.stream().allMatch(ReplicaComparison::identical);
                if (format.isJson())
                {
                    printJson(comparisons, identical);
                }
                else
                {
                    comparisons.forEach(Verify::print);
                }
                return identical ? ExitCode.OK : ExitCode.CHECK_FAILED;
            }
            finally
            {
                progress.clear();
            }
        }

        private static void print(final ReplicaComparison comparison)
        {
            System.out.printf("partition %d: offsets %d to %d, checksum %08x, %s%n", comparison.partition(),
                comparison.fromOffset(), comparison.toOffset(), comparison.checksum(),
                comparison.identical() ? "replicas identical" : "REPLICAS DIFFER");
            for (final ReplicaComparison.Difference difference : comparison.differences())
            {
                System.out.println("  broker " + difference.broker() +
                    (difference.firstOffset() < 0 ?
                        " could not be compared: " + Codes.describe(difference.code()) :
                        " differs from broker " + comparison.leader() + " from offset " + difference.firstOffset()));
            }
        }

        private void printJson(final List<ReplicaComparison> comparisons, final boolean identical) throws IOException
        {
            FormatOptions.document(System.out, (json) ->
            {
                json.writeStartObject();
                json.writeStringField("topic", topic);
                json.writeBooleanField("identical", identical);
                json.writeArrayFieldStart("partitions");
                for (final ReplicaComparison comparison : comparisons)
                {
                    json.writeStartObject();
                    json.writeNumberField("partition", comparison.partition());
                    json.writeNumberField("leader", comparison.leader());
                    json.writeNumberField("fromOffset", comparison.fromOffset());
                    json.writeNumberField("toOffset", comparison.toOffset());
                    json.writeNumberField("checksum", comparison.checksum());
                    json.writeBooleanField("identical", comparison.identical());
                    json.writeArrayFieldStart("differences");
                    for (final ReplicaComparison.Difference difference : comparison.differences())
                    {
                        json.writeStartObject();
                        json.writeNumberField("broker", difference.broker());
                        json.writeNumberField("firstOffset", difference.firstOffset());
                        json.writeStringField("code", Codes.describe(difference.code()));
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                    json.writeEndObject();
                }
                json.writeEndArray();
                json.writeEndObject();
            });
        }
    }
}
