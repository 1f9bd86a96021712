package io.syncline.simulator;

import io.syncline.protocol.PartitionKey;
import io.syncline.record.BatchFlyweight;
import io.syncline.record.RecordIterator;
import org.agrona.DirectBuffer;
import org.agrona.collections.IntArrayList;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.collections.LongArrayList;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayList;
import java.util.function.Supplier;

/**
 * G of PROTOCOL.md: every record from the moment of its commit, kept outside the replicas. Sees every change of every
 * log, and asks the invariants that are about logs alone (I3, I4, I11, and what I13 says of committed sequences).
 */
final class SimTruth implements SimLog.Watcher
{
    /** What is committed of one partition. */
    private static final class Committed
    {
        private final ArrayList<byte[]> batches = new ArrayList<>();
        private final LongArrayList ends = new LongArrayList();
        private final LongArrayList recordIds = new LongArrayList();
        private final IntArrayList epochs = new IntArrayList();
        /** Of each batch, the leader epoch in which it was committed. */
        private final IntArrayList committedIn = new IntArrayList();

        long end()
        {
            return ends.isEmpty() ? 0 : ends.getLong(ends.size() - 1);
        }

        long baseOf(final int index)
        {
            return index == 0 ? 0 : ends.getLong(index - 1);
        }

        /** @return index of the batch that holds an offset */
        int indexOf(final long offset)
        {
            int low = 0;
            int high = ends.size();
            while (low < high)
            {
                final int middle = low + high >>> 1;
                if (ends.getLong(middle) <= offset)
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
    private final I3SameOffsetSameLog i3 = new I3SameOffsetSameLog();
    private final I4ContiguousLog i4 = new I4ContiguousLog();
    private final I11CommittedStays i11 = new I11CommittedStays(this);
    private final I13SequencesAreContiguous i13 = new I13SequencesAreContiguous();

    SimTruth(final SimTrace trace)
    {
        this.trace = trace;
    }

    /** Made after this, which watches their logs. */
    void replicas(final SimNodes nodes, final SimController controller)
    {
        i11.replicas(nodes, controller);
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
        return partitions.get(key).recordIds.getLong((int)offset);
    }

    /** @return epoch of the committed record at an offset */
    int epoch(final long key, final long offset)
    {
        return partitions.get(key).epochs.getInt((int)offset);
    }

    @Override
    public void onAppended(
        final SimLog log, final DirectBuffer batch, final int offset, final int length, final long baseOffset, final int epoch)
    {
        view.wrap(batch, offset, length);
        // The chain makes "the same log below" part of the value.
        final long value = i3.onAppended(log, view, length, baseOffset, epoch);
        log.chain(baseOffset, value);
        i4.onAppended(log, view, baseOffset);
        trace.add(value ^ log.brokerId);
        if (trace.isRead())
        {
            trace.line("append b" + log.brokerId + " " + PartitionKey.toString(log.key) + " offset " +
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
        i11.onTruncating(log, offset, isRestart);
    }

    /** A replica that leads has changed (I4). */
    void onLeading(final SimReplica replica)
    {
        i4.onLeader(replica);
    }

    /** Expensive: reads a whole log (I3, I4). */
    void onLog(final SimLog log)
    {
        i4.onLog(log);
        i3.onLog(log);
    }

    /** Expensive (I13). */
    void onSequences(final SimReplica replica)
    {
        i13.onLeader(replica);
    }

    /** Expensive (I13): both replicas hold the same. */
    void onReplicas(final SimNodes.SimNode leader, final SimNodes.SimNode other, final long key)
    {
        i13.onReplicas(leader, other, key);
    }

    /**
     * A leader moved its high watermark, and so commits what is below it.
     *
     * @param by               broker
     * @param leaderEpoch      in which it leads
     * @param log              of it, which agrees with all that was committed before
     * @param newHighWatermark on its way to readers and producers
     */
    void commit(final int by, final int leaderEpoch, final SimLog log, final long newHighWatermark)
    {
        final Committed committed = committed(log.key);
        while (committed.end() < newHighWatermark)
        {
            final int length = log.read(committed.end(), view);
            header.wrap(view, 0);
            if (length <= 0 || header.baseOffset() != committed.end() || header.endOffset() > newHighWatermark)
            {
                throw new Violation("I9", "HW " + newHighWatermark + " is no end of a batch: " + log);
            }
            final byte[] bytes = new byte[length];
            view.getBytes(0, bytes);
            i13.onCommitted(log, header);
            records.wrap(view, 0);
            while (records.next())
            {
                committed.recordIds.addLong(records.buffer().getLong(records.valueOffset()));
                committed.epochs.addInt(header.leaderEpoch());
            }
            committed.batches.add(bytes);
            committed.ends.addLong(header.endOffset());
            committed.committedIn.addInt(leaderEpoch);
        }
        log.agreedTo = Math.max(log.agreedTo, newHighWatermark);
        trace.add(newHighWatermark * 31 + by);
    }

    /**
     * Below what was looked at before nothing can have changed. What was spoiled on its device and does not pass its
     * CRCs is nothing that the log holds (R8.1), and no difference.
     *
     * @return the offset from which a log holds something else than is committed, up to an offset; -1 for none
     */
    long firstDifference(final SimLog log, final long upTo)
    {
        final Committed committed = committed(log.key);
        final long limit = Math.min(upTo, committed.end());
        if (log.agreedTo < limit)
        {
            boolean isWhole = true;
            for (int i = committed.indexOf(log.agreedTo); i < committed.ends.size() && committed.ends.getLong(i) <= limit; i++)
            {
                final long base = committed.baseOf(i);
                final boolean isRefused = log.isDamaged && base < log.logEnd() && log.look(base, view) < 0;
                if (!isRefused && !holds(log, committed, i))
                {
                    return base;
                }
                isWhole &= !isRefused;
                log.agreedTo = isWhole ? committed.ends.getLong(i) : log.agreedTo;
            }
        }
        return -1;
    }

    /** @return end of the first batch committed up to an epoch that a log holds and that ends above an offset, -1 for none */
    long firstHeldEnd(final SimLog log, final long offset, final int upToEpoch)
    {
        final Committed committed = committed(log.key);
        for (int i = committed.indexOf(offset); i < committed.ends.size(); i++)
        {
            if (committed.committedIn.getInt(i) <= upToEpoch && holds(log, committed, i))
            {
                return committed.ends.getLong(i);
            }
        }
        return -1;
    }

    private boolean holds(final SimLog log, final Committed committed, final int index)
    {
        if (committed.ends.getLong(index) > log.logEnd())
        {
            return false;
        }
        final byte[] bytes = committed.batches.get(index);
        committedView.wrap(bytes);
        final int length = log.look(committed.baseOf(index), view);
        return length == bytes.length && view.compareTo(committedView) == 0;
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

    static void require(final boolean holds, final String invariant, final Supplier<String> message)
    {
        if (!holds)
        {
            throw new Violation(invariant, message.get());
        }
    }
}
