package io.syncline.controller;

import io.aeron.cluster.ClusterBackup;
import io.aeron.cluster.ClusterBackupEventsListener;
import io.aeron.cluster.ClusterMember;
import io.aeron.cluster.RecordingLog;

import java.util.List;

/**
 * Brings a member without a log to where the leading member's log can carry it on: copies the newest snapshot and the
 * log behind it. Aeron Cluster by itself replays the log to a member that is behind, which ends where the log was
 * purged.
 */
final class MemberSeed implements ClusterBackupEventsListener, AutoCloseable
{
    private final ClusterBackup backup;
    private volatile boolean isSeeded;
    private volatile String trouble = "no member leads";

    /**
     * Starts copying.
     *
     * @param ctx of the member, whose archive runs and whose consensus module does not
     */
    MemberSeed(final ControllerContext ctx)
    {
        backup = ClusterBackup.launch(ctx.backupContext(this));
    }

    /** @return snapshot and log are here, and noted in the recording log */
    boolean isSeeded()
    {
        return isSeeded;
    }

    /** @return why not yet */
    String trouble()
    {
        return trouble;
    }

    @Override
    public void onBackupQuery()
    {
        // Asked; who leads answers.
    }

    @Override
    public void onPossibleFailure(final Exception ex)
    {
        trouble = ex.getMessage();
    }

    @Override
    public void onBackupResponse(
        final ClusterMember[] clusterMembers,
        final ClusterMember logSourceMember,
        final List<RecordingLog.Snapshot> snapshotsToRetrieve)
    {
        trouble = "copying from member " + logSourceMember.id();
    }

    @Override
    public void onUpdatedRecordingLog(
        final RecordingLog recordingLog, final List<RecordingLog.Snapshot> snapshotsRetrieved)
    {
        isSeeded = true;
    }

    @Override
    public void onLiveLogProgress(final long recordingId, final long recordingPosCounterId, final long logPosition)
    {
        // The consensus module will follow the log by itself.
    }

    @Override
    public void close()
    {
        backup.close();
    }
}
