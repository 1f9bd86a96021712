package io.syncline.stream;

import io.syncline.protocol.Codes;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import static org.assertj.core.api.Assertions.assertThat;

/** What Aeron adds to the contract: threads, memory, and what is left behind. */
abstract class AeronStreamsContract extends StreamsContract
{
    /** Bytes that may be allocated once, whatever the number of frames; less than the smallest object for each frame. */
    private static final long ONCE = 4096;

    final List<Throwable> errors = new ArrayList<>();
    private final Set<Thread> threadsBefore = new HashSet<>(Thread.getAllStackTraces().keySet());
    private InvokedDriver driver;

    @Override
    Streams open()
    {
        driver = MediaDrivers.launchInvoked(this::onError);
        return AeronStreams.connect(context(driver));
    }

    @AfterEach
    void nothingIsLeftBehind() throws Exception
    {
        streams.close();
        driver.close();
        assertThat(Files.exists(Path.of(driver.aeronDirectoryName()))).isFalse();
        final Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
        threads.removeAll(threadsBefore);
        assertThat(threads).filteredOn((t) -> t.getName().contains("aeron") || t.getName().contains("driver")).isEmpty();
        assertThat(errors).hasSize(0);
    }

    @Test
    void shouldStartNoThread()
    {
        final Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
        threads.removeAll(threadsBefore);
        assertThat(threads).filteredOn((t) -> t.getName().contains("aeron") || t.getName().contains("driver")).isEmpty();
    }

    /** Somebody's acknowledgement waited for a timer where the writer had come to the end of a term. */
    @Test
    void shouldNotAnswerAdminActionAtTheEndOfATerm()
    {
        final Inbound inbound = streams.listen(endpoint, STREAM_ID);
        final Outbound outbound = connected(inbound);
        final UnsafeBuffer frame = new UnsafeBuffer(new byte[1000]);
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        for (int sent = 0; sent < 30_000;)
        {
            final long result = outbound.offer(frame, 0, frame.capacity());
            assertThat(result).isNotEqualTo(Codes.ADMIN_ACTION);
            sent += result > 0 ? 1 : 0;
            streams.doWork();
            inbound.poll((buffer, offset, length) -> true, 50);
            assertThat(System.nanoTime() - deadlineNs).as("sent %d", sent).isNegative();
        }
    }

    @Test
    void shouldAllocateNothingForFramesOfOneFragment()
    {
        assertThat(allocatedBytes(256, 20_000)).isLessThan(ONCE);
    }

    @Test
    void shouldAllocateNothingForFramesOfManyFragments()
    {
        assertThat(allocatedBytes(200_000, 300)).isLessThan(ONCE);
    }

    @Test
    void shouldServeStreamsOfOtherThreads() throws Exception
    {
        final int frames = 50_000;
        final Inbound inbound = streams.listen(endpoint, STREAM_ID);
        final Outbound outbound = streams.connect(endpoint, STREAM_ID);
        final AtomicLong sum = new AtomicLong();
        final AtomicBoolean isStopped = new AtomicBoolean();
        final CountDownLatch done = new CountDownLatch(2);
        final Thread writer = new Thread(() ->
        {
            final UnsafeBuffer frame = new UnsafeBuffer(new byte[Long.BYTES]);
            for (int i = 0; i < frames && !isStopped.get();)
            {
                frame.putLong(0, i);
                if (outbound.offer(frame, 0, Long.BYTES) >= 0)
                {
                    i++;
                }
                else
                {
                    Thread.yield();
                }
            }
            outbound.close();
            done.countDown();
        });
        final Thread reader = new Thread(() ->
        {
            final long[] next = { 0 };
            while (next[0] < frames && !isStopped.get())
            {
                if (inbound.poll((buffer, offset, length) -> buffer.getLong(offset) == next[0]++, 50) == 0)
                {
                    Thread.yield();
                }
            }
            sum.set(next[0]);
            inbound.close();
            done.countDown();
        });
        writer.start();
        reader.start();
        try
        {
            await(() -> done.getCount() == 0);
        }
        finally
        {
            isStopped.set(true);
            writer.join(TimeUnit.SECONDS.toMillis(10));
            reader.join(TimeUnit.SECONDS.toMillis(10));
        }
        assertThat(sum.get()).isEqualTo(frames);
    }

    @Test
    void shouldSayClosedAfterTheStreamsAreClosed()
    {
        final Inbound inbound = streams.listen(endpoint, STREAM_ID);
        final Outbound outbound = connected(inbound);

        streams.close();

        assertThat(offer(outbound, "late")).isEqualTo(Codes.CLOSED);
        assertThat(inbound.poll((buffer, offset, length) -> true, 1)).isZero();
    }

    @Test
    void everyStreamOpensWithItsTermLength()
    {
        for (int streamId = StreamIds.REQUEST; streamId <= StreamIds.HEARTBEAT; streamId++)
        {
            final Inbound inbound = streams.listen(endpoint, streamId);
            final Outbound outbound = streams.connect(endpoint, streamId);
            await(() -> outbound.isConnected() && inbound.connectedCount() == 1);
            assertThat(outbound.maxFrameLength()).isEqualTo(new StreamsContext().termLength(streamId) / 8);
            outbound.close();
            inbound.close();
        }
    }

    StreamsContext context(final InvokedDriver driver)
    {
        return new StreamsContext()
            .aeronDirectoryName(driver.aeronDirectoryName())
            .driverAgentInvoker(driver.invoker())
            .errorHandler(this::onError);
    }

    void onError(final Throwable error)
    {
        synchronized (errors)
        {
            errors.add(error);
        }
    }
}
