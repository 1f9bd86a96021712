package io.syncline.simulator;

import io.syncline.broker.LogStore;
import io.syncline.broker.PartitionReader;
import io.syncline.journal.JournalContext;
import io.syncline.journal.JournalLayout;
import io.syncline.journal.SimDisk;
import io.syncline.journal.SimJournal;
import io.syncline.record.BatchDescriptor;
import io.syncline.replica.ProducerSequences;
import io.syncline.replica.ReplicaLog;
import io.syncline.replica.Retention;
import org.agrona.ErrorHandler;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * The logs of one machine: the broker's own journals on a simulated disk, which outlives its processes. What is in the
 * page cache outlives them, too, but not the power.
 */
final class SimLogStore implements LogStore
{
    /** The process dies where it stands. */
    static final class Crash extends Error
    {
        private static final long serialVersionUID = 1L;

        Crash(final String step)
        {
            super(step, null, false, false);
        }
    }

    private final int brokerId;
    private final SimLog.Watcher watcher;
    private final SimDisk disk;
    private final Path directory;
    private final int segmentBytes;
    private final TreeMap<Long, SimLog> logs = new TreeMap<>();
    private final TreeMap<Long, Partition> open = new TreeMap<>();
    private final TreeMap<Long, ProducerSequences> sequences = new TreeMap<>();
    private final TreeSet<Long> lost = new TreeSet<>();
    private final TreeSet<Long> gone = new TreeSet<>();
    private final TreeSet<Long> toLookAt = new TreeSet<>();
    private boolean isSpoiled;
    private JournalContext journals;
    private LogStore store;
    private long syncIntervalNs;
    private int stepsToCrash;
    private boolean isWiped;

    SimLogStore(
        final int brokerId, final SimLog.Watcher watcher, final SimRandom random, final long syncIntervalNs,
        final int segmentBytes)
    {
        this.brokerId = brokerId;
        this.watcher = watcher;
        this.syncIntervalNs = syncIntervalNs;
        this.segmentBytes = segmentBytes;
        disk = new SimDisk(random::nextInt);
        directory = Path.of("/b" + brokerId);
    }

    /** A process starts. */
    SimLogStore started(final Function<JournalContext, LogStore> process, final ErrorHandler errorHandler)
    {
        stepsToCrash = 0;
        journals = SimJournal.context(disk, directory, segmentBytes, this::onStep, errorHandler)
            .syncIntervalNs(syncIntervalNs)
            .groupCommitNs(syncIntervalNs);
        store = process.apply(journals);
        return this;
    }

    SimDisk disk()
    {
        return disk;
    }

    Path directory(final long key)
    {
        return JournalLayout.partition(directory, key);
    }

    void syncIntervalNs(final long intervalNs)
    {
        syncIntervalNs = intervalNs;
        if (journals != null)
        {
            journals.syncIntervalNs(intervalNs).groupCommitNs(intervalNs);
        }
    }

    /** @param steps of changes to several files until the process dies within one */
    void crashAfter(final int steps)
    {
        stepsToCrash = steps;
    }

    SimLog log(final long key)
    {
        return logs.get(key);
    }

    ProducerSequences sequences(final long key)
    {
        return sequences.get(key);
    }

    Collection<Long> keys()
    {
        return logs.keySet();
    }

    /** The process is dead. */
    void losePower(final boolean isLossy)
    {
        disk.losePower();
        logs.values().forEach((log) -> log.changed(isLossy));
    }

    /** The directory is gone. */
    void wipe()
    {
        disk.wipe();
        logs.clear();
        isWiped = true;
    }

    @Override
    public Partition open(final long key)
    {
        final boolean isFound = disk.exists(directory(key));
        final Partition partition = store.open(key);
        gone.remove(key);
        final SimLog log = logs.computeIfAbsent(key, (unused) -> newLog(key));
        if (log.isOpen())
        {
            throw new AssertionError("log opened twice: " + log);
        }
        if (!isFound)
        {
            log.restarted();
        }
        log.opened(partition.log());
        final Watched watched = new Watched(partition, log);
        open.put(key, watched);
        sequences.put(key, partition.sequences());
        return watched;
    }

    @Override
    public void delete(final long key)
    {
        if (open.containsKey(key))
        {
            throw new AssertionError("log deleted while open: " + key + " at broker " + brokerId);
        }
        store.delete(key);
        logs.remove(key);
    }

    /** What it held is not counted on before it has caught up again. */
    @Override
    public String quarantine(final long key)
    {
        if (open.containsKey(key))
        {
            throw new AssertionError("log moved aside while open: " + key + " at broker " + brokerId);
        }
        try
        {
            return store.quarantine(key);
        }
        finally
        {
            if (!disk.exists(directory(key)))
            {
                logs.remove(key);
                lost.add(key);
            }
        }
    }

    /** Something was done to the device that brokers may complain of. */
    boolean isSpoiled()
    {
        return isSpoiled;
    }

    void spoiled(final long key)
    {
        isSpoiled = true;
        lost.add(key);
    }

    void failSyncs(final int count)
    {
        isSpoiled = true;
        logs.values().forEach((log) ->
        {
            log.isLossy = true;
            log.isDamaged = true;
            lost.add(log.key);
        });
        disk.failSyncs(count);
    }

    /** From now on the device fails at something, or may; nothing that is on it is changed by that. */
    void failing()
    {
        isSpoiled = true;
        logs.values().forEach((log) ->
        {
            log.failing();
            lost.add(log.key);
        });
    }

    /** Somebody deleted the directory of a log that is not open; false where there was none. */
    boolean takeAway(final long key)
    {
        if (!disk.remove(directory(key)))
        {
            return false;
        }
        spoiled(key);
        gone.add(key);
        logs.remove(key);
        return true;
    }

    /** Nobody has found out yet. */
    boolean isGone(final long key)
    {
        return gone.contains(key);
    }

    /** What nobody has read since it was spoiled is read now. */
    void lookAtAll()
    {
        toLookAt.addAll(lost);
    }

    private void look()
    {
        for (final Long key : List.copyOf(toLookAt))
        {
            final Partition partition = open.get(key);
            if (partition != null)
            {
                toLookAt.remove(key);
                final UnsafeBuffer view = new UnsafeBuffer(0, 0);
                try (PartitionReader reader = partition.newReader(partition.log()::logEnd))
                {
                    long offset = reader.logStart();
                    while (reader.read(offset, view) > 0)
                    {
                        offset = view.getLong(BatchDescriptor.BASE_OFFSET_OFFSET, ByteOrder.LITTLE_ENDIAN) +
                            view.getInt(BatchDescriptor.LAST_OFFSET_DELTA_OFFSET, ByteOrder.LITTLE_ENDIAN) + 1;
                    }
                }
            }
        }
    }

    @Override
    public int doWork(final long nowNs)
    {
        look();
        return store.doWork(nowNs);
    }

    @Override
    public void checkpoint(final Long2LongHashMap highWatermarks)
    {
        store.checkpoint(highWatermarks);
    }

    @Override
    public void close()
    {
        if (!open.isEmpty())
        {
            throw new AssertionError("logs left open: " + open.keySet() + " at broker " + brokerId);
        }
    }

    /** After a wipe no log is counted on before it has caught up. */
    private SimLog newLog(final long key)
    {
        final SimLog log = new SimLog(brokerId, key, disk, directory(key), watcher);
        log.isLossy = isLost(key);
        return log;
    }

    /** A log was here once and is gone, or what there is has taken its place. */
    boolean isLost(final long key)
    {
        return isWiped || lost.contains(key);
    }

    private void onStep(final String step)
    {
        if (stepsToCrash > 0 && --stepsToCrash == 0)
        {
            throw new Crash(step);
        }
    }

    /** The broker's own partition, its log watched. */
    private final class Watched implements Partition
    {
        private final Partition partition;
        private final SimLog log;

        private Watched(final Partition partition, final SimLog log)
        {
            this.partition = partition;
            this.log = log;
        }

        @Override
        public int retain(final Retention retention, final long highWatermark, final long nowNs)
        {
            return partition.retain(retention, highWatermark, nowNs);
        }

        @Override
        public ReplicaLog log()
        {
            return log;
        }

        @Override
        public ProducerSequences sequences()
        {
            return partition.sequences();
        }

        @Override
        public long committed()
        {
            return partition.committed();
        }

        @Override
        public void look()
        {
            partition.look();
        }

        @Override
        public Loss loss()
        {
            return partition.loss();
        }

        @Override
        public PartitionReader newReader(final LongSupplier logEnd)
        {
            return partition.newReader(logEnd);
        }

        @Override
        public void fsynced(final boolean isFsynced)
        {
            partition.fsynced(isFsynced);
        }

        @Override
        public void rebuildSequences()
        {
            partition.rebuildSequences();
        }

        @Override
        public void truncateTo(final long offset)
        {
            watcher.onTruncating(log, offset, false);
            log.cutting(offset);
            partition.truncateTo(offset);
            log.cut();
        }

        @Override
        public void restartAt(final long offset)
        {
            watcher.onTruncating(log, offset, true);
            log.cutting(0);
            partition.restartAt(offset);
            log.restarted();
        }

        @Override
        public void close(final long highWatermark, final boolean clean)
        {
            open.remove(log.key);
            log.closed();
            partition.close(highWatermark, clean);
        }
    }
}
