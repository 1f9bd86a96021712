package io.syncline.metadata;

import io.syncline.metadata.ControllerRequest.CreateTopic;
import io.syncline.metadata.ControllerRequest.RegisterBroker;
import io.syncline.metadata.DirectController.DirectSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(10)
class DirectControllerTest
{
    private final DirectController controller = new DirectController();

    @Test
    void shouldTellEverySessionTheSameStory()
    {
        final Image first = new Image(1);
        final Image second = new Image(2);
        first.session.poll(0);
        second.session.poll(0);
        first.session.poll(0);
        controller.request(new CreateTopic("t", 2, 2, Map.of()));
        first.session.poll(0);
        second.session.poll(0);

        assertThat(first.state.version()).isEqualTo(controller.state().version());
        assertThat(second.state.version()).isEqualTo(controller.state().version());
        assertThat(List.copyOf(first.state.partitions())).isEqualTo(List.copyOf(controller.state().partitions()));
        assertThat(List.copyOf(second.state.brokers())).isEqualTo(List.copyOf(controller.state().brokers()));
    }

    @Test
    void shouldFenceTheBrokerOfACutSessionAndTakeItBackAfterwards()
    {
        final Image first = new Image(1);
        final Image second = new Image(2);
        first.session.poll(0);
        second.session.poll(0);
        second.session.cut(true);
        first.session.keepAlive(1_900_000_000L);
        second.session.keepAlive(1_900_000_000L);
        first.session.poll(2_100_000_000L);

        assertThat(first.state.broker(2).fenced()).isTrue();

        second.session.cut(false);
        second.session.poll(2_200_000_000L);
        assertThat(second.log).containsExactly("connected", "reply 1", "disconnected", "connected", "reply 1");
        assertThat(second.state.broker(2).fenced()).isFalse();
    }

    private final class Image implements ControllerSession.Listener
    {
        final int brokerId;
        final List<String> log = new ArrayList<>();
        final DirectSession session;
        ClusterState state = new ClusterState();
        long snapshotVersion = -1;

        Image(final int brokerId)
        {
            this.brokerId = brokerId;
            session = controller.connect(this);
        }

        @Override
        public void onConnected()
        {
            log.add("connected");
            session.send(1, new RegisterBroker(brokerId, "c", "dir-" + brokerId, false, "c" + brokerId, "r", "", Map.of()));
        }

        @Override
        public void onDisconnected(final String reason)
        {
            log.add("disconnected");
        }

        @Override
        public void onSnapshotBegin(final long version)
        {
            state = new ClusterState();
            snapshotVersion = version;
        }

        @Override
        public void onEvent(final long version, final MetadataEvent event)
        {
            state.apply(event);
            assertThat(version).isEqualTo(snapshotVersion >= 0 ? snapshotVersion : state.version());
        }

        @Override
        public void onSnapshotEnd()
        {
            state.version(snapshotVersion);
            snapshotVersion = -1;
        }

        @Override
        public void onReply(final long correlationId, final int code, final long value, final String message)
        {
            log.add("reply " + correlationId);
        }
    }
}
