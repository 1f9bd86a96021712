package io.syncline.journal;

import io.syncline.protocol.Codes;
import io.syncline.replica.TestBatch;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static io.syncline.journal.JournalFixture.KEY;
import static io.syncline.journal.JournalFixture.check;
import static io.syncline.journal.JournalFixture.fill;
import static org.assertj.core.api.Assertions.assertThat;

/** D2: appending stops before the device is full, and goes on when it is not. */
@Timeout(60)
class FreeSpaceTest
{
    private static final long MIN_BYTES = 4L << 20;

    @TempDir
    private Path directory;
    private final List<Throwable> errors = new ArrayList<>();
    private long usableBytes = 10 * MIN_BYTES;
    private long nowNs;

    @Test
    void shouldAppendNothingBelowTheMarkAndGoOnAboveIt()
    {
        final JournalContext context = JournalFixture.context(directory)
            .freeBytesMin(MIN_BYTES).usableBytes(() -> usableBytes).errorHandler(errors::add).conclude();
        final ChronicleLog log = ChronicleLog.open(context, KEY, -1);
        look(context);
        fill(log, 20, 60_000, 1);

        usableBytes = MIN_BYTES - 1;
        look(context);
        final UnsafeBuffer batch = TestBatch.of(1, 60_000, 1);
        assertThat(log.appendAsLeader(batch, 0, batch.capacity(), 1)).isEqualTo(Codes.NO_SPACE);
        assertThat(log.pretouch()).isZero();
        assertThat(log.isFailed()).isFalse();
        assertThat(log.logEnd()).isEqualTo(20);
        check(log);
        look(context);
        assertThat(errors).singleElement().satisfies((said) -> assertThat(said.getMessage())
            .contains(directory.toString(), "log.free.bytes.min=" + MIN_BYTES, Long.toString(usableBytes)));

        usableBytes = MIN_BYTES;
        look(context);
        fill(log, 20, 60_000, 1);
        check(log);
        assertThat(errors).hasSize(2);
        log.close();
    }

    @Test
    void shouldNotLookWhereThereIsNoMark()
    {
        usableBytes = 0;
        final JournalContext context = JournalFixture.context(directory).usableBytes(() -> usableBytes).conclude();
        final ChronicleLog log = ChronicleLog.open(context, KEY, -1);
        look(context);

        fill(log, 3, 100, 1);
        log.close();
    }

    private void look(final JournalContext context)
    {
        nowNs += TimeUnit.SECONDS.toNanos(1);
        context.freeSpace().doWork(nowNs);
    }
}
