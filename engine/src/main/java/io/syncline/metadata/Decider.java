package io.syncline.metadata;

import io.syncline.metadata.ControllerRequest.AlterIsr;
import io.syncline.metadata.ControllerRequest.CommitOffset;
import io.syncline.metadata.ControllerRequest.CommittedOffset;
import io.syncline.metadata.ControllerRequest.CreateTopic;
import io.syncline.metadata.ControllerRequest.DeleteTopic;
import io.syncline.metadata.ControllerRequest.ElectLeader;
import io.syncline.metadata.ControllerRequest.HandOver;
import io.syncline.metadata.ControllerRequest.InitProducer;
import io.syncline.metadata.ControllerRequest.Reassign;
import io.syncline.metadata.ControllerRequest.RegisterBroker;
import io.syncline.metadata.ControllerRequest.ReplicaLost;
import io.syncline.metadata.ControllerRequest.ReportSilence;
import io.syncline.metadata.ControllerRequest.ShutDownBroker;
import io.syncline.metadata.MetadataEvent.OffsetCommitted;
import io.syncline.metadata.MetadataEvent.ProducerInitialised;
import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;

import java.util.List;

/**
 * The controller's judgement, without memory of its own: the same state, request, sender and time give the same
 * decision, at every member of a quorum and in every replay.
 */
public final class Decider
{
    private Decider()
    {
    }

    /**
     * Decides. Nothing is changed: the caller applies the decision's events.
     *
     * @param request   what is asked
     * @param sessionId controller session it came over
     * @param state     as it is
     * @param nowMs     cluster time
     * @return events and answer
     */
    public static Decision decide(
        final ControllerRequest request, final long sessionId, final ClusterState state, final long nowMs)
    {
        if (request instanceof CommitOffset commit)
        {
            return commit(commit, state);
        }
        if (request instanceof CommittedOffset committed)
        {
            return Decision.accepted(List.of(), state.committedOffset(committed.group(), committed.key()));
        }
        if (request instanceof InitProducer init)
        {
            return initProducer(init, state);
        }
        if (request instanceof CreateTopic create)
        {
            return TopicRegistry.create(create, state, nowMs);
        }
        if (request instanceof DeleteTopic delete)
        {
            return TopicRegistry.delete(delete, state);
        }
        if (request instanceof ElectLeader elect)
        {
            return Reassignment.electLeader(elect, state, nowMs);
        }
        if (request instanceof Reassign reassign)
        {
            return Reassignment.reassign(reassign, state, nowMs);
        }
        if (request instanceof RegisterBroker register)
        {
            return BrokerRegistry.register(register, sessionId, state, nowMs);
        }
        return decideForBroker(request, sessionId, state, nowMs);
    }

    /**
     * A session ended, by time-out or because its owner closed it: the broker that speaks over it is fenced (R5.1).
     *
     * @param sessionId of the controller
     * @param state     as it is
     * @param nowMs     cluster time
     * @return events; none where no broker spoke over the session
     */
    public static Decision sessionClosed(final long sessionId, final ClusterState state, final long nowMs)
    {
        return BrokerRegistry.sessionClosed(sessionId, state, nowMs);
    }

    private static Decision decideForBroker(
        final ControllerRequest request, final long sessionId, final ClusterState state, final long nowMs)
    {
        final BrokerState sender = state.brokerOfSession(sessionId);
        if (sender == null)
        {
            return Decision.refused(Codes.FENCED, request.getClass().getSimpleName() +
                " came over a session without a live broker: register first");
        }
        if (request instanceof AlterIsr alter)
        {
            return InSyncReplicas.alter(alter, sender, state, nowMs);
        }
        if (request instanceof HandOver handOver)
        {
            return HandOvers.handOver(handOver, sender, state, nowMs);
        }
        if (request instanceof ReplicaLost lost)
        {
            return LostReplica.lost(lost, sender, state, nowMs);
        }
        if (request instanceof ReportSilence report)
        {
            return SilentLeader.report(report, sender, state, nowMs);
        }
        if (request instanceof ShutDownBroker shutDown)
        {
            return shutDown.brokerId() == sender.brokerId() ?
                BrokerRegistry.shutDown(sender, state, nowMs) :
                Decision.refused(Codes.INVALID_REQUEST, "broker " + sender.brokerId() + " cannot shut down broker " +
                    shutDown.brokerId() + ": a broker speaks for itself");
        }
        throw new IllegalArgumentException("no decision for " + request);
    }

    private static Decision initProducer(final InitProducer request, final ClusterState state)
    {
        final ProducerInitialised before = request.name().isEmpty() ? null : state.producer(request.name());
        final ProducerInitialised next = before == null || before.producerEpoch() + 1 == InitProducer.MAX_EPOCHS ?
            new ProducerInitialised(request.name(), state.nextProducerId(), 0) :
            new ProducerInitialised(request.name(), before.producerId(), before.producerEpoch() + 1);
        return Decision.accepted(List.of(next), InitProducer.value(next.producerId(), next.producerEpoch()));
    }

    private static Decision commit(final CommitOffset request, final ClusterState state)
    {
        if (state.partition(request.key()) == null)
        {
            return Decision.refused(Codes.UNKNOWN_PARTITION, "group '" + request.group() + "' commits to partition " +
                PartitionKey.toString(request.key()) + ", which does not exist: its topic was deleted");
        }
        if (request.committedOffset() < 0 || request.group().isEmpty())
        {
            return Decision.refused(Codes.INVALID_REQUEST, "group '" + request.group() + "' commits offset " +
                request.committedOffset() + ": a group needs a name and the offset must not be negative");
        }
        return Decision.accepted(
            List.of(new OffsetCommitted(request.group(), request.key(), request.committedOffset())),
            request.committedOffset());
    }
}
