package io.syncline.tools;

import com.fasterxml.jackson.core.JsonGenerator;
import io.syncline.protocol.PartitionKey;
import io.syncline.stage.Stage;
import io.syncline.stage.StageReader;
import org.agrona.CloseHelper;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/** {@code syncline tail}: the slowest records, and what happened then. */
@Command(name = "tail", mixinStandardHelpOptions = true,
    description = "Shows the slowest records of the last two minutes that had any: where each one's time went, and which " +
        "GC pauses, segment rolls and late cycles of any node fell into it. Four records are kept for each second.",
    footer = {"", "Example:", "  syncline tail --dir /var/lib/syncline --top 20"})
final class TailCommand implements Callable<Integer>
{
    private static final double NS_PER_US = 1000.0;
    private static final DateTimeFormatter TIME =
        DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS", Locale.ROOT).withZone(ZoneOffset.UTC);

    @Mixin
    private AttachOptions attach;

    @Mixin
    private FormatOptions format;

    @Option(names = "--top", paramLabel = "N", defaultValue = "10", description = "Records to show. Default: ${DEFAULT-VALUE}")
    private int top;

    @Option(names = {"--topic", "--topic-id"}, paramLabel = "NAME",
        description = "Only of this topic, by name or id. Default: all")
    private String topic;

    @Override
    public Integer call() throws IOException
    {
        if (top < 1)
        {
            throw CommandFailure.usage("--top is " + top + ": give how many records to show, 1 or more");
        }
        final List<StageReader> readers = attach.stages();
        try
        {
            final Long topicId = topic == null ? null : StageSnapshot.topicId(readers, topic);
            final List<SlowRecord> slowest = SlowRecord.of(readers, topicId).stream().limit(top).toList();
            if (format.isJson())
            {
                FormatOptions.document(System.out, (json) ->
                {
                    json.writeStartArray();
                    for (final SlowRecord slow : slowest)
                    {
                        write(json, slow);
                    }
                    json.writeEndArray();
                });
            }
            else
            {
                slowest.forEach(TailCommand::print);
                if (slowest.isEmpty())
                {
                    System.out.println("no sampled record yet");
                }
            }
            return ExitCode.OK;
        }
        finally
        {
            CloseHelper.closeAll(readers);
        }
    }

    private static void print(final SlowRecord slow)
    {
        final StageReader.Exemplar exemplar = slow.exemplar();
        System.out.printf(Locale.ROOT, "%s  %,.1f us  partition %s offset %d  acks=%s%s  %s%n", time(exemplar.endNs()),
            exemplar.totalNs() / NS_PER_US, PartitionKey.toString(exemplar.key()), exemplar.offset(),
            exemplar.acks() < 0 ? "all" : "leader",
            exemplar.follower() < 0 ? "" : "  completed by broker " + exemplar.follower(), source(slow.reader()));
        final List<String> parts = new ArrayList<>();
        for (int i = 0; i < Stage.COUNT; i++)
        {
            if (exemplar.stageNs()[i] != 0)
            {
                parts.add(String.format(Locale.ROOT, "%s %,.1f", Stage.at(i).label(), exemplar.stageNs()[i] / NS_PER_US));
            }
        }
        System.out.println("    " + String.join(" | ", parts));
        for (final SlowRecord.AtNode at : slow.happenings())
        {
            System.out.printf(Locale.ROOT, "    %s at %s: %,.1f us until %s%n", at.event().what().label(),
                at.node() < 0 ? "the producer" : "node " + at.node(), at.event().durationNs() / NS_PER_US,
                time(at.event().endNs()));
        }
    }

    private static void write(final JsonGenerator json, final SlowRecord slow) throws IOException
    {
        final StageReader.Exemplar exemplar = slow.exemplar();
        json.writeStartObject();
        json.writeNumberField("endNs", exemplar.endNs());
        json.writeNumberField("totalUs", exemplar.totalNs() / NS_PER_US);
        json.writeStringField("partition", PartitionKey.toString(exemplar.key()));
        json.writeNumberField("offset", exemplar.offset());
        json.writeNumberField("follower", exemplar.follower());
        json.writeStringField("seenBy", source(slow.reader()));
        json.writeObjectFieldStart("stagesUs");
        for (int i = 0; i < Stage.COUNT; i++)
        {
            json.writeNumberField(Stage.at(i).label(), exemplar.stageNs()[i] / NS_PER_US);
        }
        json.writeEndObject();
        json.writeArrayFieldStart("happened");
        for (final SlowRecord.AtNode at : slow.happenings())
        {
            json.writeStartObject();
            json.writeStringField("what", at.event().what().label());
            json.writeNumberField("node", at.node());
            json.writeNumberField("endNs", at.event().endNs());
            json.writeNumberField("durationUs", at.event().durationNs() / NS_PER_US);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static String source(final StageReader reader)
    {
        return reader.nodeId() >= 0 ? "node " + reader.nodeId() : "producer " + reader.clientId();
    }

    private static String time(final long epochNs)
    {
        return TIME.format(Instant.ofEpochSecond(0, epochNs));
    }
}
