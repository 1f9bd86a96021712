package io.syncline.simulator;

import io.syncline.metadata.PartitionState;
import io.syncline.record.BatchFlyweight;
import io.syncline.record.RecordIterator;
import org.agrona.DirectBuffer;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;

/**
 * G of PROTOCOL.md: every record from the moment of its commit, kept outside the replicas, and what must hold between it and the
 * logs (I3, I4, I5, I11, I12, I13).
 */
final class SimTruth implements SimLog.Watcher
{
    private static final long NONE = Long.MIN_VALUE;

    /** What is committed of one partition. */
    private static final class Committed
    {
        private final ArrayList<byte[]> batches = new ArrayList<>();
        private final ArrayList<Long> ends = new ArrayList<>();
        private final Map<Long, Integer> nextSequences = new HashMap<>();
        private final Long2LongHashMap appended = new Long2LongHashMap(NONE);
        private final ArrayList<Long> recordIds = new ArrayList<>();

        long end()
        {
            return ends.isEmpty() ? 0 : ends.get(ends.size() - 1);
        }

        int indexOf(final long offset)
        {
            int low = 0;
            int high = ends.size();
            while (low < high)
            {
                final int middle = low + high >>> 1;
                if (ends.get(middle) <= offset)
                {
                    low = middle + 1;
                }
                else
                {
                    high = middle;
                }
            }
            return low;
        }
    }

    private final Long2ObjectHashMap<Committed> partitions = new Long2ObjectHashMap<>();
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer committedView = new UnsafeBuffer(0, 0);
    private final BatchFlyweight header = new BatchFlyweight();
    private final RecordIterator records = new RecordIterator();
    private final SimTrace trace;
    private final java.util.zip.CRC32C crc = new java.util.zip.CRC32C();

    SimTruth(final SimTrace trace)
    {
        this.trace = trace;
    }

    /** @return the true high watermark */
    long end(final long key)
    {
        final Committed committed = partitions.get(key);
        return committed == null ? 0 : committed.end();
    }

    /** @return id of the committed record at an offset */
    long recordId(final long key, final long offset)
    {
        return partitions.get(key).recordIds.get((int)offset);
    }

    @Override
    public void onAppended(
        final SimLog log, final DirectBuffer batch, final int offset, final int length, final long baseOffset, final int epoch)
    {
        final byte[] bytes = new byte[length];
        batch.getBytes(offset, bytes);
        crc.reset();
        crc.update(bytes);
        // The chain makes "the same log below" part of the value.
        final long value = SimRandom.mix(crc.getValue() + log.chainAt(baseOffset));
        log.chain(baseOffset, value);
        final Committed committed = committed(log.key);
        final long before = committed.appended.put(baseOffset << 20 | epoch, value);
        require(before == NONE || before == value, "I3", () ->
            "another batch, or another log below it, at offset " + baseOffset + " of epoch " + epoch + ", " + log);
        trace.add(value ^ log.brokerId);
        if (trace.isRead())
        {
            trace.line("append b" + log.brokerId + " " + io.syncline.protocol.PartitionKey.toString(log.key) + " offset " +
                baseOffset + " epoch " + epoch + " -> " + log);
        }
    }

    @Override
    public void onTruncating(final SimLog log, final long offset, final boolean isRestart)
    {
        if (trace.isRead())
        {
            trace.line("truncate to " + offset + ": " + log);
        }
        final Committed committed = committed(log.key);
        for (int i = isRestart ? 0 : committed.indexOf(offset); i < committed.ends.size(); i++)
        {
            if (committed.ends.get(i) <= log.logEnd() && holds(log, committed, i))
            {
                final long end = committed.ends.get(i);
                throw new Violation("I11", "truncating to " + offset + " removes the committed batch that ends at " + end +
                    " from " + log);
            }
        }
    }

    /**
     * A leader moved its high watermark, and so commits what is below it.
     *
     * @param by              broker
     * @param log             of it
     * @param newHighWatermark on its way to readers and producers
     */
    void commit(final int by, final SimLog log, final long newHighWatermark)
    {
        final Committed committed = committed(log.key);
        require(newHighWatermark <= log.logEnd(), "I9", () -> "HW " + newHighWatermark + " above LEO of " + log);
        agree(log, newHighWatermark, "I5", "announced a high watermark over other records than committed");
        while (committed.end() < newHighWatermark)
        {
            final long end = committed.end();
            final int length = log.read(end, view);
            require(length > 0, "I4", () -> "hole at " + end + " of " + log);
            header.wrap(view, 0);
            require(header.baseOffset() == end, "I4", () -> "offset " + header.baseOffset() + " at " + end + " of " + log);
            require(header.endOffset() <= newHighWatermark, "I9", () -> "HW " + newHighWatermark + " within a batch of " + log);
            final byte[] bytes = new byte[length];
            view.getBytes(0, bytes);
            noteSequence(committed, log);
            records.wrap(view, 0);
            while (records.next())
            {
                committed.recordIds.add(records.buffer().getLong(records.valueOffset()));
            }
            committed.batches.add(bytes);
            committed.ends.add(header.endOffset());
        }
        log.agreedTo = Math.max(log.agreedTo, newHighWatermark);
        trace.add(newHighWatermark * 31 + by);
    }

    /** What a log shows up to an offset is what is committed there; below what was checked before nothing can have changed. */
    void agree(final SimLog log, final long upTo, final String invariant, final String what)
    {
        final Committed committed = committed(log.key);
        final long limit = Math.min(upTo, committed.end());
        if (log.agreedTo >= limit)
        {
            return;
        }
        for (int i = committed.indexOf(log.agreedTo); i < committed.ends.size() && committed.ends.get(i) <= limit; i++)
        {
            final int index = i;
            require(committed.ends.get(i) <= log.logEnd() && holds(log, committed, i), invariant, () ->
                what + ": differs before offset " + committed.ends.get(index) + ", true HW " + committed.end() + ", " + log);
            log.agreedTo = committed.ends.get(i);
        }
    }

    /** I5 for one member of ISR or ELR. */
    void holdsAll(final SimLog log, final PartitionState partition)
    {
        final long end = end(log.key);
        require(log.logEnd() >= end, "I5", () -> "member of ISR or ELR without everything committed, true HW " + end + ": " +
            log + ", " + partition);
        agree(log, end, "I5", "member of ISR or ELR with other records than committed, " + partition);
    }

    private boolean holds(final SimLog log, final Committed committed, final int index)
    {
        final byte[] bytes = committed.batches.get(index);
        committedView.wrap(bytes);
        final long base = committed.ends.get(index) - header.wrap(committedView, 0).count();
        if (log.read(base, view) != bytes.length)
        {
            return false;
        }
        for (int i = 0; i < bytes.length; i++)
        {
            if (view.getByte(i) != bytes[i])
            {
                return false;
            }
        }
        return true;
    }

    /** I13: within one producer epoch sequences follow each other. */
    private void noteSequence(final Committed committed, final SimLog log)
    {
        if (header.producerId() < 0)
        {
            return;
        }
        final long producer = header.producerId() << 16 | header.producerEpoch();
        final Integer due = committed.nextSequences.put(producer, header.lastSequence() + 1);
        final int base = header.baseSequence();
        require(due == null ? base == 0 : due == base, "I13", () -> "sequence " + base + " of producer " +
            (producer >> 16) + "/" + (producer & 0xFFFF) + " committed where " + due + " was due, " + log);
    }

    private Committed committed(final long key)
    {
        Committed committed = partitions.get(key);
        if (committed == null)
        {
            committed = new Committed();
            partitions.put(key, committed);
        }
        return committed;
    }

    static void require(final boolean holds, final String invariant, final java.util.function.Supplier<String> message)
    {
        if (!holds)
        {
            throw new Violation(invariant, message.get());
        }
    }
}
