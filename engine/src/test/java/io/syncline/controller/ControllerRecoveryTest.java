package io.syncline.controller;

import io.syncline.metadata.ControllerRequest.CreateTopic;
import io.syncline.protocol.Codes;
import org.agrona.CloseHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(90)
class ControllerRecoveryTest
{
    private static final int MEMBERS = 3;

    @TempDir
    File directory;

    @Test
    void shouldStartAtOnceOnWhatAKilledProcessLeaves() throws IOException
    {
        final File left = new File(directory, "left");
        try (Controller controller = Controller.launch(
            new ControllerContext().directory(new File(directory, "live")).fileSyncLevel(0));
            BrokerStandIn broker = new BrokerStandIn(1, controller, false))
        {
            await(broker::isRegistered, broker);
            final long created = broker.send(new CreateTopic("t", 2, 1, Map.of()));
            await(() -> broker.codes.containsKey(created), broker);
            // What the page cache would hold after a kill: live mark files and all.
            copy(new File(directory, "live").toPath(), left.toPath());
        }
        try (Controller controller = Controller.launch(new ControllerContext().directory(left));
            BrokerStandIn broker = new BrokerStandIn(1, controller, false))
        {
            await(broker::isRegistered, broker);
            assertThat(broker.image.topic("t")).isNotNull();
            assertThat(broker.incarnation).isEqualTo(2);
        }
    }

    @Test
    void shouldGoOnWithAQuorumWhenTheLeaderOfThreeMembersIsGone() throws SocketException
    {
        final String voters = FreePorts.voters(MEMBERS);
        final List<Controller> members = new ArrayList<>();
        try
        {
            for (int id = 0; id < MEMBERS; id++)
            {
                members.add(Controller.launch(new ControllerContext()
                    .directory(new File(directory, "member-" + id))
                    .memberId(id)
                    .voters(voters)));
            }
            await(() -> members.stream().anyMatch(Controller::isLeader));
            final Controller leader = members.stream().filter(Controller::isLeader).findFirst().orElseThrow();
            final Controller follower = members.stream().filter((member) -> member != leader).findFirst().orElseThrow();
            try (BrokerStandIn broker =
                new BrokerStandIn(1, follower.aeronDirectoryName(), follower.ingressEndpoints(), true))
            {
                await(broker::isRegistered, broker);
                final long first = broker.send(new CreateTopic("before", 1, 1, Map.of()));
                await(() -> broker.codes.containsKey(first), broker);
                final long incarnation = broker.incarnation;

                leader.close();
                members.remove(leader);
                await(() -> members.stream().anyMatch(Controller::isLeader), broker);
                final CreateTopic request = new CreateTopic("after", 1, 1, Map.of());
                await(() -> broker.image.topic("after") != null ||
                    (broker.session.send(1000, request) == Codes.OK && broker.image.topic("after") != null), broker);
                assertThat(broker.image.topic("before")).isNotNull();
                assertThat(broker.incarnation).isEqualTo(incarnation);
            }
        }
        finally
        {
            CloseHelper.closeAll(members);
        }
    }

    private static void copy(final Path from, final Path to) throws IOException
    {
        try (Stream<Path> paths = Files.walk(from))
        {
            for (final Path path : paths.toList())
            {
                Files.copy(path, to.resolve(from.relativize(path)));
            }
        }
    }

    private static void await(final BooleanSupplier condition, final BrokerStandIn... brokers)
    {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
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
