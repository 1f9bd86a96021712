package io.syncline.journal;

import io.syncline.replica.ReplicaLog;
import io.syncline.replica.ReplicaLogContract;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/** The journal keeps the contract, in segments small enough to roll many times. */
class ChronicleLogTest extends ReplicaLogContract
{
    @TempDir
    private Path directory;

    @Override
    protected ReplicaLog open()
    {
        final JournalContext context = new JournalContext()
            .directory(directory)
            .segmentBytes(JournalContext.SEGMENT_BYTES_MIN)
            .maxBatchBytes(128 * 1024)
            .conclude();
        return ChronicleLog.open(context, KEY, -1);
    }

    @Override
    protected void close(final ReplicaLog log)
    {
        ((ChronicleLog)log).close();
    }
}
