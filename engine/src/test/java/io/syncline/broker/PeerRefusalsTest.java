package io.syncline.broker;

import io.syncline.stream.Outbound;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

class PeerRefusalsTest
{
    private final PeerRefusals refusals = new PeerRefusals();
    private final List<Integer> heard = new ArrayList<>();

    @Test
    void shouldTellEachPeerThatWasRefusedSinceTheLastLook()
    {
        final Stream[] streams = new Stream[20];
        for (int i = 0; i < streams.length; i++)
        {
            streams[i] = new Stream();
            refusals.onPeer(i, streams[i]);
        }
        streams[3].refusals = 1;
        streams[19].refusals = 7;
        assertThat(look()).containsExactly(3, 19);
        assertThat(look()).isEmpty();
        streams[3].refusals = 2;
        assertThat(look()).containsExactly(3);
    }

    @Test
    void shouldBeginAtWhatANewConnectionHasHeard()
    {
        final Stream former = new Stream();
        refusals.onPeer(1, former);
        former.refusals = 5;
        assertThat(look()).containsExactly(1);
        former.refusals = 0;
        assertThat(look()).as("the same stream, connected anew").isEmpty();
        former.refusals = 1;
        assertThat(look()).containsExactly(1);

        final Stream next = new Stream();
        next.refusals = 9;
        refusals.onPeer(1, next);
        assertThat(look()).as("refused before the peer came back").isEmpty();
        former.refusals = 2;
        assertThat(look()).as("of a stream that is no more").isEmpty();
    }

    @Test
    void shouldForgetAPeerThatHasGone()
    {
        final Stream first = new Stream();
        final Stream second = new Stream();
        refusals.onPeer(1, first);
        refusals.onPeer(2, second);
        first.refusals = 1;
        second.refusals = 1;
        refusals.onPeerGone(1);
        refusals.onPeerGone(1);
        assertThat(look()).containsExactly(2);
        assertThat(look()).isEmpty();
    }

    private List<Integer> look()
    {
        heard.clear();
        refusals.poll(heard::add);
        return heard;
    }

    private static final class Stream implements Outbound
    {
        private long refusals;

        @Override
        public long offer(final DirectBuffer buffer, final int offset, final int length)
        {
            return length;
        }

        @Override
        public long offer(
            final DirectBuffer head, final int headOffset, final int headLength,
            final DirectBuffer body, final int bodyOffset, final int bodyLength)
        {
            return headLength + bodyLength;
        }

        @Override
        public int maxFrameLength()
        {
            return 1_024;
        }

        @Override
        public boolean isConnected()
        {
            return true;
        }

        @Override
        public long refusals()
        {
            return refusals;
        }

        @Override
        public void close()
        {
            // Nothing is held.
        }
    }
}
