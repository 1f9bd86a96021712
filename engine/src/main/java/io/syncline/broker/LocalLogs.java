package io.syncline.broker;

import io.syncline.broker.LocalPartition.Role;
import io.syncline.protocol.PartitionKey;
import io.syncline.replica.Assignment;
import io.syncline.replica.Retention;
import org.agrona.ErrorHandler;
import org.agrona.collections.Long2ObjectHashMap;

import java.io.UncheckedIOException;
import java.util.function.Consumer;

/**
 * The logs of this broker's replicas from being opened to being deleted, and what becomes of one that is lost (R8.2).
 * Who has a log meanwhile is {@link PartitionRoles}' business. Belongs to the conductor.
 */
final class LocalLogs
{
    private final int brokerId;
    private final Long2ObjectHashMap<LocalPartition> partitions;
    private final LogKeeper keeper;
    private final BrokerCounters counters;
    private final BrokerQueues queues;
    private final BrokerEvents events;
    private final ErrorHandler errorHandler;
    private final LostReplicas lost;
    private final Consumer<LocalPartition> settle;
    private final Consumer<Assignment> want;

    /**
     * @param partitions of this broker, shared with whoever gives them their roles
     * @param settle     told when a log has come one step further
     * @param want       told when a replica that is gone is wanted again
     */
    LocalLogs(
        final int brokerId, final Long2ObjectHashMap<LocalPartition> partitions, final LogKeeper keeper,
        final BrokerCounters counters, final BrokerQueues queues, final BrokerEvents events, final ErrorHandler errorHandler,
        final LostReplicas lost, final Consumer<LocalPartition> settle, final Consumer<Assignment> want)
    {
        this.brokerId = brokerId;
        this.partitions = partitions;
        this.keeper = keeper;
        this.counters = counters;
        this.queues = queues;
        this.events = events;
        this.errorHandler = errorHandler;
        this.lost = lost;
        this.settle = settle;
        this.want = want;
    }

    /**
     * A replica that is new here.
     *
     * @param key       of the partition
     * @param topicName for people: in the labels of the counters
     * @param retention of the topic
     * @return the replica, whose log is on its way
     */
    LocalPartition open(final long key, final String topicName, final Retention retention)
    {
        final PartitionCounters partitionCounters = counters.partition(key, topicName);
        final LocalPartition partition = new LocalPartition(key, partitionCounters, retention);
        partitions.put(key, partition);
        open(partition);
        return partition;
    }

    /**
     * R8.2: the log is not to be trusted any more. Whoever has it lets go of it; once nobody does, the partition is
     * {@link Role#LOST} until the controller has decided. Said once, however long that takes.
     */
    void lose(final LocalPartition partition, final LogStore.Loss loss)
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
            settle.accept(partition);
        }
    }

    /** The controller counts on the replica no more, and there is a leader to copy from. */
    void repair(final LocalPartition partition)
    {
        if (partition.store() != null || partition.loss().isDamaged())
        {
            partition.gone();
            partition.back(true);
            leave(partition);
        }
    }

    /** The agents that may still look at the replica let go of it, each in its own time; the last one's answer closes it. */
    void leave(final LocalPartition partition)
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

    /** What is open stays until the broker stops: the agents that used it may not have let go of it yet. */
    void forget(final LocalPartition partition)
    {
        if (partition.store() == null)
        {
            remove(partition);
        }
    }

    private void open(final LocalPartition partition)
    {
        keeper.open(partition.key(), partition.counters(), partition.retention(),
            (store, failure) -> onOpened(partition, store, failure), (key, store, loss) ->
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
            if (partition.wanted() != null)
            {
                store.fsynced(partition.wanted().fsynced());
            }
            final PartitionCounters partitionCounters = partition.counters();
            final PartitionReader reader = store.newReader(partitionCounters.logEnd()::get);
            queues.delivery().post((agent) -> agent.onPartition(key, reader, partitionCounters));
            partition.opened(store);
        }
        settle.accept(partition);
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

    private void onDeleted(final LocalPartition partition, final RuntimeException failure)
    {
        if (failure != null)
        {
            errorHandler.onError(failure);
        }
        events.partition(partition.key(), failure == null ? "files deleted" : "left behind: " + failure.getMessage());
        remove(partition);
    }

    private void remove(final LocalPartition partition)
    {
        partitions.remove(partition.key());
        lost.forget(partition.key());
        partition.counters().close();
        if (partition.isBack())
        {
            want.accept(partition.wanted());
        }
    }
}
