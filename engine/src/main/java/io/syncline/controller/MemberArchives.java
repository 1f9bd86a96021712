package io.syncline.controller;

import io.aeron.archive.client.AeronArchive;
import io.aeron.archive.client.ArchiveException;
import io.aeron.cluster.ConsensusModule;
import io.aeron.exceptions.TimeoutException;
import io.syncline.metadata.QuorumVoters;

/**
 * What the keeper of a member asks of archives: its own, to purge it, and those of the other members, to see where
 * their logs begin. Each call opens a client and closes it, since there are minutes between two calls.
 */
final class MemberArchives
{
    /** Nobody answered. */
    static final long UNREACHABLE = -1;

    /** The log, and this many of the newest snapshots: the older one for a reader of the newer one that fails. */
    private static final int SNAPSHOTS_KEPT = 2;
    private static final int MAX_RECORDINGS = Integer.MAX_VALUE;

    private final ControllerContext ctx;
    private long purgedSnapshotPosition = -1;

    MemberArchives(final ControllerContext ctx)
    {
        this.ctx = ctx;
    }

    /**
     * Deletes what no restart and no member needs any more: snapshots but the newest two, and the log's segments before
     * them.
     *
     * @param snapshots of this member
     * @return bytes of the log that went
     */
    long purge(final SnapshotLog snapshots)
    {
        if (snapshots.positions().size() < SNAPSHOTS_KEPT)
        {
            return 0;
        }
        try (AeronArchive archive = AeronArchive.connect(ctx.localArchive()))
        {
            final long oldestKept = snapshots.positions().get(SNAPSHOTS_KEPT - 1);
            for (int i = SNAPSHOTS_KEPT; i < snapshots.positions().size(); i++)
            {
                if (snapshots.positions().get(i) > purgedSnapshotPosition)
                {
                    snapshots.recordings().get(i).forEach((recordingId) -> purgeRecording(archive, recordingId));
                }
            }
            final long purged = purgeLog(archive, snapshots.logRecordingId(), oldestKept);
            purgedSnapshotPosition = Math.max(
                purgedSnapshotPosition,
                snapshots.positions().size() > SNAPSHOTS_KEPT ? snapshots.positions().get(SNAPSHOTS_KEPT) : -1);
            return purged;
        }
    }

    /** @return where this member's log ends; 0 where it has none */
    long ownLogEnd()
    {
        try (AeronArchive archive = AeronArchive.connect(ctx.localArchive()))
        {
            final long logRecordingId = SnapshotLog.read(ctx.clusterDirectory()).logRecordingId();
            return logRecordingId < 0 ? 0 : archive.getMaxRecordedPosition(logRecordingId);
        }
    }

    /**
     * @param voter another member
     * @return where its log begins, above 0 once it was purged; {@link #UNREACHABLE} where it does not answer
     */
    long logStart(final QuorumVoters.Voter voter)
    {
        try (AeronArchive archive = AeronArchive.connect(ctx.remoteArchive(voter)))
        {
            final long[] start = { 0 };
            archive.listRecordings(0, MAX_RECORDINGS, (
                controlSessionId, correlationId, recordingId, startTimestamp, stopTimestamp, startPosition, stopPosition,
                initialTermId, segmentFileLength, termBufferLength, mtuLength, sessionId, streamId, strippedChannel,
                originalChannel, sourceIdentity) ->
            {
                if (streamId == ConsensusModule.Configuration.LOG_STREAM_ID_DEFAULT)
                {
                    start[0] = startPosition;
                }
            });
            return start[0];
        }
        catch (final TimeoutException | ArchiveException ex)
        {
            return UNREACHABLE;
        }
    }

    private static void purgeRecording(final AeronArchive archive, final long recordingId)
    {
        if (archive.listRecording(recordingId, MemberArchives::ignore) > 0)
        {
            archive.purgeRecording(recordingId);
        }
    }

    private static long purgeLog(final AeronArchive archive, final long recordingId, final long position)
    {
        final long[] newStart = { 0 };
        final long[] start = { 0 };
        archive.listRecording(recordingId, (
            controlSessionId, correlationId, id, startTimestamp, stopTimestamp, startPosition, stopPosition, initialTermId,
            segmentFileLength, termBufferLength, mtuLength, sessionId, streamId, strippedChannel, originalChannel,
            sourceIdentity) ->
        {
            start[0] = startPosition;
            newStart[0] = AeronArchive.segmentFileBasePosition(startPosition, position, termBufferLength, segmentFileLength);
        });
        if (newStart[0] <= start[0])
        {
            return 0;
        }
        archive.purgeSegments(recordingId, newStart[0]);
        return newStart[0] - start[0];
    }

    private static void ignore(
        final long controlSessionId, final long correlationId, final long recordingId, final long startTimestamp,
        final long stopTimestamp, final long startPosition, final long stopPosition, final int initialTermId,
        final int segmentFileLength, final int termBufferLength, final int mtuLength, final int sessionId, final int streamId,
        final String strippedChannel, final String originalChannel, final String sourceIdentity)
    {
        // That it is there is all that matters.
    }
}
