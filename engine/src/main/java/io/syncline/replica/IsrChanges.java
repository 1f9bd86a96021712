package io.syncline.replica;

/**
 * Who should be in the ISR by what the leader has heard (R4.1, R4.2), and the proposals that ask the controller for it
 * (R4.3). Part of {@link AcksReplica}, which knows the followers' progress.
 */
final class IsrChanges
{
    private final long key;
    private final ReplicaConfig config;
    private final HighWatermark highWatermark;
    private final AcksOutput out;
    private final InSyncReplicas inSync = new InSyncReplicas();
    private final IsrProposal proposal = new IsrProposal();
    private final SilenceBudget silenceBudget = new SilenceBudget();

    /**
     * @param key           partition
     * @param config        numbers
     * @param highWatermark of the partition, to be read only
     * @param out           takes the proposals
     */
    IsrChanges(final long key, final ReplicaConfig config, final HighWatermark highWatermark, final AcksOutput out)
    {
        this.key = key;
        this.config = config;
        this.highWatermark = highWatermark;
        this.out = out;
    }

    /** R4.3: the controller's word, of a later partition epoch, settles everything. */
    void onAssignment(final Assignment assignment, final long nowNs)
    {
        inSync.onAssignment(InSyncReplicas.members(assignment), nowNs);
    }

    /** The controller's answer to a proposal was not the metadata that was asked for. */
    void onRefused(final int code, final long nowNs)
    {
        inSync.onRefused(code, nowNs + config.alterIsrRetryNs());
    }

    /** @return the controller's ISR, as bits by index */
    long committed()
    {
        return inSync.committed();
    }

    int committedSize()
    {
        return inSync.committedSize();
    }

    /** @return who holds the high watermark back (R3.1), as bits by index */
    long maximal()
    {
        return inSync.maximal();
    }

    /** @return true where a follower that has just made progress may join, and nothing is on its way */
    boolean isJoining(
        final int index, final Assignment assignment, final FollowerProgress[] progress, final long nowNs)
    {
        return inSync.state() == InSyncReplicas.State.SETTLED && (inSync.committed() & 1L << index) == 0 &&
            mayJoin(index, assignment, progress[index]) && inSync.mayTry(nowNs);
    }

    /**
     * R4.1 to R4.3: proposes who should be in the ISR by now, or repeats what is in doubt.
     *
     * @param assignment of this leadership
     * @param progress   of each of its replicas
     * @param logEnd     the leader's
     * @param nowNs      monotonic time
     * @return work done
     */
    int change(
        final Assignment assignment, final FollowerProgress[] progress, final long logEnd, final long nowNs)
    {
        if (inSync.state() == InSyncReplicas.State.IN_FLIGHT || !inSync.mayTry(nowNs))
        {
            return 0;
        }
        if (inSync.state() == InSyncReplicas.State.SETTLED)
        {
            final long wanted = wantedMembers(assignment, progress, logEnd, nowNs);
            if (wanted == inSync.committed())
            {
                return 0;
            }
            proposal.set(wanted, assignment);
            return propose(wanted, assignment, progress, logEnd, nowNs);
        }
        return propose(inSync.proposed(), assignment, progress, logEnd, nowNs);
    }

    private int propose(
        final long members, final Assignment assignment, final FollowerProgress[] progress, final long logEnd,
        final long nowNs)
    {
        if (!proposal.send(key, assignment, out))
        {
            return 0;
        }
        if (inSync.state() == InSyncReplicas.State.SETTLED)
        {
            for (long left = inSync.committed() & ~members; left != 0; left &= left - 1)
            {
                final FollowerProgress member = progress[Long.numberOfTrailingZeros(left)];
                if (!member.isLagging(logEnd, config.lagTimeMaxNs(), nowNs))
                {
                    silenceBudget.onEvicted(member.brokerId, member.incarnation(), nowNs);
                }
            }
        }
        inSync.onProposed(members);
        return 1;
    }

    private long wantedMembers(
        final Assignment assignment, final FollowerProgress[] progress, final long logEnd, final long nowNs)
    {
        final int selfIndex = assignment.indexOf(assignment.leader());
        long wanted = inSync.committed();
        for (int i = 0; i < progress.length; i++)
        {
            final long bit = 1L << i;
            if (i == selfIndex)
            {
                continue;
            }
            if ((wanted & bit) == 0)
            {
                wanted |= mayJoin(i, assignment, progress[i]) && !progress[i].isSilent(config.silenceTimeNs(), nowNs) ? bit : 0;
            }
            else if (progress[i].isLagging(logEnd, config.lagTimeMaxNs(), nowNs) ||
                mayLeaveInSilence(progress[i], wanted & inSync.committed(), assignment, logEnd, nowNs))
            {
                wanted &= ~bit;
            }
        }
        return wanted;
    }

    /**
     * R4.1: only where commits go on without it, and somebody is left: where all are silent, it is this broker's own
     * link. Not at level fsynced, where it is back only once it has synced what was committed without it.
     */
    private boolean mayLeaveInSilence(
        final FollowerProgress member, final long members, final Assignment assignment, final long logEnd, final long nowNs)
    {
        return !assignment.fsynced() && Long.bitCount(members) > Math.max(2, assignment.minIsr()) &&
            member.holdsBackInSilence(logEnd, config.silenceTimeNs(), nowNs) &&
            silenceBudget.allows(member.brokerId, member.incarnation(), nowNs);
    }

    /** R4.2 at level fsynced: who loses power later must not lose what was committed before it joined. */
    private boolean isDurable(final Assignment assignment, final FollowerProgress follower)
    {
        return !assignment.fsynced() || follower.synced() >= Math.max(highWatermark.value(), highWatermark.leso());
    }

    /** R4.2. */
    private boolean mayJoin(final int index, final Assignment assignment, final FollowerProgress follower)
    {
        return follower.logEnd() >= highWatermark.value() && follower.logEnd() >= highWatermark.leso() &&
            isDurable(assignment, follower) && assignment.eligible()[index] && follower.logEnd() != FollowerProgress.UNKNOWN &&
            follower.incarnation() == assignment.incarnations()[index];
    }
}
