package io.syncline.stream;

import io.syncline.protocol.Codes;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class MemoryStreamsTest extends StreamsContract
{
    private final MemoryStreams network = new MemoryStreams().windowFrames(2000);

    @Override
    Streams open()
    {
        return network;
    }

    @Override
    Endpoint anyEndpoint()
    {
        return new Endpoint("memory", 0);
    }

    @Test
    void aCutLosesWhatWasUnderWayAndSaysNotConnected()
    {
        final Inbound inbound = streams.listen(endpoint, STREAM_ID);
        final Outbound cut = network.node("cut").connect(endpoint, STREAM_ID);
        final Outbound other = network.node("other").connect(endpoint, STREAM_ID);
        assertThat(offer(cut, "under way")).isNotNegative();
        assertThat(offer(other, "kept")).isNotNegative();

        network.cut((from, to, streamId) -> "cut".equals(from));
        assertThat(offer(cut, "refused")).isEqualTo(Codes.NOT_CONNECTED);
        assertThat(inbound.connectedCount()).isEqualTo(1);
        assertThat(frames(inbound)).containsExactly("kept");

        network.heal();
        assertThat(offer(cut, "healed")).isNotNegative();
        assertThat(frames(inbound)).containsExactly("healed");
    }

    @Test
    void shouldLoseRefuseAndDelayByRule()
    {
        final Inbound inbound = streams.listen(endpoint, STREAM_ID);
        final Outbound outbound = streams.connect(endpoint, STREAM_ID);

        network.drop((from, to, streamId) -> to.equals(endpoint));
        assertThat(offer(outbound, "lost")).isNotNegative();
        network.drop((from, to, streamId) -> false);
        network.refuse((from, to, streamId) -> streamId == STREAM_ID);
        assertThat(offer(outbound, "refused")).isEqualTo(Codes.BACK_PRESSURED);
        network.refuse((from, to, streamId) -> false);
        network.holdBack((from, to, streamId) -> true);
        assertThat(offer(outbound, "late")).isNotNegative();
        assertThat(frames(inbound)).isEmpty();
        network.holdBack((from, to, streamId) -> false);
        assertThat(offer(outbound, "behind it")).isNotNegative();
        assertThat(frames(inbound)).isEmpty();

        network.release();
        assertThat(frames(inbound)).containsExactly("late", "behind it");
    }

    @Test
    void aNodeTakesItsStreamsWithIt()
    {
        final Streams node = network.node("node");
        node.listen(endpoint, STREAM_ID);
        final Outbound outbound = streams.connect(endpoint, STREAM_ID);
        assertThat(outbound.isConnected()).isTrue();
        assertThatIllegalStateException().isThrownBy(() -> streams.listen(endpoint, STREAM_ID));

        node.close();

        assertThat(outbound.isConnected()).isFalse();
        streams.listen(endpoint, STREAM_ID);
        assertThat(outbound.isConnected()).isTrue();
    }

    private static List<String> frames(final Inbound inbound)
    {
        final List<String> frames = new ArrayList<>();
        inbound.poll((buffer, offset, length) -> frames.add(buffer.getStringWithoutLengthAscii(offset, length)), 100);
        return frames;
    }
}
