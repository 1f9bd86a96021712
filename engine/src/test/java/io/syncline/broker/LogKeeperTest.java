package io.syncline.broker;

import io.syncline.metadata.ControllerRequest;
import io.syncline.protocol.Codes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.function.IntConsumer;

import static org.assertj.core.api.Assertions.assertThat;

/** A disk that takes its time, or fails, and what goes on meanwhile. */
@Timeout(60)
class LogKeeperTest
{
    private static final int ACKS_ALL = -1;
    private static final int TEN_SECONDS_IN_STEPS = 10_000;

    @TempDir
    Path directory;

    private HandDrivenCluster cluster;
    private long trades;
    private long orders = -1;
    private int slow = -1;
    private boolean isOpened;

    @BeforeEach
    void launch()
    {
        cluster = new HandDrivenCluster(directory, 3);
        trades = HandDrivenCluster.key(cluster.createTopic("trades", 1, 3), 0);
        cluster.brokers.values().forEach(cluster.client()::connect);
        cluster.until(() -> cluster.client().connected.size() == 3);
        cluster.untilLed(trades);
    }

    @AfterEach
    void close()
    {
        cluster.close();
        assertThat(cluster.errors).isEmpty();
    }

    @Test
    void r5_1_aSessionShouldOutliveALogThatTakesTenSecondsToOpen()
    {
        final int leader = cluster.leaderOf(trades);
        final long incarnation = cluster.controller.state().broker(leader).incarnation();
        onOpening(leader, (id) ->
        {
            for (int i = 0; i < TEN_SECONDS_IN_STEPS / 100; i++)
            {
                produce(trades, i, "x");
                cluster.run(100);
            }
        });

        createOrders();
        cluster.until(() -> isOpened);

        assertThat(cluster.controller.state().broker(leader).fenced()).isFalse();
        assertThat(cluster.controller.state().broker(leader).incarnation()).isEqualTo(incarnation);
        assertThat(cluster.leaderOf(trades)).isEqualTo(leader);
        assertThat(cluster.partition(trades).leaderEpoch()).isZero();
        assertThat(cluster.client().acks).hasSize(TEN_SECONDS_IN_STEPS / 100)
            .allMatch((ack) -> ack.code() == Codes.OK);
        cluster.untilLed(orders);
        cluster.until(() -> cluster.partition(orders).isr().size() == 3);
    }

    @Test
    void theNewestAssignmentShouldWinWhenALogIsOpenAtLast()
    {
        onOpeningOfTheLeader((id) ->
        {
            final int next = id % 3 + 1;
            // Not a planned move: that one waits until the log is open (R5.7).
            assertThat(cluster.controller.request(
                new ControllerRequest.ElectLeader("orders", 0, next, true)).isAccepted()).isTrue();
            cluster.untilLed(orders);
            produce(orders, 0, "first");
            cluster.until(() -> cluster.client().acks.size() == 1);
            assertThat(cluster.leaderOf(orders)).isEqualTo(next);
        });

        createOrders();
        cluster.until(() -> isOpened && cluster.partition(orders).isr().size() == 3);

        assertThat(cluster.client().acks.get(0).code()).isEqualTo(Codes.OK);
        assertThat(cluster.leaderOf(orders)).isNotEqualTo(slow);
        assertThat(cluster.log(slow, orders).logEnd()).isEqualTo(1);
    }

    @Test
    void aLeadershipThatComesAndGoesAndComesBackWhileALogIsOpenedShouldServeInTheEnd()
    {
        onOpeningOfTheLeader((id) ->
        {
            elect(id % 3 + 1);
            elect(id);
        });

        createOrders();
        cluster.until(() -> isOpened);
        cluster.untilLed(orders);
        produce(orders, 0, "first");
        cluster.until(() -> cluster.client().acks.size() == 1);

        assertThat(cluster.leaderOf(orders)).isEqualTo(slow);
        assertThat(cluster.client().acks.get(0).code()).isEqualTo(Codes.OK);
    }

    @Test
    void aTopicDeletedWhileItsLogIsOpenedShouldLeaveNothing()
    {
        onOpeningOfTheLeader((id) ->
        {
            cluster.controller.request(new ControllerRequest.DeleteTopic("orders"));
            cluster.run(50);
        });

        createOrders();
        cluster.until(() -> isOpened && cluster.stores.values().stream().allMatch((store) -> store.log(orders) == null));

        cluster.stores.values().forEach((store) -> assertThat(store.openCount()).isEqualTo(1));
    }

    @Test
    void aBrokerKilledBeforeItHeardThatALogIsOpenShouldCloseIt()
    {
        onOpeningOfTheLeader((id) -> cluster.stalledConductors.add(id));

        createOrders();
        cluster.until(() -> isOpened && cluster.stores.get(slow).openCount() == 2);
        cluster.kill(slow);

        assertThat(cluster.stores.get(slow).openCount()).isZero();
        restart();
    }

    @Test
    void aBrokerStoppedBeforeALogWasOpenedShouldLeaveItAlone()
    {
        cluster.waitingForDisk.add(1);
        createOrders();
        cluster.run(50);
        assertThat(cluster.brokers.get(1).isReady()).isTrue();

        cluster.stop(1);

        assertThat(cluster.stores.get(1).openCount()).isZero();
        assertThat(cluster.log(1, orders)).isNull();
        slow = 1;
        restart();
    }

    @Test
    void aBrokerShouldBeReadyOnlyOnceItsLogsAreOpen()
    {
        slow = cluster.leaderOf(trades) % 3 + 1;
        cluster.kill(slow);
        cluster.waitingForDisk.add(slow);
        final Broker broker = cluster.start(slow);
        cluster.until(() -> !cluster.controller.state().broker(slow).fenced());
        cluster.run(50);
        assertThat(broker.isReady()).isFalse();

        cluster.waitingForDisk.clear();
        cluster.until(broker::isReady);
    }

    @Test
    void aLeaderWhoseLogCannotBeOpenedShouldLeaveToTheOthers()
    {
        onOpeningOfTheLeader((id) ->
        {
            throw new IllegalStateException("damaged");
        });

        createOrders();
        cluster.until(() -> slow > 0 && cluster.controller.state().broker(slow).fenced());
        cluster.until(() -> cluster.leaderOf(orders) != slow && cluster.leaderOf(trades) != slow);
        cluster.untilLed(orders);

        assertThat(cluster.errors.remove(slow)).hasMessage("damaged");
        produce(orders, 0, "first");
        cluster.until(() -> cluster.client().acks.size() == 1);
        assertThat(cluster.client().acks.get(0).code()).isEqualTo(Codes.OK);
    }

    private void createOrders()
    {
        orders = HandDrivenCluster.key(cluster.createTopic("orders", 1, 3), 0);
    }

    private void elect(final int id)
    {
        cluster.controller.request(new ControllerRequest.ElectLeader("orders", 0, id, true));
        cluster.run(20);
        assertThat(cluster.leaderOf(orders)).isEqualTo(id);
    }

    private void restart()
    {
        cluster.waitingForDisk.clear();
        cluster.stalledConductors.clear();
        cluster.stores.values().forEach((store) -> store.opening((key) -> {}));
        cluster.start(slow);
        cluster.until(() -> cluster.partition(orders).isr().size() == 3 && cluster.partition(trades).isr().size() == 3);
    }

    private void onOpeningOfTheLeader(final IntConsumer meanwhile)
    {
        cluster.brokers.keySet().forEach((id) -> onOpening(id, (opening) ->
        {
            if (cluster.leaderOf(orders) == opening && slow < 0)
            {
                slow = opening;
                meanwhile.accept(opening);
            }
        }));
    }

    private void onOpening(final int id, final IntConsumer meanwhile)
    {
        cluster.stores.get(id).opening((key) -> cluster.whileDiskIsBusy(id, () ->
        {
            meanwhile.accept(id);
            isOpened = true;
        }));
    }

    private void produce(final long key, final long sequence, final String value)
    {
        final Broker leader = cluster.brokers.get(cluster.leaderOf(key));
        assertThat(cluster.client().produce(leader, key, ACKS_ALL, sequence, value)).isNotNegative();
    }
}
