package io.syncline.tools;

import com.fasterxml.jackson.core.JsonGenerator;
import io.syncline.client.AckListener;
import io.syncline.client.Acks;
import io.syncline.client.Producer;
import io.syncline.client.TopicHandle;
import io.syncline.protocol.Codes;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** {@code syncline verify produce}: says of every record when it was sent and what became of it. */
@Command(name = "produce", mixinStandardHelpOptions = true,
    description = {
        "Produces records with unique ids to the partitions in turn. One JSON object a line: event send, ack, fail " +
        "(it is not in the log and never will be) or unknown, with id, partition, sequence, offset, epoch and tNs " +
        "(monotonic clock of this machine); the last line is a summary."},
    footer = {"", "Example:", "  syncline verify produce --topic prices --records 10000 --rate 2000 --size 256"})
final class VerifyProduceCommand implements Callable<Integer>, AckListener
{
    private static final int SIZE_MAX = 64 * 1024;

    @Option(names = "--topic", paramLabel = "T", required = true, description = "Name of the topic.")
    private String topic;

    @Option(names = "--records", paramLabel = "N", required = true, description = "How many to produce.")
    private long records;

    @Option(names = "--rate", paramLabel = "R", defaultValue = "0",
        description = "Records a second. Default: as fast as they are taken")
    private long rate;

    @Option(names = "--size", paramLabel = "B", defaultValue = "100",
        description = "Bytes of a value. Default: ${DEFAULT-VALUE}")
    private int size;

    @Option(names = "--producer-id", paramLabel = "NAME", defaultValue = "",
        description = "The same name fences the producer that used it before. Default: an id of its own")
    private String producerName;

    @Option(names = "--acks", paramLabel = "none|leader|all", defaultValue = "all",
        description = "When a record counts as done; also 0, 1, -1. Default: ${DEFAULT-VALUE}")
    private String acks;

    @Mixin
    private ClusterOptions cluster;

    @Mixin
    private LinesOptions lines;

    private final String run = Long.toHexString(ThreadLocalRandom.current().nextLong());
    private final IdleStrategy idle = new BackoffIdleStrategy(10, 20, 1_000, 500_000);
    private JsonGenerator json;
    private Producer producer;
    private int partitions;
    private long[] firstSequences;
    private long offered;
    private long acked;
    private long failed;
    private long unknown;

    @Override
    public Integer call() throws IOException
    {
        if (size < 1 || size > SIZE_MAX || records < 0 || rate < 0)
        {
            throw CommandFailure.usage("--size " + size + " must be within 1 to " + SIZE_MAX + ", --records " + records +
                " and --rate " + rate + " not below 0");
        }
        json = FormatOptions.lines(System.out);
        try (StopSignal stop = new StopSignal();
            Producer opened = Producer.connect(cluster.applyTo(new Producer.Context())
                .acks(Acks.parse(acks)).producerName(producerName).ackListener(this)))
        {
            producer = opened;
            produce(stop);
            summarise();
            json.flush();
            return acked == records ? ExitCode.OK : ExitCode.UNHEALTHY;
        }
    }

    @Override
    public void onAck(
        final int handle,
        final long fromSequence,
        final long upToSequence,
        final long upToOffset,
        final int leaderEpoch)
    {
        acked += upToSequence - fromSequence + 1;
        for (long sequence = fromSequence; sequence <= upToSequence; sequence++)
        {
            final long offset = upToOffset < 0 ? -1 : upToOffset - (upToSequence - sequence);
            write("ack", handle, sequence, offset, leaderEpoch, null);
        }
    }

    @Override
    public void onFailed(final int handle, final long fromSequence, final long toSequence, final int code)
    {
        final boolean isUnknown = Producer.isUnknown(code);
        unknown += isUnknown ? toSequence - fromSequence + 1 : 0;
        failed += isUnknown ? 0 : toSequence - fromSequence + 1;
        for (long sequence = fromSequence; sequence <= toSequence; sequence++)
        {
            write(isUnknown ? "unknown" : "fail", handle, sequence, -1, -1, Codes.describe(code));
        }
    }

    private void produce(final StopSignal stop) throws IOException
    {
        final TopicHandle handles = producer.topic(topic);
        partitions = handles.partitionCount();
        firstSequences = new long[partitions];
        for (int i = 0; i < partitions; i++)
        {
            firstSequences[i] = producer.nextSequence(handles.handle(i));
        }
        final UnsafeBuffer value = new UnsafeBuffer(new byte[SIZE_MAX + 64]);
        final long startNs = System.nanoTime();
        while ((offered < records && !stop.isRaised()) || acked + failed + unknown < offered)
        {
            int work = producer.poll();
            final long dueNs = rate == 0 ? 0 : (long)((double)offered * TimeUnit.SECONDS.toNanos(1) / rate);
            if (offered < records && !stop.isRaised() && System.nanoTime() - startNs >= dueNs)
            {
                work += offer(handles.handle((int)(offered % partitions)), value) ? 1 : 0;
            }
            if (work == 0 || rate > 0)
            {
                // Before the next poll sends it: whoever kills this process finds every record that may be in a log.
                json.flush();
            }
            idle.idle(work);
        }
    }

    private boolean offer(final int handle, final UnsafeBuffer value)
    {
        final long sentNs = System.nanoTime();
        final int length = VerifyRecord.encode(value, id(offered), size);
        final long sequence = producer.offer(handle, value, 0, length);
        if (sequence >= 0)
        {
            write("send", handle, sequence, -1, -1, null, sentNs);
            offered++;
            return true;
        }
        if (sequence != Codes.BACK_PRESSURED && sequence != Codes.ADMIN_ACTION && sequence != Codes.NOT_CONNECTED)
        {
            throw new CommandFailure(ExitCode.of(sequence),
                "record " + offered + " of " + length + " bytes is refused: " + Codes.describe(sequence));
        }
        return false;
    }

    /** Partitions take turns, so that partition and sequence tell the number of a record. */
    private String id(final long number)
    {
        return run + "-" + number;
    }

    private void write(
        final String event,
        final int handle,
        final long sequence,
        final long offset,
        final int epoch,
        final String code)
    {
        write(event, handle, sequence, offset, epoch, code, System.nanoTime());
    }

    private void write(
        final String event,
        final int handle,
        final long sequence,
        final long offset,
        final int epoch,
        final String code,
        final long timeNs)
    {
        final int partition = producer.topicPartition(handle).partition();
        try
        {
            json.writeStartObject();
            json.writeStringField("event", event);
            json.writeStringField("id", id((sequence - firstSequences[partition]) * partitions + partition));
            json.writeNumberField("partition", partition);
            json.writeNumberField("sequence", sequence);
            json.writeNumberField("offset", offset);
            json.writeNumberField("epoch", epoch);
            if (code != null)
            {
                json.writeStringField("code", code);
            }
            json.writeNumberField("tNs", timeNs);
            json.writeEndObject();
            json.writeRaw('\n');
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    private void summarise() throws IOException
    {
        json.writeStartObject();
        json.writeStringField("event", "summary");
        json.writeNumberField("records", records);
        json.writeNumberField("sent", offered);
        json.writeNumberField("acked", acked);
        json.writeNumberField("failed", failed);
        json.writeNumberField("unknown", unknown);
        json.writeNumberField("producerId", producer.producerId());
        json.writeEndObject();
        json.writeRaw('\n');
    }
}
