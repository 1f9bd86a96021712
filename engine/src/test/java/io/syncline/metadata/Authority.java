package io.syncline.metadata;

import io.syncline.metadata.ControllerRequest.AlterIsr;
import io.syncline.metadata.ControllerRequest.CreateTopic;
import io.syncline.metadata.ControllerRequest.LedPartition;
import io.syncline.metadata.ControllerRequest.RegisterBroker;
import io.syncline.metadata.ControllerRequest.ReportSilence;
import io.syncline.protocol.PartitionKey;

import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/** The deciding side alone, as tests of single rules need it: every decision is applied at once. */
final class Authority
{
    final ClusterState state = new ClusterState();
    long nowMs = 1_000;
    private long nextSessionId = 100;

    Decision ask(final long sessionId, final ControllerRequest request)
    {
        return applied(Decider.decide(request, sessionId, state, nowMs));
    }

    Decision ask(final ControllerRequest request)
    {
        return ask(-1, request);
    }

    Decision applied(final Decision decision)
    {
        decision.events().forEach(state::apply);
        return decision;
    }

    Decision register(final int brokerId, final String rack, final String directoryId, final boolean lossy)
    {
        return ask(nextSessionId++, new RegisterBroker(
            brokerId, "cluster", directoryId, lossy, "client-" + brokerId, "peer-" + brokerId, rack, Map.of()));
    }

    void start(final int... brokerIds)
    {
        for (final int brokerId : brokerIds)
        {
            assertThat(register(brokerId, "", "dir-" + brokerId, false).isAccepted()).isTrue();
        }
    }

    Decision kill(final int brokerId)
    {
        return applied(Decider.sessionClosed(session(brokerId), state, nowMs));
    }

    long session(final int brokerId)
    {
        return state.broker(brokerId).sessionId();
    }

    /** A topic of one partition on all live brokers. */
    long topic(final int replicationFactor, final int minIsr)
    {
        final Decision decision = ask(new CreateTopic(
            "t" + state.nextTopicId(), 1, replicationFactor, Map.of("min.insync.replicas", Integer.toString(minIsr))));
        assertThat(decision.isAccepted()).as(decision.message()).isTrue();
        return PartitionKey.of(decision.value(), 0);
    }

    PartitionState partition(final long key)
    {
        return state.partition(key);
    }

    AlterIsr wish(final long key, final Integer... isr)
    {
        final PartitionState partition = partition(key);
        return new AlterIsr(key, partition.leaderEpoch(), partition.partitionEpoch(), List.of(isr),
            List.of(isr).stream().map((id) -> state.broker(id).incarnation()).toList());
    }

    Decision alter(final long key, final Integer... isr)
    {
        return ask(session(partition(key).leader()), wish(key, isr));
    }

    Decision silent(final int reporter, final long key)
    {
        final PartitionState partition = partition(key);
        return ask(session(reporter), new ReportSilence(
            partition.leader(), List.of(new LedPartition(key, partition.leaderEpoch()))));
    }
}
