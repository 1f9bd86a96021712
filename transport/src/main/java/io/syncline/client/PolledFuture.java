package io.syncline.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A future whose waiting turns the producer, as nobody else would. Belongs to the producer's thread until it is complete. */
final class PolledFuture extends CompletableFuture<RecordMetadata>
{
    private final Producer producer;
    private long sequence = -1;

    PolledFuture(final Producer producer)
    {
        this.producer = producer;
    }

    long sequence()
    {
        return sequence;
    }

    void sequence(final long sequence)
    {
        this.sequence = sequence;
    }

    @Override
    public RecordMetadata get() throws InterruptedException, ExecutionException
    {
        producer.turnUntil(this, Long.MAX_VALUE);
        return super.get();
    }

    @Override
    public RecordMetadata get(final long timeout, final TimeUnit unit)
        throws InterruptedException, ExecutionException, TimeoutException
    {
        producer.turnUntil(this, unit.toNanos(timeout));
        return super.get(0, unit);
    }

    @Override
    public RecordMetadata join()
    {
        producer.turnUntil(this, Long.MAX_VALUE);
        return super.join();
    }
}
