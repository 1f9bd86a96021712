package io.syncline.metadata;

import io.syncline.metadata.ControllerRequest.RegisterBroker;
import io.syncline.metadata.MetadataEvent.BrokerRegistered;
import io.syncline.metadata.MetadataEvent.ClusterNamed;
import io.syncline.metadata.MetadataEvent.DefaultsChanged;
import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;

import java.util.List;

/**
 * Who is alive (R5.1), in which incarnation, and with what it came back (R5.4).
 */
final class BrokerRegistry
{
    private BrokerRegistry()
    {
    }

    static Decision register(
        final RegisterBroker request, final long sessionId, final ClusterState state, final long nowMs)
    {
        final Decision refusal = refusal(request, sessionId, state);
        if (refusal != null)
        {
            return refusal;
        }
        final Draft draft = new Draft(state, nowMs);
        if (state.clusterId().isEmpty())
        {
            draft.add(new ClusterNamed(request.clusterId()));
        }
        if (!request.defaults().isEmpty() && !request.defaults().equals(state.defaults()))
        {
            draft.add(new DefaultsChanged(request.defaults()));
        }
        final BrokerState before = state.broker(request.brokerId());
        final boolean continues = before != null && !before.fenced() &&
            before.incarnation() == request.incarnation() && before.directoryId().equals(request.directoryId());
        if (before != null && !continues)
        {
            if (!before.fenced())
            {
                // It came back before its old session ran out: what the old incarnation held in sync ends here.
                fence(draft, before.brokerId());
            }
            if (request.lossy() || !before.directoryId().equals(request.directoryId()))
            {
                forget(draft, before.brokerId(), !before.directoryId().equals(request.directoryId()));
            }
        }
        final long incarnation = continues ? before.incarnation() : state.nextIncarnation();
        draft.register(new BrokerRegistered(
            request.brokerId(),
            incarnation,
            sessionId,
            request.directoryId(),
            request.starts().isEmpty() ? BrokerState.NO_START : request.starts().get(request.starts().size() - 1),
            request.clientEndpoint(),
            request.replicationEndpoint(),
            request.rack()));
        if (continues && before.shuttingDown())
        {
            draft.shuttingDown(before.brokerId());
        }
        electWhereOffline(draft, request.brokerId());
        return Decision.accepted(draft.events(), incarnation);
    }

    private static Decision refusal(final RegisterBroker request, final long sessionId, final ClusterState state)
    {
        if (request.brokerId() < 0)
        {
            return Decision.refused(Codes.INVALID_REQUEST, "node.id=" + request.brokerId() + " is negative: give 0 or more");
        }
        if (request.clusterId().isEmpty())
        {
            return Decision.refused(Codes.INVALID_REQUEST, "broker " + request.brokerId() + " comes without cluster.id: set it");
        }
        if (!state.clusterId().isEmpty() && !state.clusterId().equals(request.clusterId()))
        {
            return Decision.refused(Codes.INVALID_REQUEST, "broker " + request.brokerId() + " belongs to cluster '" +
                request.clusterId() + "', this is cluster '" + state.clusterId() +
                "': check cluster.id and controller.quorum.voters");
        }
        for (final var setting : request.defaults().entrySet())
        {
            final String defect = defectOfDefault(setting.getKey(), setting.getValue());
            if (defect != null)
            {
                return Decision.refused(Codes.INVALID_REQUEST, "broker " + request.brokerId() + ": " + defect);
            }
        }
        if (request.recordedIncarnation() >= state.nextIncarnation())
        {
            // Numbers that these controllers have not given yet: what the directory holds belongs to topics that they
            // do not know, and theirs would get the same ids and, with them, its logs (R8.5).
            return Decision.refused(Codes.FENCED, "broker " + request.brokerId() + " was registered as incarnation " +
                request.recordedIncarnation() + ", these controllers come to " + state.nextIncarnation() +
                " next: they have lost what they knew, or are others'; restore a controller's directory, check " +
                "controller.quorum.voters, or give the broker an empty log.dir");
        }
        final BrokerState before = state.broker(request.brokerId());
        if (before != null && !before.fenced() && before.sessionId() != sessionId &&
            !before.directoryId().equals(request.directoryId()))
        {
            return Decision.refused(Codes.FENCED, "broker " + request.brokerId() + " is alive with directory " +
                before.directoryId() + ", this one has directory " + request.directoryId() +
                ": two nodes have the same node.id, give one of them another (or wait for broker.session.timeout if that broker" +
                " was stopped and its directory replaced)");
        }
        if (before != null && before.directoryId().equals(request.directoryId()) && before.start() != BrokerState.NO_START &&
            !request.starts().contains(before.start()))
        {
            // A process writes its start down before it asks: only a directory as it was earlier does not know of this one
            // (D3). Or the asking process is an earlier one, and what it sent is late: that must cost its successor
            // nothing, so it is refused, and not taken for another directory.
            return Decision.refused(Codes.FENCED, "broker " + request.brokerId() + " with directory " +
                before.directoryId() + " was registered last by its start " + Long.toHexString(before.start()) +
                ", this one knows of " + request.starts().stream().map(Long::toHexString).toList() +
                ": it is an older copy, and what was acknowledged since is not in it; put back the directory that was " +
                "in use last, or give the broker an empty log.dir; where no other copy is left, delete the file " +
                "'state' in this log.dir: it then counts as another directory, which leads when an operator elects it " +
                "(topic elect --unclean)");
        }
        final BrokerState ofSession = state.brokerOfSession(sessionId);
        if (ofSession != null && ofSession.brokerId() != request.brokerId())
        {
            return Decision.refused(Codes.INVALID_REQUEST, "this session already speaks for broker " + ofSession.brokerId() +
                ", it cannot register broker " + request.brokerId() + ": open a session of its own");
        }
        return null;
    }

    private static String defectOfDefault(final String key, final String value)
    {
        if (TopicConfig.DEFAULT_REPLICATION_FACTOR.equals(key))
        {
            return value.matches("[1-9][0-9]{0,4}") ? null : key + "=" + value + " is not a number from 1";
        }
        return TopicConfig.defect(key, value);
    }

    static Decision sessionClosed(final long sessionId, final ClusterState state, final long nowMs)
    {
        final BrokerState broker = state.brokerOfSession(sessionId);
        if (broker == null)
        {
            return Decision.NOTHING;
        }
        final Draft draft = new Draft(state, nowMs);
        fence(draft, broker.brokerId());
        return Decision.accepted(draft.events(), -1);
    }

    /**
     * Its leaderships are handed over, to members that are not leaving themselves (R5.7); it leaves the ISRs where it
     * follows at once, and where it led with the hand-over.
     */
    static Decision shutDown(final BrokerState sender, final ClusterState state, final long nowMs)
    {
        final Draft draft = new Draft(state, nowMs);
        if (!sender.shuttingDown())
        {
            draft.shuttingDown(sender.brokerId());
        }
        int led = 0;
        for (final PartitionState partition : List.copyOf(state.partitions()))
        {
            if (partition.leader() == sender.brokerId())
            {
                final PartitionState begun = HandOvers.begun(draft, partition, partition.replicas());
                if (begun != partition)
                {
                    draft.put(begun.raised());
                }
                // Worth waiting for: a live replica may yet get in sync. Where there is none, nobody takes it over.
                led += partition.replicas().stream()
                    .anyMatch((id) -> id != sender.brokerId() && draft.isEligible(id)) ? 1 : 0;
            }
            else if (partition.isr().contains(sender.brokerId()))
            {
                InSyncReplicas.remove(draft, partition.key(), sender.brokerId());
            }
        }
        return Decision.accepted(draft.events(), led);
    }

    private static void fence(final Draft draft, final int brokerId)
    {
        draft.fencing(brokerId);
        for (final PartitionState partition : draft.state().partitions())
        {
            InSyncReplicas.remove(draft, partition.key(), brokerId);
        }
        draft.fenced(brokerId);
    }

    /**
     * What it appended may be gone: it is eligible nowhere until it has caught up again (R5.4). Only of a topic at
     * level {@code fsynced} it still holds, on the disk that it has had, whatever its synced end ever let commit (see
     * the package).
     */
    private static void forget(final Draft draft, final int brokerId, final boolean isOtherDirectory)
    {
        for (final PartitionState known : draft.state().partitions())
        {
            final PartitionState partition = draft.partition(known.key());
            if (partition.elr().contains(brokerId) && (isOtherDirectory || !isFsynced(draft.state(), partition)))
            {
                draft.put(InSyncReplicas.withoutElr(partition, brokerId).raised());
            }
        }
    }

    private static boolean isFsynced(final ClusterState state, final PartitionState partition)
    {
        final TopicState topic = state.topic(PartitionKey.topicId(partition.key()));
        return topic != null && TopicConfig.isFsynced(topic.config());
    }

    private static void electWhereOffline(final Draft draft, final int brokerId)
    {
        for (final PartitionState known : draft.state().partitions())
        {
            final PartitionState partition = draft.partition(known.key());
            if (partition.leader() < 0 && partition.replicas().contains(brokerId))
            {
                final PartitionState elected = LeaderElector.elect(draft, partition);
                if (elected.leader() >= 0)
                {
                    draft.put(elected.raised());
                }
            }
        }
    }
}
