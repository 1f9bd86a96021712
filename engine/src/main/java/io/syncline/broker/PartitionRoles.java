package io.syncline.broker;

import io.syncline.broker.LocalPartition.Role;
import io.syncline.metadata.ClusterState;
import io.syncline.metadata.ControllerRequest;
import io.syncline.metadata.PartitionState;
import io.syncline.metadata.TopicState;
import io.syncline.protocol.Codes;
import io.syncline.protocol.PartitionKey;
import io.syncline.replica.Assignment;
import io.syncline.replica.ReplicaLog;
import io.syncline.stage.StageFile;
import org.agrona.ErrorHandler;
import org.agrona.collections.Long2ObjectHashMap;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Which role this broker has for each of its partitions, and the passing of logs from one agent to another: hand back, make the
 * epoch durable, hand out. The old owner has stopped before the new one starts. Never waits: what takes the disk is the
 * {@link LogKeeper}'s, and a partition that it works on stays where it is until the answer comes; the newest assignment wins then.
 * Belongs to the conductor.
 */
final class PartitionRoles
{
    private final int brokerId;
    private final LogKeeper keeper;
    private final BrokerCounters counters;
    private final BrokerQueues queues;
    private final ControllerLink controller;
    private final BrokerEvents events;
    private final ErrorHandler errorHandler;
    private final Runnable onLeadershipFault;
    private final Long2ObjectHashMap<LocalPartition> partitions = new Long2ObjectHashMap<>();
    private final StageFile stages;
    private final LostReplicas lost;
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
        this.counters = counters;
        this.queues = queues;
        this.controller = controller;
        this.events = events;
        this.errorHandler = errorHandler;
        this.onLeadershipFault = onLeadershipFault;
        this.lost = new LostReplicas(brokerId, controller, events);
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

    /** R4.3; an answer is owed for every one of them that does not lead to new metadata. */
    void onAlterIsr(
        final long key, final int leaderEpoch, final int partitionEpoch, final int[] isr, final long[] incarnations)
    {
        final ControllerRequest request = new ControllerRequest.AlterIsr(
            key, leaderEpoch, partitionEpoch,
            Arrays.stream(isr).boxed().toList(), Arrays.stream(incarnations).boxed().toList());
        final long result = controller.request(request, (correlationId, code, value, message) ->
        {
            if (code < 0)
            {
                events.partition(key, "isr " + Arrays.toString(isr) + " refused: " + Codes.describe(code) +
                    " leaderEpoch=" + leaderEpoch + " partitionEpoch=" + partitionEpoch + " " + message);
                alterIsrRefused(key, leaderEpoch, partitionEpoch, code);
            }
        });
        if (result < 0)
        {
            alterIsrRefused(key, leaderEpoch, partitionEpoch, Codes.CONTROLLER_UNAVAILABLE);
        }
    }

    /** R5.7; said again by the acks side until the leader epoch ends, so that no answer is waited for. */
    void onHandOver(
        final long key, final int leaderEpoch, final int successor, final long successorIncarnation, final boolean caughtUp)
    {
        events.partition(key, "leaderEpoch=" + leaderEpoch + " is over: broker " + successor +
            (caughtUp ? " has caught up and takes it over" : " did not catch up in time, broker " + brokerId + " leads on"));
        controller.request(
            new ControllerRequest.HandOver(key, leaderEpoch, successor, successorIncarnation, caughtUp),
            (correlationId, code, value, message) -> {});
    }

    /**
     * R1.4: also where the follower was told of a newer epoch meanwhile, for the new one waits in it until the old one's answer is
     * there. Not where it was told to hand the log back: it has let go of the question, too.
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

    /** R5.1. */
    void onLeaderSilent(final int leader, final long[] keys, final int[] leaderEpochs)
    {
        final List<ControllerRequest.LedPartition> silent = new ArrayList<>();
        for (int i = 0; i < keys.length; i++)
        {
            final LocalPartition partition = partitions.get(keys[i]);
            if (partition != null && partition.wanted().leader() == leader &&
                partition.wanted().leaderEpoch() == leaderEpochs[i])
            {
                silent.add(new ControllerRequest.LedPartition(keys[i], leaderEpochs[i]));
            }
        }
        if (!silent.isEmpty())
        {
            events.broker("nothing heard from broker " + leader + ", leader of " + silent.size() + " partitions here");
            controller.request(
                new ControllerRequest.ReportSilence(leader, silent), (correlationId, code, value, message) -> {});
        }
    }

    private void want(final Assignment assignment)
    {
        LocalPartition partition = partitions.get(assignment.key());
        if (partition == null)
        {
            partition = open(assignment.key());
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
            if (assignment.successor() >= 0 && assignment.leader() == brokerId && partition.role() == Role.OPENING)
            {
                // This process has acknowledged nothing of the partition: there is nothing for the successor to catch up with.
                onHandOver(assignment.key(), assignment.leaderEpoch(), assignment.successor(),
                    assignment.incarnations()[assignment.indexOf(assignment.successor())], true);
            }
        }
    }

    private LocalPartition open(final long key)
    {
        final PartitionCounters partitionCounters = counters.partition(key, named(PartitionKey.topicId(key)));
        final LocalPartition partition = new LocalPartition(key, partitionCounters);
        partitions.put(key, partition);
        open(partition);
        return partition;
    }

    private void open(final LocalPartition partition)
    {
        keeper.open(partition.key(), partition.counters(), (store, failure) -> onOpened(partition, store, failure),
            (key, store, loss) ->
            {
                if (partitions.get(key) == partition && partition.store() == store)
                {
                    lose(partition, loss);
                }
            });
    }

    /** Of a device that failed, whose log may be whole: it is looked at again, whatever the controller says meanwhile. */
    private void openAgain(final LocalPartition partition)
    {
        if (partitions.get(partition.key()) == partition && partition.role() == Role.LOST && !partition.isGone())
        {
            partition.role(Role.OPENING);
            open(partition);
        }
    }

    /**
     * R8.2: the log is not to be trusted any more. Whoever has it lets go of it; once nobody does, the partition is
     * {@link Role#LOST} until the controller has decided. Said once, however long that takes.
     */
    private void lose(final LocalPartition partition, final LogStore.Loss loss)
    {
        if (partition.loss() == null)
        {
            partition.loss(loss);
            lost.found(partition.key(), loss, partition.wanted());
            final String next = loss.reason() + "; broker " + brokerId + " leaves ISR and ELR of partition " +
                PartitionKey.toString(partition.key()) + ", then " + (loss.isDamaged() || partition.store() != null ?
                "moves the log to quarantine and copies it anew from the leader" : "opens it again when the device works");
            events.partition(partition.key(), "LOST as " + partition.roleBefore(brokerId) + ": " + next);
            errorHandler.onError(new IllegalStateException(next));
            settle(partition);
        }
    }

    /** The controller counts on the replica no more, and there is a leader to copy from. */
    private void repair(final LocalPartition partition)
    {
        if (partition.store() != null || partition.loss().isDamaged())
        {
            partition.gone();
            partition.back(true);
            leave(partition);
        }
    }

    private void onQuarantined(final LocalPartition partition, final String where, final RuntimeException failure)
    {
        if (failure != null)
        {
            events.partition(partition.key(), "not in quarantine yet: " + failure.getMessage());
            lost.retry(partition.key(), () -> putAway(partition));
        }
        else
        {
            events.partition(partition.key(), "in quarantine: " + where + "; copied anew from the leader");
            remove(partition);
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

    private void onOpened(final LocalPartition partition, final LogStore.Partition store, final RuntimeException failure)
    {
        final long key = partition.key();
        if (failure instanceof LogStore.DamagedException || failure instanceof UncheckedIOException)
        {
            partition.role(partition.loss() == null ? Role.IDLE : Role.LOST);
            lose(partition, new LogStore.Loss(failure instanceof LogStore.DamagedException, failure.getMessage()));
            if (failure instanceof UncheckedIOException)
            {
                lost.retry(key, () -> openAgain(partition));
            }
        }
        else if (failure != null)
        {
            errorHandler.onError(failure);
            events.partition(key, "could not be opened: " + failure.getMessage());
            partition.role(Role.FAILED);
        }
        else
        {
            partition.loss(null);
            lost.forget(key);
            final PartitionCounters partitionCounters = partition.counters();
            final PartitionReader reader = store.newReader(partitionCounters.logEnd()::get);
            queues.delivery().post((agent) -> agent.onPartition(key, reader, partitionCounters));
            partition.opened(store);
        }
        settle(partition);
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
                    leave(partition);
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
                    leave(partition);
                }
                else if (lost.isDecided(wanted))
                {
                    repair(partition);
                }
            }
            case FAILED ->
            {
                if (partition.isGone())
                {
                    forget(partition);
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

    /** The agents that may still look at the replica let go of it, each in its own time; the last one's answer closes it. */
    private void leave(final LocalPartition partition)
    {
        final long key = partition.key();
        partition.role(Role.LEAVING);
        partition.readersLeft(2);
        queues.acks().post((agent) ->
        {
            agent.onPartitionGone(key);
            queues.conductor().answer(() -> onReaderLeft(partition));
        });
        queues.delivery().post((agent) ->
        {
            agent.onPartitionGone(key);
            queues.conductor().answer(() -> onReaderLeft(partition));
        });
    }

    private void onReaderLeft(final LocalPartition partition)
    {
        if (partition.readerLeft() && partitions.get(partition.key()) == partition)
        {
            putAway(partition);
        }
    }

    /** Nobody uses the log any more. One that was lost is kept aside, unless the partition has left this broker meanwhile. */
    private void putAway(final LocalPartition partition)
    {
        if (partition.loss() != null && partition.isBack())
        {
            keeper.quarantine(partition.key(), (where, failure) -> onQuarantined(partition, where, failure));
        }
        else
        {
            keeper.delete(partition.key(), (failure) -> onDeleted(partition, failure));
        }
    }

    private void onDeleted(final LocalPartition partition, final RuntimeException failure)
    {
        if (failure != null)
        {
            errorHandler.onError(failure);
        }
        events.partition(partition.key(), failure == null ? "files deleted" : "left behind: " + failure.getMessage());
        remove(partition);
    }

    /** What is open stays until the broker stops: the agents that used it may not have let go of it yet. */
    private void forget(final LocalPartition partition)
    {
        if (partition.store() == null)
        {
            remove(partition);
        }
    }

    private void remove(final LocalPartition partition)
    {
        partitions.remove(partition.key());
        lost.forget(partition.key());
        partition.counters().close();
        if (partition.isBack())
        {
            want(partition.wanted());
        }
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
                lose(partition, partition.store().loss());
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
            lose(partition, loss);
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

    private void alterIsrRefused(final long key, final int leaderEpoch, final int partitionEpoch, final int code)
    {
        queues.acks().post((agent) -> agent.onAlterIsrRefused(key, leaderEpoch, partitionEpoch, code));
    }

}
