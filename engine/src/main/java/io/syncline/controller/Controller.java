package io.syncline.controller;

import io.aeron.archive.Archive;
import io.aeron.cluster.ClusterControl;
import io.aeron.cluster.ConsensusModule;
import io.aeron.cluster.ElectionState;
import io.aeron.cluster.service.Cluster;
import io.aeron.cluster.service.ClusteredServiceContainer;
import io.aeron.driver.MediaDriver;
import org.agrona.CloseHelper;
import org.agrona.IoUtil;
import org.agrona.concurrent.status.AtomicCounter;

import java.io.File;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One member of the controller: the cluster's metadata on Aeron Cluster, with a media driver and an archive of its own.
 * Alone by default; three members given the same voters make a quorum.
 * <p>
 * {@link #launch} starts the member's threads and {@link #close()} ends them; what the member decided is in its
 * directory and back after a restart, also after a kill.
 */
public final class Controller implements AutoCloseable
{
    /** Time for the driver to tell the other members that the leader's log has ended: they elect at once, not by time-out. */
    private static final long FAREWELL_NS = TimeUnit.MILLISECONDS.toNanos(300);

    private final ControllerContext ctx;
    private DirectoryLock lock;
    private MediaDriver driver;
    private Archive archive;
    private volatile ConsensusModule consensusModule;
    private volatile ClusteredServiceContainer container;
    private MemberKeeper keeper;

    private Controller(final ControllerContext ctx)
    {
        this.ctx = ctx;
    }

    /**
     * Starts a member. Returns when its parts run; it answers when {@link #isLeader()} or another member is leader,
     * well within two seconds where it is alone.
     *
     * @param ctx settings; concluded here, not to be used again
     * @return the member
     * @throws IllegalStateException    where another process, or another controller of this one, uses the directory
     * @throws IllegalArgumentException where settings contradict each other
     */
    public static Controller launch(final ControllerContext ctx)
    {
        ctx.conclude();
        final Controller controller = new Controller(ctx);
        try
        {
            controller.start();
            return controller;
        }
        catch (final RuntimeException | Error ex)
        {
            try
            {
                controller.close();
            }
            catch (final RuntimeException suppressed)
            {
                ex.addSuppressed(suppressed);
            }
            throw ex;
        }
    }

    /** @return the settings, concluded */
    public ControllerContext context()
    {
        return ctx;
    }

    /** @return true where this member leads the controllers and takes requests */
    public boolean isLeader()
    {
        return consensusModule != null && !consensusModule.context().clusterNodeRoleCounter().isClosed() &&
            Cluster.Role.LEADER ==
                Cluster.Role.get(consensusModule.context().clusterNodeRoleCounter()) &&
            ConsensusModule.State.ACTIVE == ConsensusModule.State.get(consensusModule.context().moduleStateCounter());
    }

    /** @return true where this member leads, or follows a leader: the quorum can decide */
    public boolean isReady()
    {
        return consensusModule != null && !consensusModule.context().electionStateCounter().isClosed() &&
            ElectionState.CLOSED == ElectionState.get(consensusModule.context().electionStateCounter()) &&
            !consensusModule.context().moduleStateCounter().isClosed() &&
            ConsensusModule.State.ACTIVE == ConsensusModule.State.get(consensusModule.context().moduleStateCounter());
    }

    /**
     * @return true where a part of the member ended by itself, after the process stood still for too long for instance:
     * close it and launch it anew, what it knew is in its directory
     */
    public boolean isFailed()
    {
        return ctx.isTerminated() || archive.context().aeron().isClosed();
    }

    /** @return address of the media driver, for sessions in the same machine */
    public String aeronDirectoryName()
    {
        return ctx.aeronDirectoryName();
    }

    /** @return where sessions on other machines send requests: {@code memberId=host:port}, comma-separated */
    public String ingressEndpoints()
    {
        return ctx.ingressEndpoints();
    }

    /**
     * Asks for a snapshot; on the leader only. It is taken soon after.
     *
     * @return false where this member does not lead, or is about to take one already
     */
    public boolean requestSnapshot()
    {
        if (!isLeader())
        {
            return false;
        }
        final AtomicCounter toggle = ClusterControl.findControlToggle(
            consensusModule.context().aeron().countersReader(), ctx.clusterId());
        return toggle != null && ClusterControl.ToggleState.SNAPSHOT.toggle(toggle);
    }

    /** @return snapshots taken since the launch */
    public long snapshotCount()
    {
        return consensusModule.context().snapshotCounter().get();
    }

    /** @return bytes of the log that are known to be committed; 0 where the member does not take part yet, or not any more */
    long commitPosition()
    {
        return consensusModule == null || consensusModule.context().commitPositionCounter().isClosed() ?
            0 : consensusModule.context().commitPositionCounter().get();
    }

    /** @return the member takes part, or tries to */
    boolean isModuleLaunched()
    {
        return container != null;
    }

    /** Takes part from now on; at the launch, or by the keeper once there is a log to take part with. */
    void launchModule()
    {
        consensusModule = ConsensusModule.launch(ctx.consensusModuleContext());
        container = ClusteredServiceContainer.launch(ctx.containerContext());
    }

    /** Stops the member: first what others could elect around, last what everything stands on. */
    @Override
    public void close()
    {
        try
        {
            CloseHelper.close(keeper);
            final boolean isFarewell = ctx.hasPeers() && consensusModule != null && !isFailed() && isLeader();
            CloseHelper.closeAll(
                consensusModule, isFarewell ? () -> LockSupport.parkNanos(FAREWELL_NS) : null, container, archive, driver);
        }
        finally
        {
            if (lock != null)
            {
                IoUtil.delete(ctx.markDirectory(), true);
                lock.close();
                lock = null;
            }
        }
    }

    private void start()
    {
        lock = new DirectoryLock(ctx.directory());
        // Under our lock nobody else is alive in there: marks a killed process left behind would refuse us for ten
        // seconds.
        deleteMarks();
        final ControllerIdentity identity =
            new ControllerIdentity(ctx.memberId(), ctx.aeronDirectoryName(), ctx.clusterId());
        identity.checkAgainst(ControllerIdentity.load(ctx.directory()), ctx.directory());
        identity.save(ctx.directory());
        MemberKeeper.emptyWhereBehind(ctx);
        driver = ctx.ownsDriver() ? MediaDriver.launch(ctx.driverContext()) : null;
        archive = Archive.launch(ctx.archiveContext());
        keeper = new MemberKeeper(ctx, this);
        if (!ctx.hasPeers() || SnapshotLog.file(ctx.clusterDirectory()).length() > 0)
        {
            launchModule();
        }
        keeper.start();
    }

    private void deleteMarks()
    {
        IoUtil.delete(ctx.markDirectory(), true);
        for (final File directory : new File[]{ ctx.archiveDirectory(), ctx.clusterDirectory() })
        {
            final File[] files = directory.listFiles((dir, name) ->
                name.endsWith(".lnk") || (name.contains("-mark") && name.endsWith(".dat")));
            if (files != null)
            {
                for (final File file : files)
                {
                    IoUtil.delete(file, true);
                }
            }
        }
    }
}
