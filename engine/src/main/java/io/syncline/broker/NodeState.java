package io.syncline.broker;

import io.syncline.journal.DirectoryLock;
import io.syncline.journal.StateFile;
import org.agrona.CloseHelper;

import java.nio.file.Path;
import java.util.UUID;

/**
 * Who this node is across restarts, and whether the last stop lost anything (R5.4). Holds the directory for this
 * process alone. Belongs to the conductor's thread, and to the launching and closing thread before and after it; the
 * file to the log keeper too.
 */
final class NodeState implements AutoCloseable
{
    /**
     * Where a directory is in use. While neither changes, what a killed process wrote is in the page cache, or on the
     * disk.
     *
     * @param bootId   of the running kernel
     * @param volumeId of the volume that holds the directory
     */
    record Place(String bootId, String volumeId)
    {
    }

    private final AutoCloseable lock;
    private final StateFile file;
    private final Place place;
    private boolean isLossy;

    private NodeState(final AutoCloseable lock, final StateFile file, final Place place)
    {
        this.lock = lock;
        this.file = file;
        this.place = place;
        // A directory of an earlier version names no volume yet.
        final boolean isElsewhere = !file.bootId().equals(place.bootId()) ||
            !file.volumeId().isEmpty() && !file.volumeId().equals(place.volumeId());
        isLossy = file.found() != StateFile.Found.GOOD || !file.cleanShutdown() && isElsewhere;
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
            final Place place = new Place(StateFile.currentBootId(), StateFile.currentVolumeId(directory));
            return open(lock, StateFile.open(directory), place, directory, nodeId, clusterId, UUID.randomUUID().toString());
        }
        catch (final RuntimeException ex)
        {
            lock.close();
            throw ex;
        }
    }

    /**
     * @param lock      closed with the state
     * @param file      as it was found
     * @param place     where it is now
     * @param directory for messages
     * @param nodeId    {@code node.id}
     * @param clusterId {@code cluster.id}
     * @param newDirectoryId identity of a directory that has none
     * @return the state, the clean-shutdown mark taken away durably
     * @throws IllegalStateException when another node or cluster owned the directory before
     */
    static NodeState open(
        final AutoCloseable lock, final StateFile file, final Place place, final Path directory, final int nodeId,
        final String clusterId, final String newDirectoryId)
    {
        checkOwner(file, directory, nodeId, clusterId);
        final NodeState state = new NodeState(lock, file, place);
        if (file.found() != StateFile.Found.GOOD)
        {
            file.directoryId(newDirectoryId);
        }
        if (state.isLossy)
        {
            // Records that were committed may be missing at the end of a log: that is loss and not damage (R5.4, R8.2).
            file.forgetHighWatermarks();
        }
        if (!state.isLossy)
        {
            file.bootId(place.bootId()).volumeId(place.volumeId());
        }
        // The old place stays until the controller has heard of the loss: a process that dies before must not look
        // whole.
        file.nodeId(nodeId).clusterId(clusterId).cleanShutdown(false).save();
        return state;
    }

    /**
     * @param file      as it was found
     * @param directory for messages
     * @param nodeId    {@code node.id}
     * @param clusterId {@code cluster.id}
     * @throws IllegalStateException when another node or cluster owned the directory before
     */
    static void checkOwner(final StateFile file, final Path directory, final int nodeId, final String clusterId)
    {
        if (file.found() == StateFile.Found.GOOD && (file.nodeId() != nodeId || !file.clusterId().equals(clusterId)))
        {
            throw new IllegalStateException(
                "log.dir " + directory + " belongs to node.id=" + file.nodeId() + " of cluster.id=" +
                file.clusterId() + ", not to node.id=" + nodeId + " of cluster.id=" + clusterId +
                ": name the directory of this node, or correct node.id and cluster.id");
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

    /** @return last incarnation that the controller gave this directory, -1 for none */
    long incarnation()
    {
        return file.incarnation();
    }

    /**
     * The controller knows of the loss: later registrations of this process have lost nothing more. The incarnation is
     * saved with the next checkpoint, for nobody waits for a disk here.
     *
     * @param incarnation that the controller gave
     */
    void registered(final long incarnation)
    {
        file.incarnation(incarnation);
        if (isLossy)
        {
            isLossy = false;
            file.bootId(place.bootId()).volumeId(place.volumeId()).save();
        }
    }

    /** The very last thing of a clean stop: every log is durable and closed. A loss that nobody has heard of is not clean. */
    void markClean()
    {
        if (!isLossy)
        {
            file.cleanShutdown(true).save();
        }
    }

    @Override
    public void close()
    {
        CloseHelper.quietClose(lock);
    }
}
