package io.syncline.broker;

import io.syncline.stage.StageFile;
import io.syncline.stage.StageLayout;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.status.AtomicCounter;

import java.io.File;
import java.util.concurrent.TimeUnit;

/**
 * Port down: the small files of a node beside its logs. Production keeps them under {@code log.dir}, a simulation in
 * memory. What is opened here is closed by the broker.
 */
interface NodeFiles
{
    /**
     * @param context concluded
     * @return who this node is, its directory taken for this process alone
     */
    NodeState openState(BrokerContext context);

    /**
     * @param context concluded
     * @return counters, all new
     */
    BrokerCounters openCounters(BrokerContext context);

    /**
     * @param context concluded
     * @param errors  counts every occurrence
     * @return where asynchronous trouble goes
     */
    BrokerErrors openErrors(BrokerContext context, AtomicCounter errors);

    /**
     * @param context concluded
     * @return where changes of state are told
     */
    BrokerEvents openEvents(BrokerContext context);

    /**
     * @param context concluded
     * @return where the stages of sampled records are kept; null where none are measured
     */
    StageFile openStages(BrokerContext context);

    /**
     * @param context concluded
     * @param stages  told of each pause of this process until the watch is closed
     * @return the watch
     */
    AutoCloseable watchPauses(BrokerContext context, StageFile stages);

    /** In files under {@code log.dir}. */
    NodeFiles ON_DISK = new NodeFiles()
    {
        @Override
        public NodeState openState(final BrokerContext context)
        {
            return NodeState.open(context.directory().toPath(), context.nodeId(), context.clusterId());
        }

        @Override
        public BrokerCounters openCounters(final BrokerContext context)
        {
            return new BrokerCounters(context.nodeId(), new File(context.directory(), BrokerCounters.FILE_NAME));
        }

        @Override
        public BrokerErrors openErrors(final BrokerContext context, final AtomicCounter errors)
        {
            final ErrorHandler next = context.errorHandler();
            return new BrokerErrors(
                new File(context.directory(), BrokerErrors.FILE_NAME), context.epochClock(), errors, next);
        }

        @Override
        public StageFile openStages(final BrokerContext context)
        {
            if (context.stageSampling() == 0)
            {
                return null;
            }
            final long wallNs = TimeUnit.MILLISECONDS.toNanos(context.epochClock().time());
            return StageFile.create(
                new File(context.directory(), StageLayout.BROKER_FILE_NAME), StageLayout.KIND_BROKER, context.nodeId(), -1,
                context.stageSampling(), wallNs - context.nanoClock().nanoTime(), wallNs);
        }

        @Override
        public AutoCloseable watchPauses(final BrokerContext context, final StageFile stages)
        {
            return new GarbageCollections(stages, context.nanoClock());
        }

        @Override
        public BrokerEvents openEvents(final BrokerContext context)
        {
            return new BrokerEvents(new File(context.directory(), BrokerEvents.FILE_NAME), context.epochClock());
        }
    };
}
