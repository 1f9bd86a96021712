package io.syncline.controller;

import io.syncline.metadata.ControllerRequest.CreateTopic;
import io.syncline.metadata.PartitionState;
import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(60)
class ControllerTest
{
    private static final long KEY = PartitionKey.of(1, 0);

    @TempDir
    File directory;

    @Test
    void shouldFenceABrokerWhoseSessionLapsesAndTellTheOthersWhoLeads()
    {
        try (Controller controller = Controller.launch(context());
            BrokerStandIn first = new BrokerStandIn(1, controller, false);
            BrokerStandIn second = new BrokerStandIn(2, controller, true))
        {
            await(() -> first.isRegistered() && second.isRegistered(), first, second);
            final long created = first.send(new CreateTopic("t", 1, 2, Map.of()));
            await(() -> first.codes.containsKey(created) && second.image.partition(KEY) != null, first, second);
            assertThat(first.codes.get(created)).isEqualTo(Codes.OK);
            assertThat(first.values.get(created)).isEqualTo(1L);
            assertThat(second.image.partition(KEY).leader()).isEqualTo(1);

            final long startNs = System.nanoTime();
            first.session.abandon();
            await(() -> second.image.broker(1).fenced(), second);
            // Only the session's time-out told the controller.
            assertThat(System.nanoTime() - startNs).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(1_500));

            final PartitionState partition = second.image.partition(KEY);
            assertThat(partition.leader()).isEqualTo(2);
            assertThat(partition.isr()).isEqualTo(List.of(2));
            assertThat(partition.leaderEpoch()).isEqualTo(1);
        }
    }

    /** A woken broker waited two seconds for its client's time-outs, and told of the time before its sleep meanwhile. */
    @Test
    void aBrokerThatStoodStillForTheSessionTimeoutRegistersAgainAtOnce()
    {
        try (Controller controller = Controller.launch(context());
            BrokerStandIn broker = new BrokerStandIn(1, controller, false))
        {
            await(broker::isRegistered, broker);
            final long before = broker.incarnation;

            final long wakesNs = System.nanoTime();
            broker.session.keepAlive(wakesNs + TimeUnit.SECONDS.toNanos(2));
            broker.session.poll(wakesNs);
            assertThat(broker.session.isConnected()).isFalse();
            assertThat(broker.log.get(broker.log.size() - 1)).contains("stood still for 2", "broker.session.timeout is 2000 ms");

            await(() -> broker.isRegistered() && broker.incarnation > before, broker);
            assertThat(System.nanoTime() - wakesNs).isLessThan(TimeUnit.SECONDS.toNanos(2));
        }
    }

    @Test
    void aBrokerThatTurnsKeepsItsSession()
    {
        try (Controller controller = Controller.launch(context());
            BrokerStandIn broker = new BrokerStandIn(1, controller, false))
        {
            await(broker::isRegistered, broker);
            final long nowNs = System.nanoTime();
            broker.session.keepAlive(nowNs + TimeUnit.MILLISECONDS.toNanos(1_900));
            broker.session.keepAlive(nowNs + TimeUnit.MILLISECONDS.toNanos(3_800));
            broker.session.poll(nowNs);
            assertThat(broker.session.isConnected()).isTrue();
        }
    }

    @Test
    void shouldKeepItsStateOverARestartWithAndWithoutASnapshot()
    {
        for (final boolean snapshot : new boolean[]{ false, true, false })
        {
            try (Controller controller = Controller.launch(context());
                BrokerStandIn broker = new BrokerStandIn(1, controller, false))
            {
                await(broker::isRegistered, broker);
                final int topics = broker.image.topics().size();
                final long created = broker.send(new CreateTopic("topic-" + topics, 3, 1, Map.of()));
                await(() -> broker.codes.containsKey(created), broker);
                assertThat(broker.values.get(created)).isEqualTo(topics + 1L);
                if (snapshot)
                {
                    assertThat(controller.requestSnapshot()).isTrue();
                    await(() -> controller.snapshotCount() > 0, broker);
                }
            }
        }
        try (Controller controller = Controller.launch(context());
            BrokerStandIn broker = new BrokerStandIn(1, controller, false))
        {
            await(broker::isRegistered, broker);
            assertThat(broker.image.topics()).hasSize(3);
            assertThat(broker.image.partitions()).hasSize(9);
            assertThat(broker.image.partitions()).allMatch((partition) -> partition.leader() == 1);
            assertThat(broker.incarnation).isEqualTo(4);
        }
    }

    @Test
    void shouldRefuseADirectoryInUseAndLeaveNothingBehind()
    {
        final ControllerContext context = context();
        final String aeronDirectory;
        try (Controller controller = Controller.launch(context))
        {
            aeronDirectory = controller.aeronDirectoryName();
            assertThatThrownBy(() -> Controller.launch(context()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(directory.getPath())
                .hasMessageContaining("in use");
            assertThatThrownBy(() -> Controller.launch(context)).isInstanceOf(IllegalStateException.class);
            assertThat(new File(aeronDirectory)).exists();
        }
        assertThat(new File(aeronDirectory)).doesNotExist();
        await(() -> Thread.getAllStackTraces().keySet().stream().noneMatch((thread) ->
            thread.getName().contains("consensus") || thread.getName().contains("archive") ||
            thread.getName().contains("syncline-controller") || thread.getName().contains("driver-")));
    }

    private ControllerContext context()
    {
        return new ControllerContext().directory(directory);
    }

    private static void await(final BooleanSupplier condition, final BrokerStandIn... brokers)
    {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
        while (!condition.getAsBoolean())
        {
            for (final BrokerStandIn broker : brokers)
            {
                broker.poll();
            }
            LockSupport.parkNanos(200_000);
            assertThat(System.nanoTime() - deadlineNs).as("waited too long; heard %s",
                List.of(brokers).stream().map((broker) -> broker.log).toList()).isNegative();
        }
    }
}
