package io.syncline.client;

/**
 * The batches of one partition in the order of their sequences, bounded, kept until their outcome has been told.
 * <pre>
 *      head              sent              tail
 *       |  in flight      |   waiting       |
 *   ----+-----------------+-----------------+----&gt; index
 *         sent to the       to be sent (again);
 *         current leader    the last one takes records while it was never sent
 * </pre>
 */
final class InFlightBatches
{
    private final ProducerBatch[] ring;
    private long head;
    private long sent;
    private long tail;

    InFlightBatches(final int capacity)
    {
        ring = new ProducerBatch[capacity];
    }

    boolean isEmpty()
    {
        return head == tail;
    }

    boolean isFull()
    {
        return tail - head == ring.length;
    }

    int inFlight()
    {
        return (int)(sent - head);
    }

    int size()
    {
        return (int)(tail - head);
    }

    long head()
    {
        return head;
    }

    long tail()
    {
        return tail;
    }

    ProducerBatch get(final long index)
    {
        return ring[(int)(index % ring.length)];
    }

    ProducerBatch first()
    {
        return head == tail ? null : get(head);
    }

    ProducerBatch last()
    {
        return head == tail ? null : get(tail - 1);
    }

    /** @return the next batch to be sent, null when there is none */
    ProducerBatch next()
    {
        return sent == tail ? null : get(sent);
    }

    boolean isInFlight(final long index)
    {
        return index < sent;
    }

    void add(final ProducerBatch batch)
    {
        ring[(int)(tail++ % ring.length)] = batch;
    }

    void onSent()
    {
        sent++;
    }

    /** Everything not yet acknowledged is to be sent again, in order. */
    void rewind()
    {
        sent = head;
    }

    ProducerBatch removeFirst()
    {
        final int slot = (int)(head++ % ring.length);
        final ProducerBatch batch = ring[slot];
        ring[slot] = null;
        sent = Math.max(sent, head);
        return batch;
    }

    ProducerBatch removeLast()
    {
        final int slot = (int)(--tail % ring.length);
        final ProducerBatch batch = ring[slot];
        ring[slot] = null;
        return batch;
    }

    /**
     * @param fromSequence of a batch
     * @return its index, -1 when it is not here
     */
    long find(final long fromSequence)
    {
        for (long i = head; i < tail; i++)
        {
            if (get(i).fromSequence == fromSequence)
            {
                return i;
            }
        }
        return -1;
    }
}
