package io.syncline.controller;

import java.io.File;

/** A member's archive as its files show it: {@code RECORDING-POSITION.rec}, one a segment. */
final class SnapshotFiles
{
    private final File[] segments;
    private final long logRecordingId;

    SnapshotFiles(final Controller member)
    {
        final File[] files = member.context().archiveDirectory().listFiles((dir, name) -> name.endsWith(".rec"));
        segments = files == null ? new File[0] : files;
        logRecordingId = SnapshotLog.read(member.context().clusterDirectory()).logRecordingId();
    }

    /** @return position at which the oldest segment of the log begins; 0 where there is none */
    long logStart()
    {
        long start = Long.MAX_VALUE;
        for (final File segment : segments)
        {
            if (isLog(segment))
            {
                final String name = segment.getName();
                start = Math.min(start, Long.parseLong(name.substring(name.indexOf('-') + 1, name.lastIndexOf('.'))));
            }
        }
        return start == Long.MAX_VALUE ? 0 : start;
    }

    /** @return bytes of all segments */
    long length()
    {
        long length = 0;
        for (final File segment : segments)
        {
            length += segment.length();
        }
        return length;
    }

    /** @return recordings of snapshots */
    long count()
    {
        long count = 0;
        for (final File segment : segments)
        {
            count += isLog(segment) ? 0 : 1;
        }
        return count;
    }

    private boolean isLog(final File segment)
    {
        return segment.getName().startsWith(logRecordingId + "-");
    }
}
