package io.syncline.broker;

import io.syncline.broker.LocalPartition.Role;
import io.syncline.metadata.ClusterState;
import io.syncline.metadata.PartitionState;
import io.syncline.metadata.TopicState;
import io.syncline.protocol.PartitionKey;
import io.syncline.replica.Assignment;
import io.syncline.replica.ReplicaLog;
import io.syncline.stage.StageFile;
import org.agrona.ErrorHandler;
import org.agrona.collections.Long2ObjectHashMap;

import java.util.ArrayList;
import java.util.function.Consumer;

/**
 * Which role this broker has for each of its partitions, and the passing of logs from one agent to another: hand back,
 * make the epoch durable, hand out. The old owner has stopped before the new one starts. Never waits: what takes the
 * disk is the {@link LogKeeper}'s, and a partition that it works on stays where it is until the answer comes; the
 * newest assignment wins then. Belongs to the conductor.
 */
final class PartitionRoles
{
    private final int brokerId;
    private final LogKeeper keeper;
    private final BrokerQueues queues;
    private final BrokerEvents events;
    private final ErrorHandler errorHandler;
    private final Runnable onLeadershipFault;
    private final Long2ObjectHashMap<LocalPartition> partitions = new Long2ObjectHashMap<>();
    private final StageFile stages;
    private final LostReplicas lost;
    private final LocalLogs logs;
    private final ControllerReports reports;
    private ClusterState state;
    private long incarnation = -1;

    PartitionRoles(
        final int brokerId, final LogKeeper keeper, final BrokerCounters counters, final BrokerQueues queues,
        final ControllerLink controller, final BrokerEvents events, final ErrorHandler errorHandler,
        final Runnable onLeadershipFault, final StageFile stages)
    {
        this.stages = stages;
        this.brokerId = brokerId;
        this.keeper = keeper;
        this.queues = queues;
        this.events = events;
        this.errorHandler = errorHandler;
        this.onLeadershipFault = onLeadershipFault;
        this.lost = new LostReplicas(brokerId, controller, events);
        this.logs = new LocalLogs(
            brokerId, partitions, keeper, counters, queues, events, errorHandler, lost, this::settle, this::want);
        this.reports = new ControllerReports(brokerId, partitions, queues, controller, events);
    }

    /**
     * Goes on with the repair of logs that were lost.
     *
     * @param nowNs monotonic time
     * @return work done
     */
    int doWork(final long nowNs)
    {
        return lost.doWork(nowNs);
    }

    /** Brings every replica of this broker to what the metadata says, as far as the agents' answers are needed not yet. */
    void apply(final ClusterState newState, final long newIncarnation)
    {
        state = newState;
        if (newIncarnation != incarnation)
        {
            incarnation = newIncarnation;
            queues.leader().post((agent) -> agent.onIncarnation(newIncarnation));
            queues.follower().post((agent) -> agent.onIncarnation(newIncarnation));
        }
        for (final PartitionState partition : state.partitions())
        {
            if (partition.replicas().contains(brokerId))
            {
                want(Assignments.of(state, partition));
            }
        }
        for (final LocalPartition partition : new ArrayList<>(partitions.values()))
        {
            final PartitionState wanted = state.partition(partition.key());
            if (wanted == null || !wanted.replicas().contains(brokerId))
            {
                partition.back(false);
                if (!partition.isGone())
                {
                    events.partition(partition.key(), wanted == null ? "deleted" : "moved away");
                    partition.gone();
                    settle(partition);
                }
            }
        }
    }

    /** @return the replica with its log open, or null */
    LocalPartition get(final long key)
    {
        final LocalPartition partition = partitions.get(key);
        return partition == null || partition.isGone() || partition.store() == null || partition.role() == Role.FAILED ||
            partition.loss() != null ? null : partition;
    }

    /** @return true while no partition waits for its log to be opened, or for its leadership to become durable */
    boolean isSettled()
    {
        for (final LocalPartition partition : partitions.values())
        {
            if (partition.role() == Role.OPENING || partition.role() == Role.STARTING)
            {
                return false;
            }
        }
        return true;
    }

    /** @return keys of all replicas, those that failed included */
    Long2ObjectHashMap<LocalPartition>.KeySet keys()
    {
        return partitions.keySet();
    }

    /** @return number of partitions that this broker leads */
    int ledCount()
    {
        int count = 0;
        for (final LocalPartition partition : partitions.values())
        {
            count += partition.role() == Role.LEADER ? 1 : 0;
        }
        return count;
    }

    /** The agents have stopped for good, and the keeper has closed every log. */
    void close()
    {
        partitions.values().forEach((partition) -> partition.counters().close());
        partitions.clear();
    }

    /** @return what the controller is told for the agents */
    ControllerReports reports()
    {
        return reports;
    }

    /** An agent gave a log back. */
    void onLogReturned(final long key)
    {
        final LocalPartition partition = partitions.get(key);
        if (partition != null && partition.role() == Role.HANDING_BACK)
        {
            partition.role(Role.IDLE);
            settle(partition);
        }
    }

    /**
     * R1.4: also where the follower was told of a newer epoch meanwhile, for the new one waits in it until the old
     * one's answer is there. Not where it was told to hand the log back: it has let go of the question, too.
     */
    void onTruncate(final long key, final int leaderEpoch, final long offset)
    {
        final LocalPartition partition = following(key);
        if (partition != null)
        {
            cut(partition, leaderEpoch, "diverged at " + offset + " (R1.4)", (store) -> store.truncateTo(offset));
        }
    }

    /** R1.5. */
    void onRestart(final long key, final int leaderEpoch, final long logStart)
    {
        final LocalPartition partition = following(key);
        if (partition != null)
        {
            cut(partition, leaderEpoch, "below the leader's log start " + logStart + " (R1.5)",
                (store) -> store.restartAt(logStart));
        }
    }

    /** DESIGN, Errors: an engine in doubt about its log does not answer. */
    void onFault(final long key, final int leaderEpoch, final boolean leading, final String reason)
    {
        final LocalPartition partition = partitions.get(key);
        if (partition != null && (leading ? partition.role() == Role.LEADER : isFollower(partition)) &&
            partition.current().leaderEpoch() == leaderEpoch)
        {
            fail(partition, leading, reason, null);
        }
    }

    private void want(final Assignment assignment)
    {
        LocalPartition partition = partitions.get(assignment.key());
        if (partition == null)
        {
            final long topicId = PartitionKey.topicId(assignment.key());
            partition = logs.open(
                assignment.key(), named(topicId), Assignments.retention(state == null ? null : state.topic(topicId)));
        }
        else if (partition.isGone())
        {
            // What is left of the old replica goes first.
            partition.wanted(assignment);
            partition.back(true);
            return;
        }
        if (partition.wanted() == null || !Assignments.isSame(partition.wanted(), assignment))
        {
            partition.wanted(assignment);
            lost.onAssignment(assignment);
            queues.acks().post((agent) -> agent.onLeader(assignment.key(), assignment.leader()));
            settle(partition);
        }
    }

    /** For people: in the labels of the counters and in the stage file. */
    private String named(final long topicId)
    {
        final TopicState topic = state == null ? null : state.topic(topicId);
        if (topic == null)
        {
            return Long.toString(topicId);
        }
        if (stages != null)
        {
            stages.name(topicId, topic.name());
        }
        return topic.name();
    }

    /** One step from the current role towards the wanted one; the next follows with the agent's answer. */
    private void settle(final LocalPartition partition)
    {
        final Assignment wanted = partition.wanted();
        switch (partition.role())
        {
            case IDLE ->
            {
                if (partition.isGone())
                {
                    logs.leave(partition);
                }
                else if (partition.loss() != null)
                {
                    partition.role(Role.LOST);
                    settle(partition);
                }
                else
                {
                    handOut(partition, wanted);
                }
            }
            case LEADER ->
            {
                if (partition.isGone() || partition.loss() != null ||
                    wanted.leaderEpoch() != partition.current().leaderEpoch())
                {
                    takeBack(partition);
                }
                else
                {
                    events.assignmentChanged(partition.current(), wanted);
                    partition.current(wanted);
                    queues.acks().post((agent) -> agent.onAssignment(wanted));
                    queues.leader().post((agent) -> agent.onAssignment(wanted));
                    final long leso = partition.leso();
                    queues.delivery().post((agent) -> agent.onAssignment(wanted, leso));
                }
            }
            case FOLLOWER ->
            {
                if (partition.isGone() || partition.loss() != null || wanted.leader() == brokerId || wanted.leader() < 0)
                {
                    takeBack(partition);
                }
                else
                {
                    followOn(partition, wanted);
                }
            }
            case LOST ->
            {
                if (partition.isGone())
                {
                    logs.leave(partition);
                }
                else if (lost.isDecided(wanted))
                {
                    logs.repair(partition);
                }
            }
            case FAILED ->
            {
                if (partition.isGone())
                {
                    logs.forget(partition);
                }
                else if (wanted.leader() == brokerId)
                {
                    onLeadershipFault.run();
                }
            }
            default ->
            {
                // The answer that is under way brings the partition here again.
            }
        }
    }

    private void handOut(final LocalPartition partition, final Assignment wanted)
    {
        final ReplicaLog log = partition.store().log();
        final long highWatermark = partition.highWatermark();
        if (wanted.leader() == brokerId)
        {
            if (log.epochs().latestEpoch() != wanted.leaderEpoch())
            {
                start(partition, wanted.leaderEpoch());
                return;
            }
            become(partition, Role.LEADER, wanted, highWatermark);
            final long leso = log.logEnd();
            partition.leso(leso);
            queues.acks().post((agent) ->
                agent.lead(wanted, partition.store(), partition.counters(), leso, highWatermark));
            queues.leader().post((agent) ->
                agent.lead(wanted, partition.store(), partition.counters(), highWatermark));
            queues.delivery().post((agent) -> agent.onAssignment(wanted, leso));
        }
        else if (wanted.leader() >= 0)
        {
            become(partition, Role.FOLLOWER, wanted, highWatermark);
            final long registered = incarnation;
            queues.follower().post((agent) ->
                agent.follow(wanted, partition.store(), partition.counters(), registered, highWatermark));
            queues.delivery().post((agent) -> agent.onAssignment(wanted, -1));
        }
        else
        {
            become(partition, Role.IDLE, wanted, highWatermark);
            queues.delivery().post((agent) -> agent.onAssignment(wanted, -1));
        }
    }

    /** R1.6. Found durable the next time, as it is for a process that was restarted in the same epoch. */
    private void start(final LocalPartition partition, final int leaderEpoch)
    {
        partition.role(Role.STARTING);
        keeper.change(partition.store(), (store) -> store.log().startEpoch(leaderEpoch), (failure) ->
        {
            partition.role(Role.IDLE);
            if (failure != null)
            {
                fail(partition, true, "leader epoch " + leaderEpoch + " cannot start", failure);
            }
            settle(partition);
        });
    }

    private void followOn(final LocalPartition partition, final Assignment wanted)
    {
        final boolean isNext = wanted.leaderEpoch() != partition.current().leaderEpoch();
        if (isNext)
        {
            // The log belongs to the follower agent: its end is known here by the counter alone.
            events.roleChanged(partition.key(), "FOLLOWER", "FOLLOWER", wanted, -1,
                partition.counters().logEnd().get(), partition.counters().highWatermark().get());
        }
        else
        {
            events.assignmentChanged(partition.current(), wanted);
        }
        partition.current(wanted);
        queues.follower().post((agent) ->
        {
            if (isNext)
            {
                agent.followNext(wanted);
            }
            else
            {
                agent.onAssignment(wanted);
            }
        });
        queues.delivery().post((agent) -> agent.onAssignment(wanted, -1));
    }

    private void takeBack(final LocalPartition partition)
    {
        final long key = partition.key();
        final boolean wasLeader = partition.role() == Role.LEADER;
        partition.role(Role.HANDING_BACK);
        if (wasLeader)
        {
            queues.leader().post((agent) -> agent.stopLeading(key));
            queues.acks().post((agent) -> agent.stopLeading(key));
        }
        else
        {
            queues.follower().post((agent) -> agent.stopFollowing(key));
        }
    }

    private void become(
        final LocalPartition partition, final Role role, final Assignment assignment, final long highWatermark)
    {
        final ReplicaLog log = partition.store().log();
        events.roleChanged(
            partition.key(), partition.roleBefore(brokerId), role.name(), assignment, log.logStart(), log.logEnd(), highWatermark);
        partition.role(role);
        partition.current(assignment);
    }

    /** The follower agent has the partition, or waits for its log. */
    private static boolean isFollower(final LocalPartition partition)
    {
        return partition.role() == Role.FOLLOWER || partition.role() == Role.CUTTING;
    }

    private LocalPartition following(final long key)
    {
        final LocalPartition partition = partitions.get(key);
        return partition != null && partition.role() == Role.FOLLOWER ? partition : null;
    }

    private void cut(
        final LocalPartition partition, final int leaderEpoch, final String reason,
        final Consumer<LogStore.Partition> step)
    {
        final long oldEnd = partition.store().log().logEnd();
        partition.role(Role.CUTTING);
        keeper.change(partition.store(), step, (failure) ->
        {
            if (partition.role() != Role.CUTTING)
            {
                return;
            }
            if (failure != null && partition.store().loss() != null)
            {
                partition.role(Role.FOLLOWER);
                logs.lose(partition, partition.store().loss());
            }
            else if (failure != null)
            {
                fail(partition, false, "truncation failed", failure);
            }
            else
            {
                partition.role(Role.FOLLOWER);
                onCut(partition, leaderEpoch, oldEnd, reason);
            }
            if (partition.isGone() || partition.loss() != null || !Assignments.isSame(partition.current(), partition.wanted()))
            {
                settle(partition);
            }
        });
    }

    private void onCut(final LocalPartition partition, final int leaderEpoch, final long oldEnd, final String reason)
    {
        final long key = partition.key();
        final ReplicaLog log = partition.store().log();
        final long newEnd = log.logEnd();
        if (newEnd != oldEnd)
        {
            events.truncated(key, leaderEpoch, oldEnd, log.logStart(), newEnd, reason);
        }
        queues.delivery().post((agent) -> agent.onTruncated(key, newEnd));
        queues.follower().post((agent) -> agent.onTruncated(key));
    }

    private void fail(final LocalPartition partition, final boolean leading, final String reason, final Exception cause)
    {
        final long key = partition.key();
        final LogStore.Loss loss = partition.store() == null ? null : partition.store().loss();
        if (loss != null)
        {
            logs.lose(partition, loss);
            return;
        }
        events.partition(key, "FAILED as " + (leading ? "leader" : "follower") + ": " + reason);
        errorHandler.onError(new IllegalStateException("partition " + PartitionKey.toString(key) + ": " + reason, cause));
        if (partition.role() == Role.LEADER)
        {
            queues.leader().post((agent) -> agent.stopLeading(key));
            queues.acks().post((agent) -> agent.stopLeading(key));
        }
        else if (isFollower(partition))
        {
            queues.follower().post((agent) -> agent.stopFollowing(key));
        }
        partition.role(Role.FAILED);
        if (leading)
        {
            onLeadershipFault.run();
        }
    }
}
