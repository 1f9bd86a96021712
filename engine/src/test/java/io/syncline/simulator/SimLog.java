package io.syncline.simulator;

import io.syncline.journal.LogReader;
import io.syncline.journal.SimDisk;
import io.syncline.journal.SimJournal;
import io.syncline.replica.EpochHistory;
import io.syncline.record.BatchDescriptor;
import io.syncline.replica.ReplicaLog;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.TreeMap;

/**
 * A journal on a simulated disk whose every change is watched. Stays when the process that has it open dies: then it
 * shows what a recovery would find.
 */
final class SimLog implements ReplicaLog
{
    /** Sees every change of a log. */
    interface Watcher
    {
        /** A batch was appended. */
        void onAppended(SimLog log, DirectBuffer batch, int offset, int length, long baseOffset, int epoch);

        /** About to be cut to an offset, or, where restarting, to begin again there. */
        void onTruncating(SimLog log, long offset, boolean isRestart);
    }

    final int brokerId;
    final long key;
    /** Power was lost since this replica last caught up: what it holds is not counted on (P2). */
    boolean isLossy;
    /** Something on its device was changed. */
    boolean isDamaged;
    private boolean isFailing;
    /** How far it was found to agree with what is committed. */
    long agreedTo;
    private long durable;
    private final SimDisk disk;
    private final Path directory;
    private final Watcher watcher;
    private final TreeMap<Long, Long> chains = new TreeMap<>();
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private ReplicaLog log;
    private LogReader found;

    SimLog(
        final int brokerId, final long key, final SimDisk disk, final Path directory, final Watcher watcher)
    {
        this.brokerId = brokerId;
        this.key = key;
        this.disk = disk;
        this.directory = directory;
        this.watcher = watcher;
    }

    /** @return what stands for everything below an offset */
    long chainAt(final long offset)
    {
        final Long below = chains.floorKey(offset - 1);
        return below == null ? 0 : chains.get(below);
    }

    void chain(final long baseOffset, final long value)
    {
        chains.tailMap(baseOffset, true).clear();
        chains.put(baseOffset, value);
    }

    boolean isOpen()
    {
        return log != null;
    }

    void opened(final ReplicaLog opened)
    {
        log = opened;
        found = null;
        agreedTo = Math.min(agreedTo, log.logEnd());
    }

    void closed()
    {
        log = null;
        found = null;
    }

    /** The machine lost power, or somebody was at its disk; the log is closed. */
    void changed(final boolean isNowLossy)
    {
        found = null;
        isLossy |= isNowLossy;
        // What is bad ends the log for who reads it from its beginning.
        SimTruth.require(isDamaged || logEnd() >= durable, "D1", () -> "synced up to " + durable + " before the power went: " + this);
        agreedTo = Math.min(agreedTo, logEnd());
    }

    /** Begun anew, with nothing in it. */
    void restarted()
    {
        chains.clear();
        agreedTo = 0;
        durable = 0;
    }

    @Override
    public long logStart()
    {
        return log != null ? log.logStart() : found().logStart();
    }

    @Override
    public long logEnd()
    {
        return log != null ? log.logEnd() : found().logEnd();
    }

    @Override
    public long synced()
    {
        final long synced = log != null ? log.synced() : found().synced();
        durable = Math.max(durable, synced);
        return synced;
    }

    /** @return end of what was ever said to be synced, and not cut since: a restart may know less of it for a while */
    long durable()
    {
        return Math.max(durable, synced());
    }

    /** About to be cut: the process may die once that is durable. */
    void cutting(final long offset)
    {
        durable = Math.min(durable, offset);
    }

    /** The log was cut. */
    void cut()
    {
        agreedTo = Math.min(agreedTo, logEnd());
        durable = Math.min(durable, logEnd());
    }

    @Override
    public int lastEpoch()
    {
        return log.lastEpoch();
    }

    @Override
    public EpochHistory epochs()
    {
        return log.epochs();
    }

    @Override
    public long appendAsLeader(final DirectBuffer buffer, final int offset, final int length, final int leaderEpoch)
    {
        final long before = log.logEnd();
        return appended(before, log.appendAsLeader(buffer, offset, length, leaderEpoch));
    }

    @Override
    public long appendAsFollower(final DirectBuffer buffer, final int offset, final int length)
    {
        final long before = log.logEnd();
        return appended(before, log.appendAsFollower(buffer, offset, length));
    }

    private long appended(final long before, final long result)
    {
        if (result > before)
        {
            final int length = disk.isFailing() ? SimJournal.look(disk, log, before, view) : log.read(before, view);
            watcher.onAppended(this, view, 0, length, before, log.lastEpoch());
        }
        return result;
    }

    @Override
    public int read(final long offset, final UnsafeBuffer buffer)
    {
        return log != null ? log.read(offset, buffer) : SimJournal.look(disk, found(), offset, buffer);
    }

    /** As a reader is given it, and without a word of that to whoever has it open: what an invariant reads, nobody has read. */
    int look(final long offset, final UnsafeBuffer buffer)
    {
        return log != null && (isDamaged || isFailing()) ? SimJournal.look(disk, log, offset, buffer) : read(offset, buffer);
    }

    /** Its device fails, and takes nothing of what is on it: but the broker may give it up. */
    void failing()
    {
        isFailing = true;
        isLossy = true;
    }

    boolean isFailing()
    {
        isFailing = isFailing && (log == null || disk.isFailing() || SimJournal.isFailed(log));
        return isFailing;
    }

    /** @return false while a reader is refused what was spoiled here */
    boolean isWhole()
    {
        long offset = logStart();
        while (isDamaged && offset < logEnd())
        {
            if (look(offset, view) <= 0)
            {
                return false;
            }
            offset = view.getLong(BatchDescriptor.BASE_OFFSET_OFFSET, ByteOrder.LITTLE_ENDIAN) +
                view.getInt(BatchDescriptor.LAST_OFFSET_DELTA_OFFSET, ByteOrder.LITTLE_ENDIAN) + 1;
        }
        return true;
    }

    @Override
    public void release(final long offset)
    {
        log.release(offset);
    }

    @Override
    public void startEpoch(final int leaderEpoch)
    {
        log.startEpoch(leaderEpoch);
    }

    @Override
    public long truncateTo(final long offset)
    {
        watcher.onTruncating(this, offset, false);
        cutting(offset);
        final long end = log.truncateTo(offset);
        cut();
        return end;
    }

    @Override
    public void restartAt(final long offset)
    {
        watcher.onTruncating(this, offset, true);
        cutting(0);
        log.restartAt(offset);
        restarted();
    }

    private LogReader found()
    {
        if (found == null)
        {
            found = SimJournal.offline(disk, directory);
        }
        return found;
    }

    @Override
    public String toString()
    {
        return "broker " + brokerId + " [" + logStart() + ", " + logEnd() + ") synced " + synced() +
            (log == null ? " closed" : " epochs " + epochs()) + (isLossy ? " lossy" : "");
    }
}
