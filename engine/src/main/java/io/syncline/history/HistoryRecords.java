package io.syncline.history;

import org.agrona.collections.Int2IntHashMap;
import org.agrona.collections.Long2LongHashMap;

import java.util.Arrays;

/** What is known of each record that was sent, in columns: a record is its place in them, in the order of the sends. */
final class HistoryRecords
{
    /** What a producer was told of a record. */
    static final byte OPEN = 0;
    static final byte ACKED = 1;
    static final byte REFUSED = 2;
    static final byte UNKNOWN = 3;

    static final int NONE = -1;

    private static final String[] OUTCOMES = {"not answered", "acked", "refused", "in doubt"};
    private static final int KNOWN = 1;
    private static final int PLAIN = 2;
    private static final int UNCOMMITTED = 4;

    private final Long2LongHashMap indexOfId = new Long2LongHashMap(NONE);
    private final Int2IntHashMap producers = new Int2IntHashMap(0);
    private int size;
    private long[] ids = new long[64];
    private long[] partitions = new long[64];
    private int[] producerOf = new int[64];
    private long[] sequences = new long[64];
    private byte[] outcomes = new byte[64];
    private long[] ackedAt = new long[64];
    private long[] sentNs = new long[64];
    private long[] answeredNs = new long[64];
    private long[] foundAt = new long[64];

    void producer(final int producer, final boolean isIdempotent, final boolean isAckCommit)
    {
        producers.put(producer, KNOWN | (isIdempotent ? 0 : PLAIN) | (isAckCommit ? 0 : UNCOMMITTED));
    }

    int add(final long id, final int producer, final long partition, final long sequence, final long tNs)
    {
        if (indexOfId.putIfAbsent(id, size) != NONE)
        {
            throw new IllegalArgumentException("record id " + id + " was sent before");
        }
        if (size == ids.length)
        {
            grow(size + (size >> 1));
        }
        ids[size] = id;
        producerOf[size] = producer;
        partitions[size] = partition;
        sequences[size] = sequence;
        sentNs[size] = tNs;
        ackedAt[size] = NONE;
        foundAt[size] = NONE;
        return size++;
    }

    void answer(final int record, final byte outcome, final long offset, final long tNs)
    {
        outcomes[record] = outcome;
        ackedAt[record] = offset;
        answeredNs[record] = tNs;
    }

    void found(final int record, final long offset)
    {
        foundAt[record] = offset;
    }

    int size()
    {
        return size;
    }

    /** @return the record, {@link #NONE} when nobody sent it */
    int indexOf(final long id)
    {
        return (int)indexOfId.get(id);
    }

    long id(final int record)
    {
        return ids[record];
    }

    long partition(final int record)
    {
        return partitions[record];
    }

    int producer(final int record)
    {
        return producerOf[record];
    }

    boolean isIdempotent(final int record)
    {
        return (producers.get(producerOf[record]) & PLAIN) == 0;
    }

    /** @return true when the producer was told that the record is committed, not only appended */
    boolean isCommitted(final int record)
    {
        return outcomes[record] == ACKED && ackedAt[record] >= 0 && (producers.get(producerOf[record]) & UNCOMMITTED) == 0;
    }

    long sequence(final int record)
    {
        return sequences[record];
    }

    byte outcome(final int record)
    {
        return outcomes[record];
    }

    String outcomeName(final int record)
    {
        return OUTCOMES[outcomes[record]];
    }

    /** @return the offset the producer was told, {@link #NONE} for none */
    long ackedAt(final int record)
    {
        return ackedAt[record];
    }

    /** @return the offset it was first read at, {@link #NONE} while nobody has read it */
    long foundAt(final int record)
    {
        return foundAt[record];
    }

    long sentNs(final int record)
    {
        return sentNs[record];
    }

    long answeredNs(final int record)
    {
        return answeredNs[record];
    }

    private void grow(final int capacity)
    {
        ids = Arrays.copyOf(ids, capacity);
        partitions = Arrays.copyOf(partitions, capacity);
        producerOf = Arrays.copyOf(producerOf, capacity);
        sequences = Arrays.copyOf(sequences, capacity);
        outcomes = Arrays.copyOf(outcomes, capacity);
        ackedAt = Arrays.copyOf(ackedAt, capacity);
        sentNs = Arrays.copyOf(sentNs, capacity);
        answeredNs = Arrays.copyOf(answeredNs, capacity);
        foundAt = Arrays.copyOf(foundAt, capacity);
    }
}
