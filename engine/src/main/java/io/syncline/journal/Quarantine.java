package io.syncline.journal;

import io.syncline.protocol.PartitionKey;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Where a log goes that its broker no longer trusts (R8.2): aside, in one step and as it is, because a person may still
 * want what is good in it. Nothing here is deleted but by people, so the number of logs that find room is bounded.
 */
public final class Quarantine
{
    /** Logs of one broker that are kept; none is moved aside beyond that. */
    public static final int MAX_LOGS = 64;

    private final JournalDisk disk;
    private final Path logDir;

    /**
     * @param disk   the logs lie on
     * @param logDir of the broker
     */
    Quarantine(final JournalDisk disk, final Path logDir)
    {
        this.disk = disk;
        this.logDir = logDir;
    }

    /**
     * Moves a closed log aside. Durable on return; after a crash it was moved or it was not. Blocks.
     *
     * @param key of the partition
     * @return where it lies now; null where there was nothing to be moved
     * @throws IllegalStateException when there is no room; the message says what to do
     * @throws UncheckedIOException  when the device refuses; nothing was moved, or the name may not be durable: to be
     * done again
     */
    Path take(final long key)
    {
        final Path partition = JournalLayout.partition(logDir, key);
        final Path directory = JournalLayout.quarantine(logDir);
        try
        {
            if (!disk.exists(partition))
            {
                if (disk.exists(directory))
                {
                    // Moved before, by a step that failed or was killed behind the move: the names may not be durable
                    // yet.
                    disk.forceNames(directory);
                    disk.forceNames(partition.getParent());
                }
                return null;
            }
            disk.createDirectory(directory);
            final List<String> names = disk.names(directory);
            if (names.size() >= MAX_LOGS)
            {
                throw new IllegalStateException(directory + " holds " + names.size() + " logs, at most " + MAX_LOGS +
                    " are kept: delete those that nobody needs, and partition " + PartitionKey.toString(key) +
                    " is repaired by itself; it stays offline here until then");
            }
            int number = 1;
            while (names.contains(PartitionKey.toString(key) + "-" + number))
            {
                number++;
            }
            final Path target = directory.resolve(PartitionKey.toString(key) + "-" + number);
            disk.move(partition, target);
            // The new name first: a log under both names is a log, under none it would be lost.
            disk.forceNames(directory);
            disk.forceNames(partition.getParent());
            return target;
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot move " + partition + " to " + directory + ": " + ex.getMessage(), ex);
        }
    }
}
