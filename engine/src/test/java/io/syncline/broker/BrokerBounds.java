package io.syncline.broker;

import io.syncline.replica.AcksProbe;
import io.syncline.replica.AcksReplica;
import io.syncline.replica.ReplicaConfig;

/** How full the queues and tables of a broker are, and what bounds each (I14). */
public final class BrokerBounds
{
    /** Sees one of them. */
    @FunctionalInterface
    public interface Visitor
    {
        /**
         * @param what     in words
         * @param size     entries now
         * @param bound    entries at most
         * @param isWaited entries that somebody waits for: none is left once everybody was answered
         */
        void onBound(String what, long size, long bound, boolean isWaited);
    }

    private static final int COMMANDS_PER_PARTITION = 8;
    private static final int OTHER_COMMANDS = 512;
    private static final int PEERS_MAX = 16;

    private BrokerBounds()
    {
    }

    static void forEach(
        final BrokerConductor conductor, final AcksAgent acks, final DeliveryAgent delivery, final Visitor visitor)
    {
        int partitions = 0;
        int replicas = 0;
        final var keys = conductor.roles().keys().iterator();
        while (keys.hasNext())
        {
            partitions++;
            final long key = keys.nextLong();
            final AcksReplica replica = acks.replica(key);
            final LocalPartition partition = conductor.roles().get(key);
            if (replica != null)
            {
                visitor.onBound("pending produces", AcksProbe.pending(replica), ReplicaConfig.DEFAULT.pendingProduces(), true);
                visitor.onBound("unsent answers", AcksProbe.unsent(replica), ReplicaConfig.DEFAULT.pendingProduces(), true);
                visitor.onBound("follower progress", AcksProbe.progress(replica), Long.SIZE, false);
                replicas += AcksProbe.progress(replica);
            }
            if (partition != null && partition.store() != null)
            {
                visitor.onBound("producers", partition.store().sequences().size(), ReplicaConfig.DEFAULT.maxProducers(), false);
            }
        }
        final int commands = COMMANDS_PER_PARTITION * partitions + OTHER_COMMANDS;
        final BrokerQueues queues = conductor.queues();
        visitor.onBound("commands to leader", queues.leader().size(), commands, false);
        visitor.onBound("commands to follower", queues.follower().size(), commands, false);
        visitor.onBound("commands to acks", queues.acks().size(), commands, false);
        visitor.onBound("commands to delivery", queues.delivery().size(), commands, false);
        visitor.onBound("events to the conductor", queues.conductor().size(), commands, false);
        visitor.onBound("partitions that left", acks.goneCount(), commands, true);
        visitor.onBound("requests to the controller", conductor.controller().waitingCount(),
            DeskLimits.DEFAULT.maxPending() + commands, false);
        visitor.onBound("readers", delivery.readerCount(), DeskLimits.DEFAULT.maxClients(), false);
        visitor.onBound("fetch sessions", delivery.activeSessions(), DeliveryLimits.DEFAULT.maxSessions(), false);
        visitor.onBound("feeds", delivery.feedCount(), Math.max(replicas, partitions * PEERS_MAX), false);
        if (conductor.desk() instanceof RequestDesk desk)
        {
            visitor.onBound("client sessions", desk.clientCount(), 2L * DeskLimits.DEFAULT.maxClients(), false);
            visitor.onBound("requests of clients", desk.pendingCount(), DeskLimits.DEFAULT.maxPending(), true);
            visitor.onBound("checksums", desk.checksumCount(), DeskLimits.DEFAULT.maxChecksums(), true);
            visitor.onBound("waiting answers", desk.waitingAnswers(), ClientSession.MAX_WAITING, false);
        }
    }
}
