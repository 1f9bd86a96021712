package io.syncline.client;

import io.syncline.protocol.Codes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(30)
class AdminTest
{
    private final ScriptedCluster cluster = new ScriptedCluster(3, 2);

    @Test
    void shouldCreateATopicAndSeeIt()
    {
        cluster.hasTopic = false;
        try (Admin admin = Admin.connect(cluster.configure(new Admin.Context())))
        {
            assertThat(admin.listTopics()).isEmpty();
            final TopicInfo topic = admin.createTopic(ScriptedCluster.TOPIC, 2, 3);
            assertThat(topic.topicId()).isEqualTo(ScriptedCluster.TOPIC_ID);
            assertThat(topic.partitions()).hasSize(2);
            assertThat(admin.listTopics()).containsExactly(ScriptedCluster.TOPIC);
            assertThat(admin.describeCluster().brokers()).extracting(BrokerInfo::brokerId).containsExactly(1, 2, 3);
        }
    }

    @Test
    void shouldPassOnWhatTheControllerRefuses()
    {
        try (Admin admin = Admin.connect(cluster.configure(new Admin.Context())))
        {
            assertThatThrownBy(() -> admin.createTopic("wide", 1, 5))
                .isInstanceOf(ClientException.class)
                .hasMessageContaining("NOT_ENOUGH_BROKERS").hasMessageContaining("wide")
                .hasMessageContaining("5 replicas, 3 brokers")
                .satisfies((ex) -> assertThat(((ClientException)ex).code()).isEqualTo(Codes.NOT_ENOUGH_BROKERS));
        }
    }

    @Test
    void shouldAskAnotherBrokerWhenOneIsLost()
    {
        try (Admin admin = Admin.connect(cluster.configure(new Admin.Context())))
        {
            for (int i = 0; i < 3; i++)
            {
                admin.describeCluster();
            }
            cluster.broker(1).kill();
            cluster.broker(2).kill();
            assertThat(admin.createTopic(ScriptedCluster.TOPIC, 1, 3).name()).isEqualTo(ScriptedCluster.TOPIC);
        }
    }

    @Test
    void shouldSayWhichBootstrapDidNotAnswer()
    {
        cluster.brokers.forEach(ScriptedBroker::kill);
        assertThatThrownBy(() -> Admin.connect(
            cluster.configure(new Admin.Context()).connectTimeoutNs(1_000_000_000L)))
            .isInstanceOf(ClientException.class)
            .hasMessageContaining("NOT_CONNECTED").hasMessageContaining("localhost:9001").hasMessageContaining("1000 ms");
    }

    @Test
    void shouldRefuseImpossibleSettingsBeforeAnythingIsOpened()
    {
        assertThatThrownBy(() -> Producer.connect(new Producer.Context().bootstrap("localhost:1").maxInFlight(6)))
            .hasMessageContaining("maxInFlight 6");
        assertThatThrownBy(() -> Producer.connect(new Producer.Context())).hasMessageContaining("bootstrap");
        assertThatThrownBy(() -> Consumer.connect(new Consumer.Context().bootstrap("nowhere")))
            .hasMessageContaining("'nowhere'");
    }
}
