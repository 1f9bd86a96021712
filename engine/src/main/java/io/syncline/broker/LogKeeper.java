package io.syncline.broker;

import io.syncline.replica.Retention;
import org.agrona.ErrorHandler;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.collections.LongHashSet;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Duty cycle of everything that waits for the disk: logs are opened and recovered, epochs made durable, ends cut off,
 * files deleted, and what the logs need beside their owners is done. The only agent that blocks, so that nothing else
 * has to: the controller session is the conductor's, and follows the data agents and not the disk (R5.1).
 * <p>
 * Commanded by the conductor, answers through {@link ConductorProxy}, one command after the other. While it works on a
 * log the log is its own: the conductor hands it to nobody until the answer is there. A failure is an answer too.
 */
final class LogKeeper implements Agent
{
    /** How far a high watermark that is found after a kill may lie back. */
    static final long CHECKPOINT_INTERVAL_NS = TimeUnit.SECONDS.toNanos(3);

    /** How often logs are asked what they need not keep. */
    static final long RETENTION_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    private static final long LOOK_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(20);

    /** What comes of an opening; on the conductor's thread. */
    @FunctionalInterface
    interface OpenHandler
    {
        /**
         * @param store   the open log; null when it could not be opened
         * @param failure why not; null when it could
         */
        void onOpened(LogStore.Partition store, RuntimeException failure);
    }

    /** What has become of a log that is open; on the conductor's thread. */
    @FunctionalInterface
    interface LossHandler
    {
        /**
         * @param key   of the partition
         * @param store as it was opened
         * @param loss  the first thing that was wrong
         */
        void onLost(long key, LogStore.Partition store, LogStore.Loss loss);
    }

    private record Kept(
        LogStore.Partition store, PartitionCounters counters, Retention retention, LossHandler lossHandler)
    {
        long highWatermark()
        {
            return Math.min(counters.highWatermark().get(), store.log().logEnd());
        }
    }

    private final int brokerId;
    private final NanoClock clock;
    private final LogStore logs;
    private final ConductorProxy answers;
    private final ErrorHandler errorHandler;
    private final CommandQueue<LogKeeper> commands = new CommandQueue<>();
    private final Long2ObjectHashMap<Kept> kept = new Long2ObjectHashMap<>();
    private final LongHashSet lost = new LongHashSet();
    private final Long2LongHashMap highWatermarks = new Long2LongHashMap(-1);
    private long nextCheckpointNs;
    private long nextLookNs;
    private long nextRetentionNs;
    private volatile Thread thread;

    /**
     * @param context      of the broker
     * @param logs         from now on this agent's
     * @param answers      to the conductor
     * @param errorHandler takes what the conductor does not get as an answer
     */
    LogKeeper(
        final BrokerContext context, final LogStore logs, final ConductorProxy answers, final ErrorHandler errorHandler)
    {
        this.brokerId = context.nodeId();
        this.clock = context.nanoClock();
        this.logs = logs;
        this.answers = answers;
        this.errorHandler = errorHandler;
        nextCheckpointNs = clock.nanoTime() + CHECKPOINT_INTERVAL_NS;
        nextLookNs = clock.nanoTime();
        nextRetentionNs = nextLookNs;
    }

    /**
     * Conductor's thread: opens a log that is not open. LEO and high watermark are in the counters before the answer
     * comes.
     *
     * @param key       of the partition
     * @param counters  of the partition; in use until {@link #delete} is answered, or the opening has failed
     * @param retention of the topic, which holds while this broker leads
     * @param handler   takes the answer
     * @param losses    told once should the log be found damaged, or its device fail, while it is open
     */
    void open(
        final long key, final PartitionCounters counters, final Retention retention, final OpenHandler handler,
        final LossHandler losses)
    {
        post((keeper) -> keeper.onOpen(key, counters, retention, handler, losses));
    }

    /**
     * Conductor's thread: one step on a log that nobody uses until the answer comes.
     *
     * @param store   as it was opened
     * @param step    carried out on the keeper's thread
     * @param handler takes the answer: null, or why the step failed
     */
    void change(
        final LogStore.Partition store, final Consumer<LogStore.Partition> step, final Consumer<RuntimeException> handler)
    {
        post((keeper) -> keeper.answer(() -> step.accept(store), handler));
    }

    /**
     * Conductor's thread: closes a log that nobody uses any more, and deletes its files.
     *
     * @param key     of the partition
     * @param handler takes the answer: null, or why something was left behind; the log is closed in any case
     */
    void delete(final long key, final Consumer<RuntimeException> handler)
    {
        post((keeper) -> keeper.answer(() -> keeper.onDelete(key), handler));
    }

    /**
     * Conductor's thread: closes a log that nobody uses any more, where it is open, and moves it aside (R8.2).
     *
     * @param key     of the partition
     * @param handler takes the answer: where it is, or why it is not; the log is closed in any case
     */
    void quarantine(final long key, final BiConsumer<String, RuntimeException> handler)
    {
        post((keeper) -> keeper.onQuarantine(key, handler));
    }

    /**
     * Conductor's thread: hands over what had not fitted.
     *
     * @return commands handed over
     */
    int flush()
    {
        return commands.flush();
    }

    /** One command, so that a log's opening is never more than one opening away from its neighbours' housekeeping. */
    @Override
    public int doWork()
    {
        if (thread != Thread.currentThread())
        {
            thread = Thread.currentThread();
        }
        final int work = commands.drain(this, 1);
        final long nowNs = clock.nanoTime();
        checkpoint(nowNs);
        return work + look(nowNs) + logs.doWork(nowNs) + retain(nowNs);
    }

    @Override
    public String roleName()
    {
        return "log-keeper-" + brokerId;
    }

    /**
     * Closes every log. The agents, this one too, have stopped: called by whoever stopped them. What is still in the
     * queue, in either direction, is void.
     *
     * @param clean false to stop as a killed process would
     */
    void close(final boolean clean)
    {
        for (final Kept partition : kept.values())
        {
            try
            {
                partition.store().close(partition.highWatermark(), clean);
            }
            catch (final RuntimeException ex)
            {
                errorHandler.onError(ex);
            }
        }
        kept.clear();
    }

    /** The keeper may be asleep for its housekeeping's sake, and a leadership may wait for this. */
    private void post(final Consumer<LogKeeper> command)
    {
        commands.post(command);
        LockSupport.unpark(thread);
    }

    private void onOpen(
        final long key, final PartitionCounters counters, final Retention retention, final OpenHandler handler,
        final LossHandler losses)
    {
        final LogStore.Partition store;
        try
        {
            store = logs.open(key);
        }
        catch (final RuntimeException ex)
        {
            answers.answer(() -> handler.onOpened(null, ex));
            return;
        }
        final long logEnd = store.log().logEnd();
        counters.logEnd().setRelease(logEnd);
        counters.highWatermark().setRelease(Math.max(store.log().logStart(), Math.min(store.committed(), logEnd)));
        kept.put(key, new Kept(store, counters, retention, losses));
        answers.answer(() -> handler.onOpened(store, null));
    }

    private void onDelete(final long key)
    {
        closeLog(key);
        logs.delete(key);
    }

    private void onQuarantine(final long key, final BiConsumer<String, RuntimeException> handler)
    {
        final String where;
        try
        {
            closeLog(key);
            where = logs.quarantine(key);
        }
        catch (final RuntimeException ex)
        {
            answers.answer(() -> handler.accept(null, ex));
            return;
        }
        answers.answer(() -> handler.accept(where, null));
    }

    private void closeLog(final long key)
    {
        final Kept partition = kept.remove(key);
        lost.remove(key);
        if (partition != null)
        {
            partition.store().close(partition.highWatermark(), false);
        }
    }

    private static LogStore.Loss lossOf(final LogStore.Partition store)
    {
        store.look();
        return store.loss();
    }

    /** A log fails, or is found damaged, on whatever thread uses it: whoever is not asked for anything tells it from here. */
    private int look(final long nowNs)
    {
        if (nowNs - nextLookNs < 0)
        {
            return 0;
        }
        nextLookNs = nowNs + LOOK_INTERVAL_NS;
        int work = 0;
        for (final Long2ObjectHashMap<Kept>.EntryIterator it = kept.entrySet().iterator(); it.hasNext(); )
        {
            it.next();
            final long key = it.getLongKey();
            final Kept partition = it.getValue();
            partition.counters().unreservedAppends().setRelease(partition.store().unreservedAppends());
            final LogStore.Loss loss = lost.contains(key) ? null : lossOf(partition.store());
            if (loss != null)
            {
                lost.add(key);
                answers.answer(() -> partition.lossHandler().onLost(key, partition.store(), loss));
                work++;
            }
        }
        return work;
    }

    /**
     * R8.4. A broker that no longer leads, and does not know it yet, may drop what lies below its high watermark as well
     * as its successor may.
     */
    private int retain(final long nowNs)
    {
        if (nowNs - nextRetentionNs < 0)
        {
            return 0;
        }
        nextRetentionNs = nowNs + RETENTION_INTERVAL_NS;
        int work = 0;
        for (final Kept partition : kept.values())
        {
            final boolean isLeader = partition.counters().leader().get() == brokerId;
            work += partition.store().retain(
                isLeader ? partition.retention() : Retention.NONE, partition.highWatermark(), nowNs);
        }
        return work;
    }

    private void answer(final Runnable step, final Consumer<RuntimeException> handler)
    {
        RuntimeException failure = null;
        try
        {
            step.run();
        }
        catch (final RuntimeException ex)
        {
            failure = ex;
        }
        final RuntimeException result = failure;
        answers.answer(() -> handler.accept(result));
    }

    /** R8.2: what was committed must be known after a kill, or damage to it would pass for a torn end. */
    private void checkpoint(final long nowNs)
    {
        if (nowNs - nextCheckpointNs >= 0)
        {
            nextCheckpointNs = nowNs + CHECKPOINT_INTERVAL_NS;
            highWatermarks.clear();
            for (final Long2ObjectHashMap<Kept>.EntryIterator it = kept.entrySet().iterator(); it.hasNext(); )
            {
                it.next();
                highWatermarks.put(it.getLongKey(), it.getValue().highWatermark());
            }
            logs.checkpoint(highWatermarks);
        }
    }
}
