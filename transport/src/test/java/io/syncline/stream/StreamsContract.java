package io.syncline.stream;

import io.syncline.protocol.Codes;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What every {@link Streams} keeps. Runs on one thread, which turns the streams itself. */
@Timeout(60)
abstract class StreamsContract
{
    static final int STREAM_ID = StreamIds.LIVE;

    Streams streams;
    Endpoint endpoint;

    private final List<String> received = new ArrayList<>();
    private final FrameHandler collect = (buffer, offset, length) ->
    {
        received.add(buffer.getStringWithoutLengthAscii(offset, length));
        return true;
    };

    /** @return the streams under test, closed after it */
    abstract Streams open();

    /** @return where to listen, without a port */
    abstract Endpoint anyEndpoint();

    @BeforeEach
    void openStreams()
    {
        streams = open();
        endpoint = streams.resolve(anyEndpoint());
    }

    @AfterEach
    void closeStreams() throws Exception
    {
        streams.close();
    }

    @Test
    void shouldResolveAnEndpointOnce()
    {
        assertThat(endpoint.port()).isPositive();
        assertThat(streams.resolve(endpoint)).isEqualTo(endpoint);
        assertThat(streams.resolve(anyEndpoint())).isNotEqualTo(endpoint);
    }

    @Test
    void shouldSayNotConnectedWhileNobodyListens()
    {
        final Outbound outbound = streams.connect(endpoint, STREAM_ID);
        for (int i = 0; i < 100; i++)
        {
            streams.doWork();
            assertThat(offer(outbound, "lost")).isEqualTo(Codes.NOT_CONNECTED);
            assertThat(outbound.isConnected()).isFalse();
        }
    }

    @Test
    void shouldConnectInEitherOrder()
    {
        final Outbound early = streams.connect(endpoint, STREAM_ID);
        streams.doWork();
        final Inbound inbound = streams.listen(endpoint, STREAM_ID);
        await(early::isConnected);
        final Outbound late = streams.connect(endpoint, STREAM_ID);
        await(late::isConnected);
        await(() -> inbound.connectedCount() == 2);
    }

    @Test
    void shouldDeliverWholeFramesInTheOrderOfTheirWriter()
    {
        final Inbound inbound = streams.listen(endpoint, STREAM_ID);
        final Outbound outbound = connected(inbound);
        final List<String> sent = new ArrayList<>();
        for (int i = 0; i < 500; i++)
        {
            final String text = "frame-" + i + "x".repeat(i % 50);
            await(() -> offer(outbound, text) >= 0);
            sent.add(text);
            inbound.poll(collect, 10);
        }
        await(() -> polled(inbound) && received.size() >= sent.size());
        assertThat(received).isEqualTo(sent);
    }

    @Test
    void shouldJoinHeadAndBody()
    {
        final Inbound inbound = streams.listen(endpoint, STREAM_ID);
        final Outbound outbound = connected(inbound);
        final DirectBuffer text = ascii("..head..body..");

        await(() -> outbound.offer(text, 2, 4, text, 8, 4) >= 0);
        await(() -> outbound.offer(text, 2, 4, text, 0, 0) >= 0);

        await(() -> polled(inbound) && received.size() == 2);
        assertThat(received).containsExactly("headbody", "head");
    }

    @Test
    void shouldCarryFramesUpToTheMaximum()
    {
        final Inbound inbound = streams.listen(endpoint, STREAM_ID);
        final Outbound outbound = connected(inbound);
        assertThat(outbound.maxFrameLength()).isGreaterThanOrEqualTo(512 * 1024);
        final UnsafeBuffer large = new UnsafeBuffer(new byte[outbound.maxFrameLength()]);
        for (int i = 0; i < large.capacity(); i++)
        {
            large.putByte(i, (byte)(i * 31));
        }
        final UnsafeBuffer copy = new UnsafeBuffer(new byte[large.capacity()]);
        final FrameHandler keep = (buffer, offset, length) ->
        {
            assertThat(length).isEqualTo(large.capacity());
            copy.putBytes(0, buffer, offset, length);
            received.add("large");
            return true;
        };

        await(() -> outbound.offer(large, 0, large.capacity()) >= 0);
        await(() -> inbound.poll(keep, 100) >= 0 && received.size() == 1);
        assertThat(copy.compareTo(large)).isZero();

        copy.setMemory(0, copy.capacity(), (byte)0);
        await(() -> outbound.offer(large, 0, 100_000, large, 100_000, large.capacity() - 100_000) >= 0);
        await(() -> inbound.poll(keep, 100) >= 0 && received.size() == 2);
        assertThat(copy.compareTo(large)).isZero();
        assertThatThrownBy(() -> outbound.offer(new UnsafeBuffer(new byte[large.capacity() + 1]), 0, large.capacity() + 1))
            .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRefusedFrameComesAgainAndNothingOvertakesIt()
    {
        final Inbound inbound = streams.listen(endpoint, STREAM_ID);
        final Outbound outbound = connected(inbound);
        final UnsafeBuffer large = new UnsafeBuffer(new byte[100_000]);
        large.setMemory(0, large.capacity(), (byte)'L');
        await(() -> offer(outbound, "first") >= 0);
        await(() -> outbound.offer(large, 0, large.capacity()) >= 0);
        await(() -> offer(outbound, "last") >= 0);
        final int[] refusals = { 5 };
        final FrameHandler refusesLarge = (buffer, offset, length) ->
        {
            if (length > 1000 && refusals[0]-- > 0)
            {
                return false;
            }
            received.add(length + "");
            return true;
        };

        await(() -> inbound.poll(refusesLarge, 100) >= 0 && received.size() == 3);
        assertThat(received).containsExactly("5", "100000", "4");
        assertThat(refusals[0]).isLessThan(0);
    }

    @Test
    void aFrameWhoseHandlerThrowsCountsAsTaken()
    {
        final Inbound inbound = streams.listen(endpoint, STREAM_ID);
        final Outbound outbound = connected(inbound);
        await(() -> offer(outbound, "bad") >= 0);
        await(() -> offer(outbound, "good") >= 0);
        final FrameHandler throwing = (buffer, offset, length) ->
        {
            throw new IllegalStateException("handler");
        };

        assertThatThrownBy(() -> await(() -> inbound.poll(throwing, 10) > 0)).hasMessage("handler");
        await(() -> polled(inbound) && !received.isEmpty());
        assertThat(received).containsExactly("good");
    }

    @Test
    void shouldKeepWithinTheLimit()
    {
        final Inbound inbound = streams.listen(endpoint, STREAM_ID);
        final Outbound outbound = connected(inbound);
        for (int i = 0; i < 10; i++)
        {
            await(() -> offer(outbound, "x") >= 0);
        }
        while (received.size() < 10)
        {
            streams.doWork();
            assertThat(inbound.poll(collect, 3)).isBetween(0, 3);
        }
    }

    @Test
    void shouldServeSeveralWritersFairly()
    {
        final Inbound inbound = streams.listen(endpoint, STREAM_ID);
        final Outbound a = connected(inbound);
        final Outbound b = connected(inbound);
        for (int i = 0; i < 100; i++)
        {
            await(() -> offer(a, "a") >= 0);
            await(() -> offer(b, "b") >= 0);
        }
        // Over a network: both have arrived before the first is taken.
        final long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(20);
        await(() -> System.nanoTime() - deadlineNs > 0);
        final int[] polls = { 0 };
        await(() ->
        {
            polls[0]++;
            return inbound.poll(collect, 10) >= 0 && received.size() >= 40;
        });
        assertThat(received.subList(0, 40)).contains("a", "b");
        await(() -> polled(inbound) && received.size() == 200);
        assertThat(received).filteredOn("a"::equals).hasSize(100);
    }

    @Test
    void shouldBackPressureAWriterWhoseFramesAreNotRead()
    {
        final Inbound inbound = streams.listen(endpoint, STREAM_ID);
        final Outbound outbound = connected(inbound);
        final UnsafeBuffer frame = new UnsafeBuffer(new byte[8000]);
        final int[] sent = { 0 };
        await(() ->
        {
            final long result = outbound.offer(frame, 0, frame.capacity());
            sent[0] += result >= 0 ? 1 : 0;
            return result == Codes.BACK_PRESSURED;
        });

        final FrameHandler count = (buffer, offset, length) -> received.add("");
        await(() -> inbound.poll(count, 100) >= 0 && received.size() == sent[0]);
        await(() -> outbound.offer(frame, 0, frame.capacity()) >= 0);
    }

    @Test
    void shouldKeepStreamIdsApart()
    {
        final Inbound live = streams.listen(endpoint, StreamIds.LIVE);
        final Inbound control = streams.listen(endpoint, StreamIds.CONTROL);
        final Outbound toLive = streams.connect(endpoint, StreamIds.LIVE);
        final Outbound toControl = streams.connect(endpoint, StreamIds.CONTROL);
        await(() -> toLive.isConnected() && toControl.isConnected());
        await(() -> live.connectedCount() == 1 && control.connectedCount() == 1);

        await(() -> offer(toControl, "control") >= 0);
        await(() -> polled(control) && !received.isEmpty());

        assertThat(received).containsExactly("control");
        assertThat(live.poll(collect, 10)).isZero();
    }

    @Test
    void shouldReachAListenerThatWasClosedAndOpenedAgain()
    {
        final Inbound first = streams.listen(endpoint, STREAM_ID);
        final Outbound outbound = connected(first);
        first.close();
        await(() -> offer(outbound, "into the void") == Codes.NOT_CONNECTED);
        assertThat(first.poll(collect, 10)).isZero();
        assertThat(first.connectedCount()).isZero();

        final Inbound second = streams.listen(endpoint, STREAM_ID);
        await(() -> offer(outbound, "again") >= 0);
        await(() -> polled(second) && received.contains("again"));
    }

    @Test
    void shouldDeliverWhatAClosedWriterHadSent()
    {
        final Inbound inbound = streams.listen(endpoint, STREAM_ID);
        final Outbound outbound = connected(inbound);
        await(() -> offer(outbound, "farewell") >= 0);
        outbound.close();
        outbound.close();

        assertThat(offer(outbound, "too late")).isEqualTo(Codes.CLOSED);
        assertThat(outbound.isConnected()).isFalse();
        await(() -> polled(inbound) && !received.isEmpty());
        assertThat(received).containsExactly("farewell");
        await(() -> polled(inbound) && inbound.connectedCount() == 0);
    }

    @Test
    void aGateKeepsFramesOutWhileItIsClosed()
    {
        final boolean[] isOpen = { true };
        final Streams gated = new GatedStreams(streams, (e) -> isOpen[0]);
        final Inbound inbound = gated.listen(endpoint, STREAM_ID);
        final Outbound free = streams.connect(endpoint, STREAM_ID);
        final Outbound behindGate = gated.connect(endpoint, STREAM_ID);
        await(() -> free.isConnected() && behindGate.isConnected());
        await(() -> inbound.connectedCount() == 2);

        isOpen[0] = false;
        assertThat(offer(behindGate, "out")).isEqualTo(Codes.NOT_CONNECTED);
        assertThat(behindGate.isConnected()).isFalse();
        assertThat(inbound.connectedCount()).isZero();
        await(() -> offer(free, "in") >= 0);
        final long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(20);
        await(() -> inbound.poll(collect, 10) >= 0 && System.nanoTime() - deadlineNs > 0);

        isOpen[0] = true;
        await(() -> offer(free, "after") >= 0);
        await(() -> polled(inbound) && !received.isEmpty());
        assertThat(received).containsExactly("after");
    }

    Outbound connected(final Inbound inbound)
    {
        final int before = inbound.connectedCount();
        final Outbound outbound = streams.connect(endpoint, STREAM_ID);
        await(() -> outbound.isConnected() && inbound.connectedCount() > before);
        return outbound;
    }

    void await(final BooleanSupplier condition)
    {
        while (!condition.getAsBoolean())
        {
            if (streams.doWork() == 0)
            {
                Thread.yield();
            }
            if (Thread.interrupted())
            {
                throw new AssertionError("timed out; received " + received.size());
            }
        }
    }

    boolean polled(final Inbound inbound)
    {
        inbound.poll(collect, 100);
        return true;
    }

    static long offer(final Outbound outbound, final String text)
    {
        return outbound.offer(ascii(text), 0, text.length());
    }

    /** Bytes that offering and polling allocate, after a first round; the driver's turns in between do not count. */
    long allocatedBytes(final int frameLength, final int frames)
    {
        final Inbound inbound = streams.listen(endpoint, STREAM_ID);
        final Outbound outbound = connected(inbound);
        final UnsafeBuffer frame = new UnsafeBuffer(new byte[frameLength]);
        final long[] receivedBytes = { 0 };
        final FrameHandler counting = (buffer, offset, length) ->
        {
            receivedBytes[0] += length;
            return true;
        };
        pump(outbound, inbound, frame, counting, receivedBytes, frames);
        return pump(outbound, inbound, frame, counting, receivedBytes, frames);
    }

    private long pump(
        final Outbound outbound,
        final Inbound inbound,
        final UnsafeBuffer frame,
        final FrameHandler handler,
        final long[] receivedBytes,
        final int frames)
    {
        final var threads = (com.sun.management.ThreadMXBean)ManagementFactory.getThreadMXBean();
        receivedBytes[0] = 0;
        final int half = frame.capacity() / 2;
        long allocated = 0;
        int sent = 0;
        while (receivedBytes[0] < (long)frames * frame.capacity())
        {
            streams.doWork();
            final long before = threads.getCurrentThreadAllocatedBytes();
            if (sent < frames)
            {
                final long result = (sent & 1) == 0 ?
                    outbound.offer(frame, 0, frame.capacity()) :
                    outbound.offer(frame, 0, half, frame, half, frame.capacity() - half);
                sent += result >= 0 ? 1 : 0;
            }
            inbound.poll(handler, 64);
            allocated += threads.getCurrentThreadAllocatedBytes() - before;
        }
        return allocated;
    }

    private static DirectBuffer ascii(final String text)
    {
        return new UnsafeBuffer(text.getBytes(StandardCharsets.US_ASCII));
    }
}
