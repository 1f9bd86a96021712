package io.syncline.broker;

import io.syncline.metadata.ControllerRequest;
import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;
import io.syncline.replica.Assignment;
import org.agrona.collections.Long2ObjectHashMap;

import java.util.ArrayList;
import java.util.Arrays;

/**
 * The replicas of this broker whose logs are damaged, missing or failed (R8.2), until they are whole again: tells the
 * controller, and says when it has decided. Nothing is done to a log before that, for until then the partition may
 * count on it. Whatever fails is tried again, ever later. Belongs to the conductor.
 */
final class LostReplicas
{
    private static final long FIRST_RETRY_NS = 100_000_000;
    private static final long LAST_RETRY_NS = 5_000_000_000L;

    private static final class Lost
    {
        private final boolean isDamaged;
        private int leaderEpoch;
        private Runnable step;
        private String told = "";
        private boolean isAsked;
        private boolean isOut;
        private long dueNs;
        private long delayNs = FIRST_RETRY_NS;

        private Lost(final boolean isDamaged)
        {
            this.isDamaged = isDamaged;
        }
    }

    private final int brokerId;
    private final ControllerLink controller;
    private final BrokerEvents events;
    private final Long2ObjectHashMap<Lost> lost = new Long2ObjectHashMap<>();
    private long nowNs;

    LostReplicas(final int brokerId, final ControllerLink controller, final BrokerEvents events)
    {
        this.brokerId = brokerId;
        this.controller = controller;
        this.events = events;
    }

    /**
     * From now on the controller is told.
     *
     * @param key     of the partition
     * @param loss    what was found
     * @param wanted  the newest assignment: this replica has a part in its leader epoch and in none above
     */
    void found(final long key, final LogStore.Loss loss, final Assignment wanted)
    {
        final Lost replica = new Lost(loss.isDamaged());
        replica.leaderEpoch = wanted.leaderEpoch();
        replica.dueNs = nowNs;
        lost.put(key, replica);
    }

    /** The replica is whole again, or this broker has it no more. */
    void forget(final long key)
    {
        lost.remove(key);
    }

    /**
     * @param wanted the newest assignment
     * @return true once nobody counts on the replica and somebody leads whom it can follow: in an epoch that began
     * after it was lost, so that whoever leads has heard nothing of it. Where nobody leads, what is left of the log is
     * left alone: it may be the best there is
     */
    boolean isDecided(final Assignment wanted)
    {
        final Lost replica = lost.get(wanted.key());
        return replica != null && wanted.leaderEpoch() > replica.leaderEpoch && !isMember(wanted) &&
            wanted.leader() >= 0 && wanted.leader() != brokerId;
    }

    /** Newer metadata that still counts on the replica: the controller is told again, of that leader epoch. */
    void onAssignment(final Assignment wanted)
    {
        final Lost replica = lost.get(wanted.key());
        if (replica != null && wanted.leaderEpoch() > replica.leaderEpoch && !isMember(wanted) && wanted.leader() != brokerId)
        {
            replica.isOut = true;
        }
        else if (replica != null && wanted.leaderEpoch() > replica.leaderEpoch)
        {
            replica.isOut = false;
            replica.leaderEpoch = wanted.leaderEpoch();
            replica.dueNs = nowNs;
            replica.delayNs = FIRST_RETRY_NS;
        }
    }

    /**
     * A step of the repair failed, or is worth another try.
     *
     * @param key  of the partition
     * @param step next one, after a while
     */
    void retry(final long key, final Runnable step)
    {
        final Lost replica = lost.get(key);
        if (replica != null)
        {
            replica.step = step;
            later(replica);
        }
    }

    /**
     * @param timeNs monotonic time
     * @return work done
     */
    int doWork(final long timeNs)
    {
        nowNs = timeNs;
        if (lost.isEmpty())
        {
            return 0;
        }
        int work = 0;
        for (final long key : new ArrayList<>(lost.keySet()))
        {
            final Lost replica = lost.get(key);
            if (replica != null && !replica.isAsked && nowNs - replica.dueNs >= 0)
            {
                work += turn(key, replica);
            }
        }
        return work;
    }

    private int turn(final long key, final Lost replica)
    {
        final Runnable step = replica.step;
        replica.step = null;
        if (!replica.isOut && controller.isRegistered())
        {
            ask(key, replica);
        }
        later(replica);
        if (step != null)
        {
            step.run();
        }
        return 1;
    }

    private void ask(final long key, final Lost replica)
    {
        final int leaderEpoch = replica.leaderEpoch;
        replica.isAsked = controller.request(
            new ControllerRequest.ReplicaLost(brokerId, controller.incarnation(), key, leaderEpoch, replica.isDamaged),
            (correlationId, code, value, message) -> onAnswered(key, replica, code, message)) >= 0;
    }

    private void onAnswered(final long key, final Lost replica, final int code, final String message)
    {
        replica.isAsked = false;
        final String text = code >= 0 ? "" : Codes.describe(code) + " " + message;
        if (!text.equals(replica.told) && !text.isEmpty())
        {
            events.partition(key, "the controller does not take replica " + PartitionKey.toString(key) + " of broker " +
                brokerId + " out: " + text);
        }
        replica.told = text;
    }

    private void later(final Lost replica)
    {
        replica.dueNs = nowNs + replica.delayNs;
        replica.delayNs = Math.min(LAST_RETRY_NS, replica.delayNs * 2);
    }

    private boolean isMember(final Assignment wanted)
    {
        return Arrays.stream(wanted.isr()).anyMatch((id) -> id == brokerId) ||
            Arrays.stream(wanted.elr()).anyMatch((id) -> id == brokerId);
    }
}
