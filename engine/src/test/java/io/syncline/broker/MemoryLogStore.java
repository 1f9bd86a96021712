package io.syncline.broker;

import io.syncline.protocol.Codes;
import io.syncline.replica.MemoryLog;
import io.syncline.replica.ProducerSequences;
import io.syncline.replica.ReplicaLog;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** Logs in memory that outlive their broker, as files would. For one thread. */
final class MemoryLogStore implements LogStore
{
    private final Long2ObjectHashMap<Stored> partitions = new Long2ObjectHashMap<>();
    private int quarantined;
    private LongConsumer opening = (key) -> {};

    /** @param hook runs when a log is to be opened, and takes as long, or fails, as the test likes */
    void opening(final LongConsumer hook)
    {
        opening = hook;
    }

    /** @return the log of a partition, open or not; null where there is none */
    MemoryLog log(final long key)
    {
        final Stored stored = partitions.get(key);
        return stored == null ? null : stored.log;
    }

    /** What a log is found to be from now on, until it is moved aside. */
    void lose(final long key, final Loss loss)
    {
        partitions.get(key).loss = loss;
    }

    /** @return number of logs that were moved aside */
    int quarantined()
    {
        return quarantined;
    }

    /** @return number of partitions that are open */
    int openCount()
    {
        return (int)partitions.values().stream().filter((stored) -> stored.isOpen).count();
    }

    @Override
    public Partition open(final long key)
    {
        opening.accept(key);
        final Stored stored = partitions.computeIfAbsent(key, Stored::new);
        if (stored.isOpen)
        {
            throw new IllegalStateException("opened twice: " + key);
        }
        if (stored.loss != null && stored.loss.isDamaged())
        {
            throw new DamagedException(stored.loss.reason(), null);
        }
        stored.isOpen = true;
        stored.rebuildSequences();
        return stored;
    }

    @Override
    public void delete(final long key)
    {
        if (partitions.containsKey(key) && partitions.get(key).isOpen)
        {
            throw new IllegalStateException("deleted while open: " + key);
        }
        partitions.remove(key);
    }

    @Override
    public String quarantine(final long key)
    {
        delete(key);
        quarantined++;
        return "it is gone";
    }

    @Override
    public int doWork(final long nowNs)
    {
        return 0;
    }

    @Override
    public void close()
    {
        if (openCount() > 0)
        {
            throw new IllegalStateException(openCount() + " partitions are still open");
        }
    }

    private static final class Stored implements Partition
    {
        private final MemoryLog log;
        private final ProducerSequences sequences = new ProducerSequences(100);
        private long committed;
        private boolean isOpen;
        private Loss loss;

        private Stored(final long key)
        {
            log = new MemoryLog(key);
        }

        @Override
        public Loss loss()
        {
            return loss;
        }

        @Override
        public ReplicaLog log()
        {
            return log;
        }

        @Override
        public ProducerSequences sequences()
        {
            return sequences;
        }

        @Override
        public long committed()
        {
            return committed;
        }

        @Override
        public PartitionReader newReader(final LongSupplier logEnd)
        {
            return new PartitionReader()
            {
                @Override
                public long logStart()
                {
                    return log.logStart();
                }

                @Override
                public int read(final long offset, final UnsafeBuffer view)
                {
                    return offset > logEnd.getAsLong() ? Codes.OFFSET_OUT_OF_RANGE : log.read(offset, view);
                }

                @Override
                public void close()
                {
                }
            };
        }

        @Override
        public void rebuildSequences()
        {
            sequences.rebuild(log, log.logStart());
        }

        @Override
        public void close(final long highWatermark, final boolean clean)
        {
            committed = highWatermark;
            isOpen = false;
        }
    }
}
