package io.syncline.broker;

import io.syncline.journal.DirectoryLock;
import io.syncline.journal.StateFile;
import org.agrona.CloseHelper;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

    /** Kept of starts that heard no answer; a registration names them all. */
    static final int MAX_STARTS = 16;

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
            return open(
                lock, StateFile.open(directory), place, directory, nodeId, clusterId, UUID.randomUUID().toString(),
                UUID.randomUUID().getLeastSignificantBits() & Long.MAX_VALUE);
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
     * @param start     drawn for this process, never before
     * @return the state, the clean-shutdown mark taken away durably
     * @throws IllegalStateException when another node or cluster owned the directory before
     */
    static NodeState open(
        final AutoCloseable lock, final StateFile file, final Place place, final Path directory, final int nodeId,
        final String clusterId, final String newDirectoryId, final long start)
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
        file.starts(with(file.starts(), start));
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
     * Of which any may be the start that the controller accepted last: the last one that heard so, and those since that
     * died before. Durable before this process asks, so that only a copy of the directory that was made before can lack
     * the one which the controller knows (RELIABILITY D3).
     *
     * @return oldest first, the last one this process's
     */
    List<Long> starts()
    {
        return file.starts();
    }

    /**
     * The controller knows of the loss: later registrations of this process have lost nothing more. The incarnation is
     * saved with the next checkpoint, for nobody waits for a disk here.
     *
     * @param incarnation that the controller gave
     */
    void registered(final long incarnation)
    {
        file.incarnation(incarnation).starts(file.starts().subList(file.starts().size() - 1, file.starts().size()));
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

    /**
     * A process that never hears from the controller may be started any number of times, and none of them may be
     * forgotten, or a directory that misses nothing would be refused. So when there are too many, the last one goes on.
     */
    private static List<Long> with(final List<Long> starts, final long start)
    {
        if (starts.size() >= MAX_STARTS)
        {
            return starts;
        }
        final List<Long> result = new ArrayList<>(starts);
        result.add(start);
        return result;
    }

    @Override
    public void close()
    {
        CloseHelper.quietClose(lock);
    }
}
