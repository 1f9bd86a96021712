package io.syncline.bench;

import io.syncline.client.Consumer;
import io.syncline.client.ReadFrom;
import io.syncline.client.RecordHandler;
import org.agrona.collections.MutableLong;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** {@code bench consume}: how fast what stands in a partition can be read. */
@Command(
    name = "consume",
    description = "Reads a partition of a running cluster from its beginning to its end and says how fast that went.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  syncline bench consume --bootstrap 127.0.0.1:9300 --topic orders --read-from nearest"})
final class ConsumeCommand implements Callable<Integer>
{
    private static final int LIMIT = 1024;
    private static final long STALL_NS = TimeUnit.SECONDS.toNanos(10);

    @Option(names = {"--bootstrap", "--bootstrap-server"}, required = true, paramLabel = "HOST:PORT",
        description = "A running cluster.")
    private String bootstrap;

    @Option(names = "--topic", required = true, paramLabel = "NAME", description = "What to read.")
    private String topic;

    @Option(names = "--partition", defaultValue = "0", paramLabel = "P", description = "Default: ${DEFAULT-VALUE}.")
    private int partition;

    @Option(names = "--read-from", defaultValue = "leader", paramLabel = "leader|nearest|BROKER",
        description = "Which replica. Default: ${DEFAULT-VALUE}.")
    private String readFrom;

    /** Made by picocli. */
    ConsumeCommand()
    {
    }

    @Override
    public Integer call()
    {
        try (Consumer consumer = Consumer.connect(
            new Consumer.Context().bootstrap(bootstrap).readFrom(ReadFrom.parse(readFrom))))
        {
            final int handle = consumer.assign(topic, partition);
            consumer.seekToEnd(handle);
            final long end = resolve(consumer, handle);
            consumer.seekToBeginning(handle);
            final long start = resolve(consumer, handle);
            // Records that came with the answer about the beginning are read again.
            consumer.seek(handle, start);
            final MutableLong records = new MutableLong();
            final MutableLong bytes = new MutableLong();
            final RecordHandler handler = (h, offset, epoch, timestampNs, buffer, keyOffset, keyLength, valueOffset, length) ->
            {
                records.increment();
                bytes.addAndGet(Math.max(0, keyLength) + length);
            };
            final IdleStrategy idle = new YieldingIdleStrategy();
            final long startNs = System.nanoTime();
            long lastNs = startNs;
            while (records.get() < end - start)
            {
                final int work = consumer.poll(handler, LIMIT);
                idle.idle(work);
                if (work > 0)
                {
                    lastNs = System.nanoTime();
                }
                else if (System.nanoTime() - lastNs > STALL_NS)
                {
                    System.err.printf("bench: read %d of %d records of %s-%d, then nothing for %d s%n",
                        records.get(), end - start, topic, partition, TimeUnit.NANOSECONDS.toSeconds(STALL_NS));
                    return Bench.EXIT_CHECK_FAILED;
                }
            }
            final double seconds = Math.max(1, lastNs - startNs) / 1e9;
            System.out.printf(Locale.ROOT, "%d records, %d bytes in %.3f s: %,.0f records and %.1f MB a second%n",
                records.get(), bytes.get(), seconds, records.get() / seconds, bytes.get() / seconds / 1e6);
            return Bench.EXIT_OK;
        }
    }

    private long resolve(final Consumer consumer, final int handle)
    {
        final long deadlineNs = System.nanoTime() + STALL_NS;
        long position;
        while ((position = consumer.position(handle)) < 0)
        {
            if (System.nanoTime() - deadlineNs > 0)
            {
                throw new IllegalStateException("no broker told the bounds of " + topic + "-" + partition + " within 10 s");
            }
            consumer.poll((h, offset, epoch, timestampNs, buffer, keyOffset, keyLength, valueOffset, length) -> {}, 0);
        }
        return position;
    }
}
