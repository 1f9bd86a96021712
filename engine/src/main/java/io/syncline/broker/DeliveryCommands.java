package io.syncline.broker;

import io.syncline.replica.Assignment;
import io.syncline.stream.Outbound;

/**
 * What the conductor tells the delivery agent. Every call comes on the delivery agent's thread, out of its
 * {@link CommandQueue}; what is handed over belongs to the agent from then on, and it closes it.
 */
interface DeliveryCommands
{
    /**
     * A replica of this broker can be read.
     *
     * @param key      of the partition
     * @param reader   the agent's own, to be closed with the partition
     * @param counters of the partition: reads stay below its high watermark
     */
    void onPartition(long key, PartitionReader reader, PartitionCounters counters);

    /**
     * The partition's metadata changed: sessions are told where the leader is, feeds of older epochs end.
     *
     * @param assignment newest
     * @param leso       leader-epoch start offset when this broker leads: the latest offset is "not known yet" until
     *                   the high watermark has reached it (R3.5); -1 otherwise
     */
    void onAssignment(Assignment assignment, long leso);

    /**
     * The replica is going away: the reader is to be closed before the call returns, its sessions end.
     *
     * @param key of the partition
     */
    void onPartitionGone(long key);

    /**
     * The replica is about to be truncated or restarted: reads above the offset stop, the reader forgets where it was.
     *
     * @param key    of the partition
     * @param offset new end, or new start of an emptied log
     */
    void onTruncated(long key, long offset);

    /**
     * @param brokerId of a peer that is to be fed
     * @param bulk     BULK stream to it, as was wished for
     */
    void onBulk(int brokerId, Outbound bulk);

    /** @param brokerId of a peer that left, or came back as another incarnation: its feeds end, its stream is closed */
    void onPeerGone(int brokerId);

    /**
     * @param clientId of a client
     * @param deliver  DELIVER stream to it
     */
    void onClient(long clientId, Outbound deliver);

    /** @param clientId of a client that left: its sessions end, its stream is closed */
    void onClientGone(long clientId);
}
