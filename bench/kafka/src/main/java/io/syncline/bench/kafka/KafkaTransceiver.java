package io.syncline.bench.kafka;

import io.syncline.bench.Transceiver;
import io.syncline.bench.targets.Load;
import io.syncline.bench.targets.TargetSpec;
import io.syncline.client.Acks;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Kafka's producer and consumer. Its callbacks come on threads of its own, in the order of the records; the rig hears
 * of them at its next poll, as it hears of Syncline's.
 */
final class KafkaTransceiver implements Transceiver, Callback
{
    private static final TopicPartition PARTITION = new TopicPartition(KafkaTarget.TOPIC, 0);
    private static final long THROUGHPUT_LINGER_NS = TimeUnit.MILLISECONDS.toNanos(5);

    private final String title;
    private final String bootstrap;
    private final TargetSpec spec;
    private final Load load;
    private final byte[] value;
    private KafkaProducer<byte[], byte[]> producer;
    private Thread consumer;
    private Receipts receipts;
    private long sent;
    private long told;
    private long toldDelivered;
    private volatile long answered;
    private volatile long failedUpTo;
    private volatile long delivered;
    private volatile boolean isClosed;

    KafkaTransceiver(final String title, final String bootstrap, final TargetSpec spec, final Load load)
    {
        this.title = title;
        this.bootstrap = bootstrap;
        this.spec = spec;
        this.load = load;
        value = new byte[load.lengthBytes()];
        java.util.Arrays.fill(value, (byte)'a');
    }

    @Override
    public String open(final Receipts receipts)
    {
        this.receipts = receipts;
        final boolean isThroughput = load.rate() == 0;
        producer = new KafkaProducer<>(
            Map.of(
                "bootstrap.servers", bootstrap,
                "acks", load.acks() == Acks.ALL ? "all" : load.acks() == Acks.LEADER ? "1" : "0",
                "enable.idempotence", load.acks() == Acks.ALL,
                "linger.ms", TimeUnit.NANOSECONDS.toMillis(spec.durationNs("linger", isThroughput ? THROUGHPUT_LINGER_NS : 0)),
                "batch.size", spec.number("batch", isThroughput ? 256 * 1024 : 16 * 1024),
                "max.in.flight.requests.per.connection", spec.number("in-flight", 5),
                "delivery.timeout.ms", 60_000,
                "request.timeout.ms", 30_000),
            new ByteArraySerializer(), new ByteArraySerializer());
        producer.partitionsFor(KafkaTarget.TOPIC);
        if (load.isDelivering())
        {
            final KafkaConsumer<byte[], byte[]> reader = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap, "fetch.min.bytes", 1, "max.poll.records", 10_000),
                new ByteArrayDeserializer(), new ByteArrayDeserializer());
            reader.assign(List.of(PARTITION));
            reader.seekToEnd(List.of(PARTITION));
            final long first = reader.position(PARTITION);
            consumer = new Thread(() -> read(reader, first), "kafka-consumer");
            consumer.start();
        }
        return title;
    }

    @Override
    public long send(final int length)
    {
        producer.send(new ProducerRecord<>(KafkaTarget.TOPIC, 0, null, value), this);
        return sent++;
    }

    @Override
    public void onCompletion(final RecordMetadata metadata, final Exception exception)
    {
        // Kafka's one sender thread: nobody else writes these two.
        final long upTo = answered + 1;
        if (exception != null)
        {
            failedUpTo = upTo;
        }
        answered = upTo;
    }

    @Override
    public int poll()
    {
        final long upTo = answered;
        final long failed = failedUpTo;
        int work = 0;
        if (upTo > told)
        {
            if (failed > told)
            {
                receipts.onFailed(failed - 1, -1);
            }
            if (upTo > failed)
            {
                receipts.onAcked(upTo - 1);
            }
            told = upTo;
            work++;
        }
        for (final long end = delivered; toldDelivered < end; toldDelivered++)
        {
            receipts.onDelivered(toldDelivered);
            work++;
        }
        return work;
    }

    @Override
    public boolean isDelivering()
    {
        return load.isDelivering();
    }

    @Override
    public void close()
    {
        isClosed = true;
        if (producer != null)
        {
            producer.close(Duration.ofSeconds(5));
        }
        if (consumer != null)
        {
            try
            {
                consumer.join();
            }
            catch (final InterruptedException ex)
            {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void read(final KafkaConsumer<byte[], byte[]> reader, final long first)
    {
        try (reader)
        {
            while (!isClosed)
            {
                for (final ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofMillis(100)))
                {
                    delivered = record.offset() - first + 1;
                }
            }
        }
    }
}
