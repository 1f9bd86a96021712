package io.syncline.journal;

import io.syncline.replica.EpochHistory;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Finds out what a log consists of when it is opened: new, as its last owner closed it, or by a scan from the last
 * synced point (R8.2). A log that ends below its high watermark, or below what was
 * synced, is damaged and left as it is.
 */
final class LogLoader
{
    private final JournalDisk disk;
    private final Path directory;
    private final long key;
    private final LogFiles files;
    private final Manifest manifest;
    private final LogState state;
    private final Truncation truncation;

    LogLoader(
        final JournalDisk disk,
        final Path directory,
        final long key,
        final LogFiles files,
        final Manifest manifest,
        final LogState state,
        final Truncation truncation)
    {
        this.disk = disk;
        this.directory = directory;
        this.key = key;
        this.files = files;
        this.manifest = manifest;
        this.state = state;
        this.truncation = truncation;
    }

    /**
     * Fills the state. Blocks.
     *
     * @param highWatermark last known one, -1 for none
     * @return what was found
     */
    RecoveryReport load(final long highWatermark) throws IOException
    {
        final Segments segments = manifest.segments();
        final long logStart = manifest.logStart();
        if (!manifest.found())
        {
            state.onLoaded(segments, new EpochHistory(), logStart, 0);
            files.deleteUnknown(segments);
            return new RecoveryReport(RecoveryReport.Outcome.CREATED, 0, 0, highWatermark, 0, 0, "");
        }
        final long closedAt = manifest.closedAt();
        if (closedAt >= 0 && closedAt >= highWatermark &&
            files.endsAt(key, segments, manifest.closedPosition(), closedAt))
        {
            final int lastExcerpt = manifest.closedPosition();
            state.onLoaded(segments, manifest.epochs(), logStart, closedAt);
            state.onLastExcerpt(lastExcerpt, files.positionBehind(segments.lastCycle(), lastExcerpt));
            files.deleteUnknown(segments);
            return new RecoveryReport(
                RecoveryReport.Outcome.CLEAN, logStart, closedAt, highWatermark, closedAt, 0, "");
        }
        return recover(highWatermark);
    }

    private RecoveryReport recover(final long highWatermark) throws IOException
    {
        final Recovery scan = new Recovery(disk, directory, key, manifest).scan();
        final long logEnd = scan.logEnd();
        state.onLoaded(scan.segments(), scan.epochs(), manifest.logStart(), logEnd);
        // What was synced is there unless the disk has lost it, whatever was committed: without power nothing else
        // goes.
        if (logEnd < Math.max(highWatermark, manifest.synced()))
        {
            return scan.report(RecoveryReport.Outcome.DAMAGED, highWatermark);
        }
        truncation.goOnBehind(logEnd);
        truncation.retireOldFiles();
        return scan.report(RecoveryReport.Outcome.RECOVERED, highWatermark);
    }
}
