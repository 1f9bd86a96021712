package io.syncline.broker;

import io.syncline.journal.ChronicleLog;
import io.syncline.journal.LogReader;
import io.syncline.journal.ProducerSnapshots;
import io.syncline.record.BatchFlyweight;
import io.syncline.replica.ProducerSequences;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayList;

/**
 * Keeps a snapshot of each log's producers close behind its end, so that an open after a kill, and a truncation, read
 * the last segment or two and not the whole log (R6.4, R8.2). Reads the log again beside its owner, whose table is not
 * to be touched: a small piece in a turn, one log at a time, one table in memory.
 * <p>
 * A snapshot is taken where a segment begins, and where retention lets the log begin (R8.4), and only of what is
 * committed and synced: nothing takes that back, neither a truncation nor a power loss, so that what a snapshot holds
 * stays the truth about the log below it. Belongs to the log keeper.
 */
final class SequenceCheckpoints
{
    private static final int STEP_BYTES = 512 * 1024;

    /** One log. */
    private static final class Watched
    {
        private final ChronicleLog log;
        private long committed = -1;
        private long snapshotAt;

        private Watched(final ChronicleLog log, final long snapshotAt)
        {
            this.log = log;
            this.snapshotAt = snapshotAt;
        }
    }

    private final int maxProducers;
    private final ArrayList<Watched> logs = new ArrayList<>();
    private final BatchFlyweight batch = new BatchFlyweight();
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private int next;
    // What is being read, if anything is.
    private Watched current;
    private LogReader reader;
    private ProducerSequences table;
    private long position;
    private long target;

    /** @param maxProducers of every table */
    SequenceCheckpoints(final int maxProducers)
    {
        this.maxProducers = maxProducers;
    }

    /**
     * @param log        that was opened
     * @param snapshotAt offset of its newest snapshot; its log start when there is none
     */
    void add(final ChronicleLog log, final long snapshotAt)
    {
        logs.add(new Watched(log, snapshotAt));
    }

    /** @param log that is about to be closed, killed or deleted */
    void remove(final ChronicleLog log)
    {
        logs.remove(find(log));
        abandon(log);
    }

    /**
     * @param log        that was cut
     * @param snapshotAt offset of the newest snapshot left; its log start when there is none
     */
    void cut(final ChronicleLog log, final long snapshotAt)
    {
        abandon(log);
        final Watched watched = find(log);
        if (watched != null)
        {
            watched.snapshotAt = snapshotAt;
            watched.committed = -1;
        }
    }

    /** @param highWatermarks by key, -1 for one that is missing */
    void committed(final Long2LongHashMap highWatermarks)
    {
        for (int i = 0; i < logs.size(); i++)
        {
            final Watched watched = logs.get(i);
            watched.committed = highWatermarks.get(watched.log.key());
        }
    }

    /** @return work count */
    int doWork()
    {
        return reader == null ? begin() : read();
    }

    private int begin()
    {
        final int size = logs.size();
        for (int i = 0; i < size; i++)
        {
            next = next + 1 < size ? next + 1 : 0;
            final Watched watched = logs.get(next);
            final long wanted = watched.committed < 0 ? -1 : wanted(watched.log, watched.committed);
            if (wanted > watched.snapshotAt && !watched.log.isFailed())
            {
                begin(watched, wanted);
                return 1;
            }
        }
        return 0;
    }

    private static long wanted(final ChronicleLog log, final long committed)
    {
        final long sure = Math.min(committed, log.synced());
        final long released = log.releasedTo();
        return Math.max(log.segmentStart(sure), released <= sure ? released : -1);
    }

    private void begin(final Watched watched, final long wanted)
    {
        final ProducerSequences decoded = new ProducerSequences(maxProducers);
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        final long found;
        try
        {
            found = watched.log.producerSnapshots().load(wanted, buffer);
        }
        catch (final RuntimeException ex)
        {
            // Told once: the next segment is another try.
            watched.snapshotAt = wanted;
            throw ex;
        }
        current = watched;
        target = wanted;
        table = decoded;
        reader = watched.log.newReader();
        final long logStart = reader.logStart();
        if (found != ProducerSnapshots.NULL_OFFSET && found >= logStart && decoded.decode(buffer, 0, buffer.capacity()))
        {
            position = found;
        }
        else
        {
            decoded.startAt(logStart);
            position = logStart;
        }
    }

    private int read()
    {
        int bytes = 0;
        while (position < target && bytes < STEP_BYTES)
        {
            final int length = reader.readBesideOwner(position, target, view);
            if (length <= 0)
            {
                // The reader has raised suspicion (R8.2); without a snapshot an open only takes longer.
                end(target);
                return 1;
            }
            batch.wrap(view, 0);
            table.onAppended(
                batch.producerId(), batch.producerEpoch(), batch.baseSequence(), batch.count(), batch.baseOffset());
            position = batch.endOffset();
            bytes += length;
        }
        if (position >= target)
        {
            save();
        }
        return 1;
    }

    private void save()
    {
        try
        {
            final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(table.encodedLength());
            current.log.producerSnapshots().save(target, buffer, 0, table.encode(buffer, 0));
        }
        finally
        {
            end(target);
        }
    }

    private void abandon(final ChronicleLog log)
    {
        if (current != null && current.log == log)
        {
            end(current.snapshotAt);
        }
    }

    private void end(final long snapshotAt)
    {
        current.snapshotAt = snapshotAt;
        reader.close();
        reader = null;
        table = null;
        current = null;
    }

    private Watched find(final ChronicleLog log)
    {
        for (int i = 0; i < logs.size(); i++)
        {
            if (logs.get(i).log == log)
            {
                return logs.get(i);
            }
        }
        return null;
    }
}
