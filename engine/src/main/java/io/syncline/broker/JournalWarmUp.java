package io.syncline.broker;

import io.syncline.journal.ChronicleLog;
import io.syncline.journal.JournalContext;
import io.syncline.journal.LogReader;
import io.syncline.protocol.PartitionKey;
import io.syncline.record.BatchBuilder;
import org.agrona.ErrorHandler;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Takes a log through its life once for each process, before the broker has a session that could lapse. The first
 * journal of a process loads and generates so many classes that opening it took 2.3 s on two busy cores, longer than a
 * session lasts; every later one takes milliseconds.
 */
final class JournalWarmUp
{
    private static final AtomicBoolean IS_DONE = new AtomicBoolean();
    private static final String DIRECTORY = "warm-up";
    private static final int BATCH_CAPACITY = 1024;

    private JournalWarmUp()
    {
    }

    /**
     * @param logDir       of the broker; a directory in it is made and deleted
     * @param errorHandler of the broker
     */
    static void once(final Path logDir, final ErrorHandler errorHandler)
    {
        if (!IS_DONE.compareAndSet(false, true))
        {
            return;
        }
        final Path directory = logDir.resolve(DIRECTORY);
        IoUtil.delete(directory.toFile(), true);
        try
        {
            run(new JournalContext()
                .directory(directory)
                .segmentBytes(JournalContext.SEGMENT_BYTES_MIN)
                .errorHandler(errorHandler)
                .conclude());
        }
        finally
        {
            IoUtil.delete(directory.toFile(), true);
        }
    }

    private static void run(final JournalContext context)
    {
        final UnsafeBuffer batch = new UnsafeBuffer(ByteBuffer.allocateDirect(BATCH_CAPACITY));
        final UnsafeBuffer view = new UnsafeBuffer(0, 0);
        final BatchBuilder builder = new BatchBuilder().wrap(batch, 0, BATCH_CAPACITY);
        builder.append(new UnsafeBuffer(new byte[8]), 0, 8, 0);
        final int length = builder.finish();
        final ChronicleLog log = ChronicleLog.open(context, PartitionKey.of(0, 0), -1);
        try (LogReader reader = log.newReader())
        {
            log.startEpoch(0);
            log.appendAsLeader(batch, 0, length, 0);
            log.appendAsLeader(batch, 0, length, 0);
            reader.read(0, log.logEnd(), view);
            log.truncateTo(1);
        }
        finally
        {
            log.close();
        }
    }
}
