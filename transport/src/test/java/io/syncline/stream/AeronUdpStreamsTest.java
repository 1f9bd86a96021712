package io.syncline.stream;

import io.aeron.Aeron;
import io.aeron.driver.MediaDriver;
import io.syncline.protocol.Codes;
import org.agrona.concurrent.AgentTerminationException;
import org.junit.jupiter.api.Test;

import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class AeronUdpStreamsTest extends AeronStreamsContract
{
    @Override
    Endpoint anyEndpoint()
    {
        return Endpoint.parse("127.0.0.1:0");
    }

    @Test
    void shouldComeBackAsANewSessionAfterTheOtherSideWasGoneForLong() throws Exception
    {
        try (InvokedDriver peerDriver = MediaDrivers.launchInvoked(this::onError);
            AeronStreams peer = AeronStreams.connect(context(peerDriver)))
        {
            final Inbound inbound = peer.listen(endpoint, STREAM_ID);
            final Outbound outbound = streams.connect(endpoint, STREAM_ID);
            await(() -> peer.doWork() >= 0 && outbound.isConnected() && inbound.connectedCount() == 1);

            // The peer stands still for longer than both sides' liveness timeout: its image is gone when it goes on.
            final long awakeNs = System.nanoTime() + 2 * MediaDrivers.LIVENESS_TIMEOUT_NS;
            await(() -> System.nanoTime() - awakeNs > 0 && offer(outbound, "lost") == Codes.NOT_CONNECTED);
            final List<String> received = new ArrayList<>();
            final FrameHandler collect = (buffer, offset, length) ->
                received.add(buffer.getStringWithoutLengthAscii(offset, length));
            await(() -> peer.doWork() >= 0 && inbound.poll(collect, 10) >= 0 && offer(outbound, "back") >= 0);
            await(() -> peer.doWork() >= 0 && inbound.poll(collect, 10) >= 0 && received.contains("back"));
        }
    }

    /** A deposed leader never followed again: its control stream had come and gone while it had nothing to send on it. */
    @Test
    void shouldComeBackAlthoughNobodyLookedWhileItWasConnected() throws Exception
    {
        try (InvokedDriver peerDriver = MediaDrivers.launchInvoked(this::onError);
            AeronStreams peer = AeronStreams.connect(context(peerDriver));
            UdpRelay wire = new UdpRelay(endpoint))
        {
            final Inbound inbound = peer.listen(endpoint, STREAM_ID);
            final Outbound outbound = streams.connect(wire.endpoint(), STREAM_ID);
            final long cutNs = System.nanoTime() + MediaDrivers.LIVENESS_TIMEOUT_NS;
            await(() -> wire.turn() && peer.doWork() >= 0 && inbound.connectedCount() == 1 && System.nanoTime() - cutNs > 0);
            wire.cut(true);
            final long mendNs = System.nanoTime() + 2 * MediaDrivers.LIVENESS_TIMEOUT_NS;
            await(() -> wire.turn() && peer.doWork() >= 0 && inbound.connectedCount() == 0 && System.nanoTime() - mendNs > 0);
            wire.cut(false);

            final List<String> received = new ArrayList<>();
            final FrameHandler collect = (buffer, offset, length) ->
                received.add(buffer.getStringWithoutLengthAscii(offset, length));
            await(() -> wire.turn() && peer.doWork() >= 0 && inbound.poll(collect, 10) >= 0 && offer(outbound, "back") >= 0);
            await(() -> wire.turn() && peer.doWork() >= 0 && inbound.poll(collect, 10) >= 0 && received.contains("back"));
        }
    }

    @Test
    void shouldReportAPortInUseAndTakeItWhenItIsFree() throws Exception
    {
        final Inbound inbound;
        try (DatagramSocket socket = new DatagramSocket(null))
        {
            socket.bind(new InetSocketAddress("127.0.0.1", endpoint.port()));
            inbound = streams.listen(endpoint, STREAM_ID);
            await(() -> !errors.isEmpty());
            assertThat(errors).anyMatch((e) -> e.getMessage().contains("cannot open") &&
                e.getMessage().contains("127.0.0.1:" + endpoint.port()));
        }
        final Outbound outbound = streams.connect(endpoint, STREAM_ID);
        await(() -> outbound.isConnected() && inbound.connectedCount() == 1);
        errors.clear();
    }

    @Test
    void shouldEndItsAgentWhenAeronsClientIsDead()
    {
        try (MediaDriver driver = MediaDrivers.launchShared(this::onError))
        {
            final Aeron aeron = Aeron.connect(
                new Aeron.Context().aeronDirectoryName(driver.aeronDirectoryName()).useConductorAgentInvoker(true));
            final AeronStreams shared = AeronStreams.connect(new StreamsContext().aeron(aeron));
            shared.doWork();
            aeron.close();

            assertThatThrownBy(shared::doWork).isInstanceOf(AgentTerminationException.class);
            assertThat(shared.isClosed()).isTrue();
            shared.close();
        }
    }

    @Test
    void shouldCountTheMemoryOfACluster()
    {
        final StreamsContext ctx = new StreamsContext();
        final long live = 3L * 4 * 1024 * 1024 + 4096;

        assertThat(ctx.memoryPerStream(StreamIds.LIVE, true)).isEqualTo(live);
        assertThat(ctx.memoryPerStream(StreamIds.LIVE, false)).isEqualTo(2 * live);
        assertThat(ctx.memoryOfCluster(3, 0, true))
            .isEqualTo(6 * (2 * live + ctx.memoryPerStream(StreamIds.CONTROL, true) +
                ctx.memoryPerStream(StreamIds.HEARTBEAT, true)));
        assertThat(TimeUnit.NANOSECONDS.toSeconds(ctx.driverTimeoutNs())).isEqualTo(30);
    }
}
