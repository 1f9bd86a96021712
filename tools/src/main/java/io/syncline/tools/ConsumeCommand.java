package io.syncline.tools;

import com.fasterxml.jackson.core.JsonGenerator;
import io.syncline.client.Consumer;
import io.syncline.client.ReadFrom;
import io.syncline.client.RecordHandler;
import io.syncline.client.TopicInfo;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.Callable;

/** {@code syncline consume}: a record is a line on standard output. */
@Command(name = "consume", mixinStandardHelpOptions = true,
    description = "Prints records as lines and follows the log until --max records or an interrupt.",
    footer = {"", "Example:", "  syncline consume --topic prices --from beginning --max 100 --print-offsets"})
final class ConsumeCommand implements Callable<Integer>, RecordHandler
{
    private static final int POLL_LIMIT = 1000;
    private static final int OUTPUT_BUFFER_LENGTH = 64 * 1024;

    @Option(names = "--topic", paramLabel = "T", required = true, description = "Name of the topic.")
    private String topic;

    @Option(names = "--partition", paramLabel = "P",
        description = "Read this partition only. Default: all of them")
    private Integer partition;

    @Option(names = "--from", paramLabel = "beginning|end|OFFSET", defaultValue = "beginning",
        description = "Where to start. Default: ${DEFAULT-VALUE}")
    private String from;

    @Option(names = "--from-beginning", description = "The same as --from beginning.")
    private boolean fromBeginning;

    @Option(names = "--max", paramLabel = "N", description = "End after N records. Default: follow the log")
    private Long max;

    @Option(names = "--read-from", paramLabel = "leader|nearest|BROKER", defaultValue = "leader",
        description = "Which replica to read. Default: ${DEFAULT-VALUE}")
    private String readFrom;

    @Option(names = "--print-offsets", description = "Begin each line with partition:offset and a tab.")
    private boolean printOffsets;

    @Mixin
    private ClusterOptions cluster;

    @Mixin
    private FormatOptions format;

    private final PrintStream out = new PrintStream(
        new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), OUTPUT_BUFFER_LENGTH), false);
    private final IdleStrategy idle = new BackoffIdleStrategy(10, 20, 1_000, 1_000_000);
    private JsonGenerator json;
    private Consumer consumer;
    private byte[] bytes = new byte[1024];
    private long records;

    @Override
    public Integer call() throws IOException
    {
        json = format.isJson() ? FormatOptions.lines(out) : null;
        if (max != null && max < 0)
        {
            throw CommandFailure.usage("--max is " + max + ": give the number of records to end after, 0 or more");
        }
        final long offset = startOffset();
        final ReadFrom source = ReadFrom.parse(readFrom);
        try (StopSignal stop = new StopSignal();
            Consumer opened = Consumer.connect(
                cluster.applyTo(new Consumer.Context()).readFrom(source)))
        {
            consumer = opened;
            assign(offset, source);
            while (!stop.isRaised() && !isDone())
            {
                final int limit = max == null ? POLL_LIMIT : (int)Math.min(POLL_LIMIT, max - records);
                final int count = consumer.poll(this, limit);
                if (count == 0)
                {
                    flush();
                }
                if (out.checkError())
                {
                    // Whoever read the output has gone, as head does.
                    return ExitCode.OK;
                }
                idle.idle(count);
            }
            flush();
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
        records++;
        final int number = consumer.topicPartition(handle).partition();
        if (json == null)
        {
            if (printOffsets)
            {
                out.print(number + ":" + offset + "\t");
            }
            out.write(copy(buffer, valueOffset, valueLength), 0, valueLength);
            out.write('\n');
            return;
        }
        try
        {
            json.writeStartObject();
            json.writeNumberField("partition", number);
            json.writeNumberField("offset", offset);
            json.writeNumberField("epoch", leaderEpoch);
            json.writeNumberField("timestampNs", timestampNs);
            json.writeStringField("key", keyLength < 0 ? null : text(buffer, keyOffset, keyLength));
            json.writeStringField("value", text(buffer, valueOffset, valueLength));
            json.writeEndObject();
            json.writeRaw('\n');
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    private void assign(final long offset, final ReadFrom source)
    {
        final TopicInfo info = consumer.metadata().topics().stream()
            .filter((candidate) -> candidate.name().equals(topic)).findFirst().orElse(null);
        final int partitions = info == null ? 1 : info.partitions().size();
        if (info != null)
        {
            ClusterOptions.requirePartition(topic, partition, partitions);
        }
        for (int i = partition == null ? 0 : partition; i < (partition == null ? partitions : partition + 1); i++)
        {
            if (info != null)
            {
                ClusterOptions.requireReplica(info, i, source);
            }
            final int handle = consumer.assign(topic, i);
            if (offset >= 0)
            {
                consumer.seek(handle, offset);
            }
            else if ("end".equals(from.toLowerCase(Locale.ROOT)))
            {
                consumer.seekToEnd(handle);
            }
            else
            {
                consumer.seekToBeginning(handle);
            }
        }
    }

    private long startOffset()
    {
        from = fromBeginning ? "beginning" : from;
        try
        {
            return switch (from.toLowerCase(Locale.ROOT))
            {
                case "beginning", "end" -> -1;
                default -> Long.parseUnsignedLong(from);
            };
        }
        catch (final NumberFormatException ex)
        {
            throw CommandFailure.usage("--from is '" + from + "', which is none of beginning, end, an offset");
        }
    }

    private boolean isDone()
    {
        return max != null && records >= max;
    }

    private void flush() throws IOException
    {
        if (json != null)
        {
            json.flush();
        }
        out.flush();
    }

    private byte[] copy(final DirectBuffer buffer, final int offset, final int length)
    {
        if (length > bytes.length)
        {
            bytes = new byte[Math.max(length, bytes.length * 2)];
        }
        buffer.getBytes(offset, bytes, 0, length);
        return bytes;
    }

    private String text(final DirectBuffer buffer, final int offset, final int length)
    {
        return new String(copy(buffer, offset, length), 0, length, StandardCharsets.UTF_8);
    }
}
