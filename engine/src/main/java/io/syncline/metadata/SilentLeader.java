package io.syncline.metadata;

import io.syncline.metadata.ControllerRequest.LedPartition;
import io.syncline.metadata.ControllerRequest.ReportSilence;
import io.syncline.metadata.MetadataEvent.SilenceMoved;
import io.syncline.metadata.MetadataEvent.SilenceReported;
import io.syncline.protocol.Codes;

/**
 * Detection faster than the session (R5.1): when every live member of the ISR but the leader has heard nothing from it,
 * leadership moves at once, and the silent leader leaves the ISR in the same decision, so that the high watermark does
 * not wait for it.
 */
final class SilentLeader
{
    private SilentLeader()
    {
    }

    static Decision report(
        final ReportSilence request, final BrokerState sender, final ClusterState state, final long nowMs)
    {
        if (request.leader() == sender.brokerId())
        {
            return Decision.refused(Codes.INVALID_REQUEST, "broker " + sender.brokerId() + " cannot report its own silence");
        }
        final Draft draft = new Draft(state, nowMs);
        int moved = 0;
        for (final LedPartition silent : request.partitions())
        {
            final PartitionState partition = draft.partition(silent.key());
            if (partition != null &&
                partition.leader() == request.leader() &&
                partition.leaderEpoch() == silent.leaderEpoch() &&
                partition.isr().contains(sender.brokerId()))
            {
                moved += report(draft, partition, sender.brokerId()) ? 1 : 0;
            }
        }
        return Decision.accepted(draft.events(), moved);
    }

    private static boolean report(final Draft draft, final PartitionState partition, final int reporter)
    {
        final long nowMs = draft.nowMs();
        final Silence before = draft.state().silence(partition.key());
        final int epoch = partition.leaderEpoch();
        final Silence silence = before.withReport(reporter, epoch, nowMs);
        final boolean unanimous = partition.isr().stream().allMatch((member) ->
            member == partition.leader() || !draft.isAlive(member) || silence.hasReported(member, epoch, nowMs));
        final int leader = partition.leader();
        final long incarnation = draft.broker(leader).incarnation();
        if (unanimous && before.mayMove(incarnation, nowMs) && draft.isEligible(reporter))
        {
            final PartitionState rest = InSyncReplicas.withIsr(
                partition,
                partition.isr().stream().filter((member) -> member != leader).toList(),
                draft.state().minIsr(partition));
            draft.add(new SilenceMoved(partition.key(), incarnation, nowMs));
            draft.put(LeaderElector.elect(draft, Reassignment.completed(draft, rest), leader).raised());
            return true;
        }
        final long lastMs = before.reportedMs(reporter, epoch);
        if (lastMs < 0 || nowMs - lastMs > Silence.REPORT_VALID_MS / 4)
        {
            draft.add(new SilenceReported(partition.key(), reporter, epoch, nowMs));
        }
        return false;
    }
}
