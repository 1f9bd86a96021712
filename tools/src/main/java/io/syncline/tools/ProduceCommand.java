package io.syncline.tools;

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
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** {@code syncline produce}: a line of standard input is a record. */
@Command(name = "produce", mixinStandardHelpOptions = true,
    description = "Produces each line of standard input as a record; those without a key go to the partitions in turn.",
    footer = {"", "Example:", "  syncline produce --topic prices --key-separator , --acks all < prices.csv"})
final class ProduceCommand implements Callable<Integer>, AckListener
{
    private static final long FLUSH_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);

    @Option(names = "--topic", paramLabel = "T", required = true, description = "Name of the topic.")
    private String topic;

    @Option(names = "--partition", paramLabel = "P", description = "Produce to this partition only.")
    private Integer partition;

    @Option(names = "--key-separator", paramLabel = "C",
        description = "What stands before it in a line is the record's key, what stands behind it the value.")
    private String keySeparator;

    @Option(names = "--acks", paramLabel = "none|leader|all", defaultValue = "all",
        description = "When a record counts as done; also 0, 1, -1. Default: ${DEFAULT-VALUE}")
    private String acks;

    @Mixin
    private ClusterOptions cluster;

    @Mixin
    private FormatOptions format;

    private final IdleStrategy idle = new BackoffIdleStrategy(10, 20, 1_000, 1_000_000);
    private final Progress progress = new Progress();
    private final UnsafeBuffer line = new UnsafeBuffer(0, 0);
    private long offered;
    private long acked;
    private long failed;
    private int failureCode;

    @Override
    public Integer call() throws IOException
    {
        final byte[] separator = keySeparator == null ? null : keySeparator.getBytes(StandardCharsets.UTF_8);
        if (separator != null && separator.length == 0)
        {
            throw CommandFailure.usage("--key-separator is empty: give what stands between key and value, such as ','");
        }
        try (StopSignal stop = new StopSignal();
            Producer producer = Producer.connect(cluster.applyTo(new Producer.Context())
                .acks(Acks.parse(acks)).ackListener(this)))
        {
            final TopicHandle handles = producer.topic(topic);
            ClusterOptions.requirePartition(topic, partition, handles.partitionCount());
            produce(producer, handles, separator, stop);
            final boolean isDone = producer.flush(FLUSH_TIMEOUT_NS);
            progress.clear();
            return report(isDone);
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
    }

    @Override
    public void onFailed(final int handle, final long fromSequence, final long toSequence, final int code)
    {
        failed += toSequence - fromSequence + 1;
        failureCode = code;
    }

    private void produce(
        final Producer producer, final TopicHandle handles, final byte[] separator, final StopSignal stop)
        throws IOException
    {
        final StandardInput input = new StandardInput(System.in);
        while (!stop.isRaised() && failed == 0)
        {
            int work = producer.poll();
            if (input.poll())
            {
                offer(producer, handles, separator, input);
                work++;
            }
            else if (input.isAtEnd())
            {
                return;
            }
            progress.update(System.nanoTime(), () -> offered + " records, " + acked + " acknowledged");
            idle.idle(work);
        }
    }

    private void offer(
        final Producer producer, final TopicHandle handles, final byte[] separator, final StandardInput input)
    {
        line.wrap(input.line(), 0, input.length());
        final int keyLength = separator == null ? -1 : indexOf(input.line(), input.length(), separator);
        final int valueOffset = keyLength < 0 ? 0 : keyLength + separator.length;
        final int valueLength = input.length() - valueOffset;
        final int handle = partition != null ? handles.handle(partition) :
            keyLength >= 0 ? handles.handle(line, 0, keyLength) :
            handles.handle((int)(offered % handles.partitionCount()));
        while (failed == 0)
        {
            final long result = keyLength < 0 ?
                producer.offer(handle, line, valueOffset, valueLength) :
                producer.offer(handle, line, 0, keyLength, line, valueOffset, valueLength);
            if (result >= 0)
            {
                offered++;
                idle.reset();
                return;
            }
            if (result != Codes.BACK_PRESSURED && result != Codes.ADMIN_ACTION && result != Codes.NOT_CONNECTED)
            {
                producer.flush(FLUSH_TIMEOUT_NS);
                progress.clear();
                throw new CommandFailure(ExitCode.of(result), "line " + (offered + 1) + " of " + input.length() +
                    " bytes is refused: " + Codes.describe(result) + (result != Codes.RECORD_TOO_LARGE ? "" :
                    ", key and value may have " + producer.maxRecordLength() + " bytes, governed by max.batch.bytes " +
                    "of the brokers") + "; of the " + offered + " records before it " + acked + " are " + outcome());
            }
            idle.idle(producer.poll());
        }
    }

    private int report(final boolean isDone) throws IOException
    {
        if (format.isJson())
        {
            FormatOptions.document(System.out, (json) ->
            {
                json.writeStartObject();
                json.writeNumberField("records", offered);
                json.writeNumberField("acked", acked);
                json.writeNumberField("failed", failed);
                json.writeEndObject();
            });
        }
        else
        {
            System.out.println(offered + " records produced to topic " + topic + ", " + acked + " " + outcome());
        }
        if (failed > 0)
        {
            throw new CommandFailure(ExitCode.of(failureCode), failed + " of " + offered + " records of topic " +
                topic + " were not acknowledged: " + Codes.describe(failureCode));
        }
        if (!isDone)
        {
            throw new CommandFailure(ExitCode.TIMED_OUT, (offered - acked) + " of " + offered + " records of topic " +
                topic + " are not acknowledged after " + TimeUnit.NANOSECONDS.toSeconds(FLUSH_TIMEOUT_NS) +
                " s; they may be in the log");
        }
        return ExitCode.OK;
    }

    /** With acks=none nobody answers: what has gone out is all that can be said. */
    private String outcome()
    {
        return Acks.parse(acks) == Acks.NONE ? "sent without asking for an acknowledgement" : "acknowledged";
    }

    private static int indexOf(final byte[] bytes, final int length, final byte[] wanted)
    {
        for (int i = 0; i + wanted.length <= length; i++)
        {
            int matched = 0;
            while (matched < wanted.length && bytes[i + matched] == wanted[matched])
            {
                matched++;
            }
            if (matched == wanted.length)
            {
                return i;
            }
        }
        return -1;
    }
}
