package io.syncline.client;

import org.agrona.collections.Int2ObjectHashMap;

import java.util.ArrayDeque;

/** The futures of records that were sent with {@link Producer#send}, by partition, in the order of their sequences. */
final class ProducerFutures
{
    private final Int2ObjectHashMap<ArrayDeque<PolledFuture>> futures = new Int2ObjectHashMap<>();

    void add(final int handle, final PolledFuture future)
    {
        futures.computeIfAbsent(handle, (h) -> new ArrayDeque<>()).add(future);
    }

    /** A batch has its outcome, and so have the futures of its records; nothing where there are none. */
    void onOutcome(final ProducerPartition partition, final ProducerBatch batch)
    {
        final ArrayDeque<PolledFuture> waiting = futures.isEmpty() ? null : futures.get(partition.handle);
        while (waiting != null && !waiting.isEmpty() && waiting.peek().sequence() <= batch.toSequence())
        {
            final PolledFuture future = waiting.poll();
            final TopicPartition name = partition.topicPartition;
            if (batch.outcome == ProducerBatch.Outcome.ACKED)
            {
                final long offset = batch.upToOffset < 0 ? -1 :
                    batch.upToOffset - (batch.toSequence() - future.sequence());
                future.complete(new RecordMetadata(
                    name.topic(), name.partition(), future.sequence(), offset, batch.leaderEpoch));
            }
            else
            {
                future.completeExceptionally(new ClientException(batch.lastCode, "record " + future.sequence() + " of " +
                    name + (Producer.isUnknown(batch.lastCode) ? ": the outcome is unknown" : " is not in the log")));
            }
        }
    }
}
