package io.syncline.broker;

import io.syncline.metadata.BrokerState;
import io.syncline.metadata.ControllerRequest;
import io.syncline.metadata.ControllerSession;
import io.syncline.metadata.MetadataEvent;
import io.syncline.protocol.Codes;
import io.syncline.stream.Endpoint;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/** What a broker does when the controller's messages are lost although the session lives. */
@Timeout(10)
class ControllerLinkTest
{
    private static final long SESSION_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(2);

    private final RecordingSession session = new RecordingSession();
    private final List<Integer> codes = new ArrayList<>();
    private long nowNs = -5_000_000_000L;
    private ControllerLink link;

    @BeforeEach
    void connect()
    {
        final BrokerContext context = new Broker.Context()
            .nodeId(1)
            .set("log.dir", "/nowhere")
            .listeners(new Endpoint("b1", 1), new Endpoint("b1", 2))
            .nanoClock(() -> nowNs)
            .controllerSession((listener) -> session)
            .conclude();
        link = new ControllerLink(
            context, (listener) -> session,
            () -> new ControllerRequest.RegisterBroker(1, "c", "d", false, "b1:1", "b1:2", "", Map.of()), (incarnation) -> {},
            new BrokerEvents(new PrintStream(OutputStream.nullOutputStream()), () -> 0));
        link.onConnected();
        link.doWork(nowNs, true);
    }

    @Test
    void shouldRegisterAgainWhenTheAnswerNeverComes()
    {
        assertThat(session.requests).hasSize(1);

        turnFor(2 * SESSION_TIMEOUT_NS);

        assertThat(session.requests.size()).as("registrations sent").isGreaterThan(1);
    }

    @Test
    void r4_3_aRequestWithoutAnAnswerShouldEndInDoubtAndItsLateAnswerBeDropped()
    {
        final long correlationId = link.request(
            new ControllerRequest.InitProducer(""), (id, code, value, message) -> codes.add(code));

        turnFor(2 * SESSION_TIMEOUT_NS);
        link.onReply(correlationId, Codes.OK, 1, "");

        assertThat(codes).containsExactly(Codes.TIMED_OUT);
    }

    @Test
    void shouldAskForASnapshotWhenAnEventIsMissing()
    {
        link.onReply(1, Codes.OK, 7, "");
        link.onEvent(1, new MetadataEvent.ClusterNamed("c"));
        assertThat(link.incarnation()).isEqualTo(7);

        link.onEvent(3, new MetadataEvent.ClusterNamed("other"));
        turnFor(TimeUnit.SECONDS.toNanos(1));

        assertThat(link.image().version()).as("nothing applied across the gap").isEqualTo(1);
        assertThat(session.requests.size()).as("registrations sent").isGreaterThan(1);
    }

    @Test
    void shouldRegisterAgainWhenAnEarlierProcessTookItsPlace()
    {
        link.onReply(1, Codes.OK, 7, "");
        link.onEvent(1, new MetadataEvent.BrokerRegistered(1, 8, 99, "d", BrokerState.NO_START, "b1:1", "b1:2", ""));
        link.onEvent(2, new MetadataEvent.BrokerFenced(1, 8));
        turnFor(TimeUnit.SECONDS.toNanos(1));

        assertThat(session.requests.size()).as("registrations sent").isGreaterThan(1);
    }

    @Test
    void shouldSayWhyItIsRefusedUntilItIsTakenIn()
    {
        assertThat(link.refusal()).isEmpty();
        link.onReply(1, Codes.FENCED, -1, "two nodes have the same node.id");
        assertThat(link.refusal()).contains("FENCED").contains("node.id");
        turnFor(TimeUnit.SECONDS.toNanos(1));
        link.onReply(2, Codes.CONTROLLER_UNAVAILABLE, -1, "");
        assertThat(link.refusal()).as("nothing is known to have changed").contains("FENCED");
        turnFor(TimeUnit.SECONDS.toNanos(1));
        link.onReply(3, Codes.OK, 7, "");
        assertThat(link.refusal()).isEmpty();
    }

    private void turnFor(final long durationNs)
    {
        final long endNs = nowNs + durationNs;
        while (nowNs < endNs)
        {
            nowNs += TimeUnit.MILLISECONDS.toNanos(50);
            link.doWork(nowNs, true);
        }
    }

    private static final class RecordingSession implements ControllerSession
    {
        private final List<ControllerRequest> requests = new ArrayList<>();

        @Override
        public int poll(final long now)
        {
            return 0;
        }

        @Override
        public void keepAlive(final long now)
        {
        }

        @Override
        public boolean isConnected()
        {
            return true;
        }

        @Override
        public long send(final long correlationId, final ControllerRequest request)
        {
            requests.add(request);
            return Codes.OK;
        }

        @Override
        public void close()
        {
        }

        @Override
        public void abandon()
        {
        }
    }
}
