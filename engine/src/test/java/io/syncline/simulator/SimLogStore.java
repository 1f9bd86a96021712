package io.syncline.simulator;

import io.syncline.broker.LogStore;
import io.syncline.broker.PartitionReader;
import io.syncline.protocol.Codes;
import io.syncline.replica.ProducerSequences;
import io.syncline.replica.ReplicaLog;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.Collection;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/** The disk of one broker: its logs outlive the process, and what was not synced does not outlive the power. */
final class SimLogStore implements LogStore
{
    private final int brokerId;
    private final SimLog.Watcher watcher;
    private final TreeMap<Long, Stored> partitions = new TreeMap<>();
    private long syncIntervalNs;
    private long nextSyncNs;
    private boolean isSyncDue;
    private boolean isWiped;

    SimLogStore(final int brokerId, final SimLog.Watcher watcher, final long syncIntervalNs)
    {
        this.brokerId = brokerId;
        this.watcher = watcher;
        this.syncIntervalNs = syncIntervalNs;
        isSyncDue = true;
    }

    void syncIntervalNs(final long intervalNs)
    {
        syncIntervalNs = intervalNs;
    }

    SimLog log(final long key)
    {
        final Stored stored = partitions.get(key);
        return stored == null ? null : stored.log;
    }

    ProducerSequences sequences(final long key)
    {
        return partitions.get(key).sequences;
    }

    Collection<Long> keys()
    {
        return partitions.keySet();
    }

    /** The process is dead. */
    void losePower(final SimRandom random)
    {
        partitions.values().forEach((stored) ->
        {
            stored.log.losePower(random);
            stored.committed = Math.min(stored.committed, stored.log.synced());
        });
    }

    /** The directory is gone. */
    void wipe()
    {
        partitions.clear();
        isWiped = true;
    }

    /** After a wipe no log is counted on before it has caught up. */
    private SimLog newLog(final long key)
    {
        final SimLog log = new SimLog(brokerId, key, watcher);
        log.isLossy = isWiped;
        return log;
    }

    @Override
    public Partition open(final long key)
    {
        final Stored stored = partitions.computeIfAbsent(key, (unused) -> new Stored(newLog(key)));
        if (stored.isOpen)
        {
            throw new AssertionError("log opened twice: " + key + " at broker " + brokerId);
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
            throw new AssertionError("log deleted while open: " + key + " at broker " + brokerId);
        }
        partitions.remove(key);
    }

    @Override
    public int doWork(final long nowNs)
    {
        if (isSyncDue || nowNs - nextSyncNs >= 0)
        {
            isSyncDue = false;
            nextSyncNs = nowNs + syncIntervalNs;
            for (final Stored stored : partitions.values())
            {
                if (stored.isOpen)
                {
                    stored.log.sync();
                }
            }
        }
        return 0;
    }

    @Override
    public void close()
    {
        isSyncDue = true;
        for (final Stored stored : partitions.values())
        {
            if (stored.isOpen)
            {
                throw new AssertionError("log left open: " + stored.log);
            }
        }
    }

    private static final class Stored implements Partition
    {
        private final SimLog log;
        private final ProducerSequences sequences = new ProducerSequences(100);
        private long committed;
        private boolean isOpen;

        private Stored(final SimLog log)
        {
            this.log = log;
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
            return Math.max(log.logStart(), committed);
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
            if (clean)
            {
                log.sync();
                committed = highWatermark;
            }
            isOpen = false;
        }
    }
}
