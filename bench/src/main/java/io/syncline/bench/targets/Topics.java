package io.syncline.bench.targets;

import io.syncline.client.Admin;
import io.syncline.client.Consumer;
import io.syncline.client.Producer;
import io.syncline.client.ReadFrom;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;

/** The loaded topic, and the client that loads it. */
public final class Topics
{
    /** Of the topic a run makes for itself. */
    public static final String NAME = "bench";

    private static final long DELIVERY_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(30);

    private Topics()
    {
    }

    static Producer.Context producer(final Producer.Context context, final TargetSpec spec, final Load load)
    {
        return context
            .acks(load.acks())
            .maxInFlight(spec.number("in-flight", 5))
            .lingerNs(spec.durationNs("linger", 0))
            .stageSampling(spec.number("sampling", 64))
            .deliveryTimeoutNs(DELIVERY_TIMEOUT_NS);
    }

    /** With {@code read-from=follower}, of the broker after the leader, however it is called. */
    static Consumer.Context consumer(final Consumer.Context context, final TargetSpec spec, final IntSupplier leader)
    {
        final String from = spec.get("read-from", "leader");
        return context.readFrom("follower".equals(from) ?
            ReadFrom.broker(leader.getAsInt() % spec.number("brokers", 3) + 1) : ReadFrom.parse(from));
    }

    /** Creates the topic and waits until every replica is in sync. */
    static void create(final String bootstrap, final int replicas, final int minIsr)
    {
        try (Admin admin = Admin.connect(bootstrap))
        {
            admin.createTopic(NAME, 1, replicas, Map.of("min.insync.replicas", Integer.toString(minIsr)));
            final long deadlineNs = System.nanoTime() + DELIVERY_TIMEOUT_NS;
            while (admin.describe(NAME).partitions().get(0).info().isr().size() < replicas)
            {
                if (System.nanoTime() - deadlineNs > 0)
                {
                    throw new IllegalStateException(NAME + "-0 has not every replica in sync after 30 s");
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }
    }

    static int leader(final String bootstrap, final String topic)
    {
        try (Admin admin = Admin.connect(bootstrap))
        {
            return admin.describe(topic).partitions().get(0).info().leader();
        }
    }
}
