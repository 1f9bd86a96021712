package io.syncline.journal;

import io.syncline.protocol.Codes;
import io.syncline.record.BatchDescriptor;
import io.syncline.record.BatchValidator;
import io.syncline.replica.EpochHistory;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.nio.file.Path;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

/**
 * Reads a log from its last synced point to the first bad batch (R8.2), by bytes and CRCs alone: what Chronicle
 * believes of the files does not matter. Changes nothing.
 */
final class Recovery
{
    private final JournalDisk disk;
    private final Path directory;
    private final long key;
    private final Manifest manifest;
    private final EpochHistory epochs = new EpochHistory();
    private Segments segments;
    private long logEnd;
    private long scannedFrom;
    private long scannedBatches;
    private int historyIndex;
    private String reason = "";

    Recovery(final JournalDisk disk, final Path directory, final long key, final Manifest manifest)
    {
        this.disk = disk;
        this.directory = directory;
        this.key = key;
        this.manifest = manifest;
        segments = manifest.segments();
        logEnd = manifest.logStart();
        scannedFrom = Math.max(manifest.synced(), manifest.logStart());
    }

    /** @return this, after looking at everything from the last synced point */
    Recovery scan() throws IOException
    {
        for (int i = Math.max(0, segments.indexOf(scannedFrom)); i < segments.size(); i++)
        {
            if (!scanSegment(segments.cycle(i), segments.base(i), segments.end(i)))
            {
                break;
            }
        }
        final int prepared = manifest.preparedCycle();
        if (reason.isEmpty() && prepared >= 0)
        {
            // The owner may have rolled into it without a word: its first batch then says where it begins.
            final long base = logEnd;
            scanSegment(prepared, base, Long.MAX_VALUE);
            if (logEnd > base)
            {
                segments = segments.with(prepared, base);
            }
        }
        addHistoryUpTo(logEnd);
        return this;
    }

    Segments segments()
    {
        return segments;
    }

    EpochHistory epochs()
    {
        return epochs;
    }

    long logEnd()
    {
        return logEnd;
    }

    RecoveryReport report(final RecoveryReport.Outcome outcome, final long highWatermark)
    {
        return new RecoveryReport(
            outcome, manifest.logStart(), logEnd, highWatermark, scannedFrom, scannedBatches, reason);
    }

    /** @return false when the log ends in this segment, before what the manifest says */
    private boolean scanSegment(final int cycle, final long base, final long end) throws IOException
    {
        logEnd = base;
        try (SegmentFile file = SegmentFile.map(disk, directory, cycle))
        {
            int position = file == null ? SegmentFile.END : file.seek(0);
            while (position >= 0 && logEnd < end)
            {
                if (!onBatch(file, position))
                {
                    return false;
                }
                position = file.seek(file.next(position));
            }
            // Behind the end of a segment that an earlier recovery left lies what it found unfinished: the log goes on
            // elsewhere.
            if (position == SegmentFile.TORN && logEnd < end)
            {
                reason = "unfinished excerpt at offset " + logEnd + " in " + file.path().getFileName();
                return false;
            }
            if (logEnd < end && end != Long.MAX_VALUE)
            {
                reason = (file == null ? "missing segment" : "segment ends") + " at offset " + logEnd +
                    ", expected to reach " + end;
                return false;
            }
            return true;
        }
    }

    private boolean onBatch(final SegmentFile file, final int position)
    {
        final UnsafeBuffer buffer = file.buffer();
        final int batch = position + SegmentFile.BATCH_OFFSET;
        final int length = file.batchLength(position);
        if (length < BatchDescriptor.HEADER_LENGTH)
        {
            reason = "excerpt of " + length + " bytes at offset " + logEnd + " in " + file.path().getFileName();
            return false;
        }
        final long baseOffset = buffer.getLong(batch, LITTLE_ENDIAN);
        final int lastDelta = buffer.getInt(batch + BatchDescriptor.LAST_OFFSET_DELTA_OFFSET, LITTLE_ENDIAN);
        final int epoch = buffer.getInt(batch + BatchDescriptor.LEADER_EPOCH_OFFSET, LITTLE_ENDIAN);
        if (baseOffset != logEnd || lastDelta < 0)
        {
            reason = "batch of base offset " + baseOffset + " at offset " + logEnd + " in " +
                file.path().getFileName();
            return false;
        }
        if (baseOffset + lastDelta >= scannedFrom)
        {
            final int code = BatchValidator.validateStored(buffer, batch, length, key);
            if (code != Codes.OK)
            {
                reason = Codes.describe(code) + " at offset " + logEnd + " in " + file.path().getFileName();
                return false;
            }
            addHistoryUpTo(baseOffset);
            if (epoch < epochs.latestEpoch())
            {
                reason = "epoch " + epoch + " behind epoch " + epochs.latestEpoch() + " at offset " + logEnd;
                return false;
            }
            epochs.add(epoch, baseOffset);
            scannedBatches++;
        }
        logEnd = baseOffset + lastDelta + 1;
        return true;
    }

    /** The manifest's epochs and those that only batches know, merged in order of their starts. */
    private void addHistoryUpTo(final long offset)
    {
        final EpochHistory history = manifest.epochs();
        while (historyIndex < history.size() && history.startOffset(historyIndex) <= offset)
        {
            if (history.epoch(historyIndex) > epochs.latestEpoch())
            {
                epochs.add(history.epoch(historyIndex), history.startOffset(historyIndex));
            }
            historyIndex++;
        }
    }
}
