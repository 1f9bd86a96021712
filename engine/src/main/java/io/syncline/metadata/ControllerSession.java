package io.syncline.metadata;

/**
 * Port: a broker's conversation with the controller, seen from the conductor's thread. Production hosts it on an Aeron
 * Cluster client session, tests on anything that keeps the order.
 * <p>
 * The session is the heartbeat (R5.1): it stays alive only while {@link #keepAlive} is called, which the conductor does
 * only while the broker's data agents turn.
 */
public interface ControllerSession extends AutoCloseable
{
    /**
     * Connects when it has to, reads what the controller sent and hands it to the listener, on the caller's thread.
     *
     * @param nowNs monotonic time
     * @return work done
     */
    int poll(long nowNs);

    /**
     * Tells the controller that this broker's data agents turn. A session for which this was not called within
     * {@code broker.session.timeout} has lapsed: it may end by itself when it is called again (R5.1).
     *
     * @param nowNs monotonic time; sends only as often as the session needs it
     */
    void keepAlive(long nowNs);

    /** @return true between {@link Listener#onConnected} and {@link Listener#onDisconnected} */
    boolean isConnected();

    /**
     * Sends a request. It is answered by {@link Listener#onReply} with the same correlation id, or by
     * {@link Listener#onDisconnected}, after which its outcome is unknown.
     *
     * @param correlationId chosen by the caller
     * @param request       what to ask
     * @return not negative, or a code of {@link io.syncline.protocol.Codes}: nothing was sent
     */
    long send(long correlationId, ControllerRequest request);

    /** Ends the session; the controller is told, as by a controlled shutdown's last step. */
    @Override
    void close();

    /** Ends the session without a word, as a killed process would. */
    void abandon();

    /** What the controller says, in its order. */
    interface Listener
    {
        /** A new session: register again. */
        void onConnected();

        /**
         * The session is gone: what was asked and not answered is in doubt.
         *
         * @param reason for the event log
         */
        void onDisconnected(String reason);

        /**
         * The controller's whole state follows as events from an empty {@link ClusterState}.
         *
         * @param version of the state once {@link #onSnapshotEnd} comes
         */
        void onSnapshotBegin(long version);

        /**
         * One change.
         *
         * @param version grows by one with each event outside a snapshot
         * @param event   to be applied
         */
        void onEvent(long version, MetadataEvent event);

        /** The state is complete up to the version of {@link #onSnapshotBegin}. */
        void onSnapshotEnd();

        /**
         * Answer to {@link #send}.
         *
         * @param correlationId of the request
         * @param code          0 or a code
         * @param value         a number where the request asks for one, -1 otherwise
         * @param message       for a person, empty when there is nothing to say
         */
        void onReply(long correlationId, int code, long value, String message);
    }
}
