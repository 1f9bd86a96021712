package io.syncline.tools;

import com.fasterxml.jackson.core.JsonGenerator;
import io.syncline.broker.Units;
import io.syncline.client.Consumer;
import io.syncline.client.ReadFrom;
import io.syncline.client.RecordHandler;
import io.syncline.client.TopicInfo;
import io.syncline.protocol.Codes;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.Callable;

/** {@code syncline verify consume}: says of every record where it was read. */
@Command(name = "consume", mixinStandardHelpOptions = true,
    description = {
        "Reads a topic from its beginning. One JSON object a line: event record, with the id that verify produce " +
        "gave it (null for other records), partition, offset, epoch and tNs (monotonic clock of this machine)."},
    footer = {"", "Example:", "  syncline verify consume --topic prices --until-idle 5s > read.jsonl"})
final class VerifyConsumeCommand implements Callable<Integer>, RecordHandler
{
    private static final int POLL_LIMIT = 1000;

    @Option(names = "--topic", paramLabel = "T", required = true, description = "Name of the topic.")
    private String topic;

    @Option(names = "--read-from", paramLabel = "leader|nearest|BROKER", defaultValue = "leader",
        description = "Which replica to read. Default: ${DEFAULT-VALUE}")
    private String readFrom;

    @Option(names = "--until-idle", paramLabel = "TIME",
        description = "End when nothing was read for so long, such as 5s. Default: go on until an interrupt")
    private String untilIdle;

    @Option(names = "--latest",
        description = "Also print event latest when the latest offset that can be read has changed: partition, offset, tNs.")
    private boolean printLatest;

    @Mixin
    private ClusterOptions cluster;

    @Mixin
    private LinesOptions lines;

    private final IdleStrategy idle = new BackoffIdleStrategy(10, 20, 1_000, 1_000_000);
    private JsonGenerator json;
    private Consumer consumer;
    private int[] handles;
    private long[] latest;

    @Override
    public Integer call() throws IOException
    {
        final long untilIdleNs = untilIdle == null ? Long.MAX_VALUE : Units.durationNs("--until-idle", untilIdle);
        final ReadFrom source = ReadFrom.parse(readFrom);
        json = FormatOptions.lines(System.out);
        try (StopSignal stop = new StopSignal();
            Consumer opened = Consumer.connect(
                cluster.applyTo(new Consumer.Context()).readFrom(source)))
        {
            consumer = opened;
            final TopicInfo info = consumer.metadata().topics().stream()
                .filter((candidate) -> candidate.name().equals(topic)).findFirst()
                .orElseThrow(() -> new CommandFailure(
                    ExitCode.of(Codes.UNKNOWN_TOPIC), "UNKNOWN_TOPIC: there is no topic '" + topic + "' (--topic)"));
            handles = new int[info.partitions().size()];
            latest = new long[handles.length];
            for (int i = 0; i < handles.length; i++)
            {
                ClusterOptions.requireReplica(info, i, source);
                handles[i] = consumer.assign(topic, i);
                consumer.seekToBeginning(handles[i]);
            }
            read(stop, untilIdleNs);
            return ExitCode.OK;
        }
    }

    @Override
    public void onRecord(
        final int handle,
        final long offset,
        final int leaderEpoch,
        final long timestampNs,
        final DirectBuffer buffer,
        final int keyOffset,
        final int keyLength,
        final int valueOffset,
        final int valueLength)
    {
        try
        {
            json.writeStartObject();
            json.writeStringField("event", "record");
            json.writeStringField("id", VerifyRecord.decode(buffer, valueOffset, valueLength));
            json.writeNumberField("partition", consumer.topicPartition(handle).partition());
            json.writeNumberField("offset", offset);
            json.writeNumberField("epoch", leaderEpoch);
            json.writeNumberField("tNs", System.nanoTime());
            json.writeEndObject();
            json.writeRaw('\n');
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    private void read(final StopSignal stop, final long untilIdleNs) throws IOException
    {
        long lastNs = System.nanoTime();
        while (!stop.isRaised())
        {
            final int count = consumer.poll(this, POLL_LIMIT);
            final long nowNs = System.nanoTime();
            if (printLatest)
            {
                writeLatest(nowNs);
            }
            if (count > 0)
            {
                lastNs = nowNs;
            }
            else
            {
                json.flush();
                if (nowNs - lastNs > untilIdleNs)
                {
                    return;
                }
            }
            idle.idle(count);
        }
        json.flush();
    }

    private void writeLatest(final long nowNs) throws IOException
    {
        for (int i = 0; i < handles.length; i++)
        {
            final long highWatermark = consumer.highWatermark(handles[i]);
            if (highWatermark >= 0 && highWatermark != latest[i])
            {
                latest[i] = highWatermark;
                json.writeStartObject();
                json.writeStringField("event", "latest");
                json.writeNumberField("partition", i);
                json.writeNumberField("offset", highWatermark);
                json.writeNumberField("tNs", nowNs);
                json.writeEndObject();
                json.writeRaw('\n');
            }
        }
    }
}
