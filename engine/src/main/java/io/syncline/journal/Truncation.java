package io.syncline.journal;

import java.io.IOException;

/**
 * Moves a log's end back, or begins it anew (R8.3): the conductor's, as the owner. One force of the manifest makes the
 * new end and the segment to go on in durable; before it nothing has happened, and after it every step can be done
 * again. Segments are never cut in place: what lies behind the new end in the last one that is left is no longer
 * covered.
 */
final class Truncation
{
    private final JournalContext context;
    private final LogFiles files;
    private final Manifest manifest;
    private final LogState state;
    private final ProducerSnapshots producerSnapshots;

    Truncation(
        final JournalContext context,
        final LogFiles files,
        final Manifest manifest,
        final LogState state,
        final ProducerSnapshots producerSnapshots)
    {
        this.context = context;
        this.files = files;
        this.manifest = manifest;
        this.state = state;
        this.producerSnapshots = producerSnapshots;
    }

    /** Everything at or above the new end goes, and the epochs that start there. */
    void truncate(final long newEnd) throws IOException
    {
        cut(newEnd, true);
        context.crashHook().afterStep("cut recorded");
        producerSnapshots.truncateTo(newEnd);
        context.crashHook().afterStep("snapshots deleted");
    }

    /** Everything goes. */
    void restart(final long newStart) throws IOException
    {
        final int fresh = manifest.segments(state.segments()).nextCycle();
        manifest.restarted(newStart).segment(fresh, newStart).force();
        context.crashHook().afterStep("cut recorded");
        state.onRestarted(new Segments(new int[]{ fresh }, new long[]{ newStart }), newStart);
        producerSnapshots.clear();
        context.crashHook().afterStep("snapshots deleted");
    }

    /** Nothing goes, an epoch without records at the very end neither; only the segment is another. */
    void goOnBehind(final long logEnd) throws IOException
    {
        cut(logEnd, false);
        context.crashHook().afterStep("recovery recorded");
        // One that was saved before its log was forced: what comes there now may be different.
        producerSnapshots.truncateTo(logEnd);
    }

    /** What an unknown end has written to is out of Chronicle's sight from now on, and so is its table. */
    void retireOldFiles() throws IOException
    {
        final Segments segments = state.segments();
        files.retire(segments, Math.max(0, segments.indexOf(manifest.synced())));
        context.crashHook().afterStep("segments retired");
        files.deleteUnknown(segments);
        files.deleteTable();
        context.crashHook().afterStep("unknown files deleted");
    }

    private void cut(final long newEnd, final boolean withEpochs) throws IOException
    {
        final Segments before = state.segments();
        final int fresh = manifest.segments(before).nextCycle();
        manifest.truncated(newEnd)
            .epochs(state.epochs(), withEpochs ? newEnd - 1 : newEnd)
            .segment(fresh, newEnd)
            .force();
        state.onCut(before.below(newEnd).with(fresh, newEnd), newEnd, withEpochs);
    }
}
