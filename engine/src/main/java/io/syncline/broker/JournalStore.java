package io.syncline.broker;

import io.syncline.journal.ChronicleLog;
import io.syncline.journal.DamagedFileException;
import io.syncline.journal.JournalContext;
import io.syncline.journal.JournalLayout;
import io.syncline.journal.LogHousekeeping;
import io.syncline.journal.LogReader;
import io.syncline.journal.ProducerSnapshots;
import io.syncline.journal.RecoveryReport;
import io.syncline.journal.RollListener;
import io.syncline.journal.StateFile;
import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;
import io.syncline.replica.ProducerSequences;
import io.syncline.replica.ReplicaConfig;
import io.syncline.replica.ReplicaLog;
import io.syncline.replica.Retention;
import org.agrona.ErrorHandler;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/** The broker's logs in Chronicle Queue journals under {@code log.dir}. Belongs to the log keeper. */
final class JournalStore implements LogStore
{
    private final Path directory;
    private final JournalContext journals;
    private final StateFile state;
    /** A thread of this broker's own that forces; null where the log keeper does, or an executor of the process's. */
    private final ExecutorService forcer;
    private volatile Thread keeper;
    private long savedIncarnation;
    private final LogHousekeeping housekeeping = new LogHousekeeping();
    private final SequenceCheckpoints sequenceCheckpoints =
        new SequenceCheckpoints(ReplicaConfig.DEFAULT.maxProducers());

    /** On the launching thread, before there is a session: may take a second or two where it is the process's first. */
    JournalStore(
        final BrokerContext context, final NodeState state, final ErrorHandler errorHandler,
        final RollListener rollListener)
    {
        this(context, state, errorHandler, rollListener, context.syncExecutor() != null ? null :
            Executors.newSingleThreadExecutor((task) ->
            {
                final Thread thread = new Thread(task, "log-sync-" + context.nodeId());
                thread.setDaemon(true);
                return thread;
            }));
    }

    /**
     * @param journals concluded
     * @param state    high watermarks as of the last checkpoint
     */
    JournalStore(final JournalContext journals, final StateFile state)
    {
        this(journals, state, null);
    }

    private JournalStore(
        final BrokerContext context, final NodeState state, final ErrorHandler errorHandler,
        final RollListener rollListener, final ExecutorService forcer)
    {
        this(
            warmedUp(context, errorHandler, rollListener, forcer != null ? forcer : context.syncExecutor()),
            state.file(), forcer);
        journals.wakeUp(() -> LockSupport.unpark(keeper));
    }

    private JournalStore(final JournalContext journals, final StateFile state, final ExecutorService forcer)
    {
        this.directory = journals.directory();
        this.journals = journals;
        this.state = state;
        this.forcer = forcer;
        savedIncarnation = state.incarnation();
    }

    private static JournalContext warmedUp(
        final BrokerContext context, final ErrorHandler errorHandler, final RollListener rollListener,
        final Executor forcer)
    {
        final Path directory = context.directory().toPath();
        JournalWarmUp.once(directory, errorHandler);
        return new JournalContext()
            .directory(directory)
            .segmentBytes((int)context.segmentBytes())
            .maxBatchBytes(context.maxBatchBytes())
            .freeBytesMin(context.freeBytesMin())
            .errorHandler(errorHandler)
            .rollListener(rollListener)
            .syncExecutor(forcer)
            .conclude();
    }

    @Override
    public Partition open(final long key)
    {
        final long highWatermark = state.highWatermark(key);
        if (highWatermark != StateFile.NULL_VALUE && !journals.hasPartition(key))
        {
            // What is begun in its place must not pass for it: the partition may count on this replica (I8).
            throw new DamagedException(
                "log of partition " + PartitionKey.toString(key) + " is missing in " +
                JournalLayout.partition(directory, key) + ": at least what was committed up to offset " + highWatermark +
                " was here, found is nothing (R8.2)", null);
        }
        final String mark = journals.lostMark(key);
        if (mark != null)
        {
            throw new DamagedException(mark + "; found before this start", null);
        }
        final ChronicleLog log = openLog(key, highWatermark);
        try
        {
            if (log.recovery().isDamaged())
            {
                final RecoveryReport found = log.recovery();
                throw new DamagedException(
                    "log of partition " + PartitionKey.toString(key) + " in " + log.directory() + " is damaged: it ends at " +
                    "offset " + found.logEnd() + " (" + found.reason() + "), below its high watermark " +
                    found.highWatermark() + " or what was synced, " + found.scannedFrom() + " (R8.2)", null);
            }
            here(key);
            final JournalPartition partition = new JournalPartition(log);
            sequenceCheckpoints.add(log, partition.readSequences());
            housekeeping.add(log);
            return partition;
        }
        catch (final RuntimeException ex)
        {
            log.kill();
            throw ex;
        }
    }

    private ChronicleLog openLog(final long key, final long highWatermark)
    {
        try
        {
            return ChronicleLog.open(journals, key, highWatermark);
        }
        catch (final UncheckedIOException ex)
        {
            if (ex.getCause() instanceof DamagedFileException)
            {
                throw new DamagedException(ex.getMessage() + " (R8.2)", ex);
            }
            throw ex;
        }
    }

    @Override
    public void delete(final long key)
    {
        forget(key);
        journals.deletePartition(key);
    }

    /** The files first: what is known of them is what says that they are missing, should this end in between. */
    @Override
    public String quarantine(final long key)
    {
        final Path moved = journals.quarantinePartition(key);
        forget(key);
        return moved == null ? "nothing was left of it" : "it lies in " + moved;
    }

    /** The whole file is written again, for all partitions at once, and not at all while nothing is committed. */
    @Override
    public void checkpoint(final Long2LongHashMap highWatermarks)
    {
        sequenceCheckpoints.committed(highWatermarks);
        boolean isChanged = state.incarnation() != savedIncarnation;
        for (final Long2LongHashMap.EntryIterator it = highWatermarks.entrySet().iterator(); it.hasNext(); )
        {
            it.next();
            if (state.highWatermark(it.getLongKey()) != it.getLongValue())
            {
                isChanged = true;
                state.highWatermark(it.getLongKey(), it.getLongValue());
            }
        }
        if (isChanged)
        {
            savedIncarnation = state.incarnation();
            state.save();
        }
    }

    /**
     * Durably, behind the files and before anything is acknowledged: a log of which no high watermark is saved yet may
     * hold what is committed, and would not be missed (D3).
     */
    private void here(final long key)
    {
        if (state.highWatermark(key) == StateFile.NULL_VALUE)
        {
            state.highWatermark(key, 0);
            state.save();
        }
    }

    /** Nothing is known of how far a log that stays is committed. */
    private void lower(final long key)
    {
        state.highWatermark(key, 0);
        state.save();
    }

    /** Durably, and before the files go: a log that is begun anew would look damaged below an old high watermark. */
    private void forget(final long key)
    {
        if (state.highWatermark(key) != StateFile.NULL_VALUE)
        {
            state.remove(key).save();
        }
    }

    @Override
    public int doWork(final long nowNs)
    {
        if (keeper != Thread.currentThread())
        {
            keeper = Thread.currentThread();
        }
        return journals.freeSpace().doWork(nowNs) + housekeeping.doWork(nowNs) + sequenceCheckpoints.doWork();
    }

    @Override
    public void close()
    {
        // Every partition has been closed, and has waited for what was forced.
        if (forcer != null)
        {
            forcer.shutdown();
        }
    }

    private final class JournalPartition implements Partition
    {
        private final ChronicleLog log;
        private final ProducerSequences sequences = new ProducerSequences(ReplicaConfig.DEFAULT.maxProducers());
        private final long committed;
        private boolean isMarked;

        private JournalPartition(final ChronicleLog log)
        {
            this.log = log;
            this.committed = Math.max(log.logStart(), state.highWatermark(log.key()));
        }

        @Override
        public ReplicaLog log()
        {
            return log;
        }

        @Override
        public long unreservedAppends()
        {
            return log.unreservedAppends();
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
        public void fsynced(final boolean isFsynced)
        {
            log.fsynced(isFsynced);
        }

        @Override
        public void look()
        {
            log.checkSuspicion();
            final Loss found = isMarked ? null : loss();
            if (found != null && found.isDamaged())
            {
                isMarked = true;
                journals.markLost(log.key(), found.reason());
            }
        }

        @Override
        public Loss loss()
        {
            if (!log.damage().isEmpty())
            {
                return new Loss(true, "log of partition " + PartitionKey.toString(log.key()) + ": " + log.damage());
            }
            return !log.isFailed() ? null : new Loss(false, "log of partition " + PartitionKey.toString(log.key()) +
                " in " + log.directory() + ": the device failed, " + log.failure());
        }

        @Override
        public int retain(final Retention retention, final long highWatermark, final long nowNs)
        {
            return log.retain(retention, highWatermark, nowNs);
        }

        @Override
        public PartitionReader newReader(final LongSupplier logEnd)
        {
            return new JournalReader(log.newReader(), logEnd);
        }

        @Override
        public void rebuildSequences()
        {
            sequenceCheckpoints.cut(log, readSequences());
        }

        /** @return offset of the snapshot that was used, log start for none */
        private long readSequences()
        {
            final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
            final long snapshotOffset = log.producerSnapshots().load(log.logEnd(), buffer);
            final boolean isRestored = snapshotOffset != ProducerSnapshots.NULL_OFFSET &&
                snapshotOffset >= log.logStart() && sequences.decode(buffer, 0, buffer.capacity());
            final int code = isRestored ?
                sequences.replay(log, snapshotOffset) : sequences.rebuild(log, log.logStart());
            if (code < 0 && log.isFailed())
            {
                throw new UncheckedIOException(new IOException("log of partition " + PartitionKey.toString(log.key()) +
                    " failed: " + log.failure()));
            }
            if (code < 0)
            {
                throw new DamagedException("producers of partition " + PartitionKey.toString(log.key()) +
                    " cannot be read back: " + Codes.describe(code) + " " + log.damage(), null);
            }
            return isRestored ? snapshotOffset : log.logStart();
        }

        @Override
        public void truncateTo(final long offset)
        {
            if (offset < state.highWatermark(log.key()))
            {
                // An operator's unclean election: what goes now must not look like damage after a kill.
                lower(log.key());
            }
            Partition.super.truncateTo(offset);
        }

        @Override
        public void restartAt(final long offset)
        {
            lower(log.key());
            Partition.super.restartAt(offset);
        }

        @Override
        public void close(final long highWatermark, final boolean clean)
        {
            housekeeping.remove(log);
            sequenceCheckpoints.remove(log);
            if (clean && loss() == null)
            {
                final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(Math.max(8, sequences.encodedLength()));
                final int length = sequences.encode(buffer, 0);
                log.producerSnapshots().save(log.logEnd(), buffer, 0, length);
                state.highWatermark(log.key(), highWatermark);
                log.close();
            }
            else
            {
                log.kill();
            }
        }
    }

    /** Reads up to the end that the log's owner publishes. */
    private record JournalReader(LogReader reader, LongSupplier logEnd) implements PartitionReader
    {
        @Override
        public long logStart()
        {
            return reader.logStart();
        }

        @Override
        public int read(final long offset, final UnsafeBuffer view)
        {
            return reader.read(offset, logEnd.getAsLong(), view);
        }

        @Override
        public void close()
        {
            reader.close();
        }
    }
}
