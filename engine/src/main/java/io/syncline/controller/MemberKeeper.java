package io.syncline.controller;

import io.syncline.metadata.QuorumVoters;
import org.agrona.CloseHelper;
import org.agrona.IoUtil;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The slow work beside a member, on a thread of its own: asks for snapshots when the log has grown or time has passed,
 * deletes what lies before them, and sees to it that a member whose next piece of log the others have deleted gets a
 * snapshot instead.
 */
final class MemberKeeper implements AutoCloseable
{
    private static final long INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long BEHIND_CHECK_NS = TimeUnit.SECONDS.toNanos(4);
    private static final long SEED_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(30);
    private static final String BEHIND_FILE = "BEHIND";

    private final ControllerContext ctx;
    private final Controller controller;
    private final MemberArchives archives;
    private final Thread thread;
    private volatile boolean isStopped;
    private SnapshotLog snapshots;
    private long snapshotFileLength = -1;
    private boolean isPurgeDue;
    private long timeOfLastSnapshotNs;
    private long timeInTermNs;

    MemberKeeper(final ControllerContext ctx, final Controller controller)
    {
        this.ctx = ctx;
        this.controller = controller;
        archives = new MemberArchives(ctx);
        thread = new Thread(this::run, "controller-keeper-" + ctx.memberId());
        thread.setDaemon(true);
    }

    /**
     * Empties the directory of a member that was found to be behind all logs, so that it is seeded.
     *
     * @param ctx of the member, whose directory is locked and in which nothing runs
     */
    static void emptyWhereBehind(final ControllerContext ctx)
    {
        final File mark = new File(ctx.directory(), BEHIND_FILE);
        if (mark.exists())
        {
            // The candidate term stays: a vote that was given is given.
            IoUtil.delete(ctx.archiveDirectory(), true);
            IoUtil.delete(SnapshotLog.file(ctx.clusterDirectory()), true);
            IoUtil.delete(mark, true);
        }
    }

    void start()
    {
        thread.start();
    }

    @Override
    public void close()
    {
        isStopped = true;
        LockSupport.unpark(thread);
        try
        {
            thread.join();
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
        }
    }

    private void run()
    {
        try
        {
            if (!controller.isModuleLaunched())
            {
                seedWhereNeeded();
                if (!isStopped)
                {
                    controller.launchModule();
                }
            }
            timeOfLastSnapshotNs = System.nanoTime();
            timeInTermNs = timeOfLastSnapshotNs;
            while (!isStopped)
            {
                turn(System.nanoTime());
                LockSupport.parkNanos(INTERVAL_NS);
            }
        }
        catch (final RuntimeException ex)
        {
            if (!isStopped)
            {
                ctx.errorHandler().onError(ex);
                ctx.onTermination();
            }
        }
    }

    private void turn(final long nowNs)
    {
        try
        {
            look(nowNs);
            askForSnapshot(nowNs);
            if (isPurgeDue)
            {
                isPurgeDue = false;
                archives.purge(snapshots);
            }
            lookForPurgedLogs(nowNs);
        }
        catch (final RuntimeException ex)
        {
            // A replay that still reads what shall go, or a driver that is closing: next time.
            isPurgeDue = true;
            if (!isStopped && !controller.isFailed())
            {
                ctx.errorHandler().onError(ex);
            }
        }
    }

    private void look(final long nowNs)
    {
        final long length = SnapshotLog.file(ctx.clusterDirectory()).length();
        if (length != snapshotFileLength)
        {
            final SnapshotLog next = SnapshotLog.read(ctx.clusterDirectory());
            if (snapshots == null || next.newestPosition() > snapshots.newestPosition())
            {
                timeOfLastSnapshotNs = nowNs;
                isPurgeDue = true;
            }
            snapshots = next;
            snapshotFileLength = length;
        }
    }

    private void askForSnapshot(final long nowNs)
    {
        final long growth = controller.commitPosition() - snapshots.newestPosition();
        if (growth >= ctx.snapshotLogBytes() || growth > 0 && nowNs - timeOfLastSnapshotNs >= ctx.snapshotIntervalNs())
        {
            controller.requestSnapshot();
        }
    }

    /** A member that finds no place in a term for long may wait for a piece of log that is nowhere any more. */
    private void lookForPurgedLogs(final long nowNs)
    {
        if (!ctx.hasPeers() || controller.isReady())
        {
            timeInTermNs = nowNs;
            return;
        }
        if (nowNs - timeInTermNs < BEHIND_CHECK_NS)
        {
            return;
        }
        timeInTermNs = nowNs;
        final long end = archives.ownLogEnd();
        for (final QuorumVoters.Voter voter : ctx.peers())
        {
            final long start = archives.logStart(voter);
            if (start > end)
            {
                ctx.errorHandler().onError(new IllegalStateException("this member's log ends at " + end + ", the log of member " +
                    voter.id() + " begins at " + start + ": starting anew from a snapshot"));
                markBehind();
                ctx.onTermination();
                return;
            }
        }
    }

    private void markBehind()
    {
        try
        {
            Files.write(new File(ctx.directory(), BEHIND_FILE).toPath(), new byte[0]);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot write to " + ctx.directory(), ex);
        }
    }

    /**
     * A member without a log asks the others before it takes part: where theirs still begin at 0, or nobody has one,
     * Aeron Cluster does the rest; where they were purged, it needs a snapshot first. Without an answer it waits: it
     * could not be elected anyway.
     */
    private void seedWhereNeeded()
    {
        while (!isStopped)
        {
            long start = MemberArchives.UNREACHABLE;
            for (final QuorumVoters.Voter voter : ctx.peers())
            {
                start = Math.max(start, isStopped ? start : archives.logStart(voter));
            }
            if (start == 0 || start > 0 && seed())
            {
                return;
            }
            LockSupport.parkNanos(INTERVAL_NS);
        }
    }

    private boolean seed()
    {
        final long deadlineNs = System.nanoTime() + SEED_TIMEOUT_NS;
        final MemberSeed seed = new MemberSeed(ctx);
        try
        {
            while (!isStopped && !seed.isSeeded() && System.nanoTime() - deadlineNs < 0)
            {
                LockSupport.parkNanos(INTERVAL_NS / 10);
            }
        }
        finally
        {
            CloseHelper.close(seed);
        }
        if (!seed.isSeeded() && !isStopped)
        {
            ctx.errorHandler().onError(new IllegalStateException(
                "no snapshot from the other members yet, trying again: " + seed.trouble()));
        }
        return seed.isSeeded();
    }
}
