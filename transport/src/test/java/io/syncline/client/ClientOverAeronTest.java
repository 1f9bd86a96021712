package io.syncline.client;

import io.syncline.stream.AeronStreams;
import io.syncline.stream.InvokedDriver;
import io.syncline.stream.MediaDrivers;
import io.syncline.stream.Streams;
import io.syncline.stream.StreamsContext;
import org.agrona.concurrent.SystemEpochNanoClock;
import org.agrona.concurrent.SystemNanoClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/** Clients with a media driver of their own against scripted brokers behind another, over UDP, all on one thread. */
@Timeout(60)
class ClientOverAeronTest
{
    private static final int COUNT = 2_000;
    private long read;
    private long acked;

    @Test
    void shouldProduceAndConsumeOverUdpWithADriverOfItsOwn()
    {
        try (InvokedDriver driver = MediaDrivers.launchInvoked(Throwable::printStackTrace);
            Streams streams = AeronStreams.connect(new StreamsContext()
                .aeronDirectoryName(driver.aeronDirectoryName())
                .driverAgentInvoker(driver.invoker())))
        {
            final ScriptedCluster cluster = new ScriptedCluster(streams, 2, 1);
            final Runnable turn = () ->
            {
                streams.doWork();
                cluster.turn();
            };
            try (Producer producer = Producer.connect(configure(new Producer.Context(), cluster, turn)
                .ackListener((handle, from, upTo, upToOffset, epoch) -> acked = upTo + 1));
                Consumer consumer = Consumer.connect(configure(new Consumer.Context(), cluster, turn)))
            {
                final int handle = producer.handle(ScriptedCluster.TOPIC, 0);
                consumer.assign(ScriptedCluster.TOPIC, 0);
                final UnsafeBuffer value = new UnsafeBuffer(new byte[256]);
                int offered = 0;
                while (read < COUNT || acked < COUNT)
                {
                    value.putLong(0, offered);
                    if (offered < COUNT && producer.offer(handle, value, 0, 256) >= 0)
                    {
                        offered++;
                    }
                    turn.run();
                    producer.poll();
                    consumer.poll((h, offset, epoch, timestampNs, buffer, ko, kl, valueOffset, vl) ->
                    {
                        assertThat(offset).isEqualTo(read);
                        assertThat(buffer.getLong(valueOffset)).isEqualTo(read++);
                    }, 100);
                    if (offered == COUNT / 2 && cluster.leader(0) == 1)
                    {
                        cluster.broker(1).kill();
                        cluster.elect(0, 2);
                    }
                }
                assertThat(producer.flush(TimeUnit.SECONDS.toNanos(1))).isTrue();
                assertThat(cluster.log(0).end).isEqualTo(COUNT);
            }
        }
    }

    private static <T extends ClientContext<T>> T configure(
        final T context, final ScriptedCluster cluster, final Runnable turn)
    {
        return cluster.configure(context)
            .streams(null)
            .nanoClock(SystemNanoClock.INSTANCE)
            .epochClock(SystemEpochNanoClock.INSTANCE)
            .idleStrategy(new ScriptedCluster.TurningIdleStrategy(turn));
    }
}
