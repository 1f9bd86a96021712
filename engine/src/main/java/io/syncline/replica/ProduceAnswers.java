package io.syncline.replica;

/**
 * The way out to the clients of one partition. An answer leaves at once; where a client's stream is full it waits here,
 * behind the earlier ones of that client and of nobody else.
 * <p>
 * A client that does not read its answers fills the ring and loses further ones: it asks again with the same sequences.
 */
final class ProduceAnswers
{
    private static final int MAX_SLOW_CLIENTS = 8;

    private final long key;
    private final AcksOutput out;
    private final PendingProduces waiting;
    private final long[] slowClients = new long[MAX_SLOW_CLIENTS];
    private long dropped;

    ProduceAnswers(final long key, final int capacity, final AcksOutput out)
    {
        this.key = key;
        this.out = out;
        waiting = new PendingProduces(capacity);
    }

    void answer(
        final long clientId, final int leaderEpoch, final long fromSequence, final long toSequence,
        final long baseOffset, final int code)
    {
        if (waiting.isEmpty() && out.produceAck(clientId, key, leaderEpoch, fromSequence, toSequence, baseOffset, code))
        {
            return;
        }
        if (!waiting.add(clientId, leaderEpoch, fromSequence, toSequence, baseOffset, baseOffset, code))
        {
            dropped++;
        }
    }

    /** @return answers sent */
    int doWork()
    {
        final int size = waiting.size();
        if (size == 0)
        {
            return 0;
        }
        int slow = 0;
        int kept = 0;
        for (int i = 0; i < size; i++)
        {
            final long clientId = waiting.clientId(i);
            boolean sent = false;
            if (slow < MAX_SLOW_CLIENTS && !isSlow(clientId, slow))
            {
                sent = out.produceAck(
                    clientId, key, waiting.leaderEpoch(i), waiting.fromSequence(i), waiting.toSequence(i),
                    waiting.baseOffset(i), waiting.code(i));
                if (!sent)
                {
                    slowClients[slow++] = clientId;
                }
            }
            if (!sent)
            {
                waiting.move(i, kept++);
            }
        }
        waiting.truncate(kept);
        return size - kept;
    }

    boolean isEmpty()
    {
        return waiting.isEmpty();
    }

    int size()
    {
        return waiting.size();
    }

    long dropped()
    {
        return dropped;
    }

    private boolean isSlow(final long clientId, final int slow)
    {
        for (int i = 0; i < slow; i++)
        {
            if (slowClients[i] == clientId)
            {
                return true;
            }
        }
        return false;
    }
}
