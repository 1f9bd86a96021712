package io.syncline.bench.kafka;

import io.syncline.bench.targets.Target;
import io.syncline.bench.targets.TargetProvider;
import io.syncline.bench.targets.TargetSpec;

import java.util.Set;

/** Kafka's three brokers, replication factor 3; keys with a dot are settings of its brokers. */
public final class KafkaProvider implements TargetProvider
{
    private static final Set<String> KEYS = Set.of("min-isr", "in-flight", "linger", "batch", "heap");

    /** Made by the service loader. */
    public KafkaProvider()
    {
    }

    @Override
    public String system()
    {
        return "kafka";
    }

    @Override
    public Target start(final TargetSpec spec)
    {
        return KafkaTarget.start(spec.check(KEYS));
    }
}
