package io.syncline.journal;

import java.io.IOException;
import java.util.ArrayDeque;

/**
 * Goes ahead of a log's writer, on the conductor's thread: creates and maps the next segment when half of this one is written,
 * and touches pages so that the writer finds them in memory.
 * <pre>
 *                     mapped, oldest first
 *   +---------------+---------------+---------------+
 *   | left          | written to    | next          |
 *   +---------------+---------------+---------------+
 *     first: the conductor's          newest: taken by the owner when it rolls
 *     to touch and to release
 * </pre>
 * The owner takes what is newest without a lock. Only when a segment is full to the end of its mapping and the next one is not
 * there it helps itself, under the lock, and that is counted. What the conductor touches is never unmapped by another thread.
 */
final class Pretoucher
{
    private static final int WINDOW_MIN_BYTES = 64 * 1024;
    private static final int WINDOW_MAX_BYTES = 8 * 1024 * 1024;

    private final JournalContext context;
    private final SegmentStore queue;
    private final Manifest manifest;
    private final LogState state;
    private final Object lock = new Object();
    // Changed under the lock.
    private final ArrayDeque<SegmentStore.Prepared> mapped = new ArrayDeque<>();
    private volatile SegmentStore.Prepared newest;
    private volatile long unpreparedRolls;
    // The conductor's: the first of the mapped ones.
    private SegmentStore.Prepared first;
    private long windowBytes = WINDOW_MIN_BYTES;

    /** Makes and maps the segment that is written to first. Opens files. */
    Pretoucher(
        final JournalContext context, final SegmentStore queue, final Manifest manifest, final LogState state)
        throws IOException
    {
        this.context = context;
        this.queue = queue;
        this.manifest = manifest;
        this.state = state;
        newest = queue.prepare(state.segments().lastCycle());
        mapped.add(newest);
        first = newest;
        if (context.pretouch())
        {
            queue.touch(first, state.position() + WINDOW_MIN_BYTES);
        }
    }

    /** @return times the owner had to open a file itself; any thread */
    long unpreparedRolls()
    {
        return unpreparedRolls;
    }

    /**
     * The owner's, when its segment is full.
     *
     * @param needed bytes of the batch that waits
     * @return cycle to write to from now on; that of the present segment to stay
     */
    int nextCycle(final long needed) throws IOException
    {
        final int written = state.segments().lastCycle();
        final int ready = newest.cycle();
        if (ready != written || state.position() + needed <= queue.capacity())
        {
            return ready;
        }
        synchronized (lock)
        {
            if (newest.cycle() == written)
            {
                while (mapped.size() > 2)
                {
                    // Left by the owner, and never the conductor's: that is the first.
                    final SegmentStore.Prepared oldest = mapped.pollFirst();
                    queue.release(mapped.pollFirst());
                    mapped.addFirst(oldest);
                }
                unpreparedRolls = unpreparedRolls + 1;
                prepare();
            }
            return newest.cycle();
        }
    }

    /**
     * The conductor's turn, beside the owner.
     *
     * @return work count
     */
    int doWork() throws IOException
    {
        // In this order: the position is one in this segment or in a later one.
        final int written = state.segments().lastCycle();
        final long at = state.position();
        int workCount = releaseLeft(written, at);
        if (!context.pretouch() || first.cycle() != written)
        {
            return workCount;
        }
        SegmentStore.Prepared next = newest;
        if (next == first && at > context.segmentBytes() / 2)
        {
            next = prepareBefore(written);
            queue.touch(next, WINDOW_MIN_BYTES);
            workCount++;
        }
        final long end = next == first ? queue.capacity() : context.segmentBytes() + context.maxBatchBytes();
        if (at > 0 && first.touchedTo() < end && first.touchedTo() - at < windowBytes / 2)
        {
            workCount += queue.touch(first, Math.min(end, at + windowBytes)) > 0 ? 1 : 0;
            windowBytes = Math.min(windowBytes * 2, WINDOW_MAX_BYTES);
        }
        if (next != first && at + windowBytes > context.segmentBytes())
        {
            workCount += queue.touch(next, at + windowBytes - context.segmentBytes()) > 0 ? 1 : 0;
        }
        return workCount;
    }

    /**
     * The conductor's, as the owner: the log goes on in a segment of its own, not in the next one.
     *
     * @param left  cycle that was written to; stays mapped until the writer is elsewhere
     * @param cycle to go on in; the manifest knows it
     */
    void restart(final int left, final int cycle) throws IOException
    {
        synchronized (lock)
        {
            while (mapped.size() > 1 && mapped.peekLast().cycle() > left)
            {
                queue.release(mapped.pollLast());
            }
            newest = queue.prepare(cycle);
            mapped.add(newest);
        }
    }

    /** The conductor's, as the owner: gives every mapping back. */
    void release()
    {
        synchronized (lock)
        {
            while (!mapped.isEmpty())
            {
                queue.release(mapped.pollLast());
            }
        }
    }

    /** Chronicle's appender leaves a segment with the first batch in the next one. */
    private int releaseLeft(final int written, final long at)
    {
        if (first.cycle() == written || at == 0)
        {
            return 0;
        }
        synchronized (lock)
        {
            while (first.cycle() != written && mapped.size() > 1)
            {
                queue.release(mapped.pollFirst());
                first = mapped.peekFirst();
            }
        }
        windowBytes = Math.max(WINDOW_MIN_BYTES, windowBytes / 2);
        return 1;
    }

    private SegmentStore.Prepared prepareBefore(final int written) throws IOException
    {
        synchronized (lock)
        {
            if (newest.cycle() == written)
            {
                prepare();
            }
            return newest;
        }
    }

    private void prepare() throws IOException
    {
        // Only the newest segment may be one whose base must be found by looking.
        final int cycle = manifest.segments(state.segments()).nextCycle();
        manifest.segment(cycle, Manifest.FOLLOWS).write();
        context.crashHook().afterStep("segment announced");
        newest = queue.prepare(cycle);
        mapped.add(newest);
        context.crashHook().afterStep("segment prepared");
    }
}
