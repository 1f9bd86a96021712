package io.syncline.metadata;

import io.syncline.metadata.ControllerRequest.AlterIsr;
import io.syncline.metadata.ControllerRequest.CommitOffset;
import io.syncline.metadata.ControllerRequest.CreateTopic;
import io.syncline.metadata.ControllerRequest.DeleteTopic;
import io.syncline.metadata.ControllerRequest.ElectLeader;
import io.syncline.metadata.ControllerRequest.HandOver;
import io.syncline.metadata.ControllerRequest.InitProducer;
import io.syncline.metadata.ControllerRequest.LedPartition;
import io.syncline.metadata.ControllerRequest.Reassign;
import io.syncline.metadata.ControllerRequest.RegisterBroker;
import io.syncline.metadata.ControllerRequest.ReplicaLost;
import io.syncline.metadata.ControllerRequest.ReportSilence;
import io.syncline.metadata.ControllerRequest.ShutDownBroker;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

/** Invariants of PROTOCOL over long sequences of random requests, and the same state from the same events. */
@Timeout(60)
class RandomDecisionsTest
{
    private static final int STEPS = 4_000;
    private static final int BROKERS = 5;

    private final Authority authority = new Authority();
    private final ClusterState image = new ClusterState();
    private final Map<Long, PartitionState> before = new HashMap<>();
    private final Map<Integer, Long> incarnations = new HashMap<>();
    private final Set<String> lossy = new HashSet<>();
    private long sessionId = 1_000_000;

    @ParameterizedTest
    @ValueSource(longs = { 1, 2, 3, 4, 5, 6, 7, 8 })
    void shouldHoldTheInvariantsAfterEveryDecision(final long seed)
    {
        final Random random = new Random(seed);
        int accepted = 0;
        for (int step = 0; step < STEPS; step++)
        {
            authority.nowMs += random.nextInt(400);
            final Decision decision = step(random);
            decision.events().forEach(image::apply);
            accepted += decision.isAccepted() ? 1 : 0;
            check("seed " + seed + " step " + step + " " + decision);
        }
        assertThat(accepted).isGreaterThan(STEPS / 4);
        assertThat(events(image)).isEqualTo(events(authority.state));

        final ClusterState restored = new ClusterState();
        authority.state.forEachEvent(restored::apply);
        assertThat(events(restored)).isEqualTo(events(authority.state));
        assertThat(restored.nextTopicId()).isEqualTo(authority.state.nextTopicId());
    }

    private Decision step(final Random random)
    {
        final int brokerId = 1 + random.nextInt(BROKERS);
        final BrokerState broker = authority.state.broker(brokerId);
        final long session = broker == null ? -1 : broker.sessionId();
        final List<PartitionState> partitions = List.copyOf(authority.state.partitions());
        final PartitionState partition = partitions.isEmpty() ? null : partitions.get(random.nextInt(partitions.size()));
        switch (random.nextInt(14))
        {
            case 0, 1 ->
            {
                final boolean isLossy = random.nextInt(3) == 0;
                final boolean continues = random.nextInt(4) == 0 && broker != null;
                final Decision decision = authority.ask(sessionId++, new RegisterBroker(brokerId, "c",
                    random.nextInt(10) == 0 ? "new-" + sessionId : "dir", isLossy && !continues, "c", "r", "r" + brokerId % 2,
                    Map.of(), continues ? broker.incarnation() : -1, -1, List.of(7L)));
                if (decision.isAccepted() && isLossy && !continues)
                {
                    authority.state.partitions().forEach((each) -> lossy.add(each.key() + "/" + brokerId));
                }
                return decision;
            }
            case 2 ->
            {
                return authority.applied(Decider.sessionClosed(session, authority.state, authority.nowMs));
            }
            case 3 ->
            {
                return authority.ask(session, new ShutDownBroker(brokerId));
            }
            case 4 ->
            {
                final int replicas = 1 + random.nextInt(3);
                return authority.ask(new CreateTopic("t" + random.nextInt(6), 1 + random.nextInt(4), replicas,
                    Map.of("min.insync.replicas", Integer.toString(1 + random.nextInt(replicas)))));
            }
            case 5 ->
            {
                return random.nextInt(4) != 0 ? Decision.NOTHING : authority.ask(new DeleteTopic("t" + random.nextInt(6)));
            }
            case 6 ->
            {
                return authority.ask(new InitProducer("p" + random.nextInt(4)));
            }
            default ->
            {
                return partition == null ? Decision.NOTHING : step(random, brokerId, session, partition);
            }
        }
    }

    private Decision step(final Random random, final int brokerId, final long session, final PartitionState partition)
    {
        final String topic = authority.state.topic(partition.key() >>> 20).name();
        final int number = (int)(partition.key() & 0xFFFFF);
        switch (random.nextInt(10))
        {
            case 9 ->
            {
                final BrokerState broker = authority.state.broker(brokerId);
                final Decision decision = authority.ask(session, new ReplicaLost(
                    brokerId, broker == null ? -1 : broker.incarnation(), partition.key(), partition.leaderEpoch(), true));
                if (decision.isAccepted())
                {
                    lossy.add(partition.key() + "/" + brokerId);
                }
                return decision;
            }
            case 8 ->
            {
                final BrokerState leader = authority.state.broker(partition.leader());
                final BrokerState successor = authority.state.broker(partition.successor());
                return authority.ask(leader == null ? session : leader.sessionId(), new HandOver(
                    partition.key(), partition.leaderEpoch(), partition.successor(),
                    successor == null ? -1 : successor.incarnation(), random.nextInt(4) != 0));
            }
            case 0 ->
            {
                return authority.ask(session, new ReportSilence(
                    partition.leader(), List.of(new LedPartition(partition.key(), partition.leaderEpoch()))));
            }
            case 1 ->
            {
                // Only a clean move: an unclean one gives up I8 on purpose.
                return authority.ask(new ElectLeader(topic, number, brokerId, false));
            }
            case 2 ->
            {
                final List<Integer> target = new ArrayList<>(List.of(brokerId));
                if (random.nextBoolean())
                {
                    target.add(brokerId % BROKERS + 1);
                }
                return authority.ask(new Reassign(topic, number, target));
            }
            case 3 ->
            {
                return authority.ask(new CommitOffset("g", partition.key(), random.nextInt(100)));
            }
            default ->
            {
                final List<Integer> isr = new ArrayList<>();
                final List<Long> known = new ArrayList<>();
                for (final Integer replica : partition.replicas())
                {
                    if (replica == partition.leader() || random.nextInt(3) > 0)
                    {
                        isr.add(replica);
                        final BrokerState state = authority.state.broker(replica);
                        known.add(state == null ? -1 : state.incarnation() - (random.nextInt(10) == 0 ? 1 : 0));
                    }
                }
                final BrokerState leader = authority.state.broker(partition.leader());
                final Decision decision = authority.ask(leader == null ? session : leader.sessionId(), new AlterIsr(
                    partition.key(),
                    partition.leaderEpoch() - (random.nextInt(10) == 0 ? 1 : 0),
                    partition.partitionEpoch() - (random.nextInt(10) == 0 ? 1 : 0),
                    isr,
                    known));
                if (decision.isAccepted())
                {
                    isr.forEach((member) -> lossy.remove(partition.key() + "/" + member));
                }
                return decision;
            }
        }
    }

    private void check(final String what)
    {
        for (final BrokerState broker : authority.state.brokers())
        {
            final Long known = incarnations.put(broker.brokerId(), broker.incarnation());
            assertThat(known == null || known <= broker.incarnation()).as("I2 incarnation, %s", what).isTrue();
        }
        for (final PartitionState partition : authority.state.partitions())
        {
            final PartitionState known = before.put(partition.key(), partition);
            if (partition.equals(known))
            {
                continue;
            }
            final String description = what + " " + known + " -> " + partition;
            if (known != null)
            {
                assertThat(partition.leaderEpoch() >= known.leaderEpoch()).as("I2 %s", description).isTrue();
                assertThat(partition.partitionEpoch() > known.partitionEpoch()).as("I2 %s", description).isTrue();
                assertThat(partition.leader() == known.leader() || partition.leaderEpoch() > known.leaderEpoch())
                    .as("R5.2 epoch of a new leader %s", description).isTrue();
                assertThat(known.successor() < 0 || partition.successor() >= 0 ||
                    partition.leaderEpoch() > known.leaderEpoch()).as("R5.7 a handed-over epoch ends %s", description).isTrue();
            }
            assertThat(partition.replicas().containsAll(partition.isr())).as("I7 %s", description).isTrue();
            assertThat(partition.replicas().containsAll(partition.elr())).as("I7 %s", description).isTrue();
            assertThat(partition.elr().stream().noneMatch(partition.isr()::contains)).as("I7 %s", description).isTrue();
            assertThat(partition.elr().isEmpty() || partition.isr().size() < authority.state.minIsr(partition))
                .as("I7 ELR empty at min ISR %s", description).isTrue();
            assertThat(partition.leader() < 0 ? partition.isr().isEmpty() : partition.isr().contains(partition.leader()))
                .as("I7 leader in ISR %s", description).isTrue();
            assertThat(partition.isr().stream().noneMatch((id) -> authority.state.broker(id).fenced()))
                .as("I7 nobody fenced in ISR %s", description).isTrue();
            assertThat(partition.successor() < 0 || partition.successor() != partition.leader() &&
                partition.isr().contains(partition.successor()) && authority.state.isEligible(partition.successor()))
                .as("R5.7 successor %s", description).isTrue();
            assertThat(partition.isReassigning() && partition.leader() >= 0 && partition.successor() < 0 &&
                partition.isr().containsAll(partition.target()) &&
                (partition.target().contains(partition.leader()) ||
                    partition.target().stream().anyMatch(authority.state::isEligible)))
                .as("R5.7 somebody ends a reassignment %s", description).isFalse();
            for (final int replica : partition.replicas())
            {
                assertThat(lossy.contains(partition.key() + "/" + replica) &&
                    (partition.isr().contains(replica) || partition.elr().contains(replica))).as("I8 %s", description).isFalse();
            }
        }
    }

    private static List<MetadataEvent> events(final ClusterState state)
    {
        final List<MetadataEvent> events = new ArrayList<>();
        state.forEachEvent(events::add);
        return events;
    }
}
