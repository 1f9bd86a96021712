package io.syncline.journal;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Goes ahead of a log's writer, on the conductor's thread: creates and maps the next segment when half of this one is
 * written, and reserves room so that the writer finds pages in memory and blocks on the device.
 * <pre>
 *                     mapped, oldest first
 *   +---------------+---------------+---------------+
 *   | left          | written to    | next          |
 *   +---------------+---------------+---------------+
 *     first: the conductor's          newest: taken by the owner when it rolls
 *     to reserve and to release
 * </pre>
 * The owner takes what is newest, and what is reserved, without a lock. Only when a segment is full to the end of its
 * mapping and the next one is not there, or nothing is reserved for a batch, it helps itself, under the lock; the
 * former is counted. What the conductor reserves is never unmapped by another thread.
 */
final class Pretoucher
{
    private static final int WINDOW_MIN_BYTES = 256 * 1024;
    private static final int WINDOW_MAX_BYTES = 32 * 1024 * 1024;
    /** What Chronicle may write beside a batch: an index page, or two where a segment begins. */
    private static final int INDEX_BYTES = 32 * 1024;
    private static final int STEP_BYTES = 256 * 1024;
    private static final int OWN_STEP_BYTES = 64 * 1024;
    private static final int SPINS = 1000;

    private final JournalContext context;
    private final SegmentStore queue;
    private final Manifest manifest;
    private final LogState state;
    private final Ahead ahead;
    private final ReentrantLock lock = new ReentrantLock();
    // Changed under the lock.
    private final ArrayDeque<SegmentStore.Prepared> mapped = new ArrayDeque<>();
    private volatile SegmentStore.Prepared newest;
    private volatile long unpreparedRolls;
    private volatile long unreservedAppends;
    // The owner's: the one it writes to.
    private SegmentStore.Prepared writing;
    // The conductor's: the first of the mapped ones.
    private SegmentStore.Prepared first;
    private long windowBytes = WINDOW_MIN_BYTES;

    /** Whoever has to be ready before the owner rolls. */
    interface Ahead
    {
        /**
         * On the conductor's thread, before the owner learns of the segment.
         *
         * @param written cycle that is written to
         * @param next    cycle that follows, prepared
         * @throws IOException when a file cannot be opened
         */
        void onPrepared(int written, int next) throws IOException;
    }

    /** Makes and maps the segment that is written to first. Opens files. */
    Pretoucher(
        final JournalContext context, final SegmentStore queue, final Manifest manifest, final LogState state,
        final Ahead ahead)
        throws IOException
    {
        this.context = context;
        this.queue = queue;
        this.manifest = manifest;
        this.state = state;
        this.ahead = ahead;
        newest = queue.prepare(state.segments().lastCycle(), state.position());
        mapped.add(newest);
        first = newest;
        writing = newest;
    }

    /** @return times the owner had to open a file itself; any thread */
    long unpreparedRolls()
    {
        return unpreparedRolls;
    }

    /** @return cycle of what was prepared last; any thread */
    int newestCycle()
    {
        return newest.cycle();
    }

    /** @return times the owner had to make room itself; any thread */
    long unreservedAppends()
    {
        return unreservedAppends;
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
        lock.lock();
        try
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
                newest = prepare();
            }
            return newest.cycle();
        }
        finally
        {
            lock.unlock();
        }
    }

    /**
     * The owner's, before every batch: there is room for it.
     *
     * @param cycle  it goes to
     * @param at     position it begins at
     * @param needed bytes of the batch
     * @throws IOException when the device has no room; the batch was not begun
     */
    void ensure(final int cycle, final long at, final long needed) throws IOException
    {
        if (writing.cycle() != cycle)
        {
            // The owner has just rolled, or was told to go on elsewhere: what is newest is what it writes to.
            writing = newest;
        }
        final long end = at + needed + INDEX_BYTES;
        if (writing.reservedTo() < end && context.pretouch())
        {
            makeRoom(end);
        }
    }

    /** Or waits for the conductor to come by: it publishes every step, and rests on none. */
    private void makeRoom(final long end) throws IOException
    {
        unreservedAppends = unreservedAppends + 1;
        int rounds = 0;
        while (writing.reservedTo() < end)
        {
            if (lock.tryLock())
            {
                try
                {
                    // Little more than is needed: the conductor sees from what is left how far behind it is.
                    queue.reserve(writing, end + OWN_STEP_BYTES);
                }
                finally
                {
                    lock.unlock();
                }
            }
            else if (++rounds < SPINS)
            {
                Thread.onSpinWait();
            }
            else
            {
                Thread.yield();
            }
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
            workCount++;
        }
        final long end = next == first ? queue.capacity() : context.segmentBytes() + context.maxBatchBytes();
        final long left = first.reservedTo() - at;
        if (at > 0 && first.reservedTo() < end && left < windowBytes / 2)
        {
            if (left < windowBytes / 4)
            {
                // The writer came near within one turn: a turn is as long as the device likes.
                windowBytes = Math.min(windowBytes * 2, WINDOW_MAX_BYTES);
            }
            workCount += reserve(first, Math.min(end, at + windowBytes));
        }
        if (next != first && at + windowBytes > context.segmentBytes())
        {
            workCount += reserve(next, at + windowBytes - context.segmentBytes());
        }
        return workCount;
    }

    /** Step by step: the owner may wait for the lock. */
    private int reserve(final SegmentStore.Prepared segment, final long upTo) throws IOException
    {
        boolean isChanged = false;
        while (segment.reservedTo() < upTo)
        {
            lock.lock();
            try
            {
                if (!queue.reserve(segment, Math.min(upTo, segment.reservedTo() + STEP_BYTES)))
                {
                    break;
                }
            }
            finally
            {
                lock.unlock();
            }
            isChanged = true;
        }
        return isChanged ? 1 : 0;
    }

    /**
     * The conductor's, as the owner: the log goes on in a segment of its own, not in the next one.
     *
     * @param left  cycle that was written to; stays mapped until the writer is elsewhere
     * @param cycle to go on in; the manifest knows it
     */
    void restart(final int left, final int cycle) throws IOException
    {
        lock.lock();
        try
        {
            while (mapped.size() > 1 && mapped.peekLast().cycle() > left)
            {
                queue.release(mapped.pollLast());
            }
            newest = queue.prepare(cycle, 0);
            mapped.add(newest);
        }
        finally
        {
            lock.unlock();
        }
    }

    /**
     * The conductor's, beside the owner: behind a position in the segment it writes to, or has just left, it only
     * reads.
     *
     * @param cycle of the segment
     * @param from  position
     * @param to    position the owner is behind, in whole chunks
     */
    void leave(final int cycle, final long from, final long to)
    {
        // Chronicle goes on writing to its header.
        final long start = Math.max(from, SegmentStore.CHUNK_BYTES);
        if (first.cycle() == cycle && start < to)
        {
            queue.leave(first, start, to);
        }
    }

    /** The conductor's, as the owner: gives every mapping back. */
    void release()
    {
        lock.lock();
        try
        {
            while (!mapped.isEmpty())
            {
                queue.release(mapped.pollLast());
            }
        }
        finally
        {
            lock.unlock();
        }
    }

    /** Chronicle's appender leaves a segment with the first batch in the next one. */
    private int releaseLeft(final int written, final long at)
    {
        if (first.cycle() == written || at == 0)
        {
            return 0;
        }
        lock.lock();
        try
        {
            // Read anew: while this turn waited the owner may have gone on, let go of the segment that it was in then and
            // prepared the next; by the cycle of then, the one that it writes to would be taken for one that it has left.
            final int current = state.segments().lastCycle();
            while (first.cycle() < current && mapped.size() > 1)
            {
                queue.release(mapped.pollFirst());
                first = mapped.peekFirst();
            }
        }
        finally
        {
            lock.unlock();
        }
        windowBytes = Math.max(WINDOW_MIN_BYTES, windowBytes / 2);
        return 1;
    }

    private SegmentStore.Prepared prepareBefore(final int written) throws IOException
    {
        lock.lock();
        try
        {
            if (newest.cycle() == written)
            {
                final SegmentStore.Prepared next = prepare();
                ahead.onPrepared(written, next.cycle());
                newest = next;
            }
            return newest;
        }
        finally
        {
            lock.unlock();
        }
    }

    private SegmentStore.Prepared prepare() throws IOException
    {
        // Only the newest segment may be one whose base must be found by looking.
        final int cycle = manifest.segments(state.segments()).nextCycle();
        manifest.segment(cycle, Manifest.FOLLOWS).write();
        context.crashHook().afterStep("segment announced");
        final SegmentStore.Prepared next = queue.prepare(cycle, 0);
        mapped.add(next);
        context.crashHook().afterStep("segment prepared");
        return next;
    }
}
