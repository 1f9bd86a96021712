package io.syncline.journal;

import io.syncline.replica.Retention;
import org.agrona.ExpandableArrayBuffer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Drops the oldest segments of one log (R8.4). The leader's log keeper decides how far, by size and by age; a follower
 * releases what its leader's log start has passed; and either drops what was released, beside the log's owner, once it
 * can: below the high watermark, below what is synced, and not above the newest snapshot of the producers, so that a
 * table can be built from what is left and no producer is forgotten (R6.4). Belongs to the log keeper.
 *
 * <h2>Age</h2>
 * A wall clock may stand at 1970 or 2100 and be put right while segments are judged, and the timestamps of records are
 * what producers' clocks said. So no clock is asked what time it is. A log has an age of its own: the time it has been
 * open, added up from differences of monotonic time, a turn at a time. A segment notes the age of its log when it is
 * left, and is as old as the log has become since. The log's age is kept in the manifest, with each segment that is left
 * and once a minute, and goes on from there when the log is opened again.
 * <pre>
 *   age of the log   0 ------------ 2 h ------------- 5 h | stopped, for however long | 5 h ------- 6 h
 *                    segment 1      | left                                                          | 4 h old
 * </pre>
 * Every error is on the safe side. Time in which the log was not open does not count, a kill costs a minute at most, a
 * turn adds {@link #STEP_MAX_NS} at most, whatever the clock says, and a replica that is copied anew begins anew: data
 * stays longer than was asked for, and is never gone sooner.
 */
final class LogRetention
{
    /** Most that a turn adds to the age of the log. */
    static final long STEP_MAX_NS = TimeUnit.SECONDS.toNanos(10);
    /** How much of its age a log may forget when it is killed. */
    static final long NOTE_INTERVAL_NS = TimeUnit.MINUTES.toNanos(1);

    private final JournalContext context;
    private final Path directory;
    private final LogFiles files;
    private final Manifest manifest;
    private final LogState state;
    private final LogSyncer syncer;
    private final ProducerSnapshots producerSnapshots;
    private long ageNs;
    private long notedNs;
    private long lastNs;
    private boolean isClockKnown;

    LogRetention(
        final JournalContext context,
        final Path directory,
        final LogFiles files,
        final Manifest manifest,
        final LogState state,
        final LogSyncer syncer,
        final ProducerSnapshots producerSnapshots)
    {
        this.context = context;
        this.directory = directory;
        this.files = files;
        this.manifest = manifest;
        this.state = state;
        this.syncer = syncer;
        this.producerSnapshots = producerSnapshots;
        ageNs = manifest.ageNs();
        notedNs = ageNs;
    }

    /**
     * The keeper's turn, every second or so.
     *
     * @param retention     of the topic, where this replica leads; {@link Retention#NONE} where it does not
     * @param highWatermark of this replica, not above its log
     * @param nowNs         monotonic time
     * @return work count
     * @throws IOException when the device refused
     */
    int doWork(final Retention retention, final long highWatermark, final long nowNs) throws IOException
    {
        passTime(nowNs);
        noteSegmentsLeft();
        final long committed = Math.min(highWatermark, syncer.synced());
        if (!retention.keepsAll())
        {
            state.release(startOf(retention, committed));
        }
        return dropReleased(committed);
    }

    /** The log is about to be closed: what it says then need not be scanned for. */
    void noteAge()
    {
        if (ageNs > notedNs)
        {
            notedNs = ageNs;
            manifest.age(ageNs);
        }
    }

    /**
     * Drops what lies below an offset, durably: first the manifest, then what everybody sees, then the files. A crash
     * in between leaves files that no manifest knows, which an open deletes.
     *
     * @param newStart the beginning of a batch, above the log start, not above LEO
     */
    void trimTo(final long newStart) throws IOException
    {
        final Segments before = state.segments();
        synchronized (state.epochs())
        {
            manifest.segments(before).epochs(state.epochs(), newStart);
        }
        manifest.logStart(newStart).force();
        context.crashHook().afterStep("log start recorded");
        state.onTrimmed(newStart);
        files.deleteSegments(before, before.from(newStart));
        context.crashHook().afterStep("segments deleted");
    }

    private void passTime(final long nowNs)
    {
        if (isClockKnown)
        {
            ageNs += Math.max(0, Math.min(STEP_MAX_NS, nowNs - lastNs));
        }
        isClockKnown = true;
        lastNs = nowNs;
    }

    /** One that has to be measured is enough for a turn: it is read from one end to the other. */
    private void noteSegmentsLeft() throws IOException
    {
        final Segments current = state.segments();
        boolean isChanged = false;
        boolean isMeasured = false;
        for (int i = 0; i + 1 < current.size() && !isMeasured; i++)
        {
            final int cycle = current.cycle(i);
            if (manifest.left(cycle) == null)
            {
                isMeasured = current.length(i) == Segments.NULL_LENGTH;
                manifest.left(cycle, isMeasured ? measure(cycle) : current.length(i), ageNs);
                notedNs = ageNs;
                isChanged = true;
            }
        }
        if (current.size() > 1 && ageNs - notedNs >= NOTE_INTERVAL_NS)
        {
            noteAge();
            isChanged = true;
        }
        if (isChanged)
        {
            // Not forced: what is lost of this makes segments younger.
            manifest.write();
            manifest.compactAbove(context.compactAtRecords());
        }
    }

    private long measure(final int cycle) throws IOException
    {
        try (SegmentFile file = SegmentFile.map(context.disk(), directory, cycle))
        {
            int end = 0;
            for (int position = file == null ? SegmentFile.END : file.seek(0); position >= 0; position = file.seek(end))
            {
                end = file.next(position);
            }
            return end;
        }
    }

    /** Where the log would begin if only the retention had a say. */
    private long startOf(final Retention retention, final long limit)
    {
        final Segments current = state.segments();
        final int last = current.size() - 1;
        long bytesLeft = state.position();
        for (int i = 0; i < last; i++)
        {
            final Manifest.Left left = manifest.left(current.cycle(i));
            bytesLeft += left == null ? 0 : left.length();
        }
        int first = 0;
        while (first < last && current.end(first) <= limit)
        {
            final Manifest.Left left = manifest.left(current.cycle(first));
            if (left == null || !retention.isOutlived(ageNs - left.ageNs(), bytesLeft - left.length()))
            {
                break;
            }
            bytesLeft -= left.length();
            first++;
        }
        return current.base(first);
    }

    private int dropReleased(final long committed) throws IOException
    {
        final long wanted = Math.min(state.releasedTo(), committed);
        if (wanted <= state.logStart())
        {
            return 0;
        }
        final long known = producerSnapshots.load(committed, new ExpandableArrayBuffer());
        final long newStart = Math.min(wanted, known);
        if (newStart <= state.logStart())
        {
            return 0;
        }
        trimTo(newStart);
        return 1;
    }
}
