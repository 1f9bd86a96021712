package io.syncline.journal;

import com.sun.management.ThreadMXBean;
import io.syncline.replica.TestBatch;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;

import static io.syncline.journal.JournalFixture.KEY;
import static org.assertj.core.api.Assertions.assertThat;

/** Nothing is allocated for a record on its way into the log and out of it. */
@Timeout(60)
class AppendCostTest
{
    private static final int WARM_UP = 60_000;
    private static final int MEASURED = 20_000;

    @TempDir
    private Path directory;

    @Test
    void shouldAllocateNothingForAnAppendOrARead()
    {
        final JournalContext context = new JournalContext().directory(directory).conclude();
        final ThreadMXBean threads = (ThreadMXBean)ManagementFactory.getThreadMXBean();
        final long thread = Thread.currentThread().getId();
        final UnsafeBuffer source = TestBatch.of(1, 64, 1);
        final UnsafeBuffer batch = new UnsafeBuffer(ByteBuffer.allocateDirect(source.capacity()));
        batch.putBytes(0, source, 0, source.capacity());
        final UnsafeBuffer view = new UnsafeBuffer(0, 0);
        try (ChronicleLog log = ChronicleLog.open(context, KEY, -1); LogReader reader = log.newReader())
        {
            run(log, reader, batch, view, WARM_UP);
            final long before = threads.getThreadAllocatedBytes(thread);
            run(log, reader, batch, view, MEASURED);
            final long allocated = threads.getThreadAllocatedBytes(thread) - before;

            // The sparse index of a segment may double once; a byte for each operation would be twenty times that.
            assertThat(allocated).isLessThan(MEASURED);
            assertThat(log.logEnd()).isEqualTo(WARM_UP + MEASURED);
        }
    }

    private static void run(
        final ChronicleLog log, final LogReader reader, final UnsafeBuffer batch, final UnsafeBuffer view,
        final int count)
    {
        for (int i = 0; i < count; i++)
        {
            final long offset = log.logEnd();
            log.appendAsLeader(batch, 0, batch.capacity(), 1);
            if (log.read(offset, view) <= 0 || reader.read(offset, log.logEnd(), view) <= 0)
            {
                throw new AssertionError("offset " + offset);
            }
        }
    }
}
