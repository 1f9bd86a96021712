package io.syncline.broker;

import io.syncline.metadata.ClusterState;
import io.syncline.metadata.ControllerRequest;
import io.syncline.stream.Endpoint;

/** What the conductor does for its {@link ClientDesk}; called on the conductor's thread. */
interface DeskServices
{
    /** @return {@code node.id} */
    int brokerId();

    /** @return incarnation of the current registration, -1 while this broker is not registered */
    long incarnation();

    /** @return this broker's image of the cluster; empty before the controller's first snapshot */
    ClusterState clusterState();

    /**
     * Passes a request on to the controller; answered through {@link ClientDesk#onReply}.
     *
     * @param request to be passed on
     * @return correlation id, positive; or a code: nothing was sent
     */
    long request(ControllerRequest request);

    /**
     * Opens the streams that a client wants besides its responses, and hands them to the agents that write them.
     *
     * @param clientId of the client
     * @param response where the client listens
     * @param produces true for a PRODUCE_ACK stream, which becomes the acks agent's
     * @param fetches  true for a DELIVER stream, which becomes the delivery agent's
     */
    void clientConnected(long clientId, Endpoint response, boolean produces, boolean fetches);

    /** @param clientId of a client that left or fell silent: its streams are closed by the agents that use them */
    void clientGone(long clientId);

    /**
     * @param key of a partition
     * @return counters of this broker's replica, or null where it has none
     */
    PartitionCounters counters(long key);

    /**
     * @param key of a partition
     * @return a reader of the caller's own beside the log's owner, or null where this broker has no replica open. To be
     * used only after a look at {@link #counters}: once they are others or gone, the reader is of no more use than to
     * be closed
     */
    PartitionReader reader(long key);

    /**
     * Asks the acks agent what it knows of the followers of a led partition; answered by {@link DescribeHandler} on the
     * conductor's thread on a later duty cycle.
     *
     * @param key     of a partition
     * @param handler takes the answer once
     */
    void describe(long key, DescribeHandler handler);

    /** Takes what {@link #describe} found. */
    @FunctionalInterface
    interface DescribeHandler
    {
        /**
         * @param code          0; NOT_LEADER where this broker has a replica but does not lead, with its own ends only;
         *                      UNKNOWN_PARTITION where it has none
         * @param leaderEpoch   of this replica's role
         * @param logStart      of this replica
         * @param highWatermark of this replica
         * @param brokers       ids of the replicas that are known, index by index with the rest
         * @param incarnations  registered ones
         * @param logEnds       -1 where not known in this epoch
         * @param syncedEnds    -1 where not known in this epoch
         */
        void onDescribed(
            int code,
            int leaderEpoch,
            long logStart,
            long highWatermark,
            int[] brokers,
            long[] incarnations,
            long[] logEnds,
            long[] syncedEnds);
    }
}
