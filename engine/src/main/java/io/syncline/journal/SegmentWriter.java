package io.syncline.journal;

import org.agrona.DirectBuffer;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The owner's side of the segments: appends to the last one, and leaves it for the next when it is full or the log was
 * cut. Closed at first, and for good once it is released.
 */
final class SegmentWriter
{
    private final JournalContext context;
    private final long key;
    private final Path directory;
    private final Manifest manifest;
    private final LogState state;
    private final Pretoucher.Ahead ahead;
    private SegmentStore queue;
    private Pretoucher pretoucher;

    SegmentWriter(
        final JournalContext context,
        final long key,
        final Path directory,
        final Manifest manifest,
        final LogState state,
        final Pretoucher.Ahead ahead)
    {
        this.context = context;
        this.key = key;
        this.directory = directory;
        this.manifest = manifest;
        this.state = state;
        this.ahead = ahead;
    }

    /** Opens at the last segment. Opens files. */
    void open() throws IOException
    {
        queue = context.disk().openSegments(directory, 2L * context.segmentBytes(), state.segments().lastCycle());
        pretoucher = new Pretoucher(context, queue, manifest, state, ahead);
    }

    boolean isOpen()
    {
        return queue != null;
    }

    /**
     * @param buffer      holds a batch that fits the end of the log
     * @param offset      of the batch
     * @param length      of the batch
     * @param leaderEpoch it carries from now on
     * @param baseOffset  to be stamped with the epoch, or -1 to copy the batch as it is
     * @param newEnd      offset behind its last record
     * @throws IOException when the next segment had to be made here and could not
     */
    void append(
        final DirectBuffer buffer, final int offset, final int length,
        final int leaderEpoch, final long baseOffset, final long newEnd) throws IOException
    {
        final int current = state.segments().lastCycle();
        final int cycle = state.position() >= context.segmentBytes() ? roll(current, length) : current;
        pretoucher.ensure(cycle, cycle == current ? state.position() : 0, SegmentFile.BATCH_OFFSET + length);
        final long excerpt = queue.append(buffer, offset, length, key, baseOffset, leaderEpoch);
        state.onAppended(cycle, excerpt, excerpt + SegmentFile.BATCH_OFFSET + length, leaderEpoch, newEnd);
    }

    /** The log was cut: writing goes on in its last segment, which is another one than before. The conductor's, as the owner. */
    void goOn(final Segments before) throws IOException
    {
        final int cycle = state.segments().lastCycle();
        pretoucher.restart(before.lastCycle(), cycle);
        context.crashHook().afterStep("segment created");
        queue.roll(cycle);
    }

    /** Looks at the directory again, after files were deleted. The conductor's, as the owner. */
    void refresh()
    {
        queue.refresh();
    }

    /** The conductor's turn, beside the owner; see {@link Pretoucher}. */
    int pretouch() throws IOException
    {
        return pretoucher.doWork();
    }

    /** @return cycle written to next, or at present while there is no next one; any thread */
    int newestCycle()
    {
        return pretoucher.newestCycle();
    }

    /** The conductor's, beside the owner; see {@link Pretoucher}. */
    void leave(final int cycle, final long from, final long to)
    {
        if (pretoucher != null)
        {
            pretoucher.leave(cycle, from, to);
        }
    }

    /** @return times the owner had to open a file itself; any thread */
    long unpreparedRolls()
    {
        return pretoucher == null ? 0 : pretoucher.unpreparedRolls();
    }

    /** @return times the owner had to make room for a batch itself; any thread */
    long unreservedAppends()
    {
        return pretoucher == null ? 0 : pretoucher.unreservedAppends();
    }

    /** Gives every map and handle back. The conductor's, as the owner. */
    void release()
    {
        if (queue != null)
        {
            if (pretoucher != null)
            {
                pretoucher.release();
            }
            queue.close();
            queue = null;
        }
    }

    /**
     * A full segment is left as soon as the next one is ready.
     *
     * @return cycle to write to
     */
    private int roll(final int current, final int length) throws IOException
    {
        final long unprepared = pretoucher.unpreparedRolls();
        final long startNs = System.nanoTime();
        final int cycle = pretoucher.nextCycle(SegmentFile.BATCH_OFFSET + length);
        if (cycle == current)
        {
            return current;
        }
        queue.roll(cycle);
        context.rollListener().onRoll(
            key, pretoucher.unpreparedRolls() == unprepared, System.nanoTime() - startNs);
        return cycle;
    }
}
