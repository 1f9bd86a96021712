package io.syncline.bench.targets;

import io.syncline.bench.Transceiver;
import io.syncline.client.Consumer;
import io.syncline.client.Producer;

/** A cluster that runs, and a topic of it that nobody else writes to. */
final class RunningTarget implements Target
{
    private final TargetSpec spec;
    private final String bootstrap;

    RunningTarget(final TargetSpec spec)
    {
        this.spec = spec;
        bootstrap = spec.get("bootstrap", "").replace(';', ',');
    }

    @Override
    public String title()
    {
        return "Syncline at " + bootstrap;
    }

    @Override
    public Transceiver transceiver(final Load load)
    {
        final String topic = spec.get("topic", Topics.NAME);
        return new SynclineTransceiver(title() + ", " + SynclineProvider.tail(spec, load),
            Topics.producer(new Producer.Context().bootstrap(bootstrap), spec, load),
            load.isDelivering() ?
                Topics.consumer(new Consumer.Context().bootstrap(bootstrap), spec, () -> Topics.leader(bootstrap, topic)) : null,
            topic, null, load.lengthBytes());
    }

    @Override
    public void close()
    {
        // Others started it.
    }
}
