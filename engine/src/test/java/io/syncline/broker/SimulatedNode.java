package io.syncline.broker;

import io.syncline.journal.JournalContext;
import io.syncline.journal.StateFile;
import io.syncline.journal.StateStore;
import io.syncline.replica.AcksProbe;
import io.syncline.replica.AcksReplica;
import io.syncline.stage.StageFile;
import io.syncline.stage.StageLayout;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.status.AtomicCounter;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A broker whose agents are turned one at a time, in any order, and whose small files are in memory. */
public final class SimulatedNode
{
    private static final int VALUES_LENGTH = 32 * 1024;
    private static final int ACKS = 3;

    /** The small files and the machine of a node, which outlive its processes. */
    public static final class Disk implements StateStore
    {
        private final int nodeId;
        private int boots = 1;
        private long starts;
        private byte[] state;
        private byte[] foundLast;
        private byte[] newest;
        private StateFile file;
        private String directoryId;

        /** @param nodeId of the node */
        public Disk(final int nodeId)
        {
            this.nodeId = nodeId;
        }

        /** The machine lost power: the kernel that starts next is another one. */
        public void losePower()
        {
            boots++;
        }

        /** The directory is gone, another one takes its place. */
        public void wipe()
        {
            state = null;
            foundLast = null;
            newest = null;
            directoryId = null;
        }

        /**
         * Who the node is, as its last process found it, takes the place of what that process left.
         *
         * @return false where it found nothing, or it is done already
         */
        public boolean putOldCopy()
        {
            if (foundLast == null || newest != null)
            {
                return false;
            }
            newest = state;
            state = foundLast;
            return true;
        }

        /** What the old copy was put in the place of is back. */
        public void putNewest()
        {
            state = newest;
            newest = null;
        }

        /** @return number of the last process's start */
        public long lastStart()
        {
            return starts;
        }

        /** @return the directory's, null while it is gone and no process has made another */
        public String directoryId()
        {
            return directoryId;
        }

        @Override
        public byte[] load()
        {
            return state;
        }

        @Override
        public void save(final byte[] bytes)
        {
            state = bytes;
        }

        private NodeState open(final BrokerContext context, final String newDirectoryId)
        {
            foundLast = newest == null ? state : foundLast;
            file = StateFile.open(this);
            final NodeState opened = NodeState.open(
                () -> {}, file, new NodeState.Place("boot-" + boots, "disk-" + nodeId), Path.of("node-" + nodeId), nodeId,
                context.clusterId(), newDirectoryId, ++starts);
            directoryId = opened.directoryId();
            return opened;
        }
    }

    /** Looks at one replica. */
    public interface ReplicaVisitor
    {
        /**
         * @param key           of the partition
         * @param isLeading     as its conductor sees it
         * @param leaderEpoch   of the current role
         * @param highWatermark what readers may see
         * @param logEnd        as published
         */
        void onReplica(long key, boolean isLeading, int leaderEpoch, long highWatermark, long logEnd);
    }

    private final Broker broker;
    private final List<Agent> agents = new ArrayList<>();
    private final ErrorHandler errorHandler;

    private SimulatedNode(final Broker broker, final ErrorHandler errorHandler)
    {
        this.broker = broker;
        this.errorHandler = errorHandler;
        agents.add(broker.conductor());
        agents.addAll(broker.dataAgents());
        agents.add(broker.logKeeper());
    }

    /**
     * @param context not concluded, with an error handler
     * @param disk    of the node
     * @param directoryId given to a directory that is new
     * @param events takes what a person would read in its event log; null for nobody
     * @return the node, registering
     */
    public static SimulatedNode launch(final BrokerContext context, final Disk disk, final String directoryId, final Consumer<String> events)
    {
        context.threading(Threading.INVOKER).nodeFiles(new MemoryFiles(disk, directoryId, events));
        return new SimulatedNode(Broker.launch(context), context.errorHandler());
    }

    /**
     * @param journals concluded
     * @param disk     of a node that is being launched
     * @return its logs
     */
    public static LogStore journals(final JournalContext journals, final Disk disk)
    {
        return new JournalStore(journals, disk.file);
    }

    /** @return number of agents; the first is the conductor */
    public int agentCount()
    {
        return agents.size();
    }

    /**
     * One turn. The acks agent is looked at after each of the conductor's commands as well: of several that it finds at
     * once, one may commit and the next end the leadership that did.
     *
     * @param index   of an agent
     * @param between sees what each command of a turn has done
     * @return work done
     */
    public int turn(final int index, final Runnable between)
    {
        try
        {
            return (index == ACKS ? carryOut(acks(), between) : 0) + agents.get(index).doWork();
        }
        catch (final AssertionError ex)
        {
            throw ex;
        }
        catch (final Exception ex)
        {
            errorHandler.onError(ex);
            return 1;
        }
    }

    private static int carryOut(final AcksAgent acks, final Runnable between)
    {
        int commands = 0;
        acks.beginTurn();
        while (acks.carryOut(1) > 0)
        {
            commands++;
            between.run();
        }
        return commands;
    }

    /** @return true when the conductor has something to hear from the other agents */
    public boolean isConductorTold()
    {
        return broker.conductor().isTold();
    }

    /** As a SIGKILL: gives the streams back without a word. */
    public void kill()
    {
        broker.kill();
    }

    /** Begins a controlled stop. */
    public void startShutDown()
    {
        broker.startShutDown();
    }

    /** @return true once {@link #stop()} has nothing to wait for */
    public boolean isHandedOver()
    {
        return broker.isHandedOver();
    }

    /** Ends a controlled stop. */
    public void stop()
    {
        broker.close();
    }

    /** @return true once it serves */
    public boolean isReady()
    {
        return broker.isReady();
    }

    /** @return incarnation of its registration, -1 for none */
    public long incarnation()
    {
        return broker.conductor().controller().incarnation();
    }

    /** @param visitor sees each replica that works */
    public void forEachReplica(final ReplicaVisitor visitor)
    {
        final var keys = broker.conductor().roles().keys().iterator();
        while (keys.hasNext())
        {
            final LocalPartition partition = broker.conductor().roles().get(keys.nextLong());
            if (partition != null && partition.store() != null && partition.current() != null)
            {
                visitor.onReplica(
                    partition.key(), partition.role() == LocalPartition.Role.LEADER, partition.current().leaderEpoch(),
                    partition.counters().highWatermark().get(), partition.counters().logEnd().get());
            }
        }
    }

    /**
     * @param key of a partition
     * @return high watermark of a leadership that goes on here, -1 for none
     */
    public long leaderHighWatermark(final long key)
    {
        final AcksReplica replica = acks().replica(key);
        return replica != null && replica.isHighWatermarkKnown() ? replica.highWatermark() : -1;
    }

    /**
     * @param key led here
     * @return end of what this leadership may acknowledge, also while it does not show its high watermark yet
     */
    public long acknowledgedTo(final long key)
    {
        return acks().replica(key).highWatermark();
    }

    /**
     * @param key of a partition
     * @return leader epoch that this broker goes by, the largest there is where it knows none
     */
    public int leaderEpoch(final long key)
    {
        final LocalPartition partition = broker.conductor().roles().get(key);
        return partition == null || partition.current() == null ? Integer.MAX_VALUE : partition.current().leaderEpoch();
    }

    /**
     * @param key of a partition
     * @return leader epoch of the leadership that its acks side knows, -1 for none
     */
    public int leadingEpoch(final long key)
    {
        final AcksReplica replica = acks().replica(key);
        return replica != null && replica.isLeading() ? replica.leaderEpoch() : -1;
    }

    /**
     * @param key      led here
     * @param brokerId of a replica
     * @return true when that replica holds the high watermark back
     */
    public boolean isInMaximalIsr(final long key, final int brokerId)
    {
        return AcksProbe.isInMaximalIsr(acks().replica(key), brokerId);
    }

    /**
     * @param key      led here
     * @param brokerId of a replica
     * @return incarnation of that broker that this leader has heard of
     */
    public long heardIncarnation(final long key, final int brokerId)
    {
        return AcksProbe.heardIncarnation(acks().replica(key), brokerId);
    }

    /**
     * @param key led here
     * @return the replicas that hold the high watermark back, a bit each
     */
    public long maximalIsr(final long key)
    {
        return AcksProbe.maximalIsr(acks().replica(key));
    }

    /** @param visitor sees how full each queue and table is, and its bound */
    public void forEachBound(final BrokerBounds.Visitor visitor)
    {
        BrokerBounds.forEach(
            broker.conductor(), acks(), (DeliveryAgent)((WatchedAgent)agents.get(4)).agent(), visitor);
    }

    /**
     * @param key led here
     * @return the version of the partition's metadata that the leadership goes by
     */
    public int knownPartitionEpoch(final long key)
    {
        return AcksProbe.partitionEpoch(acks().replica(key));
    }

    /**
     * @param key         led here
     * @param brokerId    of another replica
     * @param incarnation of that broker
     * @return LEO of the other replica as it said itself in that incarnation, -1 when nothing is known
     */
    public long knownLogEnd(final long key, final int brokerId, final long incarnation)
    {
        return AcksProbe.knownLogEnd(acks().replica(key), brokerId, incarnation);
    }

    /**
     * @param key     led here
     * @param visitor sees what is known of each follower
     */
    public void forEachFollower(final long key, final AcksProbe.FollowerVisitor visitor)
    {
        AcksProbe.forEachFollower(acks().replica(key), visitor);
    }

    private AcksAgent acks()
    {
        return (AcksAgent)agents.get(ACKS);
    }

    private record MemoryFiles(Disk disk, String directoryId, Consumer<String> lines) implements NodeFiles
    {
        @Override
        public NodeState openState(final BrokerContext context)
        {
            return disk.open(context, directoryId);
        }

        @Override
        public BrokerCounters openCounters(final BrokerContext context)
        {
            return new BrokerCounters(
                context.nodeId(), ByteBuffer.allocateDirect(BrokerCounters.lengthOf(VALUES_LENGTH)), VALUES_LENGTH);
        }

        @Override
        public BrokerErrors openErrors(final BrokerContext context, final AtomicCounter errors)
        {
            return new BrokerErrors(ByteBuffer.allocateDirect(64 * 1024), context.epochClock(), errors, context.errorHandler());
        }

        @Override
        public StageFile openStages(final BrokerContext context)
        {
            return new StageFile(
                ByteBuffer.allocateDirect(StageLayout.lengthOf(0)), 0, StageLayout.KIND_BROKER, context.nodeId(), -1,
                context.stageSampling(), 0, 0);
        }

        @Override
        public AutoCloseable watchPauses(final BrokerContext context, final StageFile stages)
        {
            return () -> {};
        }

        @Override
        public BrokerEvents openEvents(final BrokerContext context)
        {
            final PrintStream out = lines == null ? new PrintStream(OutputStream.nullOutputStream()) :
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)
                {
                    @Override
                    public void println(final String line)
                    {
                        lines.accept(line);
                    }
                };
            return new BrokerEvents(out, context.epochClock());
        }
    }
}
