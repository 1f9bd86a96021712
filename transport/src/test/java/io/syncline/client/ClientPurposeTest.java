package io.syncline.client;

import io.syncline.stream.Endpoint;
import io.syncline.stream.Glance;
import io.syncline.stream.Inbound;
import io.syncline.stream.MemoryStreams;
import io.syncline.stream.Outbound;
import io.syncline.stream.StreamIds;
import io.syncline.stream.Streams;
import io.syncline.stream.StreamsAround;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** A stream that nobody uses takes memory, and a visit of the driver in every turn. */
@Timeout(30)
class ClientPurposeTest
{
    private final MemoryStreams network = new MemoryStreams();
    private final ScriptedCluster cluster = new ScriptedCluster(network, 1, 1);
    private final OpenedStreams opened = new OpenedStreams(cluster.streams);

    @Test
    void shouldOpenStreamsToProduceAloneInAProducer()
    {
        Producer.connect(cluster.configure(new Producer.Context()).streams(opened)).close();
        assertThat(opened.ids).containsExactlyInAnyOrder(
            StreamIds.REQUEST, StreamIds.RESPONSE, StreamIds.PRODUCE, StreamIds.PRODUCE_ACK);
    }

    @Test
    void shouldOpenStreamsToFetchAloneInAConsumer()
    {
        Consumer.connect(cluster.configure(new Consumer.Context()).streams(opened)).close();
        assertThat(opened.ids).containsExactlyInAnyOrder(
            StreamIds.REQUEST, StreamIds.RESPONSE, StreamIds.FETCH, StreamIds.DELIVER);
    }

    @Test
    void shouldOpenStreamsForRequestsAloneInAnAdmin()
    {
        Admin.connect(cluster.configure(new Admin.Context()).streams(opened)).close();
        assertThat(opened.ids).containsExactlyInAnyOrder(StreamIds.REQUEST, StreamIds.RESPONSE);
    }

    /** Dense seed 421: a broker kept them, and would have for as long as the client lived (I14). */
    @Test
    void shouldTakeAcksOfAnEarlierSessionThoughNothingIsProducedInThisOne()
    {
        network.windowFrames(2);
        try (Producer producer = Producer.connect(cluster.configure(new Producer.Context()).streams(opened)))
        {
            final Outbound acks = network.connect(opened.acksAt, StreamIds.PRODUCE_ACK);
            final UnsafeBuffer frame = new UnsafeBuffer(new byte[64]);
            for (int i = 0; i < 10; i++)
            {
                assertThat(acks.offer(frame, 0, frame.capacity())).as("ack " + i).isNotNegative();
                cluster.nowNs += Glance.INTERVAL_NS;
                producer.poll();
            }
        }
    }

    /** Notes which streams are opened. */
    private static final class OpenedStreams extends StreamsAround
    {
        private final List<Integer> ids = new ArrayList<>();
        private Endpoint acksAt;

        private OpenedStreams(final Streams streams)
        {
            super(streams);
        }

        @Override
        public Outbound connect(final Endpoint to, final int streamId)
        {
            ids.add(streamId);
            return super.connect(to, streamId);
        }

        @Override
        public Inbound listen(final Endpoint at, final int streamId)
        {
            ids.add(streamId);
            acksAt = streamId == StreamIds.PRODUCE_ACK ? at : acksAt;
            return super.listen(at, streamId);
        }

    }
}
