package io.syncline.replica;

import io.syncline.protocol.Codes;
import io.syncline.record.BatchDescriptor;
import io.syncline.record.BatchFlyweight;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteOrder;

/**
 * Who produced what to one partition: duplicate and gap detection (R6.3). Belongs to the log and travels with it from
 * owner to owner; every replica keeps it by what it appends, so that it survives a failover (R6.4).
 * <p>
 * A pure function of the batches appended, in their order: two replicas with the same log have the same table. The
 * number of producers is bounded; beyond, the one whose last batch is the oldest is forgotten. Allocates when a
 * producer first appears.
 * <p>
 * A producer that is not in the table is taken at any sequence, as Kafka does, only where its earlier batches may be
 * missing here: the table was read from a log whose beginning was gone, or once overflowed. Otherwise a table remembers
 * everybody, also whose batches retention has removed since, and there the first batch of a producer has sequence 0; so
 * the first batches of a producer cannot overtake each other on their way to a new leader. A replica that began anew at
 * its leader's log start (R1.5) knows only who has produced behind that.
 */
public final class ProducerSequences
{
    /** From {@link #check}: the batch was appended before; {@link #duplicateBaseOffset()} says where. */
    public static final int DUPLICATE = 1;
    /** Batches remembered for each producer, and so the most it may have in flight. */
    public static final int BATCHES = 5;

    private static final int SNAPSHOT_VERSION = 1;
    private static final int SNAPSHOT_HEADER_LENGTH = 3 * Integer.BYTES;
    private static final int SNAPSHOT_ENTRY_LENGTH =
        Long.BYTES + 2 * Integer.BYTES + BATCHES * (2 * Integer.BYTES + Long.BYTES);

    private final int maxProducers;
    private final Long2ObjectHashMap<Producer> producers = new Long2ObjectHashMap<>();
    private final BatchFlyweight batch = new BatchFlyweight();
    private boolean hasForgotten;
    private long duplicateBaseOffset = -1;

    /** @param maxProducers see {@link ReplicaConfig#maxProducers()} */
    public ProducerSequences(final int maxProducers)
    {
        this.maxProducers = maxProducers;
    }

    /**
     * Judges a batch before it is appended. Changes nothing but {@link #duplicateBaseOffset()}.
     *
     * @param producerId    not negative
     * @param producerEpoch of the producer
     * @param baseSequence  of the first record
     * @param count         records
     * @return OK, {@link #DUPLICATE}, OUT_OF_ORDER_SEQUENCE or INVALID_PRODUCER_EPOCH
     */
    public int check(
        final long producerId, final int producerEpoch, final int baseSequence, final int count)
    {
        final Producer producer = producers.get(producerId);
        if (producer == null)
        {
            return baseSequence == 0 || hasForgotten ? Codes.OK : Codes.OUT_OF_ORDER_SEQUENCE;
        }
        if (producerEpoch < producer.epoch)
        {
            return Codes.INVALID_PRODUCER_EPOCH;
        }
        if (producerEpoch > producer.epoch)
        {
            return baseSequence == 0 ? Codes.OK : Codes.OUT_OF_ORDER_SEQUENCE;
        }
        if (baseSequence == producer.nextSequence())
        {
            return Codes.OK;
        }
        final int index = producer.indexOf(baseSequence, count);
        if (index < 0)
        {
            return Codes.OUT_OF_ORDER_SEQUENCE;
        }
        duplicateBaseOffset = producer.baseOffsets[index];
        return DUPLICATE;
    }

    /** @return base offset of the batch that the last {@link #check} found again */
    public long duplicateBaseOffset()
    {
        return duplicateBaseOffset;
    }

    /**
     * Notes a batch that was appended, in the order of the offsets; one of a plain producer is of no interest.
     *
     * @param producerId    negative for a plain producer
     * @param producerEpoch of the producer
     * @param baseSequence  of the first record
     * @param count         records
     * @param baseOffset    of the batch
     */
    public void onAppended(
        final long producerId, final int producerEpoch, final int baseSequence, final int count, final long baseOffset)
    {
        if (producerId < 0)
        {
            return;
        }
        Producer producer = producers.get(producerId);
        if (producer == null)
        {
            if (producers.size() >= maxProducers)
            {
                forgetOldest();
            }
            producer = new Producer();
            producers.put(producerId, producer);
        }
        if (producerEpoch != producer.epoch)
        {
            producer.epoch = producerEpoch;
            producer.size = 0;
        }
        producer.add(baseSequence, count, baseOffset);
    }

    /** Forgets everything: the log is empty. */
    public void clear()
    {
        producers.clear();
        hasForgotten = false;
    }

    /**
     * Forgets everything: the table is about to be read from a log, from there on.
     *
     * @param logStart of the log; above 0 there may have been producers of whom it says nothing any more
     */
    public void startAt(final long logStart)
    {
        clear();
        hasForgotten = logStart > 0;
    }

    /**
     * R6.4: after a truncation or a restart without a usable snapshot, reads the table again from the log.
     *
     * @param log        of this partition
     * @param fromOffset where to begin, the log start for the whole truth
     * @return OK, or the log's code; the table is of no use then
     */
    public int rebuild(final ReplicaLog log, final long fromOffset)
    {
        startAt(fromOffset);
        return replay(log, fromOffset);
    }

    /**
     * R6.4: as {@link #rebuild} on top of what is there, which was decoded from a snapshot.
     *
     * @param log        of this partition
     * @param fromOffset the end of what the snapshot holds
     * @return OK, or the log's code; the table is of no use then
     */
    public int replay(final ReplicaLog log, final long fromOffset)
    {
        final UnsafeBuffer view = new UnsafeBuffer(0, 0);
        long offset = fromOffset;
        while (offset < log.logEnd())
        {
            final int length = log.read(offset, view);
            if (length < 0)
            {
                return length;
            }
            batch.wrap(view, 0);
            onAppended(batch);
            offset = batch.endOffset();
        }
        return Codes.OK;
    }

    /** Notes the appended batch that the flyweight is wrapped around. */
    void onAppended(final BatchFlyweight appended)
    {
        onAppended(
            appended.producerId(), appended.producerEpoch(), appended.baseSequence(), appended.count(),
            appended.baseOffset());
    }

    /** @return number of producers remembered */
    public int size()
    {
        return producers.size();
    }

    /** @return bytes that {@link #encode} writes */
    public int encodedLength()
    {
        return SNAPSHOT_HEADER_LENGTH + producers.size() * SNAPSHOT_ENTRY_LENGTH;
    }

    /**
     * Writes a snapshot, little endian: version, 1 when a producer was ever forgotten, number of producers; for each of
     * them id, epoch, number of batches, and five places of base sequence, count and base offset, oldest first.
     *
     * @param buffer with room for {@link #encodedLength()}
     * @param offset to write at
     * @return bytes written
     */
    public int encode(final MutableDirectBuffer buffer, final int offset)
    {
        buffer.putInt(offset, SNAPSHOT_VERSION, ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(offset + 4, hasForgotten ? 1 : 0, ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(offset + 8, producers.size(), ByteOrder.LITTLE_ENDIAN);
        int index = offset + SNAPSHOT_HEADER_LENGTH;
        final Long2ObjectHashMap<Producer>.EntryIterator entries = producers.entrySet().iterator();
        while (entries.hasNext())
        {
            entries.next();
            entries.getValue().encode(entries.getLongKey(), buffer, index);
            index += SNAPSHOT_ENTRY_LENGTH;
        }
        return index - offset;
    }

    /**
     * Reads a snapshot in place of what is there.
     *
     * @param buffer holds it
     * @param offset of it
     * @param length of it, or more
     * @return false when it is none: the table is empty then
     */
    public boolean decode(final DirectBuffer buffer, final int offset, final int length)
    {
        clear();
        if (length < SNAPSHOT_HEADER_LENGTH || buffer.getInt(offset, ByteOrder.LITTLE_ENDIAN) != SNAPSHOT_VERSION)
        {
            return false;
        }
        final int size = buffer.getInt(offset + 8, ByteOrder.LITTLE_ENDIAN);
        if (size < 0 || length < SNAPSHOT_HEADER_LENGTH + (long)size * SNAPSHOT_ENTRY_LENGTH)
        {
            return false;
        }
        int index = offset + SNAPSHOT_HEADER_LENGTH;
        for (int i = 0; i < size; i++, index += SNAPSHOT_ENTRY_LENGTH)
        {
            final Producer producer = new Producer();
            if (!producer.decode(buffer, index))
            {
                clear();
                return false;
            }
            producers.put(buffer.getLong(index, ByteOrder.LITTLE_ENDIAN), producer);
        }
        hasForgotten = buffer.getInt(offset + 4, ByteOrder.LITTLE_ENDIAN) != 0;
        return true;
    }

    private void forgetOldest()
    {
        long oldestId = BatchDescriptor.NULL_PRODUCER_ID;
        long oldestOffset = Long.MAX_VALUE;
        final Long2ObjectHashMap<Producer>.EntryIterator entries = producers.entrySet().iterator();
        while (entries.hasNext())
        {
            entries.next();
            final long lastOffset = entries.getValue().lastBaseOffset();
            if (lastOffset < oldestOffset)
            {
                oldestOffset = lastOffset;
                oldestId = entries.getLongKey();
            }
        }
        producers.remove(oldestId);
        hasForgotten = true;
    }

    /**
     * @param baseSequence from 0 to {@link Integer#MAX_VALUE}
     * @param count        records
     * @return the sequence behind them; it starts again at 0 after {@link Integer#MAX_VALUE}
     */
    static int sequenceAfter(final int baseSequence, final int count)
    {
        return baseSequence + count & Integer.MAX_VALUE;
    }

    /** The last batches of one producer, in the epoch of the last one; oldest first. */
    private static final class Producer
    {
        private int epoch = -1;
        private int size;
        private final int[] baseSequences = new int[BATCHES];
        private final int[] counts = new int[BATCHES];
        private final long[] baseOffsets = new long[BATCHES];

        void add(final int baseSequence, final int count, final long baseOffset)
        {
            if (size == BATCHES)
            {
                System.arraycopy(baseSequences, 1, baseSequences, 0, BATCHES - 1);
                System.arraycopy(counts, 1, counts, 0, BATCHES - 1);
                System.arraycopy(baseOffsets, 1, baseOffsets, 0, BATCHES - 1);
                size--;
            }
            baseSequences[size] = baseSequence;
            counts[size] = count;
            baseOffsets[size] = baseOffset;
            size++;
        }

        int nextSequence()
        {
            return sequenceAfter(baseSequences[size - 1], counts[size - 1]);
        }

        long lastBaseOffset()
        {
            return baseOffsets[size - 1];
        }

        int indexOf(final int baseSequence, final int count)
        {
            for (int i = size - 1; i >= 0; i--)
            {
                if (baseSequences[i] == baseSequence && counts[i] == count)
                {
                    return i;
                }
            }
            return -1;
        }

        void encode(final long producerId, final MutableDirectBuffer buffer, final int offset)
        {
            buffer.putLong(offset, producerId, ByteOrder.LITTLE_ENDIAN);
            buffer.putInt(offset + 8, epoch, ByteOrder.LITTLE_ENDIAN);
            buffer.putInt(offset + 12, size, ByteOrder.LITTLE_ENDIAN);
            int index = offset + 16;
            for (int i = 0; i < BATCHES; i++, index += 16)
            {
                buffer.putInt(index, i < size ? baseSequences[i] : 0, ByteOrder.LITTLE_ENDIAN);
                buffer.putInt(index + 4, i < size ? counts[i] : 0, ByteOrder.LITTLE_ENDIAN);
                buffer.putLong(index + 8, i < size ? baseOffsets[i] : 0, ByteOrder.LITTLE_ENDIAN);
            }
        }

        boolean decode(final DirectBuffer buffer, final int offset)
        {
            epoch = buffer.getInt(offset + 8, ByteOrder.LITTLE_ENDIAN);
            size = buffer.getInt(offset + 12, ByteOrder.LITTLE_ENDIAN);
            if (size < 1 || size > BATCHES)
            {
                return false;
            }
            int index = offset + 16;
            for (int i = 0; i < size; i++, index += 16)
            {
                baseSequences[i] = buffer.getInt(index, ByteOrder.LITTLE_ENDIAN);
                counts[i] = buffer.getInt(index + 4, ByteOrder.LITTLE_ENDIAN);
                baseOffsets[i] = buffer.getLong(index + 8, ByteOrder.LITTLE_ENDIAN);
            }
            return true;
        }
    }
}
