package io.syncline.journal;

import io.syncline.replica.ReplicaLog;
import io.syncline.replica.ReplicaLogContract;

import java.nio.file.Path;
import java.util.Random;

/** The journal keeps the contract on a simulated disk as it does on files. */
class SimDiskLogTest extends ReplicaLogContract
{
    private final SimDisk disk = new SimDisk(new Random(1)::nextInt);

    @Override
    protected ReplicaLog open()
    {
        final JournalContext context = SimJournal.context(
            disk, Path.of("/sim"), JournalContext.SEGMENT_BYTES_MIN / 2, (step) -> {}, (error) ->
            {
                throw new AssertionError(error);
            });
        return ChronicleLog.open(context, KEY, -1);
    }

    @Override
    protected void close(final ReplicaLog log)
    {
        ((ChronicleLog)log).close();
    }
}
