package io.syncline.tools;

import io.syncline.journal.JournalView;
import io.syncline.protocol.Codes;
import io.syncline.record.BatchFlyweight;
import io.syncline.record.RecordIterator;
import org.agrona.CloseHelper;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The logs of all replicas of one partition, read from their directories while nobody writes to them. */
final class ReplicaLogs implements AutoCloseable
{
    private final List<String> names = new ArrayList<>();
    private final List<JournalView> logs = new ArrayList<>();

    /**
     * @param name      of the replica, for messages
     * @param directory of the partition at that replica
     */
    void add(final String name, final Path directory) throws IOException
    {
        logs.add(JournalView.open(directory));
        names.add(name);
    }

    /** @return number of replicas */
    int size()
    {
        return logs.size();
    }

    /**
     * @param index of a replica
     * @return its name
     */
    String name(final int index)
    {
        return names.get(index);
    }

    /**
     * Shows every record of a replica to a check.
     *
     * @param index of the replica
     * @param check to be shown them
     * @return why reading ended early, or null when it reached the end
     */
    String readAll(final int index, final RecordCheck check) throws IOException
    {
        final JournalView log = logs.get(index);
        final UnsafeBuffer view = new UnsafeBuffer(0, 0);
        final BatchFlyweight batch = new BatchFlyweight();
        final RecordIterator records = new RecordIterator();
        long offset = log.logStart();
        while (offset < log.logEnd())
        {
            final int length = log.read(offset, view);
            if (length <= 0)
            {
                return names.get(index) + " cannot be read at offset " + offset + ": " +
                    (length == 0 ? "nothing is there" : Codes.describe(length));
            }
            records.wrap(view, 0);
            while (records.next())
            {
                check.onRecord(records.offset(), view, records.keyOffset(), records.keyLength(),
                    records.valueOffset(), records.valueLength());
            }
            offset = batch.wrap(view, 0).endOffset();
        }
        return null;
    }

    /** @return whether all replicas hold the same */
    LogComparison.Result compare() throws IOException
    {
        return LogComparison.compare(names, logs);
    }

    @Override
    public void close()
    {
        CloseHelper.closeAll(logs);
    }
}
