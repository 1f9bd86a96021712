package io.syncline.metadata;

import io.syncline.metadata.ControllerRequest.CommitOffset;
import io.syncline.metadata.ControllerRequest.CommittedOffset;
import io.syncline.metadata.ControllerRequest.CreateTopic;
import io.syncline.metadata.ControllerRequest.DeleteTopic;
import io.syncline.metadata.ControllerRequest.InitProducer;
import io.syncline.metadata.ControllerRequest.RegisterBroker;
import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(10)
class TopicRulesTest
{
    private final Authority authority = new Authority();

    @ParameterizedTest
    @ValueSource(strings = { "", ".", "..", "a b", "a/b", "ä", "a\n" })
    void shouldRefuseNamesThatAreNone(final String name)
    {
        authority.start(1);
        final Decision decision = authority.ask(new CreateTopic(name, 1, 1, Map.of()));
        assertThat(decision.code()).isEqualTo(Codes.INVALID_REQUEST);
        assertThat(decision.message()).contains("'" + name + "'").contains("letters");
        assertThat(authority.ask(new CreateTopic("n".repeat(250), 1, 1, Map.of())).code()).isEqualTo(Codes.INVALID_REQUEST);
    }

    @Test
    void shouldRefuseCountsThatCannotBe()
    {
        authority.start(1, 2);
        assertThat(authority.ask(new CreateTopic("t", 0, 1, Map.of())).code()).isEqualTo(Codes.INVALID_REQUEST);
        assertThat(authority.ask(new CreateTopic("t", 1 << 20, 1, Map.of())).code()).isEqualTo(Codes.INVALID_REQUEST);
        assertThat(authority.ask(new CreateTopic("t", 1, 0, Map.of())).code()).isEqualTo(Codes.INVALID_REQUEST);
        final Decision tooMany = authority.ask(new CreateTopic("t", 1, 3, Map.of()));
        assertThat(tooMany.code()).isEqualTo(Codes.NOT_ENOUGH_BROKERS);
        assertThat(tooMany.message()).contains("3").contains("2").contains("'t'");
        final Decision minIsr = authority.ask(new CreateTopic("t", 1, 2, Map.of("min.insync.replicas", "3")));
        assertThat(minIsr.code()).isEqualTo(Codes.INVALID_REQUEST);
        assertThat(minIsr.message()).contains("min.insync.replicas=3").contains("replication factor 2");
        assertThat(authority.state.topics()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "min.insync.replicas,0", "min.insync.replicas,two", "durability,perhaps", "retention.bytes,12q", "retention.time,12",
        "segment.bytes,0", "segment.bytes,-1", "cleanup.policy,compact", "retention.bytes,99999999999g", "retention.time,''" })
    void shouldRefuseSettingsItDoesNotKnowOrCannotRead(final String setting, final String value)
    {
        authority.start(1);
        final Decision decision = authority.ask(new CreateTopic("t", 1, 1, Map.of(setting, value)));
        assertThat(decision.code()).isEqualTo(Codes.INVALID_REQUEST);
        assertThat(decision.message()).contains(setting);
    }

    @Test
    void shouldReadSettingsWithTheirUnits()
    {
        final Map<String, String> config = Map.of("durability", "fsynced", "retention.bytes", "2g", "retention.time", "12h",
            "segment.bytes", "64m", "min.insync.replicas", "1");
        authority.start(1);
        assertThat(authority.ask(new CreateTopic("t", 1, 1, config)).isAccepted()).isTrue();
        final Map<String, String> kept = authority.state.topic("t").config();
        assertThat(TopicConfig.isFsynced(kept)).isTrue();
        assertThat(TopicConfig.retentionBytes(kept)).isEqualTo(2L << 30);
        assertThat(TopicConfig.retentionTimeNs(kept)).isEqualTo(12 * 3_600_000_000_000L);
        assertThat(TopicConfig.segmentBytes(kept)).isEqualTo(64 << 20);
        assertThat(TopicConfig.retentionBytes(Map.of())).isEqualTo(-1);
    }

    @Test
    void r8_5_neverUsesATopicIdTwice()
    {
        authority.start(1);
        final long first = authority.ask(new CreateTopic("t", 2, 1, Map.of())).value();
        assertThat(authority.ask(new CreateTopic("t", 2, 1, Map.of())).code()).isEqualTo(Codes.TOPIC_EXISTS);
        authority.ask(new CommitOffset("g", PartitionKey.of(first, 1), 5));
        assertThat(authority.ask(new DeleteTopic("t")).value()).isEqualTo(first);
        assertThat(authority.state.partitions()).isEmpty();
        assertThat(authority.ask(new DeleteTopic("t")).code()).isEqualTo(Codes.UNKNOWN_TOPIC);
        assertThat(authority.ask(new CreateTopic("t", 2, 1, Map.of())).value()).isGreaterThan(first);
        assertThat(authority.ask(new CommittedOffset("g", PartitionKey.of(first, 1))).value()).isEqualTo(-1);
    }

    @Test
    void shouldFillInTheClustersDefaultsWhenATopicIsCreated()
    {
        authority.start(1);
        authority.ask(77, new RegisterBroker(2, "cluster", "dir-2", false, "c", "r", "",
            Map.of("default.replication.factor", "1", "min.insync.replicas", "1")));
        authority.ask(new CreateTopic("t", 1, -1, Map.of()));
        final PartitionState partition = authority.partition(PartitionKey.of(1, 0));
        assertThat(partition.replicas()).hasSize(1);
        assertThat(authority.state.topic("t").config()).containsEntry("min.insync.replicas", "1");
        assertThat(authority.ask(78, new RegisterBroker(3, "cluster", "d", false, "c", "r", "", Map.of("x", "y"))).code())
            .isEqualTo(Codes.INVALID_REQUEST);
    }

    @Test
    void shouldSpreadLeadersAndReplicasOverBrokers()
    {
        authority.start(1, 2, 3, 4, 5);
        authority.ask(new CreateTopic("t", 100, 3, Map.of()));
        final Map<Integer, Integer> leaders = new HashMap<>();
        final Map<Integer, Integer> replicas = new HashMap<>();
        for (final PartitionState partition : authority.state.partitions())
        {
            leaders.merge(partition.leader(), 1, Integer::sum);
            partition.replicas().forEach((id) -> replicas.merge(id, 1, Integer::sum));
            assertThat(partition.replicas()).doesNotHaveDuplicates().hasSize(3);
            assertThat(partition.isr()).isEqualTo(partition.replicas());
        }
        assertThat(leaders.values()).hasSize(5).allMatch((count) -> count == 20);
        assertThat(replicas.values()).hasSize(5).allMatch((count) -> count >= 58 && count <= 62);
    }

    @Test
    void shouldSpreadTheReplicasOfAPartitionOverRacks()
    {
        for (int brokerId = 1; brokerId <= 6; brokerId++)
        {
            authority.register(brokerId, "rack-" + brokerId % 3, "dir-" + brokerId, false);
        }
        authority.ask(new CreateTopic("t", 60, 3, Map.of()));
        for (final PartitionState partition : authority.state.partitions())
        {
            final var racks = new HashSet<String>();
            partition.replicas().forEach((id) -> racks.add(authority.state.broker(id).rack()));
            assertThat(racks).hasSize(3);
        }
    }

    @Test
    void shouldPlaceNothingOnBrokersThatAreFenced()
    {
        authority.start(1, 2, 3);
        authority.kill(2);
        authority.ask(new CreateTopic("t", 10, 2, Map.of()));
        assertThat(authority.state.partitions()).hasSize(10).allMatch((partition) -> !partition.replicas().contains(2));
    }

    @Test
    void shouldGiveAProducersNameItsIdWithAHigherEpoch()
    {
        final long first = authority.ask(new InitProducer("orders")).value();
        final long again = authority.ask(new InitProducer("orders")).value();
        final long unnamed = authority.ask(new InitProducer("")).value();
        final long unnamed2 = authority.ask(new InitProducer("")).value();
        assertThat(InitProducer.producerId(again)).isEqualTo(InitProducer.producerId(first));
        assertThat(InitProducer.producerEpoch(first)).isZero();
        assertThat(InitProducer.producerEpoch(again)).isEqualTo(1);
        assertThat(InitProducer.producerId(unnamed)).isNotEqualTo(InitProducer.producerId(first));
        assertThat(InitProducer.producerId(unnamed2)).isNotEqualTo(InitProducer.producerId(unnamed));
    }

    @Test
    void shouldKeepAGroupsOffsets()
    {
        authority.start(1);
        final long key = authority.topic(1, 1);
        assertThat(authority.ask(new CommittedOffset("g", key)).value()).isEqualTo(-1);
        assertThat(authority.ask(new CommitOffset("g", key, 12)).isAccepted()).isTrue();
        assertThat(authority.ask(new CommitOffset("g", key, 5)).isAccepted()).isTrue();
        assertThat(authority.ask(new CommittedOffset("g", key)).value()).isEqualTo(5);
        assertThat(authority.ask(new CommittedOffset("h", key)).value()).isEqualTo(-1);
        assertThat(authority.ask(new CommitOffset("g", key, -1)).code()).isEqualTo(Codes.INVALID_REQUEST);
        assertThat(authority.ask(new CommitOffset("g", PartitionKey.of(99, 0), 1)).code()).isEqualTo(Codes.UNKNOWN_PARTITION);
    }
}
