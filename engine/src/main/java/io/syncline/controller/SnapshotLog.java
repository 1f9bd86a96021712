package io.syncline.controller;

import io.aeron.cluster.ConsensusModule;
import io.aeron.cluster.RecordingLog;

import java.io.File;
import java.util.ArrayList;
import java.util.List;

/**
 * What a member's recording log says of its snapshots, each being one recording of the consensus module and one of the
 * service at the same position of the log.
 *
 * @param logRecordingId recording of the log, -1 where there is none yet
 * @param positions      of the log at which whole snapshots stand, newest first
 * @param recordings     of the snapshots at the position of the same index
 */
record SnapshotLog(long logRecordingId, List<Long> positions, List<List<Long>> recordings)
{
    private static final int PARTS = 2;

    /**
     * @param clusterDirectory of a member
     * @return what stands there now
     */
    static SnapshotLog read(final File clusterDirectory)
    {
        final List<Long> positions = new ArrayList<>();
        final List<List<Long>> recordings = new ArrayList<>();
        if (!file(clusterDirectory).exists())
        {
            return new SnapshotLog(-1, positions, recordings);
        }
        try (RecordingLog recordingLog = new RecordingLog(clusterDirectory, false))
        {
            final List<RecordingLog.Entry> entries = recordingLog.entries();
            for (int i = entries.size() - 1; i >= 0; i--)
            {
                final RecordingLog.Entry entry = entries.get(i);
                if (entry.type == RecordingLog.ENTRY_TYPE_SNAPSHOT && entry.isValid &&
                    (entry.serviceId == ConsensusModule.Configuration.SERVICE_ID || entry.serviceId == 0))
                {
                    final int known = positions.indexOf(entry.logPosition);
                    final int index = known >= 0 ? known : positions.size();
                    if (known < 0)
                    {
                        positions.add(entry.logPosition);
                        recordings.add(new ArrayList<>());
                    }
                    recordings.get(index).add(entry.recordingId);
                }
            }
            for (int i = positions.size() - 1; i >= 0; i--)
            {
                if (recordings.get(i).size() < PARTS)
                {
                    positions.remove(i);
                    recordings.remove(i);
                }
            }
            return new SnapshotLog(recordingLog.findLastTermRecordingId(), positions, recordings);
        }
    }

    /**
     * @param clusterDirectory of a member
     * @return the file that grows with each snapshot
     */
    static File file(final File clusterDirectory)
    {
        return new File(clusterDirectory, RecordingLog.RECORDING_LOG_FILE_NAME);
    }

    /** @return position of the newest snapshot, 0 where there is none */
    long newestPosition()
    {
        return positions.isEmpty() ? 0 : positions.get(0);
    }
}
