package io.syncline.client;

import io.syncline.stream.Endpoint;
import io.syncline.stream.Inbound;
import io.syncline.stream.Outbound;
import io.syncline.stream.StreamIds;
import io.syncline.stream.Streams;
import io.syncline.stream.StreamsAround;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** A stream that nobody uses takes memory, and a visit of the driver in every turn. */
@Timeout(30)
class ClientPurposeTest
{
    private final ScriptedCluster cluster = new ScriptedCluster(1, 1);
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

    /** Notes which streams are opened. */
    private static final class OpenedStreams extends StreamsAround
    {
        private final List<Integer> ids = new ArrayList<>();

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
            return super.listen(at, streamId);
        }

    }
}
