package io.syncline.broker;

import io.syncline.journal.DirectoryLock;
import io.syncline.journal.StateFile;

import java.nio.file.Path;
import java.util.UUID;

/**
 * Who this node is across restarts, and whether the last stop lost anything (R5.4). Holds the directory for this process alone.
 * Belongs to the conductor's thread, and to the launching and closing thread before and after it.
 */
final class NodeState implements AutoCloseable
{
    private final DirectoryLock lock;
    private final StateFile file;
    private boolean isLossy;

    private NodeState(final DirectoryLock lock, final StateFile file, final boolean isLossy)
    {
        this.lock = lock;
        this.file = file;
        this.isLossy = isLossy;
    }

    /**
     * @param directory {@code log.dir}, created where needed
     * @param nodeId    {@code node.id}
     * @param clusterId {@code cluster.id}
     * @return the state, the clean-shutdown mark taken away durably
     * @throws IllegalStateException when another process has the directory, or another node or cluster owned it before
     */
    static NodeState open(final Path directory, final int nodeId, final String clusterId)
    {
        final DirectoryLock lock = DirectoryLock.acquire(directory);
        try
        {
            final StateFile file = StateFile.open(directory);
            final String bootId = StateFile.currentBootId();
            final boolean isKnown = file.found() == StateFile.Found.GOOD;
            if (isKnown && (file.nodeId() != nodeId || !file.clusterId().equals(clusterId)))
            {
                throw new IllegalStateException(
                    "log.dir " + directory + " belongs to node.id=" + file.nodeId() + " of cluster.id=" +
                    file.clusterId() + ", not to node.id=" + nodeId + " of cluster.id=" + clusterId);
            }
            final boolean isLossy = !isKnown || !file.cleanShutdown() && !file.bootId().equals(bootId);
            if (!isKnown)
            {
                file.directoryId(UUID.randomUUID().toString());
            }
            file.nodeId(nodeId).clusterId(clusterId).bootId(bootId).cleanShutdown(false).save();
            return new NodeState(lock, file, isLossy);
        }
        catch (final RuntimeException ex)
        {
            lock.close();
            throw ex;
        }
    }

    /** @return the small facts kept beside the logs */
    StateFile file()
    {
        return file;
    }

    /** @return identity of the directory */
    String directoryId()
    {
        return file.directoryId();
    }

    /** @return R5.4: the last stop may have lost appended records */
    boolean isLossy()
    {
        return isLossy;
    }

    /** The controller knows of the loss: later registrations of this process have lost nothing more. */
    void registered()
    {
        isLossy = false;
    }

    /** The very last thing of a clean stop: every log is durable and closed. */
    void markClean()
    {
        file.cleanShutdown(true).save();
    }

    @Override
    public void close()
    {
        lock.close();
    }
}
