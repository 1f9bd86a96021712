package io.syncline.stream;

import org.agrona.collections.MutableInteger;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/** Two drivers of one process over loopback UDP: what is asleep on one is woken by what the other sends. */
@Timeout(30)
class InvokedDriverTest
{
    private static final int STREAM_ID = StreamIds.LIVE;
    private static final long LONG_NS = TimeUnit.SECONDS.toNanos(20);

    private final List<Throwable> errors = new ArrayList<>();
    private final InvokedDriver sendingDriver = MediaDrivers.launchInvoked(errors::add);
    private final InvokedDriver receivingDriver = MediaDrivers.launchInvoked(errors::add);
    private final AeronStreams sending = connect(sendingDriver);
    private final AeronStreams receiving = connect(receivingDriver);
    private final UnsafeBuffer frame = new UnsafeBuffer(new byte[64]);
    private final MutableInteger received = new MutableInteger();
    private Endpoint endpoint = Endpoint.parse("127.0.0.1:0");
    private Inbound inbound;
    private Outbound outbound;

    @AfterEach
    void close()
    {
        sending.close();
        receiving.close();
        sendingDriver.close();
        receivingDriver.close();
        assertThat(errors).isEmpty();
    }

    @Test
    void shouldWakeWhenADatagramComes()
    {
        connectBoth();
        quiet();
        assertThat(outbound.offer(frame, 0, frame.capacity())).isPositive();
        sending.doWork();

        final long startNs = System.nanoTime();
        int sleeps = 0;
        while (received.get() == 0)
        {
            receivingDriver.await(LONG_NS);
            sleeps++;
            receiving.doWork();
            inbound.poll((buffer, offset, length) -> received.incrementAndGet() > 0, 10);
            sending.doWork();
        }
        assertThat(System.nanoTime() - startNs).isLessThan(LONG_NS / 2);
        assertThat(sleeps).isPositive();
    }

    @Test
    void shouldSleepWhereNothingComes()
    {
        connectBoth();
        quiet();
        final long startNs = System.nanoTime();
        receivingDriver.await(TimeUnit.MILLISECONDS.toNanos(30));
        assertThat(System.nanoTime() - startNs).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(20));
    }

    @Test
    void shouldWakeWhenAnotherThreadSaysSo() throws InterruptedException
    {
        connectBoth();
        quiet();
        final Thread other = new Thread(receivingDriver::wake);
        final long startNs = System.nanoTime();
        other.start();
        receivingDriver.await(LONG_NS);
        assertThat(System.nanoTime() - startNs).isLessThan(LONG_NS / 2);
        other.join();
    }

    @Test
    void shouldNotSleepWhereItWasWokenBefore()
    {
        receivingDriver.wake();
        final long startNs = System.nanoTime();
        receivingDriver.await(LONG_NS);
        assertThat(System.nanoTime() - startNs).isLessThan(LONG_NS / 2);
    }

    @Test
    void shouldGiveThePortBackWhenTheStreamIsClosed()
    {
        connectBoth();
        inbound.close();
        inbound = null;
        outbound.close();
        quiet();
        connectBoth();
        assertThat(outbound.offer(frame, 0, frame.capacity())).isPositive();
    }

    @Test
    void shouldHearThatNobodyListensAnyMore()
    {
        connectBoth();
        quiet();
        // The setting up may have come before there was a listener.
        final long refusals = outbound.refusals();

        inbound.close();
        inbound = null;
        final long deadlineNs = System.nanoTime() + LONG_NS;
        while (outbound.refusals() == refusals)
        {
            outbound.offer(frame, 0, frame.capacity());
            turn();
            assertThat(System.nanoTime() - deadlineNs).as("no refusal").isNegative();
        }
    }

    @Test
    void shouldHearNoRefusalFromOneThatStandsStill()
    {
        connectBoth();
        quiet();
        final long refusals = outbound.refusals();
        for (int i = 0; i < 200; i++)
        {
            outbound.offer(frame, 0, frame.capacity());
            sending.doWork();
        }
        assertThat(outbound.refusals()).isEqualTo(refusals);
    }

    private void connectBoth()
    {
        endpoint = receiving.resolve(endpoint);
        inbound = receiving.listen(endpoint, STREAM_ID);
        outbound = sending.connect(endpoint, STREAM_ID);
        while (!outbound.isConnected())
        {
            turn();
        }
    }

    /** What setting up has still to say is said. */
    private void quiet()
    {
        for (int i = 0; i < 200; i++)
        {
            turn();
        }
    }

    private void turn()
    {
        sending.doWork();
        receiving.doWork();
        if (inbound != null)
        {
            inbound.poll((buffer, offset, length) -> true, 10);
        }
    }

    private AeronStreams connect(final InvokedDriver driver)
    {
        return AeronStreams.connect(new StreamsContext()
            .invokedDriver(driver)
            .errorHandler(errors::add));
    }
}
