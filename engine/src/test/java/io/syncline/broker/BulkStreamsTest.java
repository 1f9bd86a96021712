package io.syncline.broker;

import io.syncline.stream.Outbound;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

class BulkStreamsTest
{
    private static final int PEER = 2;
    private static final int OTHER = 3;

    private final List<Integer> wishes = new ArrayList<>();
    private final BulkStreams bulks = new BulkStreams(wishes::add);
    private final Bulk bulk = new Bulk();

    @Test
    void shouldWishForAStreamOnceUntilItIsThere()
    {
        assertThat(bulks.to(PEER, 1)).isNull();
        assertThat(bulks.to(PEER, 2)).isNull();
        assertThat(wishes).containsExactly(PEER);

        bulks.onOpened(PEER, bulk);

        assertThat(bulks.to(PEER, 3)).isSameAs(bulk);
        assertThat(bulks.to(OTHER, 3)).isNull();
        assertThat(wishes).containsExactly(PEER, OTHER);
    }

    @Test
    void shouldWishAgainForAStreamThatDidNotCome()
    {
        bulks.to(PEER, 1);
        bulks.to(PEER, BulkStreams.WISH_INTERVAL_NS);
        assertThat(wishes).hasSize(1);

        bulks.to(PEER, 1 + BulkStreams.WISH_INTERVAL_NS);
        assertThat(wishes).containsExactly(PEER, PEER);
    }

    @Test
    void shouldCloseAStreamThatNobodyIsFedOverAndWishForItAnew()
    {
        bulks.to(PEER, 1);
        bulks.onOpened(PEER, bulk);
        bulks.to(PEER, 5);

        bulks.closeUnused(BulkStreams.UNUSED_NS + 4);
        assertThat(bulk.closes).isZero();

        bulks.closeUnused(2 * BulkStreams.UNUSED_NS);
        assertThat(bulk.closes).isOne();

        assertThat(bulks.to(PEER, 2 * BulkStreams.UNUSED_NS)).isNull();
        assertThat(wishes).containsExactly(PEER, PEER);
    }

    @Test
    void shouldCloseTheStreamToAPeerThatIsGoneAndTakeNoneForIt()
    {
        bulks.to(PEER, 1);
        bulks.onOpened(PEER, bulk);
        bulks.onPeerGone(PEER);
        assertThat(bulk.closes).isOne();

        final Bulk late = new Bulk();
        bulks.onOpened(PEER, late);
        assertThat(late.closes).isOne();
    }

    @Test
    void shouldCloseASecondStreamToTheSamePeer()
    {
        bulks.to(PEER, 1);
        bulks.to(PEER, 1 + BulkStreams.WISH_INTERVAL_NS);
        bulks.onOpened(PEER, bulk);
        final Bulk second = new Bulk();
        bulks.onOpened(PEER, second);

        assertThat(second.closes).isOne();
        assertThat(bulk.closes).isZero();
        bulks.close();
        assertThat(bulk.closes).isOne();
    }

    private static final class Bulk implements Outbound
    {
        private int closes;

        @Override
        public long offer(final DirectBuffer buffer, final int offset, final int length)
        {
            return 0;
        }

        @Override
        public long offer(
            final DirectBuffer head, final int headOffset, final int headLength,
            final DirectBuffer body, final int bodyOffset, final int bodyLength)
        {
            return 0;
        }

        @Override
        public int maxFrameLength()
        {
            return Integer.MAX_VALUE;
        }

        @Override
        public boolean isConnected()
        {
            return true;
        }

        @Override
        public void close()
        {
            closes++;
        }
    }
}
