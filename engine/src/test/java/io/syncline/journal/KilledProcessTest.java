package io.syncline.journal;

import io.syncline.replica.TestBatch;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import static io.syncline.journal.JournalFixture.*;
import static org.assertj.core.api.Assertions.assertThat;

/** P1: a process killed in the middle of writing has lost nothing it had reported as written. */
@Timeout(60)
class KilledProcessTest
{
    private static final int ROUNDS = 2;
    private static final int REPORT_EVERY = 500;

    @TempDir
    private Path directory;

    @Test
    void p1_nothingReportedIsLostWhenTheWriterIsKilled() throws IOException, InterruptedException
    {
        long reported = 0;
        for (int round = 0; round < ROUNDS; round++)
        {
            final Process writer = ChildJvm.start(KilledProcessTest.class, directory.toString());
            try (BufferedReader output = new BufferedReader(
                new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8)))
            {
                final long target = reported + 10 * REPORT_EVERY;
                while (reported < target)
                {
                    reported = Long.parseLong(output.readLine());
                }
                // By its handle: the other way closes the stream with what it still holds.
                writer.toHandle().destroyForcibly();
                writer.waitFor();
                for (String line = output.readLine(); line != null && line.length() == 12; line = output.readLine())
                {
                    reported = Long.parseLong(line);
                }
            }
            final ChronicleLog log = open(directory, reported);
            assertThat(log.recovery().outcome()).isEqualTo(RecoveryReport.Outcome.RECOVERED);
            assertThat(log.logEnd()).isGreaterThanOrEqualTo(reported);
            check(log);
            log.kill();
        }
    }

    /** The writer that is killed. */
    public static void main(final String[] args)
    {
        final ChronicleLog log = open(Path.of(args[0]));
        while (true)
        {
            final UnsafeBuffer batch = TestBatch.of(1, 2000, log.logEnd() * 1000 + 1);
            final long end = log.appendAsLeader(batch, 0, batch.capacity(), 1);
            if (end < 0)
            {
                throw new IllegalStateException("append: " + end);
            }
            if (end % REPORT_EVERY == 0)
            {
                System.out.printf("%012d%n", end);
            }
        }
    }
}
